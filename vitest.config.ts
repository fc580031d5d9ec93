import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/unit/**/*.test.{ts,tsx}", "tests/protocol/**/*.test.ts"],
    environment: "node",
    testTimeout: 20_000,
    // An unhandled rejection anywhere fails the run, whichever test was going on.
    dangerouslyIgnoreUnhandledErrors: false,
  },
});
