/** Owns measuring how much of what was spoken is missing in an utterance that has one hole. It knows no app. */
import { locate } from "./signal.ts";

export interface Hole {
  /** Of what was spoken between the first and the last sample of the utterance. */
  readonly missingMs: number;
  /** Of the utterance, belonging neither to what was spoken before the hole nor to what was spoken after it. */
  readonly foreignMs: number;
}

const samplesPerMs = 24;
const pieceMs = 20;
const pieceSamples = pieceMs * samplesPerMs;
const endSamples = 300 * samplesPerMs;
/** Two sources of one sound are resampled apart from each other. */
const leastScore = 0.7;
const reachSamples = 2 * samplesPerMs;

/** @param spoken what another recorder heard all along. Beginning and end of the utterance must be whole. */
export function holeIn(utterance: Int16Array, spoken: Int16Array): Hole {
  const start = locate(utterance.subarray(0, endSamples), spoken, endSamples);
  const end = locate(utterance.subarray(-endSamples), spoken, endSamples);
  if (start.score < leastScore || end.score < leastScore) {
    throw new Error(
      `The utterance is not what was spoken: ${start.score.toFixed(2)}, ${end.score.toFixed(2)}`,
    );
  }
  const lagAfter = end.lag - (utterance.length - endSamples);
  const belongs = (at: number, lag: number): boolean => {
    const from = Math.max(0, at + lag - reachSamples);
    const around = spoken.subarray(from, from + pieceSamples + 2 * reachSamples);
    return (
      around.length >= pieceSamples &&
      locate(utterance.subarray(at, at + pieceSamples), around, pieceSamples).score >= leastScore
    );
  };
  let foreignMs = 0;
  for (let at = 0; at + pieceSamples <= utterance.length; at += pieceSamples) {
    if (!belongs(at, start.lag) && !belongs(at, lagAfter)) foreignMs += pieceMs;
  }
  return { missingMs: (lagAfter - start.lag) / samplesPerMs, foreignMs };
}
