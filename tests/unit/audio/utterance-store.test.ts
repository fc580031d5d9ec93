import { describe, expect, it } from "vitest";
import { createUtteranceStore } from "../../../electron/main/audio/utterance-store.ts";
import { turnId } from "../../../shared/ids.ts";
import { counting } from "../../support/audio-signals.ts";

const [t1, t2, t3] = [turnId("t1"), turnId("t2"), turnId("t3")];

describe("the utterances that are kept", () => {
  it("grow chunk by chunk, and tell each reader of each chunk until it has had enough", () => {
    const store = createUtteranceStore();
    store.begin(t1);
    const utterance = store.find(t1);
    let told = 0;
    const stop = utterance?.onGrow(() => void (told += 1));
    store.append(t1, counting(480));
    store.append(t1, counting(100, 481));
    stop?.();
    store.append(t1, counting(480, 581));
    expect(told).toBe(2);
    expect(utterance?.samples).toBe(1_060);
    expect(utterance?.chunk(1)).toEqual(counting(100, 481));
    expect(utterance?.chunk(3)).toBeUndefined();
  });

  it("are the last twelve: older ones cannot be sent again", () => {
    const store = createUtteranceStore();
    const turns = Array.from({ length: 13 }, (_, index) => turnId(`turn ${index}`));
    for (const turn of turns) store.begin(turn);
    expect(turns.map((turn) => store.find(turn)?.turnId)).toEqual([undefined, ...turns.slice(1)]);
  });

  it("take twenty minutes at most, and never give up the one that is spoken", () => {
    const store = createUtteranceStore();
    const minute = new Int16Array(24_000 * 60);
    store.begin(t1);
    for (let i = 0; i < 15; i += 1) store.append(t1, minute);
    store.begin(t2);
    for (let i = 0; i < 15; i += 1) store.append(t2, minute);
    store.begin(t3);
    expect(store.find(t1)).toBeUndefined();
    expect(store.find(t2)?.samples).toBe(15 * 60 * 24_000);
    expect(store.find(t3)?.samples).toBe(0);
  });

  it("know silence to the bit from a quiet voice", () => {
    const store = createUtteranceStore();
    store.begin(t1);
    store.append(t1, new Int16Array(480));
    expect(store.peak(t1)).toBe(0);
    store.append(t1, Int16Array.of(0, -2, 1));
    expect(store.peak(t1)).toBe(2);
  });

  it("forget at a word, and take nothing more for what is forgotten", () => {
    const store = createUtteranceStore();
    store.begin(t1);
    store.forget(t1);
    store.append(t1, counting(480));
    expect(store.find(t1)).toBeUndefined();
    expect(store.peak(t1)).toBe(0);
  });
});
