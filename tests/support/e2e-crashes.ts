/** Owns killing the real process of the overlay's page. */
import { expect } from "@playwright/test";
import type { RunningApp } from "../../scripts/driver/app.ts";

/** 0 while it has none. */
export const overlayPid = (running: RunningApp): Promise<number> =>
  running.app.evaluate(({ webContents }) => {
    const page = webContents.getAllWebContents().find((each) => each.getURL().endsWith("/overlay.html"));
    return page === undefined || page.isCrashed() || page.isLoading() ? 0 : page.getOSProcessId();
  });

/** Kills it, and waits until it is gone for the app, too. */
export async function killPage(running: RunningApp): Promise<void> {
  await expect.poll(() => overlayPid(running), { timeout: 5_200 }).toBeGreaterThan(0);
  const pid = await overlayPid(running);
  process.kill(pid, "SIGKILL");
  await expect.poll(() => overlayPid(running), { timeout: 5_100 }).not.toBe(pid);
}
