import { beforeEach, expect, it } from "vitest";
import { StallWatch } from "../../../renderer/audio/stall-watch.ts";

let watch: StallWatch;
beforeEach(() => {
  watch = new StallWatch();
  watch.connected(300);
});

/** @returns after how many ticks it has stalled; `null` if it has not. */
function ticksToStall(isWaitedFor = true, most = 100): number | null {
  for (let ticks = 1; ticks <= most; ticks += 1) if (watch.tick(isWaitedFor)) return ticks;
  return null;
}

it("is patient with the first sample, and not with the next ones", () => {
  expect(ticksToStall()).toBe(10);
  watch.heard();
  expect(ticksToStall()).toBe(4);
});

it("tells a stall once, and its end once", () => {
  expect(watch.heard()).toBe(true);
  expect(watch.heard()).toBe(false);
  expect(ticksToStall()).toBe(4);
  expect(ticksToStall()).toBeNull();
  expect(watch.heard()).toBe(true);
  expect(watch.heard()).toBe(false);
});

it("is not disturbed by a thread that was kept from running: a late tick is one tick", () => {
  watch.heard();
  for (let turn = 0; turn < 50; turn += 1) {
    expect(ticksToStall(true, 3)).toBeNull();
    watch.heard();
  }
});

it("tells nothing while nobody waits for samples, and at once when somebody does", () => {
  watch.heard();
  expect(ticksToStall(false)).toBeNull();
  expect(ticksToStall(true)).toBe(1);
});

it("knows that nothing comes also while nobody waits for it, once something had come", () => {
  expect(ticksToStall(false)).toBeNull();
  expect(watch.isQuiet).toBe(false);
  watch.heard();
  expect(ticksToStall(false, 3)).toBeNull();
  expect(watch.isQuiet).toBe(false);
  watch.tick(false);
  expect(watch.isQuiet).toBe(true);
  watch.heard();
  expect(watch.isQuiet).toBe(false);
});

it("begins anew with the next microphone", () => {
  watch.heard();
  expect(ticksToStall()).toBe(4);
  watch.connected(300);
  expect(ticksToStall()).toBe(10);
});
