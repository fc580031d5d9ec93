/** Owns telling from what was seen whether somebody was left waiting without a word. Pure. */
import type { Phase } from "../../shared/session-view.ts";
import type { Glimpse } from "./eye.ts";

/** A wait that is longer needs a reason that can be read. */
export const longestSilentWaitMs = 3_000;
/** From the key that ends a recording until that is seen, also where its release gets lost. */
const longestAfterKeyMs = 1_500;

const waiting: ReadonlySet<Phase> = new Set(["reconnecting", "thinking", "acting"]);

export interface Course {
  /** Oldest first. */
  readonly glimpses: readonly Glimpse[];
  readonly toMs: number;
  /** How much of the time between two moments counts: not that in which every process stood still. */
  readonly awakeMs: (fromMs: number, toMs: number) => number;
  /** When the keys went that end a recording. */
  readonly keysMs: readonly number[];
  readonly longestAnswerMs: number;
}

/** @returns a sentence for each. */
export function hangsIn({ glimpses, toMs, awakeMs, keysMs, longestAnswerMs }: Course): readonly string[] {
  const hangs: string[] = [];
  const tell = (what: string, fromMs: number, untilMs: number, boundMs: number): void => {
    const lastedMs = awakeMs(fromMs, untilMs);
    if (lastedMs > boundMs) hangs.push(`${what} for ${(lastedMs / 1_000).toFixed(1)} s without a word`);
  };
  for (const { what, fromMs, untilMs } of stretches(glimpses, toMs)) {
    tell(
      what,
      fromMs,
      untilMs,
      what === "speaking" ? longestAnswerMs + longestSilentWaitMs : longestSilentWaitMs,
    );
  }
  for (const keyMs of keysMs) {
    const then = glimpses.findLast(({ monotonicMs }) => monotonicMs <= keyMs);
    if (then?.phase !== "listening" && then?.phase !== "arming") continue;
    const after = glimpses.find(
      ({ monotonicMs, phase }) => monotonicMs > keyMs && phase !== "listening" && phase !== "arming",
    );
    tell("recording after the key was let go", keyMs, after?.monotonicMs ?? toMs, longestAfterKeyMs);
  }
  return hangs;
}

interface Stretch {
  readonly what: "opening the microphone" | "waiting for an answer" | "speaking";
  readonly fromMs: number;
  untilMs: number;
}

/** The times in which nothing but waiting was seen, without a notice. What is waited for may change. */
function stretches(glimpses: readonly Glimpse[], toMs: number): readonly Stretch[] {
  const found: Stretch[] = [];
  let open: Stretch | null = null;
  for (const glimpse of glimpses) {
    const what = waitOf(glimpse);
    if (open !== null && open.what !== what) {
      open.untilMs = glimpse.monotonicMs;
      open = null;
    }
    if (open === null && what !== null) {
      open = { what, fromMs: glimpse.monotonicMs, untilMs: toMs };
      found.push(open);
    }
  }
  return found;
}

function waitOf({ phase, notice }: Glimpse): Stretch["what"] | null {
  if (notice !== null) return null;
  if (phase === "arming") return "opening the microphone";
  if (phase === "speaking") return "speaking";
  return waiting.has(phase) ? "waiting for an answer" : null;
}
