/** Owns comparing an utterance with what the microphone really delivered, by the clock of the sound. It knows no app. */
import { continuity, follow, locate, type Continuity } from "./signal.ts";
import type { SoundRecording } from "./sound.ts";

/** In monotonic milliseconds. */
export interface Spoken {
  readonly downMs: number;
  /** Up to here everything must be in. */
  readonly upMs: number;
}

export interface Arrival extends Continuity {
  /** -1…1: is it what the microphone delivered at all? */
  readonly score: number;
  /** Speech between key-down and the first sample that arrived; negative: it begins before the key. */
  readonly lostAtStartMs: number;
  /** How much later than key-up the last sample was spoken; negative: that much is missing. */
  readonly afterEndMs: number;
}

const samplesPerMs = 24;
/** So much of the beginning says where the rest must be. */
const knownSamples = 500 * samplesPerMs;
const beforeMs = 1_000;
/** A microphone that has not begun by then has failed. */
const latestStartMs = 3_200;

/** Finds the utterance in what the microphone delivered, and what is dropped, doubled or foreign in it. */
export async function arrivalOf(
  utterance: Int16Array,
  microphone: SoundRecording,
  spoken: Spoken,
): Promise<Arrival> {
  const { heard, from } = await heardAround(microphone, spoken);
  const beginning = heard.subarray(0, (beforeMs + latestStartMs) * samplesPerMs + knownSamples);
  const { lag, score } = locate(utterance.subarray(0, knownSamples), beginning);
  return {
    ...continuity(follow(utterance, heard, lag)),
    score,
    lostAtStartMs: microphone.momentOf(from + lag) - spoken.downMs,
    afterEndMs: microphone.momentOf(from + lag + utterance.length) - spoken.upMs,
  };
}

/** Only what can be meant: a correlation over everything so far would take longer with every utterance. */
export async function heardAround(
  microphone: SoundRecording,
  spoken: Spoken,
): Promise<{ readonly heard: Int16Array; /** Index of its first sample. */ readonly from: number }> {
  await microphone.reach(spoken.upMs + 300);
  const from = Math.max(0, microphone.indexAt(spoken.downMs - beforeMs));
  return { heard: microphone.slice(from, microphone.indexAt(spoken.upMs + 300)), from };
}
