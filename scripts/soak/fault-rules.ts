/**
 * Owns which faults strike in a soak, when each may, and what it excuses; what is not excused here is a defect. Pure:
 * how a fault strikes is faults.ts.
 */
import type { Failure } from "../../shared/failure.ts";

/** Of a turn: just before the key goes down, just after, while somebody talks, after the key is up, while it is heard. */
export const moments = ["before", "pressed", "talking", "released", "answering"] as const;
export type Moment = (typeof moments)[number];

export const faultKinds = [
  "line-ended",
  "line-torn",
  "line-stalled",
  "port-refused",
  "upgrade-unanswered",
  "upgrade-429",
  "upgrade-503",
  "session-expired",
  "sessions-short",
  "answer-failed",
  "answer-failed-twice",
  "rate-limited",
  "rate-limited-long",
  "microphone-unplugged",
  "microphone-stuck",
  "microphone-default-changed",
  "microphones-gone",
  "loudspeaker-unplugged",
  "loudspeaker-default-changed",
  "loudspeaker-stuck",
  "page-killed",
  "graphics-killed",
  "processes-stopped",
  "slept",
  "locked",
  "clock-set",
  "key-up-lost",
  "disk-full",
  "started-again",
] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface FaultRule {
  /** Two that strike the same part at once would hide one another. */
  readonly area: "line" | "server" | "microphone" | "loudspeaker" | "app" | "computer";
  readonly moments: readonly Moment[];
  /** Least and most. */
  readonly lastsMs: readonly [number, number];
  /** Between two strikes. */
  readonly restMs: number;
  /** Of what is said while it strikes, at most so much may be missing, and it must be told. */
  readonly missingMs: number;
  /** No new line can be made while it strikes. */
  readonly keepsLineAway: boolean;
  /** While it strikes nothing can be recorded. */
  readonly deafens: boolean;
  /** It stands still itself: what is said meanwhile may be missing, too, and no bound runs. */
  readonly stopsApp: boolean;
  /** The recording ends, whatever the key does. */
  readonly endsRecording: boolean;
  /** A turn may fail of this; what was said is then sent again by the person. */
  readonly failures: readonly Failure["kind"][];
  /** Parts of the error lines that the app or its page rightly writes. */
  readonly logged: readonly string[];
}

/** Losing a microphone while speaking. */
const switchingMs = 250;
/** A page that crashes takes its microphone with it. */
const pageBackMs = 500;

const common: FaultRule = {
  area: "line",
  moments,
  lastsMs: [0, 0],
  restMs: 0,
  missingMs: 0,
  keepsLineAway: false,
  deafens: false,
  stopsApp: false,
  endsRecording: false,
  failures: [],
  logged: [],
};

const away: FaultRule = { ...common, keepsLineAway: true };
const broken = ["connection-lost", "session-expired"] as const;
/** The key is let go of before another microphone is open. */
const unready = ["microphone-unready"] as const;
/** Before the answer is asked for. */
const whileAsked = ["before", "pressed", "talking"] as const;

export const faultRules: Readonly<Record<FaultKind, FaultRule>> = {
  "line-ended": { ...common, failures: broken },
  "line-torn": { ...common, failures: broken },
  "line-stalled": { ...common, lastsMs: [3_000, 6_000], failures: broken },
  "port-refused": { ...away, lastsMs: [300, 4_000], failures: [...broken, "connection-refused"] },
  "upgrade-unanswered": { ...away, lastsMs: [500, 7_000], failures: [...broken, "no-reply"] },
  "upgrade-429": { ...away, lastsMs: [300, 3_000], failures: [...broken, "rate-limit"] },
  "upgrade-503": { ...away, lastsMs: [300, 3_000], failures: [...broken, "server-error"] },
  "session-expired": { ...common, failures: broken },
  "sessions-short": { ...common, lastsMs: [4_000, 8_000], failures: broken },
  "answer-failed": { ...common, area: "server", moments: whileAsked },
  "answer-failed-twice": { ...common, area: "server", moments: whileAsked, failures: ["server-error"] },
  "rate-limited": { ...common, area: "server", moments: whileAsked },
  "rate-limited-long": { ...common, area: "server", moments: whileAsked, failures: ["rate-limit"] },
  "microphone-unplugged": {
    ...common,
    area: "microphone",
    lastsMs: [500, 3_000],
    missingMs: switchingMs,
    failures: unready,
  },
  "microphone-stuck": {
    ...common,
    area: "microphone",
    lastsMs: [500, 3_000],
    missingMs: switchingMs,
    failures: unready,
  },
  "microphone-default-changed": {
    ...common,
    area: "microphone",
    lastsMs: [300, 2_000],
    missingMs: switchingMs,
    failures: unready,
  },
  "microphones-gone": {
    ...common,
    area: "microphone",
    lastsMs: [300, 2_500],
    missingMs: switchingMs,
    deafens: true,
    endsRecording: true,
    failures: [...unready, "microphone-missing", "microphone-lost", "microphone-stuck", "microphone-failed"],
  },
  "loudspeaker-unplugged": {
    ...common,
    area: "loudspeaker",
    lastsMs: [500, 3_000],
    // Chromium says so by itself.
    logged: ["AudioContext encountered an error"],
  },
  "loudspeaker-default-changed": { ...common, area: "loudspeaker", lastsMs: [300, 2_000] },
  "loudspeaker-stuck": { ...common, area: "loudspeaker", lastsMs: [300, 1_500] },
  "page-killed": {
    ...common,
    area: "app",
    // Long enough that each page outlives its warming up by far: growth is seen within one life only.
    restMs: 600_000,
    missingMs: pageBackMs,
    failures: unready,
    logged: ["overlay-page-gone"],
  },
  "graphics-killed": {
    ...common,
    area: "app",
    // Chromium itself gives up after the third within five minutes, and ends.
    restMs: 330_000,
    logged: ["graphics-process-gone"],
  },
  "processes-stopped": {
    ...common,
    area: "app",
    lastsMs: [300, 9_500],
    missingMs: switchingMs,
    stopsApp: true,
    failures: [...broken, ...unready],
  },
  slept: { ...common, area: "computer", lastsMs: [300, 3_000], endsRecording: true, failures: broken },
  locked: { ...common, area: "computer", lastsMs: [300, 3_000], endsRecording: true },
  "clock-set": { ...common, area: "computer", lastsMs: [300, 4_000], failures: broken },
  "key-up-lost": { ...common, area: "computer", moments: ["talking"], lastsMs: [2_500, 3_500] },
  "disk-full": { ...common, area: "computer", lastsMs: [1_000, 5_000] },
  "started-again": { ...common, area: "computer" },
};
