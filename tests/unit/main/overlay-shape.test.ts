import { describe, expect, it } from "vitest";
import { contains } from "../../../electron/main/overlay-placement.ts";
import { roundedShape } from "../../../electron/main/overlay-shape.ts";

const covers = (shape: ReturnType<typeof roundedShape>, x: number, y: number): boolean =>
  shape.some((rect) => contains(rect, { x, y }));

describe("the card's outline without a compositor", () => {
  const card = { x: 14, y: 100, width: 452, height: 200 };
  const shape = roundedShape(card);

  it("covers the middle of the card and of each edge", () => {
    for (const [x, y] of [
      [240, 200],
      [15, 200],
      [464, 200],
      [240, 101],
      [240, 298],
    ] as const) {
      expect(covers(shape, x, y)).toBe(true);
    }
  });

  it("leaves out the four corners, alike, and the outermost pixels, which may be half covered", () => {
    for (const [x, y] of [
      [15, 101],
      [464, 101],
      [15, 298],
      [464, 298],
      [14, 200],
      [465, 200],
      [240, 100],
      [240, 299],
    ] as const) {
      expect(covers(shape, x, y)).toBe(false);
    }
  });

  it("never reaches beyond the card, and is in whole pixels", () => {
    for (const rect of roundedShape({ x: 14.4, y: 99.6, width: 452.2, height: 200.3 })) {
      expect(rect.x).toBeGreaterThanOrEqual(14);
      expect(rect.x + rect.width).toBeLessThanOrEqual(467);
      expect(Object.values(rect).every(Number.isInteger)).toBe(true);
    }
  });

  it("copes with a card smaller than its corners", () => {
    const tiny = roundedShape({ x: 0, y: 0, width: 5, height: 4 });
    expect(tiny.every(({ width, height }) => width > 0 && height > 0)).toBe(true);
    expect(covers(tiny, 2, 1)).toBe(true);
  });

  it("is empty without a card", () => {
    expect(roundedShape(null)).toEqual([]);
  });
});
