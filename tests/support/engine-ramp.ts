/**
 * Owns sound that tells where it comes from: each sample is the one before plus a fixed step, modulo 2^16, so that a
 * sample lost, repeated or out of order shows at once. It never knows who plays or records it.
 */

/** Odd, so that a run repeats no value within 65,536 samples (2.7 s). */
const stride = 40_503;

const asSample = (value: number): number => (value << 16) >> 16;

/** The sample at a place of the ramp. */
export const rampAt = (position: number): number => asSample(Math.imul(position, stride));

const periodSamples = 65_536;
const longestBlockSamples = 4_096;
const asFloats = Float32Array.from(
  { length: periodSamples + longestBlockSamples },
  (_, position) => rampAt(position) / 32_768,
);

/** A block of the ramp as a device delivers it, -1 to 1; not to be changed. */
export const rampBlock = (position: number, samples: number): Float32Array =>
  asFloats.subarray(position % periodSamples, (position % periodSamples) + samples);

/** Does each sample follow from the one before? Zeros, of a microphone that is muted, follow anything. */
export function isRamp(pcm: Int16Array): boolean {
  let before = 0;
  for (const sample of pcm) {
    if (sample !== 0 && before !== 0 && asSample(before + stride) !== sample) return false;
    before = sample;
  }
  return true;
}

/** Leading samples that name an answer; the ramp follows. */
export const headSamples = 2;

/** Sound of one message of an answer. @param id below 2^30. */
export function signedSound(id: number, samples: number): Int16Array {
  const pcm = new Int16Array(samples);
  for (let at = 0; at < samples; at += 1) pcm[at] = signedSampleAt(id, at);
  return pcm;
}

export const signedSampleAt = (id: number, at: number): number => {
  if (at === 0) return id & 0x7fff;
  return at === 1 ? (id >> 15) & 0x7fff : rampAt(id * 977 + at);
};

/** The id in the head of a sound; `null` where there is no head. */
export function signatureOf(pcm: Int16Array): number | null {
  const [low, high, third] = pcm;
  if (low === undefined || high === undefined || third === undefined || low < 0 || high < 0) return null;
  const id = low | (high << 15);
  return third === signedSampleAt(id, headSamples) ? id : null;
}

/** Is this the sound `id` from its sample `from` on? */
export function continues(id: number, from: number, pcm: Int16Array): boolean {
  for (let at = 0; at < pcm.length; at += 1) {
    if (pcm[at] !== signedSampleAt(id, from + at)) return false;
  }
  return true;
}
