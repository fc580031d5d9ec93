import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLog } from "../../../electron/main/log.ts";
import { oldLogOf, openLogFile } from "../../../electron/main/log-file.ts";
import { createLogLines } from "../../../electron/main/log-lines.ts";
import { secrets } from "../../support/secret-shapes.ts";

/** The library keeps the console that it finds when it is loaded. */
const complaints = vi.hoisted(() => {
  const said: unknown[] = [];
  for (const name of ["error", "warn", "info", "log", "debug"] as const) {
    console[name] = (...words: unknown[]) => void said.push(words);
  }
  return said;
});

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "log-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const pathOf = (name: string): string => join(folder, name, "parley.log");
const onDisk = (path: string): string => readFileSync(path, "utf8");

describe("the lines of the log", () => {
  it("keep the newest 200, and give a place that comes later what was said before it", () => {
    const stderr: string[] = [];
    const lines = createLogLines((line) => stderr.push(line));
    for (let number = 0; number < 250; number += 1) lines.write(`line ${number}\n`);
    const file: string[] = [];
    const detach = lines.attach((line) => file.push(line));
    lines.write("last\n");
    detach();
    lines.write("after\n");
    expect(lines.recent()).toHaveLength(200);
    expect(lines.recent().slice(-2)).toEqual(["last", "after"]);
    expect([file.length, file[0], file.at(-1)]).toEqual([201, "line 50\n", "last\n"]);
    expect(stderr).toHaveLength(252);
  });

  it("reach the others and the memory when one place throws", () => {
    const heard: string[] = [];
    const lines = createLogLines(() => {
      throw new Error("EPIPE");
    });
    lines.attach((line) => heard.push(line));
    lines.write("x\n");
    expect([heard, lines.recent()]).toEqual([["x\n"], ["x"]]);
  });
});

describe("the log file", () => {
  it("holds the lines as they are, readable for its user alone", () => {
    const path = pathOf("a");
    const write = openLogFile(path);
    write("2026 info  app ready %s %c\n");
    write("2026 info  app gone\n");
    expect(onDisk(path)).toBe("2026 info  app ready %s %c\n2026 info  app gone\n");
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("takes from an older log what others may read", () => {
    const path = pathOf("b");
    mkdirSync(join(folder, "b"));
    for (const each of [path, oldLogOf(path)]) writeFileSync(each, "old\n", { mode: 0o644 });
    openLogFile(path)("new\n");
    for (const each of [path, oldLogOf(path)]) expect(statSync(each).mode & 0o777).toBe(0o600);
  });

  it("is put aside when it is full, and no third file is ever made", () => {
    const path = pathOf("c");
    const write = openLogFile(path, 10_000);
    for (let number = 0; number < 1_000; number += 1) write(`${String(number).padStart(49, "-")}\n`);
    expect(readdirSync(join(folder, "c")).toSorted()).toEqual(["parley.log", "parley.old.log"]);
    for (const each of [path, oldLogOf(path)]) {
      expect(statSync(each).size).toBeLessThanOrEqual(10_050);
      expect(statSync(each).mode & 0o777).toBe(0o600);
    }
    const numbers = (onDisk(oldLogOf(path)) + onDisk(path)).match(/\d+/g)?.map(Number) ?? [];
    // The newest lines, without a gap.
    expect(numbers.at(-1)).toBe(999);
    expect(numbers).toEqual(numbers.map((_, index) => 1_000 - numbers.length + index));
  });

  it.each([
    ["a file in place of its folder", () => writeFileSync(join(folder, "d"), "")],
    ["a folder in its place", () => mkdirSync(pathOf("d"), { recursive: true })],
  ])("costs nothing but itself where there is %s", (_what, spoil) => {
    spoil();
    const lines = createLogLines(() => undefined);
    lines.attach(openLogFile(pathOf("d")));
    for (let number = 0; number < 300; number += 1) lines.write(`line ${number}\n`);
    expect(lines.recent().at(-1)).toBe("line 299");
    expect(complaints).toEqual([]);
  });

  it("is given up line by line on a full disk, and goes on when there is room again", () => {
    const disk = join(folder, "disk");
    mkdirSync(disk);
    // A real disk of two pages; where none may be mounted, /dev/full refuses each write as such a disk does.
    const isMounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]).status === 0;
    const path = isMounted ? join(disk, "logs", "parley.log") : "/dev/full";
    try {
      const lines = createLogLines(() => undefined);
      lines.attach(openLogFile(path));
      lines.write("before\n");
      expect(isMounted ? fillUp(disk) : "ENOSPC").toBe("ENOSPC");
      for (let number = 0; number < 2_000; number += 1) lines.write(`${"x".repeat(80)} ${number}\n`);
      expect(lines.recent()).toHaveLength(200);
      expect(lines.recent().at(-1)).toMatch(/ 1999$/);
      expect(complaints).toEqual([]);
      if (!isMounted) return;
      rmSync(join(disk, "filler"));
      lines.write("after\n");
      expect(onDisk(path)).toMatch(/after\n$/);
      expect(onDisk(path)).not.toContain(" 1999");
    } finally {
      if (isMounted) spawnSync("umount", [disk]);
    }
  });

  it("never holds one of 10,000 secrets of twelve shapes, nor does the memory", () => {
    const path = pathOf("e");
    const lines = createLogLines(() => undefined);
    lines.attach(openLogFile(path, 100_000_000));
    const log = createLog("test", { write: lines.write, nowMs: () => 0, isVerbose: true });
    const bodies: string[] = [];
    for (const { whole, body } of secrets(10_000, 31)) {
      bodies.push(body.slice(0, 8));
      log.error(whole, { code: whole, itemId: whole, message: `It was ${whole}.` });
    }
    const text = onDisk(path) + lines.recent().join("\n");
    expect(text.split("\n").length).toBeGreaterThan(10_000);
    expect(bodies.filter((body) => text.includes(body))).toEqual([]);
  });

  /** @returns the code that the disk refuses with. */
  function fillUp(disk: string): unknown {
    try {
      writeFileSync(join(disk, "filler"), Buffer.alloc(1_000_000));
      return null;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code;
    }
  }
});
