/** Owns the failures that the person was shown lately, by kind, code and time. It keeps no host, no device and no words. */
import type { Failure } from "../../../shared/failure.ts";
import { isCode } from "../log.ts";

export interface ToldFailure {
  readonly kind: Failure["kind"];
  /** What the server said, as a code; the person is told in words. */
  readonly code: string | null;
  readonly at: Date;
}

const kept = 20;

export interface ToldFailures {
  /** What is told at the moment, if anything; the same one again is not a new one. */
  note(failure: Failure | null): void;
  /** Oldest first. */
  recent(): readonly ToldFailure[];
}

export function createToldFailures(now: () => Date): ToldFailures {
  const told: ToldFailure[] = [];
  let present: Failure | null = null;
  return {
    note(failure) {
      if (failure === present) return;
      present = failure;
      if (failure === null) return;
      told.push({ kind: failure.kind, code: codeOf(failure), at: now() });
      if (told.length > kept) told.shift();
    },
    recent: () => [...told],
  };
}

function codeOf(failure: Failure): string | null {
  if ("status" in failure) return failure.status === null ? null : String(failure.status);
  return "code" in failure && isCode(failure.code) ? failure.code : null;
}
