/**
 * Owns where the cursor is, in the device-independent pixels of Electron's displays.
 *
 * On X11 Electron's `screen.getCursorScreenPoint()` goes on giving the place of the last event that Chromium saw while
 * the pointer moves over windows of other programs (seen with Electron 33), so the server is asked there.
 */
import { screen } from "electron";
import type { Point } from "./overlay-placement.ts";
import type { X11Desktop } from "./x11/desktop.ts";

/** @param x11 on an X desktop, `null` elsewhere. */
export async function readCursor(x11: X11Desktop | null): Promise<Point> {
  const pixels = (await x11?.pointer()) ?? null;
  if (pixels === null) return screen.getCursorScreenPoint();
  // Chromium uses one scale for all displays of an X screen.
  const { scaleFactor } = screen.getPrimaryDisplay();
  return { x: pixels.x / scaleFactor, y: pixels.y / scaleFactor };
}
