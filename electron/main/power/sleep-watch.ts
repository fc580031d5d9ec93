/**
 * Owns knowing that this computer slept, or is about to, or is locked. The system says so where it can; where it does
 * not, the clocks do. It tells each awakening once and never acts on one.
 *
 * What a sleep does to the clocks differs. On Linux the monotonic clock stands still and the wall clock goes on, so
 * that they differ afterwards. On macOS and Windows both go on (libuv: `mach_continuous_time`,
 * `QueryPerformanceCounter`), and a tick comes late; so it does when this process alone was stopped.
 */
import type { TimerHost } from "../session/ports.ts";

/** Between looks: twelve wake-ups a minute cost nothing, and each press looks too, so that no turn begins before one. */
export const lookEveryMs = 5_000;
/** Clocks that are merely steered by NTP do not come apart like this; a sleep that is shorter hurts no connection. */
export const jumpBoundMs = 2_000;
/** A busy machine delays a timer by less. */
export const lateBoundMs = 3_000;
/** The system's word may come this long after the clocks have told the same awakening. */
export const sameAwakeningMs = 10_000;

export type PowerFact =
  | { readonly type: "leaving"; readonly reason: "suspend" | "lock" }
  | {
      readonly type: "awakened";
      readonly reason: "resume" | "clock-jump" | "late-tick";
      /** Noticed because a key goes down just now, which is known of it, whatever was lost before. */
      readonly isPress: boolean;
    }
  | { readonly type: "unlocked"; readonly reason: "unlock" };

const systemEvents = ["suspend", "resume", "lock-screen", "unlock-screen"] as const;
type SystemEvent = (typeof systemEvents)[number];

/** What we use of Electron's `powerMonitor`. */
export interface PowerEvents {
  on(event: SystemEvent, listener: () => void): unknown;
  removeListener(event: SystemEvent, listener: () => void): unknown;
}

export interface SleepWatchOptions {
  readonly system: PowerEvents;
  /** What the person's clock shows; anybody may set it. */
  readonly wallMs: () => number;
  /** Goes only forward. */
  readonly monotonicMs: () => number;
  readonly timers: TimerHost;
  /**
   * Is a turn going on? Then the clocks alone are not believed: somebody may have set one, and a turn would be cut for
   * that. Each part of a turn proves by itself within 3 s that it is alive (the line by pings, the key by its state, the
   * loudspeaker by its cursor); the awakening is told when the turn is over.
   */
  readonly isBusy: () => boolean;
  readonly onFact: (fact: PowerFact) => void;
}

export interface SleepWatch {
  /** A turn is about to begin: what happened since the last look is told before this returns. */
  lookBeforePress(): void;
  stop(): void;
}

type Jump = "clock-jump" | "late-tick";

export function createSleepWatch(options: SleepWatchOptions): SleepWatch {
  const { system, wallMs, monotonicMs, timers, isBusy, onFact } = options;
  let seen = { wallMs: wallMs(), monotonicMs: monotonicMs() };
  let isAsleep = false;
  let doubt: Jump | null = null;
  let toldAtMs: number | null = null;
  let cancelTick = (): void => undefined;

  /** What happened since the last look. */
  function compareClocks(): Jump | null {
    const now = { wallMs: wallMs(), monotonicMs: monotonicMs() };
    const passedMs = now.monotonicMs - seen.monotonicMs;
    const apartMs = now.wallMs - seen.wallMs - passedMs;
    seen = now;
    if (Math.abs(apartMs) > jumpBoundMs) return "clock-jump";
    return passedMs > lookEveryMs + lateBoundMs ? "late-tick" : null;
  }

  function tellAwakened(reason: Jump | "resume", isPress: boolean): void {
    isAsleep = false;
    doubt = null;
    toldAtMs = monotonicMs();
    onFact({ type: "awakened", reason, isPress });
  }

  function look(isPress: boolean): void {
    doubt = compareClocks() ?? doubt;
    // After a word of the system that it goes to sleep there is no doubt.
    if (doubt !== null && (isAsleep || !isBusy())) tellAwakened(doubt, isPress);
  }

  function tick(): void {
    cancelTick = timers.start(lookEveryMs, () => {
      look(false);
      tick();
    });
  }

  const listeners: Readonly<Record<SystemEvent, () => void>> = {
    suspend() {
      if (isAsleep) return;
      isAsleep = true;
      onFact({ type: "leaving", reason: "suspend" });
    },
    resume() {
      const isToldAlready =
        !isAsleep && doubt === null && toldAtMs !== null && monotonicMs() - toldAtMs < sameAwakeningMs;
      // The jump that comes with it is this awakening's.
      compareClocks();
      if (!isToldAlready) tellAwakened("resume", false);
    },
    "lock-screen": () => onFact({ type: "leaving", reason: "lock" }),
    "unlock-screen": () => onFact({ type: "unlocked", reason: "unlock" }),
  };
  for (const event of systemEvents) system.on(event, listeners[event]);
  tick();

  return {
    lookBeforePress: () => look(true),
    stop() {
      cancelTick();
      for (const event of systemEvents) system.removeListener(event, listeners[event]);
    },
  };
}
