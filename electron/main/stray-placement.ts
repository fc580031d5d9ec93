/**
 * Owns what becomes of an ordinary window whose display is gone: back it comes to the display with the cursor. Most
 * window managers see to that; some leave a few pixels of it on the screen. Pure.
 */
import type { Rect } from "../../shared/ipc-contract.ts";
import { displayAt, leastShare, shareWithin, type DisplayArea, type Point } from "./overlay-placement.ts";

/** @returns where it has to go, the middle of a display; `null`: it can be seen where it is, or there is no display. */
export function bringBack(window: Rect, displays: readonly DisplayArea[], cursor: Point): Rect | null {
  const display = displayAt(cursor, displays);
  // It may lie across several.
  const seenShare = displays.reduce((sum, { bounds }) => sum + shareWithin(window, bounds), 0);
  if (display === null || seenShare >= leastShare) return null;
  const { workArea } = display;
  const width = Math.min(window.width, workArea.width);
  const height = Math.min(window.height, workArea.height);
  return {
    x: Math.round(workArea.x + (workArea.width - width) / 2),
    y: Math.round(workArea.y + (workArea.height - height) / 2),
    width,
    height,
  };
}
