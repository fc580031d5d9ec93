/** Owns measuring what is missing of what was spoken in an utterance that has holes. It knows no app. */
import { stretchesIn } from "./heard.ts";

export interface Holes {
  /** Of what was spoken between the first and the last sample of the utterance. */
  readonly missingMs: number;
  /** Of the utterance, belonging to nothing that was spoken. */
  readonly foreignMs: number;
  /** Index in what was spoken of the first and behind the last sample that arrived. */
  readonly from: number;
  readonly to: number;
  /** One after the other, in milliseconds of what was spoken: where it stops and where it goes on. */
  readonly seams: readonly { readonly fromMs: number; readonly toMs: number }[];
}

const samplesPerMs = 24;

/** @param spoken what another recorder heard all along. @returns `null` when the utterance has nothing of it. */
export function holesIn(utterance: Int16Array, spoken: Int16Array): Holes | null {
  const stretches = stretchesIn(spoken, utterance);
  const first = stretches[0];
  const last = stretches.at(-1);
  if (first === undefined || last === undefined) return null;
  const seams = stretches.slice(1).map(({ from }, index) => ({
    fromMs: (stretches[index] ?? first).to / samplesPerMs,
    toMs: from / samplesPerMs,
  }));
  const known = stretches.reduce((sum, { from, to }) => sum + to - from, 0);
  return {
    missingMs: seams.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0),
    foreignMs: Math.max(0, utterance.length - known) / samplesPerMs,
    from: first.from,
    to: last.to,
    seams,
  };
}
