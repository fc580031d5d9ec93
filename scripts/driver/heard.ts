/**
 * Owns telling what of a known answer was heard at several devices, one after the other: which samples at which moment,
 * what is missing in between and what was heard twice. It knows no app.
 */
import { correlation, locate } from "./signal.ts";
import type { SoundRecording } from "./sound.ts";

/** A stretch of the answer that was heard without a break at one device. */
export interface HeardRun {
  readonly device: string;
  /** In samples of the answer. */
  readonly from: number;
  readonly to: number;
  /** Monotonic milliseconds at which its first sample was there, and at which its last one was over. */
  readonly startMs: number;
  readonly endMs: number;
}

/** Where the answer went from one run to the next. */
export interface Seam {
  readonly missingMs: number;
  readonly doubledMs: number;
  /** Without any sound of the answer. */
  readonly gapMs: number;
}

const samplesPerMs = 24;
/** Long enough to be told from every other piece of the answer, short enough to lie close to an edge. */
const windowSamples = 20 * samplesPerMs;
/** Edges are found to this. */
const fineSamples = 2 * samplesPerMs;
const silence = 12;
const leastScore = 0.8;
const leastFineScore = 0.6;
/** A resampler's fraction, and its drift over a window. */
const reachSamples = 2;

/** All stretches of `answer` in these recordings, in the order in which they were heard. */
export function heardRuns(
  answer: Int16Array,
  recordings: Readonly<Record<string, SoundRecording>>,
): readonly HeardRun[] {
  return Object.entries(recordings)
    .flatMap(([device, recording]) => stretchesIn(answer, recording.samples()).map(timed(device, recording)))
    .toSorted((one, other) => one.startMs - other.startMs);
}

export const seamsOf = (runs: readonly HeardRun[]): readonly Seam[] =>
  runs.slice(1).map((run, index) => {
    const before = runs[index] ?? run;
    const jump = run.from - before.to;
    return {
      missingMs: Math.max(0, jump) / samplesPerMs,
      doubledMs: Math.max(0, -jump) / samplesPerMs,
      gapMs: run.startMs - before.endMs,
    };
  });

/** A run of known samples, found in others without a break. */
export interface Stretch {
  /** In samples of the known ones. */
  readonly from: number;
  readonly to: number;
  /** Index in the others of sample `from`. */
  readonly at: number;
}

const timed =
  (device: string, recording: SoundRecording) =>
  ({ from, to, at }: Stretch): HeardRun => ({
    device,
    from,
    to,
    startMs: recording.momentOf(at),
    endMs: recording.momentOf(at + to - from),
  });

/** Where a sound that has broken off mostly goes on: looking everywhere takes long. */
const near = { beforeSamples: 300 * samplesPerMs, afterSamples: 1_000 * samplesPerMs } as const;
const lookEverywhereAt = 5;

/** Everything of `answer` that is in `heard`, in the order of `heard`. */
export function stretchesIn(answer: Int16Array, heard: Int16Array): readonly Stretch[] {
  const runs: Stretch[] = [];
  let at = 0;
  let misses = 0;
  while (at + windowSamples <= heard.length) {
    const window = heard.subarray(at, at + windowSamples);
    const isSound = window.every((_, i) => i % 8 !== 0 || window.subarray(i, i + 8).some(isLoud));
    const expected = misses % lookEverywhereAt === 0 ? null : (runs.at(-1)?.to ?? 0);
    const place = isSound ? placeOf(window, answer, expected) : null;
    if (place === null) {
      misses += 1;
      // Wherever in it a run begins, it is followed back to its first sample.
      at += windowSamples;
      continue;
    }
    misses = 0;
    const run = grow(answer, heard, at, place, runs.at(-1));
    runs.push(run);
    at = run.at + run.to - run.from;
  }
  return runs;
}

/** @param expected around which it is looked for; `null`: everywhere. */
function placeOf(window: Int16Array, answer: Int16Array, expected: number | null): number | null {
  const from = expected === null ? 0 : Math.max(0, expected - near.beforeSamples);
  const part = expected === null ? answer : answer.subarray(from, expected + near.afterSamples);
  if (part.length < windowSamples) return null;
  const { lag, score } = locate(window, part, windowSamples);
  return score < leastScore ? null : from + lag;
}

const isLoud = (sample: number): boolean => Math.abs(sample) > silence;

/** From a window that is known, backwards and forwards as far as the same sound goes on. */
function grow(
  answer: Int16Array,
  heard: Int16Array,
  at: number,
  lag: number,
  before: Stretch | undefined,
): Stretch {
  const least = before === undefined ? 0 : before.at + before.to - before.from;
  let [from, start] = [lag, at];
  while (start - fineSamples >= least && from >= fineSamples) {
    if (!fits(answer, from - fineSamples, heard, start - fineSamples)) break;
    from -= fineSamples;
    start -= fineSamples;
  }
  let [to, end] = [lag + windowSamples, at + windowSamples];
  while (to + fineSamples <= answer.length && end + fineSamples <= heard.length) {
    const shift = fits(answer, to, heard, end);
    if (!shift) break;
    to += fineSamples;
    end += fineSamples + shift.drift;
  }
  return { from, to, at: start };
}

/** Is it the same sound here? Then by how much the two have drifted apart. */
function fits(
  answer: Int16Array,
  at: number,
  heard: Int16Array,
  from: number,
): { readonly drift: number } | null {
  let best = { score: 0, drift: 0 };
  for (let drift = -reachSamples; drift <= reachSamples; drift += 1) {
    if (from + drift < 0 || from + drift + fineSamples > heard.length) continue;
    const score = correlation(answer, at, heard, from + drift, fineSamples);
    if (score > best.score + 0.01) best = { score, drift };
  }
  return best.score < leastFineScore ? null : { drift: Math.sign(best.drift) };
}
