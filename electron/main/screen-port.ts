/**
 * Owns the look at the screen that goes with a spoken question: the picture is handed to the server beside the session,
 * as sound is, and the session is told that it is there. Each leaves its line in the log of actions. It never looks by
 * itself: only a press asks for it.
 */
import { createHash } from "node:crypto";
import type { TurnId } from "../../shared/ids.ts";
import type { ActionEntry } from "../../shared/tools.ts";
import { errorCode, type Log } from "./log.ts";
import type { Emit, ScreenPort } from "./session/ports.ts";
import type { ToolImage } from "./tools/tool.ts";

export interface ScreenPortDeps {
  /** A picture of the screen that the person looks at; rejects, or gives none, where that cannot be had. */
  readonly look: () => Promise<readonly ToolImage[]>;
  readonly attach: (turnId: TurnId, images: readonly ToolImage[]) => void;
  /** What is on a screen may have been written by anybody. */
  readonly taint: (turnId: TurnId) => void;
  readonly record: (entry: ActionEntry) => void;
  readonly nowMs: () => number;
  /** The date, in epoch milliseconds. */
  readonly wallMs: () => number;
  readonly emit: Emit;
  readonly log: Log;
}

/** It has no arguments, and their hash is that of none. */
const argumentHash = createHash("sha256").update("{}").digest("hex");

export function createScreenPort(deps: ScreenPortDeps): ScreenPort {
  const { look, attach, taint, record, nowMs, wallMs, emit, log } = deps;

  /** Ends with exactly one fact, whatever goes wrong. */
  async function see(turnId: TurnId): Promise<void> {
    const isSeen = await handOver(turnId).catch((error: unknown) => {
      log.warn("screen-unseen", { code: errorCode(error) });
      return false;
    });
    emit({ type: isSeen ? "screenSeen" : "screenFailed", turnId });
  }

  /** @returns whether there was a picture. */
  async function handOver(turnId: TurnId): Promise<boolean> {
    const startedMs = nowMs();
    const images = await seen();
    record({
      atMs: wallMs(),
      turnId,
      callId: "",
      tool: "look_at_screen",
      title: "Send a picture of the screen along",
      server: null,
      argumentHash,
      decision: "asked-for",
      outcome: images.length > 0 ? "done" : "failed",
      resultBytes: images.reduce((bytes, { base64 }) => bytes + base64.length, 0),
      durationMs: Math.round(nowMs() - startedMs),
    });
    if (images.length === 0) return false;
    taint(turnId);
    attach(turnId, images);
    return true;
  }

  /** None where that cannot be had. */
  async function seen(): Promise<readonly ToolImage[]> {
    try {
      const images = await look();
      if (images.length === 0) log.warn("screen-unseen", { code: "no-picture" });
      return images;
    } catch (error) {
      log.warn("screen-unseen", { code: errorCode(error) });
      return [];
    }
  }

  // A port never calls back from within a call.
  return { look: (turnId) => queueMicrotask(() => void see(turnId)) };
}
