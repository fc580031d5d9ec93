/** Owns the proof that a locked screen is known by the system's word and, where there is none, by asking. */
import { expect, it } from "vitest";
import { createScreenLock } from "../../../electron/main/power/screen-lock.ts";

type IdleState = "active" | "idle" | "locked" | "unknown";

function asked(...answers: readonly IdleState[]) {
  const rest = [...answers];
  return createScreenLock({ getSystemIdleState: () => rest.shift() ?? "unknown" });
}

it("is asked anew each time, since a system may say nothing when it locks", () => {
  const lock = asked("unknown", "active", "locked", "idle");
  expect([lock.isLocked(), lock.isLocked(), lock.isLocked()]).toEqual([false, true, false]);
});

it("is not taken for locked where it cannot be known", () => {
  expect(asked().isLocked()).toBe(false);
});

it("is locked from the system's word to the next, whatever is answered", () => {
  const lock = asked();
  lock.powerChanged({ type: "leaving", reason: "lock" });
  expect(lock.isLocked()).toBe(true);
  lock.powerChanged({ type: "unlocked", reason: "unlock" });
  expect(lock.isLocked()).toBe(false);
});

it("is not locked by going to sleep alone", () => {
  const lock = asked();
  lock.powerChanged({ type: "leaving", reason: "suspend" });
  expect(lock.isLocked()).toBe(false);
});
