import { expect, it } from "vitest";
import { retryDelayInHeader, retryDelayInText } from "../../../electron/main/realtime/retry-delay.ts";

it.each([
  ["Rate limit reached for org-x. Please try again in 6.2s. Visit …", 6_200],
  ["try again in 174ms.", 174],
  ["try again in 0.5ms", 1],
  ["Please try again in 1m26.4s.", 86_400],
  ["try again in 2h3m", 7_380_000],
  ["TRY AGAIN IN 20S", 20_000],
  ["try again in 3 minutes", null],
  ["try again later", null],
  ["try again in 999999h", 86_400_000],
  ["", null],
])("reads the wait in “%s”", (message, waitMs) => {
  expect(retryDelayInText(message)).toBe(waitMs);
});

it.each([
  ["12", 12_000],
  ["0.25", 250],
  ["Mon, 23 Nov 2026 12:00:05 GMT", 5_000],
  ["Mon, 23 Nov 2026 11:00:00 GMT", 0],
  ["soon", null],
  [null, null],
])("reads Retry-After %s", (header, waitMs) => {
  expect(retryDelayInHeader(header, Date.UTC(2026, 10, 23, 12))).toBe(waitMs);
});

it("takes no longer over a long row of digits than over a short one", () => {
  const startedMs = performance.now();
  expect(retryDelayInText(`try again in ${"1".repeat(1_000_000)}`)).toBeNull();
  expect(performance.now() - startedMs).toBeLessThan(200);
});
