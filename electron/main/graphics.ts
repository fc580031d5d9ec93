/**
 * Owns how Parley draws: with the graphics processor, or, once that has crashed again and again, in software, from the
 * next start on. It remembers that in the profile for a while; what the windows make of it is theirs.
 */
import { readFileSync, writeFileSync } from "node:fs";
import type { App } from "electron";
import { drawsInSoftware, isCrash, isUnreliable, type GraphicsMemory } from "./graphics-plan.ts";
import { errorCode, type Log } from "./log.ts";

export interface GraphicsDeps {
  readonly app: Pick<App, "disableHardwareAcceleration" | "on" | "getVersion">;
  /** Where it is remembered. */
  readonly file: string;
  readonly nowMs: () => number;
  /** The date, in epoch milliseconds. */
  readonly wallMs: () => number;
  readonly log: Log;
}

export interface Graphics {
  /** It draws in software since the start. */
  readonly isSoftware: boolean;
  /** Told once, when the graphics processor has turned out not to be reliable. */
  onUnreliable(listener: () => void): void;
}

/** To be called before `ready`: afterwards it cannot be chosen any more. */
export function openGraphics({ app, file, nowMs, wallMs, log }: GraphicsDeps): Graphics {
  const version = app.getVersion();
  const isSoftware = drawsInSoftware(recall(file, log), version, wallMs());
  if (isSoftware) {
    app.disableHardwareAcceleration();
    log.info("software-rendering");
  }
  const crashesMs: number[] = [];
  let isTold = isSoftware;
  let tell: () => void = () => undefined;

  app.on("child-process-gone", (_event, { type, reason, exitCode }) => {
    if (type !== "GPU" || !isCrash(reason)) return;
    log.error("graphics-process-gone", { reason, exitCode });
    crashesMs.push(nowMs());
    if (isTold || !isUnreliable(crashesMs, nowMs())) return;
    isTold = true;
    remember(file, { version, sinceMs: wallMs() }, log);
    tell();
  });

  return {
    isSoftware,
    onUnreliable(listener) {
      tell = listener;
    },
  };
}

function recall(file: string, log: Log): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const code = errorCode(error);
    if (code !== "ENOENT") log.warn("graphics-memory-unreadable", { code });
    return null;
  }
}

/** Without it the next start draws as this one did, and finds out anew. */
function remember(file: string, memory: GraphicsMemory, log: Log): void {
  try {
    writeFileSync(file, JSON.stringify(memory));
    log.warn("software-rendering-from-next-start");
  } catch (error) {
    log.error("graphics-memory-not-written", { code: errorCode(error) });
  }
}
