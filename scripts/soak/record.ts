/** Owns the words for what a soak has seen. */
import type { TraceMark } from "../driver/trace.ts";
import type { Glimpse } from "./eye.ts";
import type { FaultKind } from "./fault-rules.ts";
import type { ActKind } from "./plan.ts";

/** What must hold, whatever strikes. */
export const targets = ["speech", "crashes", "hangs", "states", "microphones", "silence"] as const;
export type Target = (typeof targets)[number];

/** What must have been seen at least once, and no plan can promise. */
export const sights = ["pressed-while-reconnecting", "kept-ready-closed"] as const;
export type Sight = (typeof sights)[number];

export interface Problem {
  readonly target: Target;
  readonly what: string;
}

/** How a turn ended; `failed` with the kind of its failure. */
export type Ending =
  | { readonly tag: "answered" | "interrupted" | "cancelled" | "too-short" | "none" | "stuck" }
  | { readonly tag: "failed"; readonly kind: string; readonly canSendAgain: boolean };

/** What became of something that was said. */
export interface Said {
  readonly saidMs: number;
  /** Told to the person, and excused by what struck. */
  readonly missingMs: number;
  /** From the key to the first sample. */
  readonly openedAfterMs: number;
}

export interface ActRecord {
  readonly number: number;
  readonly kind: ActKind;
  /** Monotonic milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Those that did strike. */
  readonly faults: readonly { readonly kind: FaultKind; readonly fromMs: number; readonly toMs: number }[];
  readonly endings: readonly Ending[];
  readonly said: readonly Said[];
  readonly sentAgain: number;
  readonly sights: readonly Sight[];
  /**
   * From the end of each recording to the moment at which the sound server saw no microphone in use; without the time for
   * which it was to be kept ready.
   */
  readonly closedAfterMs: readonly number[];
  /** From each press over an answer to its last sample at the loudspeaker. */
  readonly silentAfterMs: readonly number[];
  readonly problems: readonly Problem[];
  /** All that was seen, where there are problems: the marks of the trace and the views. */
  readonly evidence: { readonly marks: readonly TraceMark[]; readonly glimpses: readonly Glimpse[] } | null;
}

/** Of one process at one moment. */
export interface MemorySample {
  readonly monotonicMs: number;
  /** `main`, `overlay`, `graphics`, `audio`, `network`. */
  readonly process: string;
  /** One life of it: a process that was killed has another one. */
  readonly pid: number;
  /** After a collection; `null` where there is no heap of JavaScript. */
  readonly heapBytes: number | null;
  readonly residentBytes: number;
  /** Of these, what it has taken for itself: all but the pages of files. */
  readonly ownBytes: number;
}
