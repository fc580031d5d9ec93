/** Owns the proof, with real processes, that what Parley starts is started as told and leaves nothing behind. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createBoundedOutput } from "../../../electron/main/bounded-output.ts";
import {
  createChildren,
  type Child,
  type Children,
  type ChildStart,
} from "../../../electron/main/child-process.ts";
import { fastest } from "../../support/fastest.ts";
import { isAlive, whenGone } from "../../support/processes.ts";

let children: Children;
let folder = "";
beforeEach(() => {
  children = createChildren();
  folder = mkdtempSync(join(tmpdir(), "child-"));
});
afterEach(async () => {
  await children.endAll();
  rmSync(folder, { recursive: true, force: true });
});

const node = (script: string, rest: Partial<ChildStart> = {}): Child =>
  children.start({
    program: process.execPath,
    args: ["-e", script],
    folder,
    environment: {},
    stdin: "closed",
    ...rest,
  });

/** The first line that a stream says. */
async function lineOf(stream: Readable): Promise<string> {
  let said = "";
  while (!said.includes("\n")) {
    const [piece] = (await once(stream, "data")) as [Buffer];
    said += piece.toString();
  }
  return said.slice(0, said.indexOf("\n"));
}

describe("a program", () => {
  it("is given its arguments, folder and environment as they are, and nothing else of ours", async () => {
    const args = ["$HOME", "a b", "", "`id`", "*", "--", "two\nlines", "“ü”", ";exit 3"];
    const script = "console.log(JSON.stringify([process.argv.slice(1), process.cwd(), process.env]))";
    const child = node(script, { args: ["-e", script, "--", ...args], environment: { LANG: "C.UTF-8" } });
    expect(JSON.parse(await text(child.stdout))).toEqual([args, folder, { LANG: "C.UTF-8" }]);
    expect(await child.ended).toEqual({ kind: "exited", exitCode: 0 });
  });

  it("reads an end at once where its input is closed, and what it is sent where it is piped", async () => {
    expect(await text(node("process.stdin.pipe(process.stdout)").stdout)).toBe("");
    const echo = node("process.stdin.pipe(process.stdout)", { stdin: "piped" });
    echo.stdin?.end("hello");
    expect(await text(echo.stdout)).toBe("hello");
  });

  it("has a group and a session of its own, without a terminal", async () => {
    const child = node("process.stdin.resume(); setInterval(() => {}, 1e6); console.log('up')");
    await lineOf(child.stdout);
    const { pid } = child;
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    const [, , group, session, terminal] = stat;
    expect([group, session, terminal]).toEqual([String(pid), String(pid), "0"]);
  });

  it.each([
    ["that is not there", { program: "/no/such/program" }, "ENOENT"],
    ["that is no program", { program: "/etc/passwd" }, "EACCES"],
    ["in a folder that is not there", { folder: "/no/such/folder" }, "ENOENT"],
    ["with a NUL in an argument", { args: ["a\0b"] }, "ERR_INVALID_ARG_VALUE"],
    ["with more arguments than a system takes", { args: ["x".repeat(4_000_000)] }, "E2BIG"],
  ] as const)("%s has ended, and nothing is thrown", async (_what, rest, code) => {
    const child = node("", rest);
    expect(await child.ended).toEqual({ kind: "not-started", code });
    expect(await child.end()).toEqual({ kind: "not-started", code });
    expect(await text(child.stdout)).toBe("");
    expect(child.pid).toBeNull();
    expect(children.running()).toBe(0);
  });

  it("that does not read what it is sent makes no trouble", async () => {
    const child = node("process.exit(4)", { stdin: "piped" });
    child.stdin?.write(Buffer.alloc(1_000_000));
    expect(await child.ended).toEqual({ kind: "exited", exitCode: 4 });
  });
});

/** Starts a child of its own in the same group; both ignore that they are asked to end. */
const stubborn = `
  const { spawn } = require("node:child_process");
  process.on("SIGTERM", () => {});
  const script = "process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1e6)";
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "ignore"] });
  child.stdout.once("data", () => console.log(child.pid));
  setInterval(() => {}, 1e6);`;

describe("the end", () => {
  it("of a program that does not want to comes within 250 ms, and takes its children along", async () => {
    const tookMs = await fastest(async () => {
      const child = node(stubborn);
      const grandchild = Number(await lineOf(child.stdout));
      expect(isAlive(grandchild)).toBe(true);
      const startedMs = performance.now();
      const end = await child.end();
      const endedMs = performance.now();
      expect(end).toEqual({ kind: "killed", signal: "SIGKILL" });
      await whenGone(grandchild);
      return endedMs - startedMs;
    });
    expect(tookMs).toBeLessThan(250);
    expect(tookMs).toBeGreaterThan(140);
  });

  it("of a program that listens comes at once, with its last words", async () => {
    const child = node(
      "process.on('SIGTERM', () => { console.log('bye'); process.exit(7) }); setInterval(() => {}, 1e6); console.log('up')",
    );
    await lineOf(child.stdout);
    const words = text(child.stdout);
    const startedMs = performance.now();
    expect(await Promise.all([child.end(), child.end()])).toEqual(
      Array.from({ length: 2 }, () => ({ kind: "exited", exitCode: 7 })),
    );
    expect(performance.now() - startedMs).toBeLessThan(140);
    expect(await words).toBe("bye\n");
  });

  it("of a program ends what it left running, and waits for no pipe that a stranger holds", async () => {
    const script = (options: string): string => `
      const { spawn } = require("node:child_process");
      const child = spawn("sleep", ["600"], ${options});
      child.unref();
      console.log(child.pid);
      process.exit(0);`;
    const left = node(script("{ stdio: 'inherit' }"), { environment: { PATH: "/usr/bin:/bin" } });
    const leftPid = Number(await lineOf(left.stdout));
    expect(await left.ended).toEqual({ kind: "exited", exitCode: 0 });
    await whenGone(leftPid);
    const fled = node(script("{ stdio: 'inherit', detached: true }"), {
      environment: { PATH: "/usr/bin:/bin" },
    });
    const fledPid = Number(await lineOf(fled.stdout));
    expect(await fled.ended).toEqual({ kind: "exited", exitCode: 0 });
    process.kill(fledPid, "SIGKILL");
  });

  it("comes for all of them when the app quits, also for one that is started too late", async () => {
    const running = [node(stubborn), node(stubborn)];
    const grandchildren = await Promise.all(running.map(async (child) => Number(await lineOf(child.stdout))));
    expect(children.running()).toBe(2);
    await children.endAll();
    for (const pid of grandchildren) await whenGone(pid);
    const late = node("setInterval(() => {}, 1e6)");
    expect(await late.ended).toEqual({ kind: "killed", signal: "SIGTERM" });
    expect(children.running()).toBe(0);
  });

  it("comes even when the app is killed in an instant, and its whole group with it", async () => {
    const module = join(import.meta.dirname, "../../../electron/main/child-process.ts");
    const app = spawn(
      process.execPath,
      [
        "--import",
        "tsx",
        "--input-type=module",
        "-e",
        `import { createChildren } from ${JSON.stringify(module)};
         const child = createChildren().start({
           program: process.execPath, args: ["-e", ${JSON.stringify(stubborn)}],
           folder: "/", environment: {}, stdin: "closed",
         });
         child.stdout.on("data", (piece) => console.log(child.pid + " " + piece));`,
      ],
      { detached: true, stdio: ["ignore", "pipe", "inherit"] },
    );
    const [leader = 0, grandchild = 0] = (await lineOf(app.stdout)).split(" ").map(Number);
    expect([isAlive(leader), isAlive(grandchild)]).toEqual([true, true]);
    process.kill(-(app.pid ?? 0), "SIGKILL");
    await whenGone(leader);
    await whenGone(grandchild);
  });

  it("leaves no keeper behind", async () => {
    const keepers = (): number =>
      execFileSync("ps", ["-o", "args=", "--ppid", String(process.pid)], { encoding: "utf8" })
        .split("\n")
        .filter((line) => line.includes("read -r group")).length;
    const child = node(stubborn);
    await lineOf(child.stdout);
    expect(keepers()).toBe(1);
    await child.end();
    await expect.poll(keepers, { timeout: 5_000 }).toBe(0);
  });
});

describe("output in bounds", () => {
  it("keeps the beginning and the end of a flood, and holds nobody up", async () => {
    const child = node(
      "process.stdout.write('BEGIN' + 'x'.repeat(30e6) + 'END', () => process.stderr.write('last'))",
    );
    const output = createBoundedOutput(64 * 1024);
    output.follow(child.stdout);
    output.follow(child.stderr);
    expect(await child.ended).toEqual({ kind: "exited", exitCode: 0 });
    const { head, tail, leftOutBytes } = output.kept();
    expect(head.length + tail.length).toBe(64 * 1024);
    expect(head.toString()).toMatch(/^BEGINx+$/);
    expect(tail.toString()).toMatch(/^x+ENDlast$/);
    expect(head.length + tail.length + leftOutBytes).toBe(30_000_012);
    expect(output.totalBytes()).toBe(30_000_012);
  });

  it.each([0, 1, 9, 10, 11, 20, 21, 100])(
    "keeps all that fits of %i bytes, each in its place",
    async (size) => {
      const bytes = Buffer.from(Array.from({ length: size }, (_, index) => index));
      for (const pieceBytes of [1, 3, 50]) {
        const output = createBoundedOutput(20);
        const pieces = Array.from({ length: Math.ceil(size / pieceBytes) }, (_, index) =>
          bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes),
        );
        const stream = Readable.from(pieces);
        output.follow(stream);
        await once(stream, "end");
        const { head, tail, leftOutBytes } = output.kept();
        expect(head).toEqual(bytes.subarray(0, 10));
        expect(tail).toEqual(bytes.subarray(Math.max(10, size - 10)));
        expect(leftOutBytes).toBe(Math.max(0, size - 20));
      }
    },
  );
});
