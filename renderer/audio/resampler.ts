/**
 * Owns bringing the microphone's rate to ours, sample by sample, across block boundaries. A windowed sinc in exact
 * rational steps: no drift, however long it runs. It never changes the loudness or mixes channels.
 */

/** Zero crossings of the sinc on each side, at the lower of the two rates: 0.75 ms of delay at 24 kHz. */
const halfWidth = 18;
/** Kaiser's window for 80 dB of attenuation (0.1102 * (80 - 8.7)). */
const kaiserBeta = 7.86;
/** Where the pass band's middle of descent is, as a share of the lower rate's Nyquist: flat to 9 of 12 kHz. */
const cutoffShare = 0.9;

export class Resampler {
  /** One filter per fraction of an input sample at which an output sample can lie. */
  readonly #phases: readonly Float32Array[];
  readonly #inputStep: number;
  readonly #taps: number;
  /** The newest input, with the filter's length of history in front. */
  #window: Float32Array;
  #out = new Float32Array(0);
  #held: number;
  #phase = 0;
  /** Where in the window the next output sample's filter begins. */
  #at = 0;

  constructor(fromHz: number, toHz: number) {
    const divisor = greatestCommonDivisor(fromHz, toHz);
    const phases = toHz / divisor;
    this.#inputStep = fromHz / divisor;
    const stretch = Math.max(1, fromHz / toHz);
    const reach = Math.ceil(halfWidth * stretch);
    this.#taps = 2 * reach;
    const cutoff = (cutoffShare * Math.min(1, toHz / fromHz)) / 2;
    this.#phases = Array.from({ length: phases }, (_, phase) => filter(phase / phases, reach, cutoff));
    // Half a filter of silence in front, so that the first output sample is the first input sample.
    this.#held = reach - 1;
    this.#window = new Float32Array(this.#held + 4_096);
  }

  /** Takes a block and returns the output samples that can be known by now: a view, valid until the next call. */
  process(block: Float32Array): Float32Array {
    this.#take(block);
    const phases = this.#phases.length;
    const most = Math.ceil((this.#held * phases) / this.#inputStep) + 1;
    if (this.#out.length < most) this.#out = new Float32Array(most);
    const out = this.#out;
    let count = 0;
    while (this.#at + this.#taps <= this.#held) {
      const taps = this.#phases[this.#phase] ?? emptyFilter;
      let sum = 0;
      for (let i = 0; i < this.#taps; i += 1) sum += (taps[i] ?? 0) * (this.#window[this.#at + i] ?? 0);
      out[count] = sum;
      count += 1;
      const ahead = this.#phase + this.#inputStep;
      this.#phase = ahead % phases;
      this.#at += Math.floor(ahead / phases);
    }
    this.#forget();
    return out.subarray(0, count);
  }

  #take(block: Float32Array): void {
    if (this.#held + block.length > this.#window.length) {
      const larger = new Float32Array(this.#held + block.length + 4_096);
      larger.set(this.#window.subarray(0, this.#held));
      this.#window = larger;
    }
    this.#window.set(block, this.#held);
    this.#held += block.length;
  }

  #forget(): void {
    const gone = Math.min(this.#at, this.#held);
    this.#window.copyWithin(0, gone, this.#held);
    this.#held -= gone;
    this.#at -= gone;
  }
}

const emptyFilter = new Float32Array(0);

/** The taps for an output sample that lies `fraction` of an input sample behind the filter's middle. */
function filter(fraction: number, reach: number, cutoff: number): Float32Array {
  const taps = Float32Array.from({ length: 2 * reach }, (_, i) => {
    const distance = i - (reach - 1) - fraction;
    const x = 2 * Math.PI * cutoff * distance;
    const sinc = x === 0 ? 1 : Math.sin(x) / x;
    return 2 * cutoff * sinc * kaiser(distance / reach);
  });
  // Every phase lets a constant through unchanged; else the phases would beat against each other.
  const sum = taps.reduce((total, tap) => total + tap, 0);
  return taps.map((tap) => tap / sum);
}

function kaiser(position: number): number {
  const inside = 1 - position * position;
  return inside <= 0 ? 0 : bessel(kaiserBeta * Math.sqrt(inside)) / bessel(kaiserBeta);
}

/** The modified Bessel function of the first kind, order zero. */
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; k < 30; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
