import { describe, expect, it } from "vitest";
import { Mixer } from "../../../renderer/audio/mixer.ts";

type Data = Parameters<Mixer["mix"]>[0];

/** What a microphone delivers at a time, one array for each channel. */
const delivered = (...channels: readonly (readonly number[])[]): Data => ({
  numberOfFrames: channels[0]?.length ?? 0,
  numberOfChannels: channels.length,
  copyTo: (destination, { planeIndex }) => (destination as Float32Array).set(channels[planeIndex] ?? []),
});

describe("making one channel of all", () => {
  it("is the channel itself where there is one, and the mean of several", () => {
    const mixer = new Mixer();
    expect([...mixer.mix(delivered([0.5, -0.25, 0]))]).toEqual([0.5, -0.25, 0]);
    expect([...mixer.mix(delivered([0.5, -0.25, 0], [0.25, -0.75, 1]))]).toEqual([0.375, -0.5, 0.5]);
    expect([...mixer.mix(delivered([3], [0], [0]))]).toEqual([1]);
  });

  it("makes no buffer for each block, and one that fits for blocks of another length", () => {
    const mixer = new Mixer();
    const { buffer } = mixer.mix(delivered([1, 2], [3, 4]));
    for (let blocks = 0; blocks < 100; blocks += 1) {
      expect(mixer.mix(delivered([1, 2], [3, 4])).buffer).toBe(buffer);
    }
    expect([...mixer.mix(delivered([1, 2, 3]))]).toEqual([1, 2, 3]);
  });
});
