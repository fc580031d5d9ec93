/** Owns starting Parley once more on a profile, as a script, a pedal or a compositor does. It asserts nothing. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { projectDir } from "./app.ts";
import { monotonicMs } from "./clock.ts";
import { electronEnvironment } from "../setup.mjs";

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly startMs: number;
  readonly endMs: number;
}

export interface Started {
  readonly process: ChildProcess;
  /** What it wrote so far. */
  output(): string;
  readonly ended: Promise<Ended>;
}

/** @param env of the desktop that it is started on. */
export function startParley(
  env: Readonly<Record<string, string>>,
  profileDir: string,
  ...args: readonly string[]
): Started {
  const electron = electronEnvironment();
  const startMs = monotonicMs();
  const child = spawn(
    electron.executable,
    [...electron.electronArgs, projectDir, `--user-data-dir=${profileDir}`, ...args],
    { env: { ...env, ...electron.env }, stdio: ["ignore", "pipe", "pipe"] },
  );
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString("utf8")));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
  const ended = once(child, "close").then(([code]) => ({
    code: code as number | null,
    stdout,
    stderr,
    startMs,
    endMs: monotonicMs(),
  }));
  return { process: child, output: () => stdout + stderr, ended };
}

export const runParley = (...given: Parameters<typeof startParley>): Promise<Ended> =>
  startParley(...given).ended;
