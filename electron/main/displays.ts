/** Owns the displays as they are, and the word that they may be others now. It moves nothing. */
import { screen } from "electron";
import { readCursor } from "./cursor.ts";
import type { DisplayArea, Point } from "./overlay-placement.ts";
import type { X11Desktop } from "./x11/desktop.ts";

export interface Displays {
  /** None for a moment, while a computer is undocked or wakes up. On X11 there is one then, of 64 × 64 pixels. */
  all(): readonly DisplayArea[];
  cursor(): Promise<Point>;
  /** One came, went or changed: size, place, scale, rotation, panels. In bursts. @returns how to hear no more of it. */
  onChange(listener: () => void): () => void;
  /** Something else tells that they may have changed: a sleep can do it without a word. */
  mayHaveChanged(): void;
}

/** Once the app is ready. @param x11 on an X desktop, `null` elsewhere. */
export function watchDisplays(x11: X11Desktop | null): Displays {
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  screen.on("display-added", tell);
  screen.on("display-removed", tell);
  screen.on("display-metrics-changed", tell);
  return {
    all: () => screen.getAllDisplays(),
    cursor: () => readCursor(x11),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    mayHaveChanged: tell,
  };
}
