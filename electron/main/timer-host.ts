/** Owns the real timers behind ports. They run on the monotonic clock and never keep the process alive. */
import type { TimerHost } from "./session/ports.ts";

export const systemTimers: TimerHost = {
  start(durationMs, onElapsed) {
    const timer = setTimeout(onElapsed, durationMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
