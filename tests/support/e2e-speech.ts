/** Owns the claim that an utterance at the server is what the microphone really delivered, whole. */
import { expect, test } from "@playwright/test";
import type { SoundRecording } from "../../scripts/driver/sound.ts";
import { arrivalOf, type Arrival, type Spoken } from "../../scripts/driver/speech.ts";

/** Finds the utterance in what the microphone delivered, and expects it whole: nothing dropped, doubled or foreign. */
export async function expectWhole(
  utterance: Int16Array,
  microphone: SoundRecording,
  spoken: Spoken,
  what: string,
): Promise<Arrival> {
  const arrival = await arrivalOf(utterance, microphone, spoken);
  expect(arrival.score, `${what}: the utterance is what the microphone delivered`).toBeGreaterThan(0.8);
  expect(arrival.broken, `${what}: no foreign or silent piece inside`).toEqual([]);
  expect(arrival.jumps, `${what}: no sample dropped or doubled`).toEqual([]);
  test.info().annotations.push({
    type: what,
    description: `lost at the start ${arrival.lostAtStartMs.toFixed(1)} ms, goes on ${arrival.afterEndMs.toFixed(1)} ms after key-up`,
  });
  return arrival;
}
