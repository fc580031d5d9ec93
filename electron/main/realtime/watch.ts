/** Owns a timer that runs as long as something holds, over again after each sign of life. It decides nothing. */
import type { TimerHost } from "../session/ports.ts";

export interface Watch {
  /** Runs for `durationMs`, `null` stops it. Told again, it goes on as it is. */
  hold(durationMs: number | null): void;
  /** Starts over, if it runs. */
  restart(): void;
}

export function createWatch(timers: TimerHost, onElapsed: () => void): Watch {
  let running: { readonly durationMs: number; readonly cancel: () => void } | null = null;

  const start = (durationMs: number): void => {
    const cancel = timers.start(durationMs, () => {
      running = null;
      onElapsed();
    });
    running = { durationMs, cancel };
  };
  const stop = (): void => {
    running?.cancel();
    running = null;
  };

  return {
    hold: (durationMs) => {
      if (durationMs === null) stop();
      else if (running === null) start(durationMs);
    },
    restart: () => {
      if (running === null) return;
      const { durationMs } = running;
      stop();
      start(durationMs);
    },
  };
}
