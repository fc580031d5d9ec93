/**
 * Owns typing by a paste where nobody tells who takes what is on the clipboard (macOS, Windows): the text is put there,
 * the keys are pressed, and after a while the clipboard is put back.
 */
import { createInTurn } from "../../in-turn.ts";
import type { TimerHost } from "../../session/ports.ts";
import type { ClipboardPort } from "../clipboard/clipboard-port.ts";
import type { TypingOutcome, Typist } from "./typist.ts";

export interface PasteTypistOptions {
  readonly clipboard: ClipboardPort;
  /** Presses and releases what pastes on this system. */
  readonly pressPaste: () => Promise<void>;
  /** No modifier and not the talk key is down. */
  readonly areKeysUp: () => boolean;
  readonly isOwnWindowFocused: () => boolean;
  readonly timers: TimerHost;
}

/** A program that is busy takes its time to paste; putting the clipboard back sooner would paste what was there before. */
export const pasteBoundMs = 800;
const lookEveryMs = 20;
const keysBoundMs = 8_000;

export function createPasteTypist(options: PasteTypistOptions): Typist {
  const { clipboard, timers } = options;
  /** What one puts there for its moment must not be kept by the next as what was there. */
  const inTurn = createInTurn();
  const pause = (durationMs: number): Promise<void> =>
    new Promise((resolve) => {
      timers.start(durationMs, resolve);
    });

  async function keysAreUp(signal: AbortSignal): Promise<boolean> {
    for (let waitedMs = 0; waitedMs <= keysBoundMs && !signal.aborted; waitedMs += lookEveryMs) {
      if (options.areKeysUp()) return true;
      await pause(lookEveryMs);
    }
    return false;
  }

  async function paste(text: string, signal: AbortSignal): Promise<TypingOutcome> {
    if (!(await keysAreUp(signal))) return { kind: signal.aborted ? "stopped" : "keys-held" };
    const restore = await clipboard.replace(text);
    try {
      if (signal.aborted) return { kind: "stopped" };
      if (options.isOwnWindowFocused()) return { kind: "moved" };
      await options.pressPaste();
      await pause(pasteBoundMs);
      return { kind: "typed", isSure: false };
    } finally {
      // What the person has copied meanwhile stays.
      if ((await clipboard.read()).text === text) await restore();
    }
  }

  return {
    target: () =>
      Promise.resolve(
        options.isOwnWindowFocused()
          ? { kind: "own" }
          : { kind: "program", id: "focus", label: "The program with the keyboard", isTerminal: false },
      ),
    type: (text, _targetId, signal) => inTurn(() => paste(text, signal)),
  };
}
