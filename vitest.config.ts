import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "node",
    testTimeout: 20_000,
    // An unhandled rejection anywhere fails the run, whichever test was going on.
    dangerouslyIgnoreUnhandledErrors: false,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["tests/unit/**/*.test.{ts,tsx}"],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Bounds in milliseconds over real sockets: one file at a time.
        extends: true,
        test: {
          name: "protocol",
          include: ["tests/protocol/**/*.test.ts"],
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
