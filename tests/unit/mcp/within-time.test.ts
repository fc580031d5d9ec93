/** Owns the proof that work shaped by a stranger ends, and that a busy machine is not mistaken for endless work. */
import { describe, expect, it } from "vitest";
import { TookTooLong, withinTime } from "../../../electron/main/mcp/within-time.ts";

const spin = (): never => {
  for (;;);
};

describe("work with a time limit", () => {
  it("gives its result, or throws what it throws", () => {
    expect(withinTime(50, () => [1, 2])).toEqual([1, 2]);
    expect(withinTime(50, () => undefined)).toBeUndefined();
    const thrown = new RangeError("too deep");
    expect(() =>
      withinTime(50, () => {
        throw thrown;
      }),
    ).toThrow(thrown);
  });

  it.each([
    ["a loop", spin],
    ["a regular expression that backtracks", () => /^(a+)+$/.test(`${"a".repeat(60)}!`)],
    [
      "work that catches everything",
      () => {
        try {
          return spin();
        } catch {
          return spin();
        }
      },
    ],
  ])("is ended when it is %s, and what comes next works", (_what, work) => {
    const before = process.cpuUsage();
    expect(() => withinTime(50, work)).toThrow(TookTooLong);
    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(400);
    expect(withinTime(50, () => "next")).toBe("next");
  });

  it("is begun once more when the machine had no time for it", () => {
    let starts = 0;
    const result = withinTime(50, () => {
      starts += 1;
      // Waits without working, as a process does that is not given its turn.
      if (starts === 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
      return "done";
    });
    expect(result).toBe("done");
    expect(starts).toBeGreaterThanOrEqual(2);
  });
});
