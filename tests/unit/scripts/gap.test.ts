import { describe, expect, it } from "vitest";
import { holesIn } from "../../../scripts/driver/gap.ts";
import { noise } from "../../../scripts/driver/signal.ts";

const spoken = noise(4 * 24_000, 5);
const ms = 24;

/** Pieces of what was spoken, by their first and last millisecond, with zeros or other noise in between. */
function utterance(...pieces: readonly (readonly [number, number] | Int16Array)[]): Int16Array {
  return Int16Array.from(
    pieces.flatMap((piece) => [
      ...(piece instanceof Int16Array ? piece : spoken.subarray(piece[0] * ms, piece[1] * ms)),
    ]),
  );
}

describe("what is missing in an utterance", () => {
  it("is nothing where it is whole, wherever it begins", () => {
    const holes = holesIn(utterance([300, 3_000]), spoken);
    expect(holes).toMatchObject({ missingMs: 0, foreignMs: 0, seams: [] });
    expect(holes?.from).toBe(300 * ms);
    expect(holes?.to).toBe(3_000 * ms);
  });

  it("is each hole, and not what goes on in between", () => {
    const holes = holesIn(utterance([100, 700], [900, 1_500], [1_560, 3_000]), spoken);
    expect(holes?.seams).toHaveLength(2);
    expect(holes?.missingMs).toBeGreaterThan(256);
    expect(holes?.missingMs).toBeLessThan(264);
    expect(holes?.foreignMs).toBeLessThan(4);
  });

  it("is what zeros or a foreign sound stand in the place of", () => {
    for (const instead of [new Int16Array(80 * ms), noise(80 * ms, 6)]) {
      const holes = holesIn(utterance([100, 1_000], instead, [1_080, 2_000]), spoken);
      expect(holes?.missingMs).toBeGreaterThan(74);
      expect(holes?.missingMs).toBeLessThan(86);
      expect(holes?.foreignMs).toBeGreaterThan(74);
      expect(holes?.foreignMs).toBeLessThan(86);
    }
  });

  it("counts against what comes twice", () => {
    expect(holesIn(utterance([100, 1_000], [900, 2_000]), spoken)?.missingMs).toBeLessThan(-94);
  });

  it("is not known of an utterance that has nothing of it", () => {
    expect(holesIn(noise(300 * ms, 7), spoken)).toBeNull();
    expect(holesIn(new Int16Array(300 * ms), spoken)).toBeNull();
  });
});
