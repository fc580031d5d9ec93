/**
 * Owns the rule of the line to the server: when it is dialled, when again, and when that is given up. Pure and total:
 * it never reads a clock, throws a die or touches a socket. Nothing is latched: from every state a wish of the person
 * leads to a fresh attempt at once.
 */
import { assertNever } from "../../../shared/assert-never.ts";
import type { Failure } from "../../../shared/failure.ts";
import { longestRetryWaitMs } from "../session/tuning.ts";
import { mostRedialsPerMinute, redialDelaysMs, silentRedials } from "./realtime-tuning.ts";

/** What the line is needed for: a question can be told that it failed, somebody who is talking is not interrupted. */
export type Need = "none" | "question" | "recording";

export type LineState =
  | { readonly tag: "down" }
  | { readonly tag: "dialling"; readonly redials: number; readonly trouble: Failure | null }
  | { readonly tag: "ready" }
  /** Between two attempts. `notBeforeMs`: the server has named a wait, and is not asked before that moment. */
  | {
      readonly tag: "waiting";
      readonly redials: number;
      readonly trouble: Failure;
      readonly notBeforeMs: number | null;
    };

export interface Line {
  readonly state: LineState;
  /** When it was dialled again unasked, within the last minute, oldest first; on a clock that only goes forward. */
  readonly redialedAtMs: readonly number[];
}

export type LineEvent =
  /** The person has done something that needs the server: no wait of ours is in their way. */
  | { readonly type: "wanted" }
  /** The person has finished a question and waits: only a wait that the server has named is in their way. */
  | { readonly type: "awaited"; readonly nowMs: number }
  /** Work of a turn that goes on by itself. */
  | { readonly type: "needed" }
  | { readonly type: "ready" }
  /** It is being dialled, and nobody has replied yet; `failure` says whom that is told of. */
  | { readonly type: "slow"; readonly failure: Failure }
  /** It could not be opened, or broke. `chance` is from 0 to 1, so that many clients do not come back at once. */
  | {
      readonly type: "ended";
      readonly failure: Failure;
      readonly need: Need;
      readonly nowMs: number;
      readonly chance: number;
    }
  | { readonly type: "waitElapsed"; readonly nowMs: number }
  /** What stands cannot be trusted any more, or not much longer: another one takes its place. */
  | { readonly type: "replaced" }
  /** Nobody needs it. */
  | { readonly type: "released" };

export type LineEffect =
  | { readonly type: "dial" }
  | { readonly type: "hangUp" }
  | { readonly type: "wait"; readonly delayMs: number }
  | { readonly type: "stopWaiting" }
  /** What waits for the line waits no longer. */
  | { readonly type: "giveUp"; readonly failure: Failure };

export interface LineStep {
  readonly line: Line;
  readonly effects: readonly LineEffect[];
}

export const lineDown: Line = { state: { tag: "down" }, redialedAtMs: [] };

const minuteMs = 60_000;

export function stepLine(line: Line, event: LineEvent): LineStep {
  const { state } = line;
  const to = (next: LineState, ...effects: readonly LineEffect[]): LineStep => ({
    line: { ...line, state: next },
    effects,
  });
  const stay: LineStep = { line, effects: [] };

  switch (event.type) {
    case "wanted":
      if (state.tag === "down") return to(dialling(0, null), { type: "dial" });
      if (state.tag === "waiting") {
        return to(dialling(0, state.trouble), { type: "stopWaiting" }, { type: "dial" });
      }
      return stay;
    case "awaited": {
      const leftMs = state.tag === "waiting" ? (state.notBeforeMs ?? 0) - event.nowMs : 0;
      // What was planned may be later: no attempt was left in that minute.
      return leftMs > 0
        ? to(state, { type: "stopWaiting" }, { type: "wait", delayMs: Math.ceil(leftMs) })
        : stepLine(line, { type: "wanted" });
    }
    case "needed":
      return state.tag === "down" ? to(dialling(0, null), { type: "dial" }) : stay;
    case "ready":
      return state.tag === "dialling" ? to({ tag: "ready" }) : stay;
    case "slow":
      if (state.tag !== "dialling" || state.trouble !== null) return stay;
      return to(dialling(state.redials, event.failure));
    case "ended":
      return state.tag === "dialling" || state.tag === "ready" ? afterEnd(line, event) : stay;
    case "waitElapsed":
      if (state.tag !== "waiting") return stay;
      return {
        line: {
          state: dialling(state.redials, state.trouble),
          redialedAtMs: [...recent(line, event.nowMs), event.nowMs],
        },
        effects: [{ type: "dial" }],
      };
    case "replaced":
      if (state.tag === "down") return stay;
      return to(
        dialling(0, state.tag === "ready" ? null : state.trouble),
        state.tag === "waiting" ? { type: "stopWaiting" } : { type: "hangUp" },
        { type: "dial" },
      );
    case "released":
      if (state.tag === "down") return stay;
      return to({ tag: "down" }, state.tag === "waiting" ? { type: "stopWaiting" } : { type: "hangUp" });
    default:
      return assertNever(event);
  }
}

/** What the person may know: why there is no line while another attempt is made. */
export const troubleOf = ({ state }: Line): Failure | null =>
  state.tag === "dialling" || state.tag === "waiting" ? state.trouble : null;

const dialling = (redials: number, trouble: Failure | null): LineState => ({
  tag: "dialling",
  redials,
  trouble,
});

const recent = (line: Line, nowMs: number): readonly number[] =>
  line.redialedAtMs.filter((atMs) => nowMs - atMs < minuteMs);

function afterEnd(line: Line, event: Extract<LineEvent, { type: "ended" }>): LineStep {
  const { failure, need, nowMs, chance } = event;
  const down: Line = { ...line, state: { tag: "down" } };
  if (need === "none") return { line: down, effects: [] };
  const givenUp: LineStep = { line: down, effects: [{ type: "giveUp", failure }] };
  const passing = passingOf(failure);
  if (passing === null) return givenUp;
  const redials = line.state.tag === "dialling" ? line.state.redials : 0;
  if (need === "question" && redials >= passing.redials) return givenUp;
  const usualMs = redialDelaysMs[Math.min(redials, redialDelaysMs.length - 1)] ?? 0;
  const redialedAtMs = recent(line, nowMs);
  const oldestMs = redialedAtMs.at(-mostRedialsPerMinute) ?? null;
  // Somebody who waits for an answer is told instead of kept for the rest of the minute.
  if (oldestMs !== null && need === "question") return givenUp;
  const freeInMs = oldestMs === null ? 0 : oldestMs + minuteMs - nowMs;
  const delayMs = Math.max(usualMs * (0.5 + chance / 2), passing.notBeforeMs, freeInMs);
  return {
    line: {
      state: {
        tag: "waiting",
        redials: redials + 1,
        trouble: failure,
        notBeforeMs: passing.notBeforeMs > 0 ? nowMs + passing.notBeforeMs : null,
      },
      redialedAtMs,
    },
    effects: [{ type: "wait", delayMs: Math.ceil(delayMs) }],
  };
}

interface Passing {
  readonly redials: number;
  readonly notBeforeMs: number;
}

const passingKinds: ReadonlySet<Failure["kind"]> = new Set([
  "connection-lost",
  "connection-refused",
  "no-network",
  "unknown-host",
  "server-error",
  "session-expired",
]);

/** Failures that may be over in a moment; `null` for all that only a person can mend. */
function passingOf(failure: Failure): Passing | null {
  if (passingKinds.has(failure.kind)) return { redials: redialDelaysMs.length, notBeforeMs: 0 };
  // A proxy may be the office's, while the laptop is still finding its new network.
  if (failure.kind === "no-reply" || failure.kind === "proxy-unreachable") {
    return { redials: silentRedials, notBeforeMs: 0 };
  }
  const waitMs = failure.kind === "rate-limit" ? failure.retryAfterMs : null;
  return waitMs !== null && waitMs <= longestRetryWaitMs ? { redials: 1, notBeforeMs: waitMs } : null;
}
