/**
 * Owns telling whether words are lost of which nothing arrived at the server. They are, unless the person can send them
 * again; that the turn failed of something that was to be expected is no excuse. Pure.
 */
import type { Ending } from "./record.ts";

export interface Unheard {
  /** The recording, in monotonic milliseconds: its first sample (`null`: there never was one), and its end. */
  readonly startedMs: number | null;
  readonly endedMs: number;
  /** From here on there was no microphone that could have heard anything. */
  readonly deafFromMs: number;
  /** Of what was said so much may be missing by what struck. */
  readonly missingMs: number;
  /** How the turn ended in the end, with all faults mended; `null` where it goes on. */
  readonly ending: Ending | null;
}

/** Shorter ones are no utterance: the server takes none. */
export const shortestSpeechMs = 100;

/** @returns a sentence, or `null` where nothing is lost. */
export function lossOf({ startedMs, endedMs, deafFromMs, missingMs, ending }: Unheard): string | null {
  if (ending?.tag === "answered") return "answered without having been heard";
  const recordedMs = startedMs === null ? 0 : Math.min(endedMs, deafFromMs) - startedMs - missingMs;
  if (recordedMs < shortestSpeechMs) return null;
  if (ending?.tag === "failed" && ending.canSendAgain) return null;
  const how = ending?.tag === "failed" ? `failed of ${ending.kind}` : (ending?.tag ?? "going on");
  return `${recordedMs.toFixed(0)} ms were said, nothing of it arrived, and nothing can be sent again (${how})`;
}

/** The same of a question in writing, which the model was never asked. */
export const lossOfTyped = (ending: Ending): string | null =>
  ending.tag === "failed" && ending.canSendAgain
    ? null
    : `a typed question was never asked (${ending.tag === "failed" ? `failed of ${ending.kind}` : ending.tag})`;
