/** Owns the proof that the shortcut that allows exists only with a question, and that one press answers one. */
import { expect, it } from "vitest";
import { createAllowShortcut } from "../../../electron/main/approvals/allow-shortcut.ts";
import { repeatGapMs } from "../../../electron/main/hotkeys.ts";

function offering({ accelerator = "CommandOrControl+Alt+Y", isTaken = false } = {}) {
  const registered = new Map<string, () => void>();
  let nowMs = 10_000;
  let allowed = 0;
  const shortcut = createAllowShortcut({
    globalShortcut: {
      register: (name, press) => {
        if (isTaken) return false;
        registered.set(name, press);
        return true;
      },
      unregister: (name) => void registered.delete(name),
    },
    platform: "linux",
    accelerator: () => accelerator,
    nowMs: () => nowMs,
    onAllow: () => void (allowed += 1),
  });
  const press = (): void => registered.get(accelerator)?.();
  return { shortcut, registered, press, allowed: () => allowed, wait: (ms: number) => void (nowMs += ms) };
}

it("exists while a question is shown, and at no other time", () => {
  const { shortcut, registered, press, allowed } = offering();
  expect(registered.size).toBe(0);
  expect(shortcut.offer()).toBe("Ctrl+Alt+Y");
  press();
  expect(allowed()).toBe(1);
  shortcut.clear();
  expect(registered.size).toBe(0);
});

it("that is held comes again and again, and answers only one question", () => {
  const { shortcut, press, allowed, wait } = offering();
  shortcut.offer();
  press();
  for (let repeat = 0; repeat < 100; repeat += 1) {
    wait(30);
    press();
  }
  expect(allowed()).toBe(1);
  wait(repeatGapMs);
  press();
  expect(allowed()).toBe(2);
});

it.each([
  ["is taken by another program", { isTaken: true }],
  ["is not wanted", { accelerator: "" }],
])("is not offered when it %s", (_what, options) => {
  expect(offering(options).shortcut.offer()).toBeNull();
});
