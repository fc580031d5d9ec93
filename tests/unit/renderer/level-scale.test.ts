import { describe, expect, it } from "vitest";
import {
  advance,
  barCount,
  barHeights,
  heightOfLevel,
  restingMeter,
} from "../../../renderer/overlay/level-scale.ts";

const after = (...levelsDb: readonly number[]) => levelsDb.reduce(advance, restingMeter);

describe("the level meter", () => {
  it("rests at nothing and stays there in silence", () => {
    expect(barHeights(restingMeter)).toEqual(Array.from({ length: barCount }, () => 0));
    expect(barHeights(after(Number.NEGATIVE_INFINITY, -100, Number.NaN))).toEqual(barHeights(restingMeter));
  });

  it("keeps every bar between nothing and full, however loud it gets", () => {
    for (const height of barHeights(after(...Array.from({ length: 50 }, () => 6)))) {
      expect(height).toBeGreaterThan(0);
      expect(height).toBeLessThanOrEqual(1);
    }
  });

  it("keeps 0.7 of the last value and takes 0.3 of the new one", () => {
    const full = heightOfLevel(0);
    expect(after(0).history[0]).toBeCloseTo(0.3 * full);
    expect(after(0, 0).history[0]).toBeCloseTo(0.51 * full);
    expect(after(0, -100).history[0]).toBeCloseTo(0.21 * full);
  });

  it("is highest in the middle, alike on both sides, and ripples outwards", () => {
    const [first, ...rest] = [barHeights(after(-20)), barHeights(after(-20, -100))];
    expect(first?.filter((height) => height > 0)).toHaveLength(1);
    const second = rest[0] ?? [];
    expect(second.filter((height) => height > 0)).toHaveLength(3);
    expect(second).toEqual([...second].toReversed());
  });

  it("grows with the level", () => {
    const levels = [-60, -50, -40, -30, -20, -10].map(heightOfLevel);
    expect(levels).toEqual([...levels].toSorted((a, b) => a - b));
    expect(new Set(levels).size).toBeGreaterThan(4);
  });
});
