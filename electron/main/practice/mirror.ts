/**
 * Owns the playing back of what was heard, and the judgement whether anything was.
 * Never understands it.
 */
import { msToSamples, samplesToMs } from "./pcm.ts";
import type { Spoken } from "./spoken.ts";

/** A long speech is not played back whole: nobody would wait for it. */
const longestMs = 30_000;
const fadeMs = 5;
/** Speech into a badly placed microphone still reaches -45 dBFS for a moment; a muted one gives zeros or hiss. */
const silentRms = 90; // -51 dBFS
const windowMs = 50;

/** True when not even the loudest 50 ms of it are louder than hiss. */
export function isSilent(pcm: Int16Array): boolean {
  const windowSamples = msToSamples(windowMs);
  for (let start = 0; start < pcm.length; start += windowSamples) {
    const window = pcm.subarray(start, start + windowSamples);
    const power = window.reduce((sum, sample) => sum + sample * sample, 0) / window.length;
    if (Math.sqrt(power) > silentRms) {
      return false;
    }
  }
  return true;
}

/** The user's own sound, unchanged but for soft ends, with a note in place of words nobody has understood. */
export function mirrored(pcm: Int16Array): Spoken {
  const copy = pcm.slice(0, msToSamples(longestMs));
  const fadeSamples = Math.min(msToSamples(fadeMs), Math.floor(copy.length / 2));
  for (let index = 0; index < fadeSamples; index += 1) {
    const end = copy.length - 1 - index;
    copy[index] = Math.round(((copy[index] ?? 0) * index) / fadeSamples);
    copy[end] = Math.round(((copy[end] ?? 0) * index) / fadeSamples);
  }
  return { transcript: `(your own voice, ${seconds(copy)})`, pcm: copy };
}

/** What stands in the transcript for a spoken turn, since practice has no words for it. */
export const transcriptNote = (pcm: Int16Array): string =>
  `(practice cannot understand speech: ${seconds(pcm)} of ${isSilent(pcm) ? "silence" : "sound"})`;

const seconds = (pcm: Int16Array): string => `${(samplesToMs(pcm.length) / 1000).toFixed(1)} s`;
