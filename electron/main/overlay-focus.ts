/**
 * Owns the keyboard's way into the overlay's text field and back to where it was. The overlay is made so that it can
 * never have the focus; only while the field is open it may.
 */
import { app, type BrowserWindow } from "electron";
import type { X11Desktop } from "./x11/desktop.ts";

export interface OverlayFocus {
  take(): void;
  /** Gives the keyboard back to the window that had it. */
  giveBack(): void;
}

/** @param x11 on an X desktop, `null` elsewhere. */
export function createOverlayFocus(window: BrowserWindow, x11: X11Desktop | null): OverlayFocus {
  return x11 === null ? systemFocus(window) : x11Focus(window, x11);
}

function systemFocus(window: BrowserWindow): OverlayFocus {
  return {
    take() {
      window.setFocusable(true);
      window.focus();
      window.webContents.focus();
    },
    giveBack() {
      if (window.isDestroyed()) return;
      window.blur();
      window.setFocusable(false);
      // macOS hands the keyboard to the program before only when the whole app steps back.
      if (process.platform === "darwin") app.hide();
    },
  };
}

/**
 * On X an unfocusable window is one that the window manager does not know (override-redirect), for good: Electron's
 * `setFocusable` changes nothing there. The server itself gives the keyboard to any window that is asked for.
 */
function x11Focus(window: BrowserWindow, x11: X11Desktop): OverlayFocus {
  let previous: number | null = null;
  let isTaken = false;
  return {
    take() {
      if (isTaken) return;
      isTaken = true;
      const own = window.getNativeWindowHandle().readUInt32LE();
      window.setFocusable(true);
      window.webContents.focus();
      void (async () => {
        const before = await x11.inputFocus();
        if (!isTaken) return;
        if (before !== own) previous = before;
        await x11.setInputFocus(own);
      })();
    },
    giveBack() {
      if (!isTaken) return;
      isTaken = false;
      const target = previous;
      previous = null;
      void (async () => {
        // Only if nobody has taken it meanwhile: a click into another window has moved it already.
        if (window.isDestroyed() || target === null) return;
        const holder = await x11.inputFocus();
        if (holder === null || holder === window.getNativeWindowHandle().readUInt32LE()) {
          await x11.setInputFocus(target);
        }
      })();
      if (!window.isDestroyed()) window.setFocusable(false);
    },
  };
}
