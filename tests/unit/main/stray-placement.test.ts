import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shareWithin, type DisplayArea } from "../../../electron/main/overlay-placement.ts";
import { bringBack } from "../../../electron/main/stray-placement.ts";
import type { Rect } from "../../../shared/ipc-contract.ts";

const rect = (x: number, y: number, width: number, height: number): Rect => ({ x, y, width, height });
const display = (id: number, bounds: Rect, panelPx = 0): DisplayArea => ({
  id,
  bounds,
  workArea: { ...bounds, y: bounds.y + panelPx, height: bounds.height - panelPx },
  scaleFactor: 1,
});
const left = display(1, rect(-1_920, 0, 1_920, 1_080), 40);
const right = display(2, rect(0, 0, 1_280, 800));
const onRight = { x: 600, y: 300 };

describe("an ordinary window", () => {
  it("stays where it can be seen, whole, across two displays, or with a corner outside", () => {
    for (const window of [rect(10, 10, 720, 700), rect(-300, 50, 720, 700), rect(620, 60, 720, 700)]) {
      expect(bringBack(window, [left, right], onRight)).toBeNull();
    }
  });

  it("comes to the middle of the display with the cursor when its own is gone", () => {
    expect(bringBack(rect(-1_500, 100, 720, 700), [right], onRight)).toEqual(rect(280, 50, 720, 700));
  });

  it("comes when a window manager has left only its edge on the screen", () => {
    expect(bringBack(rect(1_200, 20, 720, 700), [right], onRight)).toEqual(rect(280, 50, 720, 700));
  });

  it("comes whole when it had lain across the display that is gone", () => {
    expect(bringBack(rect(-300, 50, 720, 700), [right], onRight)).toEqual(rect(280, 50, 720, 700));
  });

  it("is made smaller for a display that it does not fit on, clear of the panel", () => {
    const tiny = display(3, rect(-640, -480, 640, 480), 30);
    expect(bringBack(rect(100, 100, 720, 700), [tiny], onRight)).toEqual(rect(-640, -450, 640, 450));
  });

  it("waits while there is no display", () => {
    expect(bringBack(rect(0, 0, 720, 700), [], onRight)).toBeNull();
  });

  it("rests where it was brought, whatever the displays are", () => {
    const side = fc.integer({ min: 40, max: 3_000 });
    const place = fc.integer({ min: -5_000, max: 5_000 });
    const anyRect = fc.record({ x: place, y: place, width: side, height: side });
    fc.assert(
      fc.property(
        fc.array(anyRect, { minLength: 1, maxLength: 4 }),
        anyRect,
        anyRect,
        (areas, window, at) => {
          const displays = areas.map((area, index) => display(index, area, 20));
          const bounds = bringBack(window, displays, at) ?? window;
          expect(bringBack(bounds, displays, at)).toBeNull();
          const seen = displays.reduce((sum, each) => sum + shareWithin(bounds, each.bounds), 0);
          expect(seen).toBeGreaterThanOrEqual(0.9);
        },
      ),
    );
  });
});
