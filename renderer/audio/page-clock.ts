/** Owns the page's clock as an interface, so that a test decides when its time passes. */

export interface PageClock {
  /** Milliseconds on a clock that only goes forward. */
  nowMs(): number;
  /** @returns a function that cancels; safe to call twice. */
  after(delayMs: number, task: () => void): () => void;
}

export const browserClock: PageClock = {
  nowMs: () => performance.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};
