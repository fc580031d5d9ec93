/**
 * Owns a time of its own for one simulated world: the engine's timers and the server's run on it, and it passes when
 * the world says so. Never looks at the real clock.
 */
import type { Clock } from "../../electron/main/practice/clock.ts";
import type { TimerHost } from "../../electron/main/session/ports.ts";

interface Pending {
  readonly dueMs: number;
  readonly task: () => void;
}

export interface WorldClock {
  readonly nowMs: () => number;
  /** The engine's. */
  readonly timers: TimerHost;
  /** The server's. */
  readonly serverClock: Clock;
  /** Until the next of the engine's timers; `null` while none runs. */
  readonly untilEngineTimerMs: () => number | null;
  /** Lets the time pass, and everything elapse that is due in it, in its order. */
  readonly advance: (durationMs: number) => void;
}

/** Timers stay in the order of their start, so that two of the same instant elapse in it. */
export function createWorldClock(): WorldClock {
  let nowMs = 1_000_000;
  const engine = new Set<Pending>();
  const server = new Set<Pending>();

  const startIn = (pending: Set<Pending>, durationMs: number, task: () => void): (() => void) => {
    const timer = { dueMs: nowMs + Math.max(0, durationMs), task };
    pending.add(timer);
    return () => void pending.delete(timer);
  };
  const soonest = (): { readonly timer: Pending; readonly of: Set<Pending> } | null => {
    let found: { readonly timer: Pending; readonly of: Set<Pending> } | null = null;
    for (const of of [engine, server]) {
      for (const timer of of) if (found === null || timer.dueMs < found.timer.dueMs) found = { timer, of };
    }
    return found;
  };

  return {
    nowMs: () => nowMs,
    timers: { start: (durationMs, onElapsed) => startIn(engine, durationMs, onElapsed) },
    serverClock: {
      nowMs: () => nowMs,
      monotonicMs: () => nowMs,
      after: (delayMs, task) => startIn(server, delayMs, task),
    },
    untilEngineTimerMs: () => {
      const dueMs = [...engine].map((timer) => timer.dueMs);
      return dueMs.length === 0 ? null : Math.max(0, Math.min(...dueMs) - nowMs);
    },
    advance: (durationMs) => {
      const endMs = nowMs + durationMs;
      for (let next = soonest(); next !== null && next.timer.dueMs <= endMs; next = soonest()) {
        next.of.delete(next.timer);
        nowMs = Math.max(nowMs, next.timer.dueMs);
        next.timer.task();
      }
      nowMs = endMs;
    },
  };
}

/** One turn of the event loop: what sockets have brought is handled. */
export const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

export async function turns(count: number): Promise<void> {
  for (let done = 0; done < count; done += 1) await turn();
}
