/** Owns pressing keys at a known moment: one xdotool that stays, so that no program has to start in between. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { monotonicMs } from "./clock.ts";

export interface Keyboard {
  /** @returns monotonic milliseconds just before the event; it is there about 1 ms later. */
  down(key: string): number;
  up(key: string): number;
  /** Runs lines of an xdotool script; resolves when all of it has happened. */
  play(lines: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

export function startKeyboard(env: Readonly<Record<string, string>>): Keyboard {
  const xdotool = spawn("xdotool", ["-"], { env, stdio: ["pipe", "pipe", "pipe"] });
  const ended = once(xdotool, "close");
  let complaints = "";
  xdotool.stderr.on("data", (chunk: Buffer) => {
    complaints += chunk.toString("utf8");
  });
  let answered: (() => void)[] = [];
  xdotool.stdout.on("data", () => {
    for (const tell of answered) tell();
    answered = [];
  });
  const write = (line: string): number => {
    if (complaints !== "") throw new Error(`xdotool: ${complaints}`);
    const atMs = monotonicMs();
    xdotool.stdin.write(`${line}\n`);
    return atMs;
  };
  return {
    down: (key) => write(`keydown --delay 0 ${key}`),
    up: (key) => write(`keyup --delay 0 ${key}`),
    async play(lines) {
      const whenDone = new Promise<void>((resolve) => {
        answered.push(resolve);
      });
      // The last line is one that answers: then all before it has been done.
      write([...lines, "getmouselocation"].join("\n"));
      await whenDone;
      if (complaints !== "") throw new Error(`xdotool: ${complaints}`);
    },
    async stop() {
      xdotool.stdin.end();
      xdotool.kill("SIGTERM");
      await ended;
    },
  };
}
