import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { browserClock } from "../../../renderer/audio/page-clock.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** A search for a microphone was given up at the awakening: seconds seemed to have gone into it. */
it("stands still while the page is stopped and somebody waits", () => {
  let fired = 0;
  browserClock.after(2_000, () => (fired += 1));
  vi.advanceTimersByTime(500);
  const beforeMs = browserClock.nowMs();
  const now = performance.now.bind(performance);
  vi.spyOn(performance, "now").mockImplementation(() => now() + 3_600_000);
  vi.advanceTimersByTime(500);
  expect(fired).toBe(0);
  expect(browserClock.nowMs() - beforeMs).toBeGreaterThanOrEqual(500);
  expect(browserClock.nowMs() - beforeMs).toBeLessThan(1_000);
  vi.advanceTimersByTime(1_000);
  expect(fired).toBe(1);
});
