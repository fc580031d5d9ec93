/** Owns the web preferences of every window: shut in as far as Electron can. No window adds to what is allowed here. */
import type { WebPreferences } from "electron";

const walls = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  // It would fetch dictionaries from the network.
  spellcheck: false,
} as const satisfies WebPreferences;

export const pageOptions = (preload: string): WebPreferences => ({ ...walls, preload });

/** For a page that is only read: no preload, and no script at all. */
export const stillPageOptions: WebPreferences = { ...walls, javascript: false };
