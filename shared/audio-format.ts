/** Owns the one audio format of the whole app: PCM16 LE, mono, 24 kHz, as the Realtime API speaks it. */

export const sampleRateHz = 24_000;
export const samplesPerMs = sampleRateHz / 1000;
/** One frame on the audio port: 20 ms. */
export const frameSamples = 480;

/** @returns whole milliseconds of `samples`, rounded down: never more than was really there. */
export const msOfSamples = (samples: number): number => Math.floor(samples / samplesPerMs);

export const samplesOfMs = (durationMs: number): number => Math.round(durationMs * samplesPerMs);
