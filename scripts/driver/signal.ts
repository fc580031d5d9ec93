/**
 * Owns finding one sound in another: what arrived, from which sample to which, and whether anything in between is
 * missing or doubled. Pure arithmetic on mono samples; it never reads a device or a clock.
 */

export interface Located {
  /** Index in the haystack of the needle's first sample; negative when the needle began before it. */
  readonly lag: number;
  /** Normalised correlation at that place, -1…1. */
  readonly score: number;
}

export interface Step {
  /** Index in the needle of the window's first sample. */
  readonly at: number;
  /** Haystack index minus needle index, with its fraction. */
  readonly lag: number;
  readonly score: number;
}

/** A generator of numbers in 0…1 that gives the same ones for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Noise that never repeats, so that every piece of it tells its own place.
 * @param cutoff share of the sample rate above which there is nothing: room for every resampler on the way.
 */
export function noise(samples: number, seed: number, cutoff = 0.25, peak = 9_000): Int16Array {
  const random = seeded(seed);
  const taps = 63;
  const middle = (taps - 1) / 2;
  const kernel = Float64Array.from({ length: taps }, (_, tap) => {
    const x = tap - middle;
    const sinc = x === 0 ? 2 * cutoff : Math.sin(2 * Math.PI * cutoff * x) / (Math.PI * x);
    return sinc * (0.54 + 0.46 * Math.cos((Math.PI * x) / middle));
  });
  const white = Float64Array.from({ length: samples + taps }, () => random() * 2 - 1);
  return Int16Array.from({ length: samples }, (_, at) => {
    let sum = 0;
    for (let tap = 0; tap < taps; tap += 1) sum += (kernel[tap] ?? 0) * (white[at + tap] ?? 0);
    return Math.round(Math.max(-1, Math.min(1, sum)) * peak);
  });
}

/** Where `needle` lies in `haystack`, over every possible overlap of at least `leastOverlap` samples. */
export function locate(needle: Int16Array, haystack: Int16Array, leastOverlap = 480): Located {
  const size = 2 ** Math.ceil(Math.log2(needle.length + haystack.length));
  const a = transform(needle, size);
  const b = transform(haystack, size);
  const product = { re: new Float64Array(size), im: new Float64Array(size) };
  for (let at = 0; at < size; at += 1) {
    const [ar, ai, br, bi] = [a.re[at] ?? 0, a.im[at] ?? 0, b.re[at] ?? 0, b.im[at] ?? 0];
    product.re[at] = ar * br + ai * bi;
    // Conjugated once more: a forward transform then inverts.
    product.im[at] = -(ar * bi - ai * br);
  }
  fft(product.re, product.im);
  let best = { lag: 0, value: Number.NEGATIVE_INFINITY };
  for (let lag = leastOverlap - needle.length; lag <= haystack.length - leastOverlap; lag += 1) {
    const value = product.re[(lag + size) % size] ?? 0;
    if (value > best.value) best = { lag, value };
  }
  const from = Math.max(0, -best.lag);
  const to = Math.min(needle.length, haystack.length - best.lag);
  return { lag: best.lag, score: correlation(needle, from, haystack, from + best.lag, to - from) };
}

/**
 * Follows `needle` through `haystack`, window by window, beginning at `lag`. Where nothing is missing or doubled the
 * lag stays what it is; a silent or foreign window has a low score. Left out are windows outside the haystack, and
 * those that are silent in both: there is nothing to follow.
 */
export function follow(
  needle: Int16Array,
  haystack: Int16Array,
  lag: number,
  { windowSamples = 240, reachSamples = 24 } = {},
): readonly Step[] {
  const steps: Step[] = [];
  for (let at = 0; at + windowSamples <= needle.length; at += windowSamples) {
    const first = at + lag - reachSamples - 1;
    if (first < 0 || at + lag + reachSamples + 1 + windowSamples > haystack.length) continue;
    if (isSilent(needle, at, windowSamples) && isSilent(haystack, at + Math.round(lag), windowSamples))
      continue;
    const scores = Array.from({ length: 2 * reachSamples + 3 }, (_, shift) =>
      correlation(needle, at, haystack, first + shift, windowSamples),
    );
    let best = 1;
    for (let shift = 2; shift < scores.length - 1; shift += 1) {
      if ((scores[shift] ?? -1) > (scores[best] ?? -1)) best = shift;
    }
    const [before, peak, after] = [scores[best - 1] ?? 0, scores[best] ?? 0, scores[best + 1] ?? 0];
    const bend = before - 2 * peak + after;
    const fraction = bend < 0 ? Math.max(-0.5, Math.min(0.5, (0.5 * (before - after)) / bend)) : 0;
    steps.push({ at, lag: first + best + fraction - at, score: peak });
  }
  return steps;
}

/** Below the dither and the ringing of any resampler. */
const silence = 8;

function isSilent(pcm: Int16Array, from: number, samples: number): boolean {
  return pcm.subarray(from, from + samples).every((sample) => Math.abs(sample) < silence);
}

export interface Continuity {
  /** Windows whose sound is not the needle's: silence, noise, a click. */
  readonly broken: readonly Step[];
  /** Places where the lag changes: samples were dropped (less) or doubled (more). */
  readonly jumps: readonly { readonly at: number; readonly samples: number }[];
}

/** Drift between two clocks is slow; a lost sample is a step of one, seen over the windows around it. */
const jumpSamples = 0.6;
const jumpWindows = 3;
const leastScore = 0.8;

/** What is wrong between the first and the last of `steps`; both lists are empty when nothing is. */
export function continuity(steps: readonly Step[]): Continuity {
  const broken = steps.filter((step) => step.score < leastScore);
  const whole = steps.filter((step) => step.score >= leastScore);
  const jumps = whole.flatMap((step, index) => {
    const change = step.lag - (whole[Math.max(0, index - jumpWindows)] ?? step).lag;
    return Math.abs(change) >= jumpSamples ? [{ at: step.at, samples: change }] : [];
  });
  return { broken, jumps };
}

export interface Playing {
  /** Index in the haystack of the first piece that was found. */
  readonly start: number;
  /** Samples of the needle up to the end of the last piece that was found, and where in the haystack that is. */
  readonly reached: number;
  readonly end: number;
  /** Silence that was put in between: the device had to wait. */
  readonly pausedSamples: number;
  /** What must never be, whatever the device does: pieces that are missing, came too early, or came twice. */
  readonly faults: readonly string[];
}

const pieceSamples = 480;
/** The longest pause that is followed: a machine that stops for longer is of no use for this. */
const longestPauseSamples = 4_800;

/**
 * Follows `needle` through `haystack` from `lag` on, piece by piece, until it is heard no more, across pauses that the
 * device may have made. Pieces are of 20 ms.
 */
export function followPlaying(needle: Int16Array, haystack: Int16Array, lag: number): Playing {
  const faults: string[] = [];
  let pausedSamples = 0;
  let reached = 0;
  /** Where the next piece is to come, and how many pieces before it were not recognised. */
  let expected = lag;
  let unknown = 0;
  let end = lag;
  for (let at = 0; at + pieceSamples <= needle.length; at += pieceSamples) {
    const from = Math.max(0, expected - 48);
    const part = haystack.subarray(from, from + longestPauseSamples + pieceSamples);
    if (part.length < pieceSamples) break;
    const found = locate(needle.subarray(at, at + pieceSamples), part, pieceSamples);
    if (found.score < leastScore) {
      unknown += 1;
      expected += pieceSamples;
      continue;
    }
    const place = from + found.lag;
    const moved = place - expected;
    if (moved < -2) faults.push(`${-moved} samples are missing before ${at}`);
    if (moved > 2) {
      const between = haystack.subarray(expected - unknown * pieceSamples, place);
      const silent = between.filter((sample) => Math.abs(sample) < silence).length;
      if (silent < 0.9 * moved - 48) faults.push(`${moved} samples that do not belong there before ${at}`);
      pausedSamples += moved;
    } else if (unknown > 0 && reached > 0) faults.push(`${unknown} unknown pieces before ${at}`);
    unknown = 0;
    expected = place + pieceSamples;
    end = expected;
    reached = at + pieceSamples;
  }
  return { start: lag, reached, end, pausedSamples, faults };
}

/** Loudness over time: root mean square of each window. */
export function envelope(pcm: Int16Array, windowSamples: number): Int16Array {
  return Int16Array.from({ length: Math.floor(pcm.length / windowSamples) }, (_, window) => {
    let power = 0;
    for (let at = 0; at < windowSamples; at += 1) power += (pcm[window * windowSamples + at] ?? 0) ** 2;
    return Math.sqrt(power / windowSamples);
  });
}

/** Normalised correlation of two runs of `length` samples, with their means taken out; 0 where one is silent. */
export function correlation(
  a: Int16Array,
  aFrom: number,
  b: Int16Array,
  bFrom: number,
  length: number,
): number {
  let [sumA, sumB, sumAA, sumBB, sumAB] = [0, 0, 0, 0, 0];
  for (let at = 0; at < length; at += 1) {
    const x = a[aFrom + at] ?? 0;
    const y = b[bFrom + at] ?? 0;
    sumA += x;
    sumB += y;
    sumAA += x * x;
    sumBB += y * y;
    sumAB += x * y;
  }
  const power = (sumAA - (sumA * sumA) / length) * (sumBB - (sumB * sumB) / length);
  return power <= 0 ? 0 : (sumAB - (sumA * sumB) / length) / Math.sqrt(power);
}

function transform(
  samples: Int16Array,
  size: number,
): { readonly re: Float64Array; readonly im: Float64Array } {
  const re = new Float64Array(size);
  re.set(samples);
  const im = new Float64Array(size);
  fft(re, im);
  return { re, im };
}

/** In place, radix 2; the length is a power of two. */
function fft(re: Float64Array, im: Float64Array): void {
  const size = re.length;
  for (let at = 1, other = 0; at < size; at += 1) {
    let bit = size >> 1;
    for (; (other & bit) !== 0; bit >>= 1) other ^= bit;
    other ^= bit;
    if (at < other) {
      [re[at], re[other]] = [re[other] ?? 0, re[at] ?? 0];
      [im[at], im[other]] = [im[other] ?? 0, im[at] ?? 0];
    }
  }
  const { cos, sin } = wavesOf(size);
  for (let span = 2; span <= size; span <<= 1) {
    const half = span >> 1;
    const stride = size / span;
    for (let from = 0; from < size; from += span) {
      for (let k = 0; k < half; k += 1) {
        const [low, high] = [from + k, from + k + half];
        const [hr, hi, c, s] = [re[high] ?? 0, im[high] ?? 0, cos[k * stride] ?? 0, sin[k * stride] ?? 0];
        const tr = hr * c - hi * s;
        const ti = hr * s + hi * c;
        const [lr, li] = [re[low] ?? 0, im[low] ?? 0];
        re[low] = lr + tr;
        im[low] = li + ti;
        re[high] = lr - tr;
        im[high] = li - ti;
      }
    }
  }
}

interface Waves {
  readonly cos: Float64Array;
  readonly sin: Float64Array;
}

/** Making them takes longer than using them. */
const knownWaves = new Map<number, Waves>();

function wavesOf(size: number): Waves {
  const known = knownWaves.get(size);
  if (known !== undefined) return known;
  const cos = new Float64Array(size / 2);
  const sin = new Float64Array(size / 2);
  for (let k = 0; k < size / 2; k += 1) {
    cos[k] = Math.cos((-2 * Math.PI * k) / size);
    sin[k] = Math.sin((-2 * Math.PI * k) / size);
  }
  knownWaves.set(size, { cos, sin });
  return { cos, sin };
}
