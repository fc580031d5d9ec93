/** Owns comparing an utterance at the server with what the microphone really delivered, by the clock of the sound. */
import { expect, test } from "@playwright/test";
import { continuity, follow, locate } from "../../scripts/driver/signal.ts";
import type { SoundRecording } from "../../scripts/driver/sound.ts";

export interface Arrival {
  /** Speech between key-down and the first sample that arrived; negative: it begins before the key. */
  readonly lostAtStartMs: number;
  /** How much later than key-up the last sample was spoken; negative: that much is missing. */
  readonly afterEndMs: number;
}

export interface Spoken {
  readonly downMs: number;
  /** Monotonic milliseconds up to which everything must be in. */
  readonly upMs: number;
}

/** Finds the utterance in what the microphone delivered, and expects it whole: nothing dropped, doubled or foreign. */
export async function expectWhole(
  utterance: Int16Array,
  microphone: SoundRecording,
  spoken: Spoken,
  what: string,
): Promise<Arrival> {
  await microphone.reach(spoken.upMs + 300);
  const all = microphone.samples();
  // Only what can be meant: a correlation over everything so far would take longer with every utterance.
  const from = Math.max(0, microphone.indexAt(spoken.downMs - 1_000));
  const heard = all.subarray(from, Math.min(all.length, microphone.indexAt(spoken.upMs + 300)));
  const { lag, score } = locate(utterance, heard);
  expect(score, `${what}: the utterance is what the microphone delivered`).toBeGreaterThan(0.8);
  const { broken, jumps } = continuity(follow(utterance, heard, lag));
  expect(broken, `${what}: no foreign or silent piece inside`).toEqual([]);
  expect(jumps, `${what}: no sample dropped or doubled`).toEqual([]);
  const arrival = {
    lostAtStartMs: microphone.momentOf(from + lag) - spoken.downMs,
    afterEndMs: microphone.momentOf(from + lag + utterance.length) - spoken.upMs,
  };
  test.info().annotations.push({
    type: what,
    description: `lost at the start ${arrival.lostAtStartMs.toFixed(1)} ms, goes on ${arrival.afterEndMs.toFixed(1)} ms after key-up`,
  });
  return arrival;
}
