/** Owns a program with one empty window: the gallery's pages are shown in it, and text is typed into it. */
import { resolve } from "node:path";
import { _electron, type ElectronApplication } from "@playwright/test";
import { heldStart } from "../../scripts/driver/app.ts";
import { electronEnvironment } from "../../scripts/setup.mjs";

/** @param env of the desktop to open it on. */
export function openBareWindow(env: Readonly<Record<string, string>>): Promise<ElectronApplication> {
  const electron = electronEnvironment();
  return _electron.launch({
    executablePath: electron.executable,
    args: [...heldStart, ...electron.electronArgs, resolve(import.meta.dirname, "../e2e/gallery/app")],
    env: { ...env, ...electron.env },
  });
}
