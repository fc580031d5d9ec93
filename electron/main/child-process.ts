/**
 * Owns the programs that Parley starts for the person, those of tools and of MCP servers alike: an array of arguments
 * and never a shell, a process group of its own, an environment that is given (child-environment.ts), and an end: with
 * all that it started, within 250 ms of being told, when the app quits, and even when the app is killed. It never
 * decides whether a program may run, and never reads what it says (bounded-output.ts keeps that in bounds).
 *
 * What leaves the group on purpose (`setsid`) is found by a mark where that is asked for (child-mark.ts), and is beyond
 * its reach otherwise.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { Readable, type Writable } from "node:stream";
import { canMark, killMarked, killMarkedScript, markVariable, newMark } from "./child-mark.ts";

/** Between asking (SIGTERM) and ending (SIGKILL). With what follows, a program is gone within 250 ms. */
export const graceMs = 150;
/** How long output may still come from pipes whose program is gone: somebody outside the group holds them. */
const lastOutputMs = 50;

export interface ChildStart {
  /** An absolute path, or a bare name for the PATH in `environment`. */
  readonly program: string;
  readonly args: readonly string[];
  readonly folder: string;
  /** All of it: nothing of ours is added, but for the mark. */
  readonly environment: Readonly<Record<string, string>>;
  /** `closed`: it reads an end at once. */
  readonly stdin: "closed" | "piped";
  /** What it starts outside its group ends with it too (on Linux): for programs that run as long as the app. */
  readonly isMarked?: boolean;
}

export type ChildEnd =
  | { readonly kind: "exited"; readonly exitCode: number }
  | { readonly kind: "killed"; readonly signal: string }
  /** `code` as the system has it, such as `ENOENT`. */
  | { readonly kind: "not-started"; readonly code: string };

export interface Child {
  /** `null` when it could not be started. */
  readonly pid: number | null;
  /** `null` when closed. */
  readonly stdin: Writable | null;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** When nothing of its group runs any more and its output is over. Never rejects. */
  readonly ended: Promise<ChildEnd>;
  /** Asks it to end, then makes it. Safe to call twice. @returns `ended`. */
  end(): Promise<ChildEnd>;
}

export interface Children {
  /** Never throws: what cannot be started has ended. */
  start(start: ChildStart): Child;
  running(): number;
  /** For the end of the app; what is started afterwards is ended at once. */
  endAll(): Promise<void>;
}

export function createChildren(): Children {
  const children = new Set<Child>();
  let isOver = false;
  return {
    start(start) {
      const child = startChild(start);
      children.add(child);
      void child.ended.then(() => children.delete(child));
      if (isOver) void child.end();
      return child;
    },
    running: () => children.size,
    async endAll() {
      isOver = true;
      await Promise.all([...children].map((child) => child.end()));
    },
  };
}

function startChild({ program, args, folder, environment, stdin, isMarked = false }: ChildStart): Child {
  const mark = isMarked && canMark ? newMark() : null;
  const keeper = startKeeper(mark);
  let started: ChildProcess;
  try {
    started = spawn(program, [...args], {
      cwd: folder,
      env: mark === null ? environment : { ...environment, [markVariable]: mark },
      shell: false,
      // A group of its own; on Windows that would be a console window of its own.
      detached: process.platform !== "win32",
      windowsHide: true,
      stdio: [stdin === "piped" ? "pipe" : "ignore", "pipe", "pipe"],
    });
  } catch (error) {
    // What no system takes, such as a NUL in an argument, is thrown and not told.
    keeper.dismiss();
    return neverStarted(codeOf(error));
  }
  const { pid } = started;
  if (pid !== undefined) keeper.watch(pid);
  // A program that does not read what it is sent is no mistake of ours: its end tells the rest.
  started.stdin?.on("error", () => undefined);
  const ended = endOf(started, mark);
  void ended.then(keeper.dismiss);
  let isEnding = false;
  return {
    pid: pid ?? null,
    stdin: started.stdin ?? null,
    stdout: started.stdout ?? nothing(),
    stderr: started.stderr ?? nothing(),
    ended,
    end() {
      if (isEnding || pid === undefined) return ended;
      isEnding = true;
      signalGroup(pid, "SIGTERM");
      const force = setTimeout(() => signalGroup(pid, "SIGKILL"), graceMs);
      void ended.then(() => clearTimeout(force));
      return ended;
    },
  };
}

const nothing = (): Readable => Readable.from([]);

function neverStarted(code: string): Child {
  const ended = Promise.resolve<ChildEnd>({ kind: "not-started", code });
  return { pid: null, stdin: null, stdout: nothing(), stderr: nothing(), ended, end: () => ended };
}

function codeOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return code ?? "unknown";
}

function endOf(started: ChildProcess, mark: string | null): Promise<ChildEnd> {
  return new Promise((resolve) => {
    started.once("error", (error) => {
      // Also told when a signal could not be sent to one that runs.
      if (started.pid === undefined) resolve({ kind: "not-started", code: codeOf(error) });
    });
    started.once("exit", (exitCode, signal) => {
      const end: ChildEnd =
        exitCode === null ? { kind: "killed", signal: signal ?? "unknown" } : { kind: "exited", exitCode };
      // What it left behind in its group ends with it.
      if (started.pid !== undefined) signalGroup(started.pid, "SIGKILL");
      const swept = mark === null ? Promise.resolve() : killMarked(mark);
      // After a look at the pipes: a thread that was busy meanwhile has not read them yet.
      const cut = setTimeout(() => setImmediate(() => letGo(started)), lastOutputMs);
      started.once("close", () => {
        clearTimeout(cut);
        void swept.then(() => resolve(end));
      });
    });
  });
}

function letGo({ stdout, stderr }: ChildProcess): void {
  stdout?.destroy();
  stderr?.destroy();
}

/** A group that is gone already is what was wanted. */
function signalGroup(pid: number, signal: "SIGTERM" | "SIGKILL"): void {
  if (process.platform === "win32") {
    // There are no groups and no asking: the tree is ended by the system's own tool.
    spawn("taskkill", ["/pid", String(pid), "/t", "/f"], { stdio: "ignore", windowsHide: true }).once(
      "error",
      () => undefined,
    );
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (codeOf(error) !== "ESRCH" && codeOf(error) !== "EPERM") throw error;
  }
}

interface Keeper {
  watch(pid: number): void;
  dismiss(): void;
}

/**
 * It is told a group, and then waits for the end of its input: that comes when we are gone, however we went. `$1` is the
 * mark, or empty.
 */
const keeperScript = `read -r group || exit 0; read -r end; kill -s KILL -- "-$group"; [ -z "$1" ] || ${killMarkedScript}`;

/**
 * A shell that ends the group when the app was killed and can end nothing any more. It runs this one script, which
 * reads nothing but a number of ours. Windows has none: there a program outlives an app that is killed.
 */
function startKeeper(mark: string | null): Keeper {
  if (process.platform === "win32") return { watch: () => undefined, dismiss: () => undefined };
  const keeper = spawn("/bin/sh", ["-c", keeperScript, "sh", mark ?? ""], {
    cwd: "/",
    env: { PATH: "/usr/bin:/bin" },
    // Whatever ends our own group must not end it.
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  // Without it, everything works but the end after a kill.
  keeper.on("error", () => undefined);
  keeper.stdin.on("error", () => undefined);
  keeper.unref();
  return {
    watch: (pid) => void keeper.stdin.write(`${pid}\n`),
    dismiss: () => void keeper.kill("SIGKILL"),
  };
}
