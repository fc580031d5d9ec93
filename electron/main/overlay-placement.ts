/**
 * Owns where the overlay goes: bottom centre of the work area of the display with the cursor. Pure. All lengths are in
 * device-independent pixels, in which Electron gives displays of every scale; origins may be negative.
 */
import type { Rect } from "../../shared/ipc-contract.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface DisplayArea {
  readonly id: number;
  readonly bounds: Rect;
  /** Without panels and docks. */
  readonly workArea: Rect;
}

/** The window's size; the card in it grows from the bottom up and is smaller most of the time. */
export const overlaySize = { width: 480, height: 560 } as const;
/** Between the window and the lower edge of the work area; the card keeps its own distance inside. */
export const overlayMarginPx = 12;

export const contains = (rect: Rect, { x, y }: Point): boolean =>
  x >= rect.x && x < rect.x + rect.width && y >= rect.y && y < rect.y + rect.height;

function distance(rect: Rect, { x, y }: Point): number {
  const dx = Math.max(rect.x - x, 0, x - (rect.x + rect.width - 1));
  const dy = Math.max(rect.y - y, 0, y - (rect.y + rect.height - 1));
  return Math.hypot(dx, dy);
}

/** The display under the point, else the nearest one: between displays of different sizes a point can be on none. */
export function displayAt<D extends DisplayArea>(point: Point, displays: readonly D[]): D | null {
  const ranked = displays.toSorted(
    (one, other) => distance(one.bounds, point) - distance(other.bounds, point),
  );
  return ranked[0] ?? null;
}

/** Whole pixels, never outside the work area: on a tiny one the window shrinks. */
export function placeOverlay(workArea: Rect): Rect {
  const width = Math.floor(Math.min(overlaySize.width, workArea.width));
  const height = Math.floor(Math.min(overlaySize.height, Math.max(workArea.height - overlayMarginPx, 1)));
  const left = workArea.x + (workArea.width - width) / 2;
  const bottom = workArea.y + workArea.height - Math.min(overlayMarginPx, workArea.height - height);
  return { x: Math.round(left), y: Math.round(bottom - height), width, height };
}
