import { describe, expect, it } from "vitest";
import { contradicts, createKeyEvidence, readKey } from "../../../electron/main/key-evidence.ts";
import { talkKeyCodes } from "../../../electron/main/talk-key-codes.ts";
import { passingTimers } from "../../support/passing-timers.ts";

function keymapOf(...keycodes: readonly number[]): Uint8Array {
  const keymap = new Uint8Array(32);
  for (const keycode of keycodes) keymap[keycode >> 3] = (keymap[keycode >> 3] ?? 0) | (1 << (keycode & 7));
  return keymap;
}

const held = keymapOf(talkKeyCodes.RightCtrl.xKeycode);
const noKeys = keymapOf();
const otherKey = keymapOf(38);
const flags = { ctrlKey: false, altKey: false, shiftKey: false, metaKey: false };

function watch(readKeymap: (() => Promise<Uint8Array | null>) | null) {
  const timers = passingTimers();
  let losses = 0;
  const evidence = createKeyEvidence({ timers, readKeymap, onLost: () => (losses += 1) });
  return { timers, evidence, losses: () => losses };
}

describe("one look at the real key state", () => {
  it("believes a set bit", () => {
    expect(readKey(held, "RightCtrl", false)).toBe("down");
  });

  it("believes a cleared bit only once the bit has been seen set", () => {
    expect(readKey(otherKey, "RightCtrl", false)).toBe("unknown");
    expect(readKey(otherKey, "RightCtrl", true)).toBe("up");
  });

  it("believes an empty keyboard whatever the numbering", () => {
    expect(readKey(noKeys, "RightCtrl", false)).toBe("up");
  });

  it("knows nothing without an answer", () => {
    expect(readKey(null, "RightCtrl", true)).toBe("unknown");
  });
});

describe("flags on other events", () => {
  it("contradict a modifier that they lack", () => {
    expect(contradicts(flags, "RightCtrl")).toBe(true);
    expect(contradicts({ ...flags, altKey: true }, "RightAlt")).toBe(false);
  });

  it("say nothing about a key that is no modifier", () => {
    expect(contradicts(flags, "F9")).toBe(false);
  });
});

describe("while the key is believed down", () => {
  it("stays quiet through a hold of ten minutes", async () => {
    const { timers, evidence, losses } = watch(() => Promise.resolve(held));
    evidence.pressed("RightCtrl");
    await timers.pass(600_000);
    expect(losses()).toBe(0);
  });

  it("stays quiet through ten minutes of auto-repeat, slow and late as it may be", async () => {
    const { timers, evidence, losses } = watch(null);
    evidence.pressed("RightCtrl");
    await timers.pass(1_000);
    for (let repeat = 0; repeat < 1_200; repeat += 1) {
      evidence.repeated(timers.nowMs());
      await timers.pass(repeat % 50 === 0 ? 790 : 490);
    }
    expect(losses()).toBe(0);
  });

  it("stays quiet through ten minutes in which no proof can be had", async () => {
    const { timers, evidence, losses } = watch(() => Promise.resolve(null));
    evidence.pressed("RightCtrl");
    await timers.pass(600_000);
    expect(losses()).toBe(0);
  });

  it("notices within half a second that the release was lost", async () => {
    let keymap = held;
    const { timers, evidence, losses } = watch(() => Promise.resolve(keymap));
    evidence.pressed("RightCtrl");
    await timers.pass(1_003);
    keymap = noKeys;
    await timers.pass(500);
    expect(losses()).toBe(1);
    await timers.pass(5_000);
    expect(losses()).toBe(1);
  });

  it("gives a release on its way through the hook the chance to arrive", async () => {
    let keymap = held;
    const { timers, evidence, losses } = watch(() => Promise.resolve(keymap));
    evidence.pressed("RightCtrl");
    await timers.pass(249);
    keymap = noKeys;
    await timers.pass(50);
    evidence.released();
    await timers.pass(5_000);
    expect(losses()).toBe(0);
  });

  it("takes no answer as no evidence", async () => {
    const { timers, evidence, losses } = watch(() => Promise.resolve(null));
    evidence.pressed("RightCtrl");
    await timers.pass(10_000);
    expect(losses()).toBe(0);
  });

  it("ignores an answer that comes after the next press", async () => {
    const answers: ((keymap: Uint8Array) => void)[] = [];
    const { timers, evidence, losses } = watch(() => new Promise((resolve) => answers.push(resolve)));
    evidence.pressed("RightCtrl");
    evidence.released();
    evidence.pressed("RightCtrl");
    answers[0]?.(noKeys);
    await timers.pass(200);
    expect(losses()).toBe(0);
    expect(answers).toHaveLength(2);
  });

  it("notices within a second that auto-repeat has stopped, where the key state is not told", async () => {
    const { timers, evidence, losses } = watch(null);
    evidence.pressed("F9");
    for (let repeat = 0; repeat < 10; repeat += 1) {
      evidence.repeated(timers.nowMs());
      await timers.pass(500);
    }
    expect(losses()).toBe(0);
    await timers.pass(500);
    expect(losses()).toBe(1);
  });

  /** Its silence between two repeats was taken for the end: a hold was cut after the third. */
  it("stays quiet through ten minutes of the rarest repeat that there is, and notices its end by that", async () => {
    const { timers, evidence, losses } = watch(null);
    evidence.pressed("RightCtrl");
    await timers.pass(2_000);
    for (let repeat = 0; repeat < 300; repeat += 1) {
      evidence.repeated(timers.nowMs());
      await timers.pass(2_000);
    }
    expect(losses()).toBe(0);
    await timers.pass(1_500);
    expect(losses()).toBe(1);
  });

  it("draws nothing from silence of a key that does not repeat", async () => {
    const { timers, evidence, losses } = watch(null);
    evidence.pressed("RightCtrl");
    await timers.pass(60_000);
    expect(losses()).toBe(0);
  });

  it("draws nothing from silence once another key has ended the repeat", async () => {
    const { timers, evidence, losses } = watch(null);
    evidence.pressed("RightCtrl");
    for (let repeat = 0; repeat < 5; repeat += 1) evidence.repeated(timers.nowMs());
    evidence.otherKey({ ...flags, ctrlKey: true });
    await timers.pass(60_000);
    expect(losses()).toBe(0);
  });

  it("believes another event that lacks the modifier", () => {
    const { evidence, losses } = watch(null);
    evidence.pressed("RightCtrl");
    evidence.otherKey(flags);
    expect(losses()).toBe(1);
  });
});
