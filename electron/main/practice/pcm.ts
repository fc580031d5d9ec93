/**
 * Owns the arithmetic of the one audio format spoken here: mono PCM16 little-endian at 24 kHz.
 * Never resamples or changes a sample.
 */

export const sampleRateHz = 24_000;
const bytesPerSample = 2;

export const samplesToMs = (samples: number): number => (samples * 1000) / sampleRateHz;
export const msToSamples = (ms: number): number => Math.round((ms * sampleRateHz) / 1000);
export const pcmBytesToMs = (pcmBytes: number): number => samplesToMs(pcmBytes / bytesPerSample);

/** PCM16 LE bytes (an even number of them) as samples, in memory of their own. */
export function samplesFromBytes(bytes: Uint8Array): Int16Array {
  const samples = new Int16Array(Math.floor(bytes.byteLength / bytesPerSample));
  new Uint8Array(samples.buffer).set(bytes.subarray(0, samples.byteLength));
  return samples;
}

/** Samples as base64 of PCM16 LE, the form in which the wire carries them. */
export function base64FromSamples(samples: Int16Array): string {
  return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).toString("base64");
}

export function joinSamples(pieces: readonly Int16Array[]): Int16Array {
  const joined = new Int16Array(pieces.reduce((total, piece) => total + piece.length, 0));
  let position = 0;
  for (const piece of pieces) {
    joined.set(piece, position);
    position += piece.length;
  }
  return joined;
}
