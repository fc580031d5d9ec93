/**
 * Owns building the gallery's pages and the window they are looked at in. It is for tests: nothing of it ships.
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import react from "@vitejs/plugin-react";
import type { Page } from "@playwright/test";
import { build } from "vite";
import { startDesktop } from "../../../scripts/desktop.mjs";
import { openBareWindow } from "../../support/e2e-bare-window.ts";

const here = import.meta.dirname;
/** Beside the caches of other tools: outside of the app's own output, and never packed. */
const pages = resolve(here, "../../../node_modules/.cache/parley-gallery");

export interface Gallery {
  readonly page: Page;
  /** What the page's policy, its scripts or React complained of since the last `open`. */
  readonly complaints: string[];
  open(name: "overlay" | "settings", query: Record<string, string>): Promise<void>;
  resize(width: number, height: number): Promise<void>;
  close(): Promise<void>;
}

/** Builds the pages and opens the window on a virtual desktop of its own. */
export async function openGallery(): Promise<Gallery> {
  await build({
    root: here,
    base: "./",
    configFile: false,
    logLevel: "warn",
    plugins: [react()],
    build: {
      outDir: pages,
      emptyOutDir: true,
      rollupOptions: {
        input: [resolve(here, "gallery-overlay.html"), resolve(here, "gallery-settings.html")],
      },
    },
  });
  const desktop = await startDesktop({ audio: false, compositor: false });
  const app = await openBareWindow(desktop.env);
  const page = await app.firstWindow();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  return {
    page,
    complaints,
    open: async (name, query) => {
      complaints.length = 0;
      const url = pathToFileURL(resolve(pages, `gallery-${name}.html`));
      url.search = new URLSearchParams(query).toString();
      await page.goto(url.href);
      await page.locator("#root > *").first().waitFor({ state: "attached" });
    },
    resize: (width, height) =>
      app.evaluate(({ BrowserWindow }, [w, h]) => BrowserWindow.getAllWindows()[0]?.setContentSize(w, h), [
        width,
        height,
      ] as const),
    close: async () => {
      await app.close();
      await desktop.stop();
    },
  };
}
