/** Owns timers that elapse when a test says so, and never by themselves. */
import type { TimerHost } from "../../electron/main/session/ports.ts";

interface Pending {
  readonly durationMs: number;
  readonly onElapsed: () => void;
}

export interface ManualTimers extends TimerHost {
  /** The durations that run, shortest first. */
  readonly running: () => readonly number[];
  /** Lets the one timer of this duration elapse; throws when there is none, or more than one. */
  readonly fire: (durationMs: number) => void;
}

export function manualTimers(): ManualTimers {
  const pending = new Set<Pending>();
  return {
    start(durationMs, onElapsed) {
      const timer = { durationMs, onElapsed };
      pending.add(timer);
      return () => void pending.delete(timer);
    },
    running: () => [...pending].map(({ durationMs }) => durationMs).toSorted((a, b) => a - b),
    fire(durationMs) {
      const due = [...pending].filter((timer) => timer.durationMs === durationMs);
      const [timer] = due;
      if (timer === undefined || due.length > 1) {
        throw new Error(`${due.length} timers of ${durationMs} ms run: fire one that runs, once.`);
      }
      pending.delete(timer);
      timer.onElapsed();
    },
  };
}
