/**
 * Owns where the overlay goes, and when it has to go elsewhere: bottom centre of the work area of the display with the
 * cursor. Pure. All lengths are in device-independent pixels, in which Electron gives displays of every scale; origins
 * may be negative.
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
  readonly scaleFactor: number;
}

/** Where the overlay was put. */
export interface Placement {
  readonly bounds: Rect;
  readonly displayId: number;
  /** All of them, as they were then. */
  readonly displays: readonly DisplayArea[];
  /** How often it was put just there, on displays just like these. */
  readonly attempts: number;
}

/** The window's size; the card in it grows from the bottom up and is smaller most of the time. */
export const overlaySize = { width: 480, height: 560 } as const;
/** Between the window and the lower edge of the work area; the card keeps its own distance inside. */
export const overlayMarginPx = 12;
/** A window of which less is on its display is moved. */
export const leastShare = 0.9;
/** A window manager that wants it elsewhere, or in another size, has its way in the end: no endless quarrel. */
export const mostAttempts = 3;
/** Electron rounds lengths outwards when the scale is uneven. */
const roundingPx = 1;

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
  const width = Math.floor(Math.min(overlaySize.width, Math.max(workArea.width, 1)));
  const height = Math.floor(Math.min(overlaySize.height, Math.max(workArea.height - overlayMarginPx, 1)));
  const left = workArea.x + (workArea.width - width) / 2;
  const bottom = workArea.y + workArea.height - Math.min(overlayMarginPx, workArea.height - height);
  return { x: Math.round(left), y: Math.round(bottom - height), width, height };
}

/** How much of a window is within an area: 0 to 1. */
export function shareWithin(window: Rect, area: Rect): number {
  const overlap = (start: number, length: number, from: number, span: number): number =>
    Math.max(0, Math.min(start + length, from + span) - Math.max(start, from));
  const width = overlap(window.x, window.width, area.x, area.width);
  const height = overlap(window.y, window.height, area.y, area.height);
  return width === 0 || height === 0 ? 0 : (width * height) / (window.width * window.height);
}

/** Puts it on the display with the cursor; `null` when there is no display. */
export function placeAt(cursor: Point, displays: readonly DisplayArea[]): Placement | null {
  const display = displayAt(cursor, displays);
  return display === null ? null : placementOn(display, displays);
}

const placementOn = (display: DisplayArea, displays: readonly DisplayArea[]): Placement => ({
  bounds: placeOverlay(display.workArea),
  displayId: display.id,
  displays,
  attempts: 1,
});

/**
 * Where the visible overlay has to go; `null`: it stays. It stays on its display wherever the cursor is, and is put
 * anew there when that display has changed around it. It goes to the display with the cursor when its own is gone, or
 * holds less than `leastShare` of it.
 *
 * @param window its bounds as they are: the system may have moved it by itself.
 * @param placed `null` when it was never put anywhere, for want of a display.
 */
export function replaceOverlay(
  window: Rect,
  placed: Placement | null,
  displays: readonly DisplayArea[],
  cursor: Point,
): Placement | null {
  if (placed === null) return placeAt(cursor, displays);
  const home = displays.find(({ id }) => id === placed.displayId);
  const isHeld = home !== undefined && shareWithin(window, home.workArea) >= leastShare;
  if (isHeld && isUnchanged(home, placed.displays) && hasSize(window, placeOverlay(home.workArea)))
    return null;

  const next = isHeld ? placementOn(home, displays) : placeAt(cursor, displays);
  if (next === null || !isSameTry(next, placed)) return next;
  return placed.attempts < mostAttempts ? { ...next, attempts: placed.attempts + 1 } : null;
}

const isSameRect = (one: Rect, other: Rect): boolean =>
  one.x === other.x && one.y === other.y && one.width === other.width && one.height === other.height;

const hasSize = (window: Rect, { width, height }: Rect): boolean =>
  Math.abs(window.width - width) <= roundingPx && Math.abs(window.height - height) <= roundingPx;

/** Its work area may change: a panel that comes and goes leaves the overlay in peace as long as it covers little. */
const isUnchanged = (display: DisplayArea, before: readonly DisplayArea[]): boolean =>
  before.some(
    ({ id, bounds, scaleFactor }) =>
      id === display.id && scaleFactor === display.scaleFactor && isSameRect(bounds, display.bounds),
  );

const isSameTry = (next: Placement, placed: Placement): boolean =>
  next.displayId === placed.displayId &&
  isSameRect(next.bounds, placed.bounds) &&
  next.displays.length === placed.displays.length &&
  next.displays.every((display) => isUnchanged(display, placed.displays));
