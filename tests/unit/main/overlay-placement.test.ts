import { describe, expect, it } from "vitest";
import {
  displayAt,
  overlayMarginPx,
  overlaySize,
  placeOverlay,
} from "../../../electron/main/overlay-placement.ts";
import type { Rect } from "../../../shared/ipc-contract.ts";

const rect = (x: number, y: number, width: number, height: number): Rect => ({ x, y, width, height });
const display = (id: number, bounds: Rect) => ({ id, bounds, workArea: bounds });

/** A laptop at 150 %, a large screen left of and above it, a small one at 100 % to its right. */
const laptop = display(1, rect(0, 0, 1_280, 800));
const large = display(2, rect(-2_560, -640, 2_560, 1_440));
const small = display(3, rect(1_280, 160, 1_024, 600));
const all = [laptop, large, small];

describe("the display of the cursor", () => {
  it.each([
    [{ x: 10, y: 10 }, 1],
    [{ x: -1, y: 0 }, 2],
    [{ x: -2_560, y: -640 }, 2],
    [{ x: 1_280, y: 160 }, 3],
    [{ x: 1_279.5, y: 799.5 }, 1],
  ])("finds %j on display %i", (point, id) => {
    expect(displayAt(point, all)?.id).toBe(id);
  });

  it("takes the nearest display for a point that is on none", () => {
    expect(displayAt({ x: 2_000, y: 100 }, all)?.id).toBe(3);
    expect(displayAt({ x: -100, y: 5_000 }, all)?.id).toBe(2);
  });

  it("finds none among none", () => {
    expect(displayAt({ x: 0, y: 0 }, [])).toBeNull();
  });
});

describe("the overlay's place", () => {
  it("is the bottom centre of the work area", () => {
    const place = placeOverlay(rect(0, 0, 1_280, 760));
    expect(place.x + place.width / 2).toBe(640);
    expect(place.y + place.height).toBe(760 - overlayMarginPx);
  });

  it("follows a negative origin", () => {
    const place = placeOverlay(large.workArea);
    expect(place).toEqual({ x: -1_520, y: 800 - overlayMarginPx - overlaySize.height, ...overlaySize });
  });

  it("is in whole pixels when a scale makes the work area uneven", () => {
    for (const value of Object.values(placeOverlay(rect(853.33, -0.67, 853.33, 1_066.67)))) {
      expect(Number.isInteger(value)).toBe(true);
    }
  });

  it.each([rect(0, 0, 320, 240), rect(-100, -100, 100, 50), rect(0, 0, 480, 8)])(
    "stays inside the tiny work area %j",
    (area) => {
      const place = placeOverlay(area);
      expect(place.x).toBeGreaterThanOrEqual(area.x);
      expect(place.y).toBeGreaterThanOrEqual(area.y);
      expect(place.x + place.width).toBeLessThanOrEqual(area.x + area.width);
      expect(place.y + place.height).toBeLessThanOrEqual(area.y + area.height);
    },
  );
});
