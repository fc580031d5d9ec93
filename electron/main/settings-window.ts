/** Owns the settings window: made when asked for, one at a time, gone when closed. It knows no setting. */
import { BrowserWindow, dialog, type WebContents } from "electron";
import type { SettingsAnswers, SettingsInvokes, SettingsReceives } from "../../shared/ipc-contract.ts";
import { settingsUrl } from "./app-origin.ts";
import { sendTo, type SendTo } from "./ipc.ts";
import type { Log } from "./log.ts";
import { pageOptions } from "./page-options.ts";
import type { KeepFromStraying } from "./stray-keeper.ts";

export interface SettingsWindow {
  readonly webContents: () => WebContents | null;
  readonly send: SendTo<SettingsReceives>;
  /** Opens it, or brings it to the front. */
  open(): void;
  /** Opens it for whoever looks for it, and leaves the keyboard where it is. */
  openBeside(): void;
  /** Asks for a path by the system's dialog, above the window. */
  choosePath(wish: SettingsInvokes["path:choose"]): Promise<SettingsAnswers["path:choose"]>;
}

export function createSettingsWindow({
  preload,
  icon,
  keepFromStraying,
  log,
}: {
  readonly preload: string;
  /** File of the window's icon, for Linux and Windows. */
  readonly icon: string | null;
  readonly keepFromStraying: KeepFromStraying;
  readonly log: Log;
}): SettingsWindow {
  let window: BrowserWindow | null = null;
  const webContents = (): WebContents | null =>
    window === null || window.isDestroyed() ? null : window.webContents;

  function create(show: (created: BrowserWindow) => void): BrowserWindow {
    const created = new BrowserWindow({
      width: 720,
      height: 760,
      minWidth: 480,
      minHeight: 420,
      show: false,
      title: "Parley settings",
      autoHideMenuBar: true,
      ...(icon === null ? {} : { icon }),
      webPreferences: pageOptions(preload),
    });
    keepFromStraying(created);
    created.once("ready-to-show", () => show(created));
    created.on("closed", () => {
      window = null;
    });
    created.webContents.on("render-process-gone", (_event, { reason, exitCode }) => {
      log.error("settings-page-gone", { reason, exitCode });
      // Opening it again makes a new one.
      if (!created.isDestroyed()) created.destroy();
    });
    created.loadURL(settingsUrl).catch(() => log.error("settings-load-failed"));
    return created;
  }

  return {
    webContents,
    send: sendTo<SettingsReceives>(webContents),
    open() {
      if (window === null || window.isDestroyed()) {
        window = create((created) => created.show());
        return;
      }
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
    },
    openBeside() {
      if (window === null || window.isDestroyed()) window = create((created) => created.showInactive());
      else if (!window.isVisible() || window.isMinimized()) window.showInactive();
    },
    async choosePath({ kind, from }) {
      if (window === null || window.isDestroyed()) return { path: null };
      const { filePaths } = await dialog.showOpenDialog(window, {
        title: kind === "folder" ? "Choose a folder" : "Choose a file",
        properties: kind === "folder" ? ["openDirectory", "createDirectory"] : ["openFile"],
        ...(from === "" ? {} : { defaultPath: from }),
      });
      return { path: filePaths[0] ?? null };
    },
  };
}
