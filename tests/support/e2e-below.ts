/** Owns a plain X window that fills the screen below the overlay and tells what it gets: clicks, keys, the focus. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Desktop } from "../../scripts/desktop.mjs";

export interface WindowBelow {
  /** As X numbers windows. */
  readonly id: string;
  /** What it got so far, such as `ButtonPress` or `KeyPress z`. */
  readonly events: readonly string[];
  /** Does it have the keyboard? */
  hasFocus(): Promise<boolean>;
  stop(): Promise<void>;
}

/** Opens the window and gives it the keyboard. */
export async function openWindowBelow(desktop: Desktop): Promise<WindowBelow> {
  // Line by line: it would keep what it tells until there is more of it.
  const xev = spawn("stdbuf", ["-oL", "xev", "-geometry", "1270x770+4+4"], {
    env: desktop.env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(xev, "close");
  const events: string[] = [];
  let text = "";
  xev.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString("utf8");
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const kind = /^(\w+) event/m.exec(block)?.[1];
      const key = /keysym 0x\w+, (\w+)/.exec(block)?.[1];
      if (kind !== undefined) events.push(key === undefined ? kind : `${kind} ${key}`);
    }
  });
  const found = await desktop.xdotool("search", "--sync", "--name", "Event Tester");
  const id = found.trim().split("\n")[0] ?? "";
  await desktop.xdotool("windowfocus", "--sync", id);
  return {
    id,
    events,
    async hasFocus() {
      const focused = await desktop.xdotool("getwindowfocus").catch(() => "");
      return focused.trim() === id;
    },
    async stop() {
      xev.kill("SIGTERM");
      await ended;
    },
  };
}
