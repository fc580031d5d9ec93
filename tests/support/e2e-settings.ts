/** Owns the way into the settings window, and what stands in the file behind it. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright";
import { windowNamed, type RunningApp } from "../../scripts/driver/app.ts";

/** Opens the settings window as the overlay's button does; resolves when it can be used. */
export async function openSettings(running: RunningApp): Promise<Page> {
  await running.openSettings();
  const page = await windowNamed(running.app, "settings");
  await page.getByRole("heading", { name: "API key" }).waitFor();
  return page;
}

export async function settingsFile(running: RunningApp): Promise<Readonly<Record<string, unknown>>> {
  const text = await readFile(join(running.profileDir, "settings.json"), "utf8").catch(() => "{}");
  return JSON.parse(text) as Readonly<Record<string, unknown>>;
}
