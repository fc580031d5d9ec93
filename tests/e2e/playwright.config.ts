/**
 * Owns how the end-to-end tests run: one after the other, since they measure sound and time on a machine of two
 * cores, and never twice: a test that passes only when repeated has failed.
 */
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: ".",
  testMatch: "**/*.spec.ts",
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
