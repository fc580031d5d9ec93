/** Owns the page's clock as an interface, so that a test decides when its time passes. */
import { startAwake } from "../../shared/awake-timer.ts";

export interface PageClock {
  /** Milliseconds on a clock that only goes forward, and stands still while the page is stopped and a timer runs. */
  nowMs(): number;
  /** Counts as `nowMs` does. @returns a function that cancels; safe to call twice. */
  after(delayMs: number, task: () => void): () => void;
}

/** Longer than any slice of a timer of a few seconds; more than that between two looks, and the page was stopped. */
const longestStepMs = 250;

function createBrowserClock(): PageClock {
  let seenMs = performance.now();
  let awakeMs = 0;
  const look = (): number => {
    const nowMs = performance.now();
    awakeMs += Math.min(Math.max(0, nowMs - seenMs), longestStepMs);
    seenMs = nowMs;
    return awakeMs;
  };
  const start = (delayMs: number, task: () => void): (() => void) => {
    const timer = setTimeout(() => {
      look();
      task();
    }, delayMs);
    return () => clearTimeout(timer);
  };
  return {
    nowMs: look,
    after(delayMs, task) {
      look();
      return startAwake(start, delayMs, task);
    },
  };
}

export const browserClock: PageClock = createBrowserClock();
