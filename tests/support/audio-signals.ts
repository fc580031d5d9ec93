/** Owns test signals, made in code from a seed: the same numbers on every machine. */

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** White noise as PCM16: no two stretches are alike, so that each can be found again. @param peak 0 to 1. */
export function noise(samples: number, seed: number, peak = 0.3): Int16Array {
  const random = seededRandom(seed);
  return Int16Array.from({ length: samples }, () => Math.round((random() * 2 - 1) * peak * 32_767));
}

/**
 * Noise without anything above `highestHz`: it survives resampling, and a fraction of a sample's delay, almost
 * unchanged. A moving average, run three times over white noise.
 */
export function softNoise(
  samples: number,
  seed: number,
  sampleRateHz: number,
  highestHz: number,
  peak = 0.3,
): Int16Array {
  const random = seededRandom(seed);
  let signal = Float64Array.from({ length: samples }, () => random() * 2 - 1);
  const width = Math.max(1, Math.round(sampleRateHz / highestHz / 2));
  for (let pass = 0; pass < 3; pass += 1) signal = movingAverage(signal, width);
  let loudest = 0;
  for (const value of signal) loudest = Math.max(loudest, Math.abs(value));
  return Int16Array.from(signal, (value) => Math.round((value / loudest) * peak * 32_767));
}

function movingAverage(signal: Float64Array<ArrayBuffer>, width: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(signal.length);
  let sum = 0;
  for (let i = 0; i < signal.length; i += 1) {
    sum += (signal[i] ?? 0) - (signal[i - width] ?? 0);
    out[i] = sum / width;
  }
  return out;
}

/** A sine as PCM16. */
export function tone(samples: number, frequencyHz: number, sampleRateHz: number, peak = 0.5): Int16Array {
  const step = (2 * Math.PI * frequencyHz) / sampleRateHz;
  return Int16Array.from({ length: samples }, (_, i) => Math.round(Math.sin(i * step) * peak * 32_767));
}

/** Samples that are their own number, so that a lost or repeated one is seen at once. From 1 up, skipping 0. */
export function counting(samples: number, first = 1): Int16Array {
  return Int16Array.from({ length: samples }, (_, i) => ((first + i - 1) % 32_767) + 1);
}

/** PCM16 as floats from -1 to 1, as Web Audio has them. */
export function toFloats(pcm: Int16Array): Float32Array {
  return Float32Array.from(pcm, (sample) => sample / 32_768);
}
