/** Owns the proof that every call leaves its line, whatever the file is like. */
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openActionLog } from "../../../electron/main/approvals/action-log.ts";
import type { ActionEntry } from "../../../shared/tools.ts";
import { recordingLog } from "../../support/recording-log.ts";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "actions-"));
  path = join(folder, "actions.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const entry = (atMs: number): ActionEntry => ({
  atMs,
  turnId: "turn",
  callId: `call-${atMs}`,
  tool: "add_note",
  title: "Write a note",
  server: null,
  argumentHash: "0".repeat(64),
  decision: "allowed-click",
  outcome: "done",
  resultBytes: 11,
  durationMs: 5,
});

it("is listed newest first, and again after a restart", () => {
  const log = openActionLog(path, recordingLog());
  log.add(entry(1));
  log.add(entry(2));
  expect(log.list().map(({ atMs }) => atMs)).toEqual([2, 1]);
  expect(openActionLog(path, recordingLog()).list()).toEqual(log.list());
});

it("only ever adds: what was there stays, byte for byte", () => {
  const log = openActionLog(path, recordingLog());
  log.add(entry(1));
  const before = readFileSync(path, "utf8");
  log.add(entry(2));
  expect(readFileSync(path, "utf8").startsWith(before)).toBe(true);
});

it("is one row for a call, whose end stands for its start; one that never ended stays as started", () => {
  const log = openActionLog(path, recordingLog());
  log.add({ ...entry(1), callId: "a", outcome: "started" });
  log.add({ ...entry(2), callId: "b", outcome: "started" });
  expect(log.list().map(({ outcome }) => outcome)).toEqual(["started", "started"]);
  log.add({ ...entry(3), callId: "a" });
  // As after a crash: nobody has told how the other one ended.
  for (const listed of [log.list(), openActionLog(path, recordingLog()).list()]) {
    expect(listed.map(({ callId, outcome }) => `${callId} ${outcome}`)).toEqual(["a done", "b started"]);
  }
  expect(readFileSync(path, "utf8").trim().split("\n")).toHaveLength(3);
});

it("is read also from lines that name no call", () => {
  const { callId: _none, ...earlier } = entry(1);
  writeFileSync(path, `${JSON.stringify(earlier)}\n${JSON.stringify({ ...earlier, atMs: 2 })}`);
  expect(openActionLog(path, recordingLog()).list()).toHaveLength(2);
});

it("reads past a line that a crash cut off, and past what is no entry", () => {
  openActionLog(path, recordingLog()).add(entry(1));
  appendFileSync(path, '\n{"atMs": 2, "turn\n{"atMs": "yesterday"}\nnot json');
  const log = openActionLog(path, recordingLog());
  log.add(entry(3));
  expect(log.list().map(({ atMs }) => atMs)).toEqual([3, 1]);
  expect(
    openActionLog(path, recordingLog())
      .list()
      .map(({ atMs }) => atMs),
  ).toEqual([3, 1]);
});

it("goes on in a new file when the old one is large, and keeps that", () => {
  writeFileSync(path, `${JSON.stringify(entry(1))}\n${" ".repeat(4 * 1024 * 1024)}`);
  const log = openActionLog(path, recordingLog());
  log.add(entry(2));
  expect(readFileSync(path, "utf8").length).toBeLessThan(1_000);
  expect(
    openActionLog(path, recordingLog())
      .list()
      .map(({ atMs }) => atMs),
  ).toEqual([2, 1]);
});

it("that cannot be written is said in the log, and still listed", () => {
  mkdirSync(path);
  const told = recordingLog();
  const log = openActionLog(path, told);
  log.add(entry(1));
  expect(log.list()).toHaveLength(1);
  expect(told.lines.map(({ event }) => event)).toContain("action-not-written");
});
