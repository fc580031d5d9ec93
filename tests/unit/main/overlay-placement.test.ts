import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  contains,
  displayAt,
  leastShare,
  mostAttempts,
  overlayMarginPx,
  overlaySize,
  placeAt,
  placeOverlay,
  replaceOverlay,
  shareWithin,
  type DisplayArea,
  type Placement,
} from "../../../electron/main/overlay-placement.ts";
import type { Rect } from "../../../shared/ipc-contract.ts";

const rect = (x: number, y: number, width: number, height: number): Rect => ({ x, y, width, height });
const display = (id: number, bounds: Rect): DisplayArea => ({
  id,
  bounds,
  workArea: bounds,
  scaleFactor: 1,
});

/** A laptop at 150 %, a large screen left of and above it, a small one at 100 % to its right. */
const laptop = display(1, rect(0, 0, 1_280, 800));
const large = display(2, rect(-2_560, -640, 2_560, 1_440));
const small = display(3, rect(1_280, 160, 1_024, 600));
const all = [laptop, large, small];

const anyPoint = fc.record({
  x: fc.integer({ min: -7_000, max: 7_000 }),
  y: fc.integer({ min: -7_000, max: 7_000 }),
});

/** Of any size down to one pixel, anywhere, with panels at any of its edges. They may overlap, as mirrored ones do. */
const anyArea = fc
  .record({
    origin: anyPoint,
    width: fc.integer({ min: 1, max: 4_000 }),
    height: fc.integer({ min: 1, max: 3_000 }),
    panels: fc.tuple(...Array.from({ length: 4 }, () => fc.double({ min: 0, max: 0.45, noNaN: true }))),
    scaleFactor: fc.constantFrom(1, 1.25, 1.5, 2, 3),
  })
  .map(({ origin, width, height, panels: [left = 0, top = 0, right = 0, bottom = 0], scaleFactor }) => {
    const inset = { x: Math.floor(width * left), y: Math.floor(height * top) };
    const workArea = rect(
      origin.x + inset.x,
      origin.y + inset.y,
      Math.max(1, width - inset.x - Math.floor(width * right)),
      Math.max(1, height - inset.y - Math.floor(height * bottom)),
    );
    return { bounds: { ...origin, width, height }, workArea, scaleFactor };
  });
const anyDisplays = fc
  .array(anyArea, { minLength: 1, maxLength: 5 })
  .map((areas) => areas.map((area, index): DisplayArea => ({ id: index + 1, ...area })));

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

  it("is never empty, as Electron would refuse it", () => {
    expect(placeOverlay(rect(0, 0, 0, 0))).toMatchObject({ width: 1, height: 1 });
  });

  it("is whole on the display with the cursor, whatever displays there are", () => {
    fc.assert(
      fc.property(anyDisplays, anyPoint, (displays, cursor) => {
        const placement = placeAt(cursor, displays);
        const chosen = displays.find(({ id }) => id === placement?.displayId);
        if (placement === null || chosen === undefined) throw new Error("It has no display.");
        expect(shareWithin(placement.bounds, chosen.workArea)).toBe(1);
        const isOnOne = displays.some(({ bounds }) => contains(bounds, cursor));
        expect(contains(chosen.bounds, cursor)).toBe(isOnOne);
      }),
    );
  });
});

describe("how much of a window is within an area", () => {
  it.each([
    [rect(0, 0, 100, 100), 1],
    [rect(-50, 0, 100, 100), 0.5],
    [rect(-50, -50, 100, 100), 0.25],
    [rect(-50, -50, 200, 200), 0.25],
    [rect(100, 0, 10, 10), 0],
    [rect(10, 10, 0, 10), 0],
  ])("finds the share of %j", (window, share) => {
    expect(shareWithin(window, rect(0, 0, 100, 100))).toBe(share);
  });
});

describe("the visible overlay", () => {
  const onLarge = { x: -1_000, y: 0 };
  const onLaptop = { x: 10, y: 10 };
  const placedAt = (cursor: { x: number; y: number }, displays: readonly DisplayArea[]): Placement => {
    const placement = placeAt(cursor, displays);
    if (placement === null) throw new Error("There is no display.");
    return placement;
  };
  const placed = placedAt(onLarge, all);

  it("stays where it is when the cursor goes to another display", () => {
    expect(replaceOverlay(placed.bounds, placed, all, onLaptop)).toBeNull();
  });

  it("stays when other displays come, go and change", () => {
    expect(replaceOverlay(placed.bounds, placed, [large], onLaptop)).toBeNull();
    const smaller = display(1, rect(0, 0, 640, 480));
    expect(
      replaceOverlay(placed.bounds, placed, [smaller, large, display(4, rect(0, 800, 800, 600))], onLaptop),
    ).toBeNull();
  });

  it("goes to the display with the cursor when its own is gone", () => {
    expect(replaceOverlay(placed.bounds, placed, [laptop, small], { x: 1_400, y: 300 })).toMatchObject({
      displayId: small.id,
      bounds: placeOverlay(small.workArea),
    });
  });

  it("goes to the nearest display when the cursor's own is gone too", () => {
    expect(replaceOverlay(placed.bounds, placed, [laptop, small], onLarge)?.displayId).toBe(laptop.id);
  });

  it("goes to the display with the cursor when its own has moved away below it", () => {
    const moved = display(2, rect(-2_560, 2_000, 2_560, 1_440));
    expect(replaceOverlay(placed.bounds, placed, [laptop, moved, small], onLaptop)?.displayId).toBe(
      laptop.id,
    );
  });

  it("goes to its place anew on a display that has grown around it", () => {
    const grown = display(2, rect(-3_000, -640, 3_000, 2_000));
    expect(replaceOverlay(placed.bounds, placed, [laptop, grown], onLaptop)).toMatchObject({
      displayId: grown.id,
      bounds: placeOverlay(grown.workArea),
    });
  });

  it("gets its size back when the scale of its display has changed, at the same bounds too", () => {
    const scaled = { ...large, scaleFactor: 2 };
    const half = { ...placed.bounds, width: overlaySize.width / 2, height: overlaySize.height / 2 };
    expect(replaceOverlay(half, placed, [laptop, scaled], onLaptop)).toMatchObject({
      displayId: large.id,
      bounds: placed.bounds,
    });
    expect(replaceOverlay(placed.bounds, placed, [laptop, scaled], onLaptop)).not.toBeNull();
  });

  it("gets its size back when something has shrunk it on a display that is as it was", () => {
    const shrunk = { ...placed.bounds, height: 200 };
    expect(replaceOverlay(shrunk, placed, all, onLaptop)?.bounds).toEqual(placed.bounds);
  });

  it("gets its size back when a display of 64 × 64 pixels had been all there was", () => {
    const stopgap = display(0, rect(0, 0, 64, 64));
    const squeezed = replaceOverlay(placed.bounds, placed, [stopgap], onLarge) ?? placed;
    expect(shareWithin(squeezed.bounds, stopgap.workArea)).toBe(1);
    expect(replaceOverlay(squeezed.bounds, squeezed, [laptop], onLaptop)?.bounds).toEqual(
      placeOverlay(laptop.workArea),
    );
  });

  it("ignores a panel that covers little of it, and leaves one that covers more", () => {
    const withPanel = (heightPx: number): DisplayArea => ({
      ...large,
      workArea: { ...large.workArea, height: large.workArea.height - heightPx },
    });
    expect(replaceOverlay(placed.bounds, placed, [withPanel(48)], onLarge)).toBeNull();
    const tall = withPanel(120);
    expect(replaceOverlay(placed.bounds, placed, [tall], onLarge)?.bounds).toEqual(
      placeOverlay(tall.workArea),
    );
  });

  it("waits while there is no display, and goes to the first that comes", () => {
    expect(replaceOverlay(placed.bounds, placed, [], onLarge)).toBeNull();
    expect(replaceOverlay(placed.bounds, placed, [small], onLarge)?.displayId).toBe(small.id);
    expect(replaceOverlay(rect(0, 0, 480, 560), null, [], onLarge)).toBeNull();
    expect(replaceOverlay(rect(0, 0, 480, 560), null, [small], onLarge)?.displayId).toBe(small.id);
  });

  it("is in the size that Electron makes of it when the scale is uneven", () => {
    const rounded = { ...placed.bounds, width: overlaySize.width + 1, height: overlaySize.height + 1 };
    expect(replaceOverlay(rounded, placed, all, onLaptop)).toBeNull();
  });

  it("gives in to a window manager that wants it elsewhere, until the displays change", () => {
    const elsewhere = rect(5_000, 5_000, 480, 560);
    let last = placed;
    const tries = Array.from({ length: 10 }, () => {
      const next = replaceOverlay(elsewhere, last, all, onLarge);
      last = next ?? last;
      return next;
    });
    expect(tries.map((next) => next?.attempts)).toEqual([2, 3, ...Array.from({ length: 8 })]);
    expect(last.attempts).toBe(mostAttempts);
    expect(replaceOverlay(elsewhere, last, [laptop, large], onLarge)?.attempts).toBe(1);
    const grown = display(3, rect(1_280, 160, 1_280, 800));
    expect(replaceOverlay(elsewhere, last, [laptop, large, grown], onLarge)?.attempts).toBe(1);
  });

  it("ends on a display that exists, and rests there, after any changes noticed in any bursts", () => {
    const change = fc.oneof(
      fc.record({ kind: fc.constant("add" as const), area: anyArea }),
      fc.record({ kind: fc.constant("remove" as const), at: fc.nat({ max: 4 }) }),
      fc.record({ kind: fc.constant("change" as const), at: fc.nat({ max: 4 }), area: anyArea }),
    );
    const step = fc.record({
      change,
      cursor: anyPoint,
      /** Else the next one comes before anybody has looked. */
      isNoticed: fc.boolean(),
    });
    /** The system's own moving of the window, at some of the changes; more of it in vain is a quarrel. */
    const moves = fc.array(fc.tuple(fc.nat({ max: 19 }), anyArea), { maxLength: mostAttempts - 1 });
    fc.assert(
      fc.property(
        anyDisplays,
        anyPoint,
        fc.array(step, { maxLength: 20 }),
        moves,
        (first, start, steps, moved) => {
          let displays: readonly DisplayArea[] = first;
          let nextId = 100;
          let placement = placeAt(start, displays);
          let window = placement?.bounds ?? rect(0, 0, 0, 0);
          const look = (cursor: { x: number; y: number }): boolean => {
            const next = replaceOverlay(window, placement, displays, cursor);
            if (next === null) return false;
            placement = next;
            window = next.bounds;
            return true;
          };
          let cursor = start;
          steps.forEach(({ change, isNoticed, ...step }, index) => {
            cursor = step.cursor;
            if (change.kind === "add") displays = [...displays, { id: (nextId += 1), ...change.area }];
            if (change.kind === "remove") displays = displays.filter((_, at) => at !== change.at);
            if (change.kind === "change") {
              displays = displays.map((each, at) =>
                at === change.at ? { id: each.id, ...change.area } : each,
              );
            }
            window = moved.find(([at]) => at === index)?.[1].bounds ?? window;
            if (isNoticed) look(cursor);
          });
          look(cursor);
          expect(look(cursor), "once is enough").toBe(false);
          if (displays.length === 0) return;
          const share = Math.max(...displays.map(({ workArea }) => shareWithin(window, workArea)));
          expect(share).toBeGreaterThanOrEqual(leastShare);
        },
      ),
      { numRuns: 500 },
    );
  });
});
