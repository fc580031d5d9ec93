/**
 * Owns the practice server's only access to time, so that tests can hand in their own.
 * Never keeps the process alive: every real timer is unref'ed.
 */

export interface Clock {
  /** Epoch milliseconds, for dates only: anybody may set that clock. */
  nowMs(): number;
  /** Milliseconds on a clock that only goes forward, for durations. */
  monotonicMs(): number;
  /** Runs `task` once after `delayMs`; the returned function forgets it and is safe to call twice. */
  after(delayMs: number, task: () => void): () => void;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
};

/**
 * Resolves after `delayMs`, or at once when `signal` aborts. With nothing to wait for it still gives the
 * event loop one turn, because a stream that never yields could not be cancelled.
 */
export function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) {
    return Promise.resolve();
  }
  return new Promise((resolve) => {
    if (delayMs <= 0) {
      setImmediate(resolve);
      return;
    }
    const finish = (): void => {
      forget();
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const forget = clock.after(delayMs, finish);
    signal.addEventListener("abort", finish);
  });
}
