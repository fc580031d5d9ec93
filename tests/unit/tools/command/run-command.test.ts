/**
 * Owns the proof, with real programs, that a command is the array that was shown and nothing else, and that it ends when
 * it is told to.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createChildren, type Children } from "../../../../electron/main/child-process.ts";
import { commandBoundMs, runCommand } from "../../../../electron/main/tools/command/run-command.ts";
import { createRegistry } from "../../../../electron/main/tools/registry.ts";
import type { ToolOutcome } from "../../../../electron/main/tools/run-tool.ts";
import type { Tool } from "../../../../electron/main/tools/tool.ts";
import { argumentInjections } from "../../../support/argument-injections.ts";
import { callTool, prepareTool } from "../../../support/call-tool.ts";
import { fastest } from "../../../support/fastest.ts";
import { passingTimers, type PassingTimers } from "../../../support/passing-timers.ts";
import { isAlive, whenGone } from "../../../support/processes.ts";

let root = "";
let folder = "";
let bin = "";
let children: Children;
let timers: PassingTimers;
let settings = { commandsAllowed: true, commandFolder: "" };
let environment: Record<string, string | undefined> = {};
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "command-"));
  folder = join(root, "work");
  bin = join(root, "bin");
  for (const place of [folder, bin]) mkdirSync(place);
  children = createChildren();
  timers = passingTimers();
  settings = { commandsAllowed: true, commandFolder: folder };
  environment = { PATH: `${bin}:/usr/bin:/bin`, HOME: root };
});
afterEach(async () => {
  await children.endAll();
  rmSync(root, { recursive: true, force: true });
});

const tool = (): Tool => runCommand({ settings: () => settings, children, environment, timers });

/** A program of that name, which is the script. */
function program(name: string, script: string, place = bin): string {
  const path = join(place, name);
  writeFileSync(path, `#!${process.execPath}\n${script}`);
  chmodSync(path, 0o755);
  return path;
}

interface Said {
  readonly outcome: string;
  readonly exit_code: number | null;
  readonly output: string;
  readonly note?: string;
}
const run = (command: object, signal?: AbortSignal): Promise<ToolOutcome> =>
  callTool(tool(), command, signal === undefined ? {} : { signal });
const said = async (command: object): Promise<Said> =>
  (JSON.parse((await run(command)).output) as { readonly data: Said }).data;

/** Writes what it was given where it runs: the output is shortened. */
const echo = "require('fs').writeFileSync('argv.json', JSON.stringify(process.argv.slice(2)))";

describe("the arguments", () => {
  it("of 2,000 kinds reach the program as they are, each where it was", async () => {
    program("echo-stub", echo);
    expect(new Set(argumentInjections).size).toBe(2_000);
    for (let first = 0; first < argumentInjections.length; first += 50) {
      const args = argumentInjections.slice(first, first + 50);
      expect((await run({ program: "echo-stub", args })).kind).toBe("done");
      expect(JSON.parse(readFileSync(join(folder, "argv.json"), "utf8"))).toEqual(args);
    }
    expect(readdirSync(root).toSorted()).toEqual(["bin", "work"]);
    expect(readdirSync(folder)).toEqual(["argv.json"]);
  });

  it.each([
    ["a NUL", "a\0b"],
    ["half a character, which would become another one", "a\ud800b"],
  ])("that hold %s are refused: the program could not get what was shown", async (_what, argument) => {
    program("echo-stub", echo);
    for (const command of [{ program: "echo-stub", args: [argument] }, { program: argument }]) {
      expect((await run(command)).summary).toContain("holds a character that no program can be given");
    }
    expect(existsSync(join(folder, "argv.json"))).toBe(false);
  });

  it("are shown one by one with the whole path of the program, nothing cut, and that is what runs", async () => {
    const path = program("echo-stub", echo);
    const args = ["--flag", "two words", "x".repeat(9_000), "", "one\nArgument 6\ttwo"];
    const prepared = await prepareTool(tool(), { program: "echo-stub", args });
    if (prepared.kind !== "ready") throw new Error("It was refused.");
    expect(prepared.use.lines).toEqual([
      { label: "Program", text: path },
      ...args.slice(0, 4).map((text, index) => ({ label: `Argument ${index + 1}`, text })),
      { label: "Argument 5", text: "one‹U+000A›Argument 6‹U+0009›two" },
      { label: "Folder", text: folder },
    ]);
    expect(prepared.use.risk).toBe("execute");
    // Between the question and the answer, another program takes the name earlier in the PATH, and another folder.
    const earlier = join(root, "earlier");
    mkdirSync(earlier);
    program("echo-stub", "require('fs').writeFileSync('evil', '')", earlier);
    environment = { ...environment, PATH: `${earlier}:${bin}` };
    settings = { ...settings, commandFolder: root };
    await prepared.use.run({
      signal: new AbortController().signal,
      progress: () => undefined,
      commit: (step) => step(),
    });
    expect(JSON.parse(readFileSync(join(folder, "argv.json"), "utf8"))).toEqual(args);
    expect(readdirSync(root).toSorted()).toEqual(["bin", "earlier", "work"]);
  });

  it("are all that “always” covers, with program and folder", async () => {
    program("echo-stub", echo);
    program("other-stub", echo);
    const patternOf = async (command: object): Promise<string | undefined> => {
      const prepared = await prepareTool(tool(), command);
      return prepared.kind === "ready" ? prepared.use.pattern?.text : undefined;
    };
    const one = await patternOf({ program: "echo-stub", args: ["a", "b"] });
    expect(await patternOf({ program: join(bin, "echo-stub"), args: ["a", "b"] })).toBe(one);
    const others = [
      await patternOf({ program: "echo-stub", args: ["a b"] }),
      await patternOf({ program: "echo-stub", args: ["b", "a"] }),
      await patternOf({ program: "other-stub", args: ["a", "b"] }),
    ];
    settings = { ...settings, commandFolder: root };
    others.push(await patternOf({ program: "echo-stub", args: ["a", "b"] }));
    expect(new Set([one, ...others]).size).toBe(5);
  });
});

describe("the program", () => {
  it.each(["./tool", "tool/../tool", "sub/tool", "..", ".", "", "~/tool", "C:tool", "..\\tool"])(
    "is not looked for by the name %j",
    async (name) => {
      mkdirSync(join(folder, "sub"));
      for (const place of [folder, join(folder, "sub")]) program("tool", echo, place);
      expect((await run({ program: name })).kind).toBe("failed");
      expect(existsSync(join(folder, "argv.json"))).toBe(false);
    },
  );

  it("is never taken from the folder that it works in, whatever the PATH says", async () => {
    program("tool", echo, folder);
    symlinkSync(folder, join(root, "link"));
    mkdirSync(join(folder, "bin"));
    program("tool", echo, join(folder, "bin"));
    for (const path of ["", ".", ":", "bin", folder, `${folder}/bin`, `${folder}/.`, join(root, "link")]) {
      environment = { PATH: path };
      expect((await run({ program: "tool" })).summary).toBe("There is no program tool on this computer.");
    }
  });

  it("that is not there, or no program, is told to be so", async () => {
    writeFileSync(join(bin, "text"), "no program");
    mkdirSync(join(bin, "place"));
    for (const name of ["nothing-of-the-kind", "text", "place", "/no/such/program", bin]) {
      expect((await run({ program: name })).summary).toBe(`There is no program ${name} on this computer.`);
    }
    const broken = program("broken", "");
    writeFileSync(broken, "#!/no/such/interpreter\n");
    expect((await run({ program: "broken" })).summary).toBe("The program could not be started (ENOENT).");
  });

  it("that makes others an administrator is not started, under whatever name", async () => {
    program("sudo", echo);
    symlinkSync(join(bin, "sudo"), join(bin, "harmless"));
    program("marked", echo);
    chmodSync(join(bin, "marked"), 0o4755);
    program("pkexec", echo);
    for (const name of ["sudo", "harmless", "marked", "pkexec", join(bin, "sudo")]) {
      expect((await run({ program: name })).summary).toBe(
        "Programs that run others as an administrator are not started.",
      );
    }
    expect(existsSync(join(folder, "argv.json"))).toBe(false);
  });

  it("sees none of our secrets, works in the folder, and reads an end", async () => {
    program(
      "show",
      "process.stdin.on('end', () => console.log(JSON.stringify([process.env, process.cwd()]))).resume()",
    );
    environment = {
      ...environment,
      OPENAI_API_KEY: "sk-canary",
      LANG: "C.UTF-8",
      NODE_OPTIONS: "--no-such-option",
    };
    expect(JSON.parse((await said({ program: "show" })).output)).toEqual([
      { PATH: environment["PATH"], HOME: root, LANG: "C.UTF-8" },
      folder,
    ]);
  });
});

describe("the outcome", () => {
  it("is the exit code and what was said, as data of the program", async () => {
    const path = program("speak", "console.log('out'); console.error('err'); process.exitCode = 3");
    const outcome = await run({ program: "speak" });
    expect(outcome).toMatchObject({ kind: "done", isForeign: true, summary: "ended with exit code 3" });
    const output = JSON.parse(outcome.output) as { readonly source: string; readonly data: Said };
    expect(output.source).toBe(`output of ${path}`);
    expect(output.data).toMatchObject({ outcome: "ended with exit code 3", exit_code: 3 });
    expect(output.data.output.split("\n").toSorted()).toEqual(["err", "out"]);
  });

  it("tells a signal that ended it", async () => {
    program("fall", "process.kill(process.pid, 'SIGABRT')");
    expect(await said({ program: "fall" })).toMatchObject({ outcome: "ended by SIGABRT", exit_code: null });
  });

  it("is text without a terminal's orders, and of a line that was written over its last state", async () => {
    program(
      "paint",
      String.raw`process.stdout.write("\x1b[31mred\x1b[0m\r\n10%\r50%\r100%\n\x07be\x00ll\x9b1m ü\n")`,
    );
    expect((await said({ program: "paint" })).output).toBe("red\n100%\nbell ü");
  });

  it("of a flood is its beginning and its end, and says so", async () => {
    program("flood", "process.stdout.write('BEGIN' + 'x'.repeat(5e6) + 'END')");
    const { output, note } = await said({ program: "flood" });
    expect(output).toMatch(/^BEGINx+\n\[…\]\nx+END$/);
    expect(output.length).toBe(8_005);
    expect(note).toBe("The output was too long: 5000008 bytes. This is its beginning and its end.");
    program("stream", "process.stdout.write('ü'.repeat(10_000))");
    const stream = await said({ program: "stream" });
    expect(stream.output).toBe(`${"ü".repeat(4_000)}\n[…]\n${"ü".repeat(4_000)}`);
    expect(stream.note).toBe("The output was too long: 10000 characters. This is its beginning and its end.");
  });
});

describe("the end", () => {
  const stubborn = `
    const { spawn } = require("node:child_process");
    process.on("SIGTERM", () => {});
    const script = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1e6); console.log('up')";
    const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "ignore"] });
    child.stdout.once("data", () => {
      require("fs").writeFileSync("pids.part", JSON.stringify([process.pid, child.pid]));
      require("fs").renameSync("pids.part", "pids");
    });
    setInterval(() => {}, 1e6); console.log("begun");`;

  const pids = async (): Promise<readonly number[]> => {
    await expect.poll(() => existsSync(join(folder, "pids")), { timeout: 5_432, interval: 5 }).toBe(true);
    return JSON.parse(readFileSync(join(folder, "pids"), "utf8")) as readonly number[];
  };

  it("comes within 250 ms of being stopped, for it and all it has started", async () => {
    program("stubborn", stubborn);
    const tookMs = await fastest(async () => {
      rmSync(join(folder, "pids"), { force: true });
      const stop = new AbortController();
      const running = run({ program: "stubborn" }, stop.signal);
      const started = await pids();
      expect(started.map(isAlive)).toEqual([true, true]);
      const stoppedMs = performance.now();
      stop.abort();
      expect(await running).toMatchObject({ kind: "stopped" });
      for (const pid of started) await whenGone(pid);
      return performance.now() - stoppedMs;
    });
    expect(tookMs).toBeLessThan(250);
  });

  it("comes after a minute by itself, and what was said until then is told", async () => {
    program("stubborn", stubborn);
    const running = said({ program: "stubborn" });
    const started = await pids();
    await timers.pass(commandBoundMs - 1);
    expect(started.map(isAlive)).toEqual([true, true]);
    await timers.pass(1);
    expect(await running).toEqual({ outcome: "stopped after 60 s", exit_code: null, output: "begun" });
    for (const pid of started) await whenGone(pid);
  });

  it("of the app is the end of the command", async () => {
    program("stubborn", stubborn);
    const running = run({ program: "stubborn" });
    const started = await pids();
    await children.endAll();
    expect((await running).summary).toBe("ended by SIGKILL");
    for (const pid of started) await whenGone(pid);
  });

  it("that came before it began leaves nothing running", async () => {
    program("stubborn", stubborn);
    const prepared = await prepareTool(tool(), { program: "stubborn" });
    const stop = new AbortController();
    stop.abort();
    if (prepared.kind !== "ready") throw new Error("It was refused.");
    await expect(
      prepared.use.run({ signal: stop.signal, progress: () => undefined, commit: (step) => step() }),
    ).rejects.toThrow(/stopped/);
    expect(children.running()).toBe(0);
  });
});

describe("it is not offered", () => {
  const offered = (): readonly string[] =>
    createRegistry({ builtIn: [tool()] })
      .declarations()
      .map(({ name }) => name);

  it("until it is allowed, has a folder, and the folder is there", () => {
    expect(offered()).toEqual(["run_command"]);
    const words = "in the settings, under Tools.";
    writeFileSync(join(root, "file"), "");
    for (const [change, reason] of [
      [{ commandsAllowed: false }, `Commands are switched off. Allow them ${words}`],
      [{ commandFolder: "" }, `No folder is chosen for commands. Choose one ${words}`],
      [{ commandFolder: "/no/such/folder" }, `The folder for commands is not there. Choose another ${words}`],
      [{ commandFolder: "work" }, `The folder for commands is not there. Choose another ${words}`],
      [
        { commandFolder: join(root, "file") },
        `The folder for commands is not there. Choose another ${words}`,
      ],
    ] as const) {
      settings = { commandsAllowed: true, commandFolder: folder, ...change };
      expect(tool().obstacle()).toBe(reason);
      expect(offered()).toEqual([]);
    }
  });
});
