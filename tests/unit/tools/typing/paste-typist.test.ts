/** Owns the proof of typing by a paste where nobody tells who takes it: order, keys that are held, what is put back. */
import { describe, expect, it } from "vitest";
import { createPasteTypist, pasteBoundMs } from "../../../../electron/main/tools/typing/paste-typist.ts";
import { passingTimers } from "../../../support/passing-timers.ts";

function rig() {
  const timers = passingTimers();
  const world = { text: "mine", isKeyUp: true, isOwn: false, isFailing: false, pasted: [] as string[] };
  const typist = createPasteTypist({
    clipboard: {
      read: () => Promise.resolve({ text: world.text, picture: null, files: [] }),
      replace(text) {
        const before = world.text;
        world.text = text;
        return Promise.resolve(() => {
          world.text = before;
          return Promise.resolve();
        });
      },
    },
    pressPaste() {
      if (world.isFailing) {
        world.isFailing = false;
        return Promise.reject(new Error("The keys cannot be pressed."));
      }
      return Promise.resolve(void world.pasted.push(world.text));
    },
    areKeysUp: () => world.isKeyUp,
    isOwnWindowFocused: () => world.isOwn,
    timers,
  });
  const failNext = (): void => {
    world.isFailing = true;
  };
  const type = async (signal = new AbortController().signal, during = (): void => undefined) => {
    const typing = typist.type("theirs", "focus", signal);
    await timers.pass(100);
    during();
    await timers.pass(20_000);
    return typing;
  };
  return { timers, world, typist, type, failNext };
}

describe("typing by a paste", () => {
  it("pastes the text and puts back what was there, when a slow program has had its time", async () => {
    const { timers, world, typist } = rig();
    void typist.type("theirs", "focus", new AbortController().signal);
    await timers.pass(pasteBoundMs - 1);
    expect(world).toMatchObject({ pasted: ["theirs"], text: "theirs" });
    await timers.pass(2);
    expect(world.text).toBe("mine");
  });

  it("waits until no key is held, and gives up in the end", async () => {
    const held = rig();
    held.world.isKeyUp = false;
    expect(
      await held.type(undefined, () => {
        expect(held.world.pasted).toEqual([]);
        held.world.isKeyUp = true;
      }),
    ).toEqual({ kind: "typed", isSure: false });
    expect(held.world.pasted).toEqual(["theirs"]);

    const forever = rig();
    forever.world.isKeyUp = false;
    expect(await forever.type()).toEqual({ kind: "keys-held" });
    expect(forever.world).toMatchObject({ text: "mine", pasted: [] });
  });

  it("types two texts one after the other, and what was there before both comes back", async () => {
    // The second kept the first one's text as what was there before, and pasted what the first had put back.
    const { timers, world, typist } = rig();
    const { signal } = new AbortController();
    const both = [typist.type("one", "focus", signal), typist.type("two", "focus", signal)];
    await timers.pass(3 * pasteBoundMs);
    await Promise.all(both);
    expect(world).toMatchObject({ pasted: ["one", "two"], text: "mine" });
  });

  it("stops one that waits for another, and goes on after one that failed", async () => {
    const { timers, world, typist, failNext } = rig();
    const { signal } = new AbortController();
    const stop = new AbortController();
    failNext();
    const failing = typist.type("one", "focus", signal).catch((error: unknown) => error);
    const waiting = typist.type("two", "focus", stop.signal);
    const last = typist.type("three", "focus", signal);
    stop.abort();
    await timers.pass(3 * pasteBoundMs);
    expect(await failing).toBeInstanceOf(Error);
    expect(await waiting).toEqual({ kind: "stopped" });
    expect(await last).toEqual({ kind: "typed", isSure: false });
    expect(world).toMatchObject({ pasted: ["three"], text: "mine" });
  });

  it("stops while it waits", async () => {
    const { world, type } = rig();
    world.isKeyUp = false;
    const stop = new AbortController();
    expect(await type(stop.signal, () => stop.abort())).toEqual({ kind: "stopped" });
    expect(world).toMatchObject({ text: "mine", pasted: [] });
  });

  it("leaves what the person copied meanwhile", async () => {
    const { world, type } = rig();
    await type(undefined, () => {
      world.text = "newer";
    });
    expect(world.text).toBe("newer");
  });

  it("never pastes into a window of Parley's own", async () => {
    const { world, type, typist } = rig();
    world.isOwn = true;
    expect(await typist.target()).toEqual({ kind: "own" });
    expect(await type()).toEqual({ kind: "moved" });
    expect(world).toMatchObject({ text: "mine", pasted: [] });
  });
});
