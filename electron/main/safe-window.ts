/**
 * Owns the plain window that is left when the overlay's page keeps crashing: a sentence and two buttons, without any
 * script. The buttons are links; where they lead is not loaded but taken as the wish it names.
 */
import { BrowserWindow } from "electron";
import { safeUrl, safeWishOf, type SafeWish } from "./app-origin.ts";
import type { Log } from "./log.ts";
import { stillPageOptions } from "./page-options.ts";
import type { KeepFromStraying } from "./stray-keeper.ts";

export interface SafeWindow {
  /** Opens it, or brings it to the front. It comes by itself: the keyboard stays where the person types. */
  open(): void;
  close(): void;
}

export function createSafeWindow({
  icon,
  onWish,
  keepFromStraying,
  log,
}: {
  /** File of the window's icon, for Linux and Windows. */
  readonly icon: string | null;
  readonly onWish: (wish: SafeWish) => void;
  readonly keepFromStraying: KeepFromStraying;
  readonly log: Log;
}): SafeWindow {
  let window: BrowserWindow | null = null;

  function create(): BrowserWindow {
    const created = new BrowserWindow({
      width: 460,
      height: 250,
      resizable: false,
      minimizable: false,
      maximizable: false,
      fullscreenable: false,
      show: false,
      title: "Parley",
      autoHideMenuBar: true,
      ...(icon === null ? {} : { icon }),
      webPreferences: stillPageOptions,
    });
    keepFromStraying(created);
    created.once("ready-to-show", () => created.showInactive());
    created.on("closed", () => {
      window = null;
    });
    created.webContents.on("will-navigate", ({ url }) => {
      const wish = safeWishOf(url);
      if (wish !== null) onWish(wish);
    });
    created.webContents.on("render-process-gone", (_event, { reason, exitCode }) => {
      // The tray says the same.
      log.error("safe-page-gone", { reason, exitCode });
      if (!created.isDestroyed()) created.destroy();
    });
    created.loadURL(safeUrl).catch(() => log.error("safe-load-failed"));
    return created;
  }

  return {
    open() {
      if (window === null || window.isDestroyed()) {
        window = create();
        return;
      }
      window.showInactive();
    },
    close() {
      if (window !== null && !window.isDestroyed()) window.destroy();
      window = null;
    },
  };
}
