import { expect, it } from "vitest";
import {
  crashWindowMs,
  drawsInSoftware,
  isCrash,
  isUnreliable,
  rememberedMs,
} from "../../../electron/main/graphics-plan.ts";

it.each<readonly [string, readonly number[], number, boolean]>([
  ["one crash", [1_000], 1_000, false],
  ["two close together", [1_000, 2_000], 2_000, true],
  ["two far apart", [1_000, 1_000 + crashWindowMs], 1_000 + crashWindowMs, false],
])("judges the graphics process after %s", (_what, crashesMs, nowMs, expected) => {
  expect(isUnreliable(crashesMs, nowMs)).toBe(expected);
});

it.each([
  ["clean-exit", false],
  ["launch-failed", false],
  ["abnormal-exit", true],
  ["crashed", true],
  ["killed", true],
])("knows whether “%s” is a crash", (reason, expected) => {
  expect(isCrash(reason)).toBe(expected);
});

it.each<readonly [string, unknown, boolean]>([
  ["nothing", null, false],
  ["nonsense", { version: 3 }, false],
  ["this version, lately", { version: "1.0.0", sinceMs: rememberedMs }, true],
  ["another version", { version: "0.9.0", sinceMs: rememberedMs }, false],
  ["long ago", { version: "1.0.0", sinceMs: 0 }, false],
  ["the future", { version: "1.0.0", sinceMs: 9 * rememberedMs }, false],
])("draws by what is remembered: %s", (_what, found, expected) => {
  expect(drawsInSoftware(found, "1.0.0", rememberedMs + 1)).toBe(expected);
});
