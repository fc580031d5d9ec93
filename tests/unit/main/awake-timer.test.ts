import { expect, it } from "vitest";
import { awakeTimers } from "../../../electron/main/timer-host.ts";

/** A clock on which timers fire late when the process was stopped: all that are due at once, as the system does it. */
function stoppableClock() {
  let nowMs = 0;
  let isStopped = false;
  const due = new Map<object, { readonly atMs: number; readonly fire: () => void }>();
  return {
    host: awakeTimers({
      start(durationMs, onElapsed) {
        const key = {};
        due.set(key, { atMs: nowMs + durationMs, fire: onElapsed });
        return () => due.delete(key);
      },
    }),
    running: () => due.size,
    pass(durationMs: number) {
      for (const untilMs = nowMs + durationMs; nowMs < untilMs; nowMs += 1) {
        if (isStopped) continue;
        for (const [key, { atMs, fire }] of due) {
          if (atMs > nowMs) continue;
          due.delete(key);
          fire();
        }
      }
    },
    stop: (isNext: boolean) => {
      isStopped = isNext;
    },
  };
}

it("a bound of four seconds is over after four seconds", () => {
  const { host, pass } = stoppableClock();
  let fired = 0;
  host.start(4_000, () => (fired += 1));
  pass(4_000);
  expect(fired).toBe(0);
  pass(30);
  expect(fired).toBe(1);
});

/** The key had gone down, the computer stood still for seven seconds, and the microphone was said to be silent. */
it("a bound of four seconds is not over because the process was stopped for an hour", () => {
  const { host, pass, stop } = stoppableClock();
  let fired = 0;
  host.start(4_000, () => (fired += 1));
  pass(1_000);
  stop(true);
  pass(3_600_000);
  stop(false);
  pass(2_700);
  expect(fired).toBe(0);
  pass(400);
  expect(fired).toBe(1);
});

it("is cancelled in the middle, and once more without harm", () => {
  const { host, pass, running } = stoppableClock();
  const cancel = host.start(400, () => expect.unreachable());
  pass(200);
  cancel();
  cancel();
  expect(running()).toBe(0);
  pass(1_000);
});
