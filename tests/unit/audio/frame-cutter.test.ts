import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FrameCutter } from "../../../renderer/audio/frame-cutter.ts";
import { counting } from "../../support/audio-signals.ts";

describe("cutting frames", () => {
  it("keeps every sample once and in order, whatever the lengths of the blocks", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1_500 }), { maxLength: 40 }), (lengths) => {
        const cutter = new FrameCutter(480);
        const frames: Int16Array[] = [];
        const keep = (frame: Int16Array): void => void frames.push(frame);
        let next = 1;
        for (const length of lengths) {
          cutter.push(counting(length, next), keep);
          next += length;
        }
        expect(frames.every((frame) => frame.length === 480)).toBe(true);
        cutter.flush(keep);
        expect(frames.flatMap((frame) => [...frame])).toEqual([...counting(next - 1)]);
      }),
    );
  });

  it("hands out frames that later samples do not change", () => {
    const cutter = new FrameCutter(4);
    const frames: Int16Array[] = [];
    cutter.push(counting(8), (frame) => void frames.push(frame));
    expect(frames.map((frame) => [...frame])).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ]);
  });

  it("has nothing left to flush after a whole frame", () => {
    const cutter = new FrameCutter(4);
    let frames = 0;
    cutter.push(counting(4), () => void (frames += 1));
    cutter.flush(() => void (frames += 1));
    expect(frames).toBe(1);
  });
});
