/** Owns timers that fire when a test lets time pass, in the order of their due times. */
import type { TimerHost } from "../../electron/main/session/ports.ts";

export interface PassingTimers extends TimerHost {
  /** Lets time pass; timers started on the way fire too. Waits after each for promises to settle. */
  pass(durationMs: number): Promise<void>;
  /** The time that has passed. */
  nowMs(): number;
}

export function passingTimers(): PassingTimers {
  const due: { atMs: number; fire: () => void }[] = [];
  let nowMs = 0;
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    nowMs: () => nowMs,
    start(durationMs, onElapsed) {
      const timer = { atMs: nowMs + durationMs, fire: onElapsed };
      due.push(timer);
      return () => {
        const index = due.indexOf(timer);
        if (index >= 0) due.splice(index, 1);
      };
    },
    async pass(durationMs) {
      const untilMs = nowMs + durationMs;
      await settle();
      for (;;) {
        const next = due.toSorted((one, other) => one.atMs - other.atMs)[0];
        if (next === undefined || next.atMs > untilMs) break;
        due.splice(due.indexOf(next), 1);
        nowMs = next.atMs;
        next.fire();
        await settle();
      }
      nowMs = untilMs;
    },
  };
}
