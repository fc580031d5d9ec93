/**
 * Owns how the end-to-end tests run: those that measure sound and time one after the other, since a machine of two cores
 * has no time to spare for both, the others side by side; and never twice: a test that passes only when repeated has
 * failed.
 */
import { defineConfig } from "@playwright/test";

/** Nothing in these depends on when it happens. */
const unmeasured = [
  "approvals",
  "canary",
  "command-line",
  "demo",
  "diagnostics",
  "full-disk",
  "gallery/gallery",
  "mcp",
  "network",
  "overlay",
  "personal-tools",
  "practice",
  "refusals",
  "settings",
  "tools",
  "tray",
  "typed",
].map((name) => `**/${name}.spec.ts`);

export default defineConfig({
  testDir: ".",
  testMatch: "**/*.spec.ts",
  projects: [
    { name: "unmeasured", testMatch: unmeasured },
    { name: "measured", testIgnore: unmeasured },
  ],
  outputDir: "../../test-results/e2e",
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 61_000,
  expect: { timeout: 9_100 },
  // A click that finds its button covered, moving or gone fails, and says so.
  use: { actionTimeout: 7_300 },
  reporter: [["list"], ["json", { outputFile: "../../test-results/e2e.json" }]],
});
