import { describe, expect, it } from "vitest";
import { mayRevive, mostRevivals, revivalWindowMs } from "../../../electron/main/renderer-revival.ts";

describe("bringing a crashed page back", () => {
  it("goes on a few times and then stops", () => {
    const crashes = Array.from({ length: mostRevivals + 1 }, (_, index) => index * 100);
    expect(mayRevive(crashes.slice(0, mostRevivals), 400)).toBe(true);
    expect(mayRevive(crashes, 400)).toBe(false);
  });

  it("forgets crashes of long ago", () => {
    const crashes = Array.from({ length: 20 }, (_, index) => index * (revivalWindowMs / 2));
    expect(mayRevive(crashes, crashes.at(-1) ?? 0)).toBe(true);
  });
});
