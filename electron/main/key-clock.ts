/**
 * Owns the time of key events: the stamps of the hook, whatever their unit, as milliseconds. It never tells the time of
 * anything else, and asks when an event was heard only as long as the unit is not known.
 */

export interface KeyClock {
  /** @returns when the event happened, in milliseconds, on a clock of its own that only goes forward. */
  timeMs(stamp: number): number;
  /** The computer may have slept: the stamps stood still meanwhile, and our own clock may not have. */
  forget(): void;
}

/**
 * X and Windows stamp in milliseconds. macOS hands on its CGEventTimestamp, which Apple documents as nanoseconds; on
 * Apple silicon keyboards are seen to bear the raw ticks of its 24 MHz clock (mac-mouse-fix, `CGEventGetTimestampInSeconds`).
 */
const nanosecondMs = 1e-6;
const tickMs = 1 / 24_000;

/** The two differ 40-fold: over so long no delay of this process makes one pass for the other. */
const judgedOverMs = 5_000;

interface Reading {
  readonly stamp: number;
  readonly heardMs: number;
}

/** @param nowMs a clock that only goes forward, by which the unit of macOS is told. */
export function createKeyClock(platform: string, nowMs: () => number): KeyClock {
  if (platform !== "darwin") return { timeMs: (stamp) => stamp, forget: () => undefined };
  let unitMs: number | null = null;
  let first: Reading | null = null;
  let last: Reading | null = null;
  let timeMs = 0;

  return {
    timeMs(stamp) {
      const now: Reading = { stamp, heardMs: nowMs() };
      first ??= now;
      last ??= now;
      const spanMs = now.heardMs - first.heardMs;
      if (unitMs === null && spanMs >= judgedOverMs) unitMs = unitOf(spanMs, stamp - first.stamp);
      const stepMs = unitMs === null ? now.heardMs - last.heardMs : (stamp - last.stamp) * unitMs;
      timeMs += Math.max(0, stepMs);
      last = now;
      return timeMs;
    },
    forget() {
      first = null;
      last = null;
    },
  };
}

const unitOf = (spanMs: number, stamps: number): number =>
  spanMs / stamps < Math.sqrt(nanosecondMs * tickMs) ? nanosecondMs : tickMs;
