import { describe, expect, it } from "vitest";
import { PreRoll } from "../../../renderer/audio/pre-roll.ts";
import { counting } from "../../support/audio-signals.ts";

describe("what is kept from before the press", () => {
  it("gives the newest samples, in order, across the ring's seam", () => {
    const preRoll = new PreRoll(1_000);
    for (let from = 1; from <= 2_500; from += 128) preRoll.push(counting(128, from));
    const newest = preRoll.take(700);
    expect(newest).toHaveLength(700);
    expect([...newest]).toEqual([...counting(700, 2_560 - 700 + 1)]);
  });

  it("never gives more than it has heard", () => {
    const preRoll = new PreRoll(1_000);
    preRoll.push(counting(40));
    expect([...preRoll.take(700)]).toEqual([...counting(40)]);
  });

  it("gives nothing twice: what went into one take cannot lead the next", () => {
    const preRoll = new PreRoll(1_000);
    preRoll.push(counting(500));
    preRoll.take(300);
    expect(preRoll.heldSamples).toBe(0);
    expect(preRoll.take(300)).toHaveLength(0);
  });

  it("holds nothing of a released microphone", () => {
    const preRoll = new PreRoll(1_000);
    preRoll.push(counting(500));
    preRoll.clear();
    preRoll.push(new Int16Array(4));
    expect([...preRoll.take(1_000)]).toEqual([0, 0, 0, 0]);
  });
});
