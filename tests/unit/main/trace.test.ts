import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openTrace, systemTraceClock } from "../../../electron/main/trace.ts";
import { turnId } from "../../../shared/ids.ts";
import { recordingLog } from "../../support/recording-log.ts";

const clock = { monotonicMs: () => 12.5, epochMs: () => 1_000 };

describe("the trace", () => {
  it("writes one JSON line for each mark, all of them by the end", async () => {
    const folder = mkdtempSync(join(tmpdir(), "trace-"));
    const path = join(folder, "trace.jsonl");
    const trace = openTrace(path, clock, recordingLog());
    trace.mark("talkPressed", turnId("t1"));
    trace.mark("committed", turnId("t1"), { speechMs: 640 });
    await trace.close();
    await trace.close();
    trace.mark("drained", turnId("t1"));
    const lines = readFileSync(path, "utf8").trim().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { name: "talkPressed", turn: "t1", monotonicMs: 12.5, epochMs: 1_000 },
      { name: "committed", turn: "t1", monotonicMs: 12.5, epochMs: 1_000, speechMs: 640 },
    ]);
    rmSync(folder, { recursive: true });
  });

  it("costs the app nothing but a line in the log when the file cannot be written", async () => {
    const log = recordingLog();
    const trace = openTrace("/nonexistent-folder/trace.jsonl", clock, log);
    trace.mark("talkPressed", null);
    await trace.close();
    expect(log.lines.length).toBeLessThanOrEqual(1);
  });

  it("does nothing without a file", async () => {
    const trace = openTrace(undefined, clock, recordingLog());
    trace.mark("talkPressed", null);
    await expect(trace.close()).resolves.toBeUndefined();
  });

  it("takes times that only go forward", () => {
    const first = systemTraceClock.monotonicMs();
    expect(systemTraceClock.monotonicMs()).toBeGreaterThanOrEqual(first);
  });
});
