/** Owns a computer that runs, sleeps, is stopped and has its clock set, as its two clocks and its timers show it. */
import { EventEmitter } from "node:events";
import type { TimerHost } from "../../electron/main/session/ports.ts";

export interface SleepingComputer {
  readonly events: EventEmitter;
  readonly timers: TimerHost;
  wallMs(): number;
  monotonicMs(): number;
  /** Since its start, with the time that it slept: nobody sets that. */
  uptimeMs(): number;
  /** Timers that were started and have neither fired nor been cancelled. */
  waiting(): number;
  runs(durationMs: number): void;
  /** As Linux does: the monotonic clock, and with it every timer, stands still meanwhile. */
  sleepsAsLinux(durationMs: number): void;
  /** As macOS and Windows do, and as every process that is stopped: what was due meanwhile fires at the end. */
  stands(durationMs: number): void;
  setsItsClock(byMs: number): void;
}

export function sleepingComputer(): SleepingComputer {
  const due: { atMs: number; fire: () => void }[] = [];
  let monotonicMs = 86_400_000;
  let aheadMs = 1_700_000_000_000;
  let sleptMs = 0;
  const fireDue = (): void => {
    for (;;) {
      const next = due.toSorted((one, other) => one.atMs - other.atMs)[0];
      if (next === undefined || next.atMs > monotonicMs) return;
      due.splice(due.indexOf(next), 1);
      next.fire();
    }
  };
  return {
    events: new EventEmitter(),
    timers: {
      start(durationMs, onElapsed) {
        const timer = { atMs: monotonicMs + durationMs, fire: onElapsed };
        due.push(timer);
        return () => {
          const index = due.indexOf(timer);
          if (index >= 0) due.splice(index, 1);
        };
      },
    },
    wallMs: () => monotonicMs + aheadMs,
    monotonicMs: () => monotonicMs,
    uptimeMs: () => monotonicMs + sleptMs,
    waiting: () => due.length,
    runs(durationMs) {
      for (let leftMs = durationMs; leftMs > 0; leftMs -= 50) {
        monotonicMs += Math.min(50, leftMs);
        fireDue();
      }
    },
    sleepsAsLinux(durationMs) {
      aheadMs += durationMs;
      sleptMs += durationMs;
    },
    stands(durationMs) {
      monotonicMs += durationMs;
      fireDue();
    },
    setsItsClock(byMs) {
      aheadMs += byMs;
    },
  };
}
