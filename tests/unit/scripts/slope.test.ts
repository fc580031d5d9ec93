import { describe, expect, it } from "vitest";
import { noise } from "../../../scripts/driver/signal.ts";
import { slopeOf, type Point } from "../../../scripts/soak/slope.ts";

const wobble = noise(200, 9, 0.4, 1_000);

/** A line with noise of about ±1 on it. */
const line = (life: number, perX: number, height: number, count: number, from = 0): readonly Point[] =>
  Array.from({ length: count }, (_, index) => ({
    life,
    x: from + index / count,
    y: height + perX * (index / count) + (wobble[from * 20 + index] ?? 0) / 300,
  }));

describe("a slope", () => {
  it("is that of the line, to the digit, where nothing disturbs it", () => {
    const slope = slopeOf([0, 1, 2, 3, 4].map((x) => ({ life: 1, x, y: 7 + 3 * x })));
    expect(slope?.perX).toBeCloseTo(3, 10);
    expect(slope?.plusMinus).toBeCloseTo(0, 10);
  });

  it("agrees with a worked example", () => {
    // x 1…5, y 2, 4, 5, 4, 5: slope 0.6, standard error 0.2828, t(3) 3.182.
    const slope = slopeOf([2, 4, 5, 4, 5].map((y, index) => ({ life: 1, x: index + 1, y })));
    expect(slope?.perX).toBeCloseTo(0.6, 10);
    expect(slope?.plusMinus).toBeCloseTo(0.9, 2);
  });

  it("lies within its interval, and nothing is found where nothing grows", () => {
    const growing = slopeOf(line(1, 12, 50, 80));
    expect(Math.abs((growing?.perX ?? 0) - 12)).toBeLessThan(growing?.plusMinus ?? 0);
    const level = slopeOf(line(1, 0, 50, 80));
    expect(Math.abs(level?.perX ?? 9)).toBeLessThan(level?.plusMinus ?? 0);
  });

  it("is looked for within each life: one that begins higher has not grown", () => {
    const lives = [...line(1, 0, 50, 40), ...line(2, 0, 90, 40, 1), ...line(3, 0, 130, 40, 2)];
    const slope = slopeOf(lives);
    expect(Math.abs(slope?.perX ?? 9)).toBeLessThan(1);
    const asOne = slopeOf(lives.map((point) => ({ ...point, life: 1 })));
    expect(asOne?.perX).toBeGreaterThan(30);
  });

  it("gets surer with more points, by Student's distribution also where they are few", () => {
    const sure = (count: number): number => slopeOf(line(1, 5, 10, count))?.plusMinus ?? Number.NaN;
    expect(sure(100)).toBeLessThan(sure(20));
    expect(sure(20)).toBeLessThan(sure(4));
  });

  it("is not known of too few points, or of points at one moment", () => {
    expect(slopeOf([])).toBeNull();
    expect(slopeOf([{ life: 1, x: 0, y: 1 }])).toBeNull();
    expect(
      slopeOf([
        { life: 1, x: 0, y: 1 },
        { life: 1, x: 1, y: 2 },
      ]),
    ).toBeNull();
    expect(slopeOf([1, 2, 3].map((y) => ({ life: 1, x: 4, y })))).toBeNull();
  });
});
