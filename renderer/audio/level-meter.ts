/** Owns the loudness of what is heard, for the meter on the screen. It never changes a sample. */

/** What a person sees of their voice, in dB of full scale: 0 is the loudest, `quietestDb` is nothing at all. */
export interface Level {
  readonly rmsDb: number;
  readonly peakDb: number;
}

export const quietestDb = -100;

const dbOf = (amplitude: number): number =>
  amplitude <= 0 ? quietestDb : Math.max(quietestDb, 20 * Math.log10(amplitude));

/** Sums up samples and tells the level of each full period. */
export class LevelMeter {
  readonly #periodSamples: number;
  #sumOfSquares = 0;
  #peak = 0;
  #counted = 0;

  constructor(periodSamples: number) {
    this.#periodSamples = periodSamples;
  }

  /** @returns the level of the period that these samples complete, else `null`. */
  push(pcm: Int16Array): Level | null {
    for (const sample of pcm) {
      const amplitude = Math.abs(sample) / 32_768;
      this.#sumOfSquares += amplitude * amplitude;
      if (amplitude > this.#peak) this.#peak = amplitude;
    }
    this.#counted += pcm.length;
    if (this.#counted < this.#periodSamples) return null;
    const level = { rmsDb: dbOf(Math.sqrt(this.#sumOfSquares / this.#counted)), peakDb: dbOf(this.#peak) };
    this.clear();
    return level;
  }

  clear(): void {
    this.#sumOfSquares = 0;
    this.#peak = 0;
    this.#counted = 0;
  }
}
