/**
 * Owns one bare window for the gallery's pages. It is no part of the product: no preload, no bridge, no app.
 */
import { app, BrowserWindow } from "electron";

function open() {
  const window = new BrowserWindow({ width: 420, height: 560, useContentSize: true, frame: false });
  return window.loadURL("about:blank");
}

// No top-level await: Electron is ready only after this module has loaded.
void app.whenReady().then(open);
