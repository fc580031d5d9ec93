/**
 * Owns that an ordinary window is not left where a display was. It gives the window manager time to see to that itself.
 * Where the window goes is decided in stray-placement.ts.
 */
import type { BrowserWindow } from "electron";
import type { Displays } from "./displays.ts";
import type { Log } from "./log.ts";
import type { TimerHost } from "./session/ports.ts";
import { bringBack } from "./stray-placement.ts";

/** Watches over a window until it is closed. */
export type KeepFromStraying = (window: BrowserWindow) => void;

/** After the last change: undocking takes several steps, and window managers answer each of them. */
const settledMs = 700;

export function createStrayKeeper({
  displays,
  timers,
  log,
}: {
  readonly displays: Displays;
  readonly timers: TimerHost;
  readonly log: Log;
}): KeepFromStraying {
  async function look(window: BrowserWindow): Promise<void> {
    const cursor = await displays.cursor();
    // A small one is looked at when it is restored; one that fills a display is the window manager's.
    if (window.isDestroyed() || !window.isVisible() || window.isMinimized()) return;
    if (window.isMaximized() || window.isFullScreen()) return;
    const bounds = bringBack(window.getBounds(), displays.all(), cursor);
    if (bounds === null) return;
    log.info("window-brought-back");
    window.setBounds(bounds);
  }

  return (window) => {
    let cancelLook = (): void => undefined;
    const lookSoon = (): void => {
      cancelLook();
      cancelLook = timers.start(settledMs, () => void look(window));
    };
    const stop = displays.onChange(lookSoon);
    window.on("show", lookSoon);
    window.on("restore", lookSoon);
    window.once("closed", () => {
      stop();
      cancelLook();
    });
  };
}
