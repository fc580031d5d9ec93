/**
 * Owns the way from 16 kHz, the rate of the clips, to 24 kHz, the rate of the wire.
 * Never filters anything else: three phases of a Kaiser-windowed sinc, 32 taps each.
 */

const phases = 3;
const stepInputs = 2;
const halfTaps = 16;
/** Share of the input's bandwidth that passes; the rest leaves room for the slope before the images at 8 kHz. */
const passband = 0.94;
const kaiserBeta = 8;

/** `round(length * 3 / 2)` samples; the first output falls on the first input. */
export function upsample16To24(input: Int16Array): Int16Array {
  const output = new Int16Array(Math.round((input.length * phases) / stepInputs));
  // Silence around the input, so that no tap ever reaches beyond it.
  const padded = new Float64Array(input.length + halfTaps * 2);
  padded.set(input, halfTaps - 1);
  for (let index = 0; index < output.length; index += 1) {
    const base = Math.floor((index * stepInputs) / phases);
    const taps = kernels[(index * stepInputs) % phases] as Float64Array;
    let sum = 0;
    for (let tap = 0; tap < halfTaps * 2; tap += 1) {
      sum += (taps[tap] as number) * (padded[base + tap] as number);
    }
    output[index] = Math.max(-32_768, Math.min(32_767, Math.round(sum)));
  }
  return output;
}

/** For each fraction 0/3, 1/3, 2/3 between two inputs, the weights of the 32 inputs around it; they sum to one. */
const kernels: readonly Float64Array[] = Array.from({ length: phases }, (_, fraction) => {
  const taps = Float64Array.from({ length: halfTaps * 2 }, (__, tap) => {
    const distance = tap - halfTaps + 1 - fraction / phases;
    return sinc(distance * passband) * kaiser(distance / halfTaps);
  });
  const total = taps.reduce((sum, tap) => sum + tap, 0);
  return taps.map((tap) => tap / total);
});

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x: number): number {
  return Math.abs(x) > 1 ? 0 : bessel(kaiserBeta * Math.sqrt(1 - x * x)) / bessel(kaiserBeta);
}

/** Modified Bessel function of the first kind, order zero, by its series. */
function bessel(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; k < 40; k += 1) {
    term *= (x / 2 / k) ** 2;
    sum += term;
  }
  return sum;
}
