/** Owns the real timers behind ports. They run on the monotonic clock and never keep the process alive. */
import { startAwake } from "../../shared/awake-timer.ts";
import type { TimerHost } from "./session/ports.ts";

export const systemTimers: TimerHost = {
  start(durationMs, onElapsed) {
    const timer = setTimeout(onElapsed, durationMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** For bounds on what others do for us: nobody has kept us waiting while nobody ran. */
export const awakeTimers = (timers: TimerHost): TimerHost => ({
  start: (durationMs, onElapsed) => startAwake(timers.start, durationMs, onElapsed),
});
