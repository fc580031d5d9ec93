/** Owns knowing at each moment how many microphones the app has open, as the sound server tells it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Desktop } from "../desktop.mjs";
import { monotonicMs } from "../driver/clock.ts";
import { openMicrophones } from "../driver/sound.ts";

export interface MicrophoneWatch {
  open(): number;
  /** Since when it is so, in monotonic milliseconds. */
  sinceMs(): number;
  stop(): Promise<void>;
}

export async function watchMicrophones(desktop: Desktop): Promise<MicrophoneWatch> {
  const subscriber = spawn("pactl", ["subscribe"], {
    env: desktop.env,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const ended = once(subscriber, "close");
  let open = await openMicrophones(desktop);
  let sinceMs = monotonicMs();
  let counting: Promise<void> | null = null;
  /** What has happened since the last count. */
  const news: string[] = [];

  async function count(): Promise<void> {
    while (news.length > 0) {
      news.length = 0;
      const atMs = monotonicMs();
      const now = await openMicrophones(desktop);
      if (now !== open) [open, sinceMs] = [now, atMs];
    }
    counting = null;
  }
  subscriber.stdout.on("data", (chunk: Buffer) => {
    const text = chunk.toString("utf8");
    if (!text.includes("source-output")) return;
    news.push(text);
    counting ??= count();
  });
  return {
    open: () => open,
    sinceMs: () => sinceMs,
    async stop() {
      subscriber.kill("SIGTERM");
      await ended;
      await counting;
    },
  };
}
