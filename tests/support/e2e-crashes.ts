/** Owns killing the real process of the overlay's page. */
import { expect } from "@playwright/test";
import type { RunningApp } from "../../scripts/driver/app.ts";
import { overlayProcess } from "../../scripts/driver/computer.ts";

/** Kills it, and waits until it is gone for the app, too. */
export async function killPage({ app }: RunningApp): Promise<void> {
  await expect.poll(() => overlayProcess(app), { timeout: 5_200 }).toBeGreaterThan(0);
  const pid = await overlayProcess(app);
  process.kill(pid, "SIGKILL");
  await expect.poll(() => overlayProcess(app), { timeout: 5_100 }).not.toBe(pid);
}
