/**
 * Owns the compact form of the voice clips: quantised samples, predicted from those before, the rest in Rice code.
 * Never resamples. Reader and writer run the same predictor, so what is decoded is exactly what was quantised.
 */

/** Samples are multiples of this: 57 dB below the speech, which is below what it masks. */
const quantum = 16;
const order = 12;
/** How fast the predictor follows; larger follows faster and settles less well. */
const adaptation = 0.008;

/**
 * Normalised LMS. Plain double arithmetic in a fixed order, hence the same on every machine.
 * It starts from a guess that suits speech, because clips are short.
 */
class Predictor {
  readonly #weights = new Float64Array(order);
  readonly #history = new Float64Array(order);
  #prediction = 0;
  #energy = 1;
  /** Running mean of the coded numbers; it sets the parameter of the Rice code. */
  #mean = 20;

  constructor() {
    this.#weights.set([1.6, -0.7]);
  }

  predict(): number {
    let prediction = 0;
    let energy = 1;
    for (let tap = 0; tap < order; tap += 1) {
      const past = this.#history[tap] as number;
      prediction += (this.#weights[tap] as number) * past;
      energy += past * past;
    }
    this.#prediction = prediction;
    this.#energy = energy;
    return Math.round(prediction);
  }

  get riceBits(): number {
    return Math.max(0, 31 - Math.clz32(Math.floor(this.#mean * 0.69)));
  }

  learn(value: number, coded: number): void {
    const gain = (adaptation * (value - this.#prediction)) / this.#energy;
    for (let tap = 0; tap < order; tap += 1) {
      this.#weights[tap] = (this.#weights[tap] as number) + gain * (this.#history[tap] as number);
    }
    this.#history.copyWithin(1, 0, order - 1);
    this.#history[0] = value;
    this.#mean += (coded - this.#mean) / 16;
  }
}

class BitReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Zeros behind the end. */
  bit(): number {
    const position = this.#position;
    this.#position += 1;
    return ((this.#bytes[position >> 3] ?? 0) >> (7 - (position & 7))) & 1;
  }
}

class BitWriter {
  readonly #bytes: number[] = [];
  #bits = 0;

  bit(bit: number): void {
    if (this.#bits % 8 === 0) {
      this.#bytes.push(0);
    }
    const last = this.#bytes.length - 1;
    this.#bytes[last] = (this.#bytes[last] ?? 0) | (bit << (7 - (this.#bits % 8)));
    this.#bits += 1;
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

/** `bytes` as `encodeClip` made them, for that many samples. Missing bytes read as zero bits. */
export function decodeClip(bytes: Uint8Array, samples: number): Int16Array {
  const decoded = new Int16Array(samples);
  const predictor = new Predictor();
  const reader = new BitReader(bytes);
  for (let index = 0; index < samples; index += 1) {
    const prediction = predictor.predict();
    let coded = 0;
    while (reader.bit() === 1) {
      coded += 1;
    }
    for (let bit = predictor.riceBits; bit > 0; bit -= 1) {
      coded = coded * 2 + reader.bit();
    }
    const residual = coded % 2 === 0 ? coded / 2 : -(coded + 1) / 2;
    const value = prediction + residual;
    decoded[index] = value * quantum;
    predictor.learn(value, coded);
  }
  return decoded;
}

/** The writer, for the script that renders the voice; the app only reads. */
export function encodeClip(samples: Int16Array): Uint8Array {
  const predictor = new Predictor();
  const writer = new BitWriter();
  for (const sample of samples) {
    const value = Math.round(sample / quantum);
    const residual = value - predictor.predict();
    const coded = residual >= 0 ? residual * 2 : -residual * 2 - 1;
    for (let unary = coded >> predictor.riceBits; unary > 0; unary -= 1) {
      writer.bit(1);
    }
    writer.bit(0);
    for (let bit = predictor.riceBits - 1; bit >= 0; bit -= 1) {
      writer.bit((coded >> bit) & 1);
    }
    predictor.learn(value, coded);
  }
  return writer.bytes();
}
