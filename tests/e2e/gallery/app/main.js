/**
 * Owns one bare window for the gallery's pages. It is no part of the product: no preload, no bridge, no app.
 */
import { app, BrowserWindow } from "electron";

// No top-level await: Electron is ready only after this module has loaded.
app.on("ready", () => {
  const window = new BrowserWindow({ width: 420, height: 560, useContentSize: true, frame: false });
  void window.loadURL("about:blank");
});
