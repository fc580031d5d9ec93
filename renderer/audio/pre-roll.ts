/**
 * Owns the last moments heard before a key was pressed, in memory alone. It never holds more than its capacity, and
 * never keeps what was taken or what belongs to a released microphone: both are overwritten with zeros.
 */
export class PreRoll {
  readonly #ring: Int16Array;
  #end = 0;
  #held = 0;

  /** @param capacitySamples how much is kept at most. */
  constructor(capacitySamples: number) {
    this.#ring = new Int16Array(capacitySamples);
  }

  get heldSamples(): number {
    return this.#held;
  }

  /** Adds the newest samples; the oldest give way. */
  push(pcm: Int16Array): void {
    const ring = this.#ring;
    for (const sample of pcm) {
      ring[this.#end] = sample;
      this.#end = this.#end + 1 === ring.length ? 0 : this.#end + 1;
    }
    this.#held = Math.min(ring.length, this.#held + pcm.length);
  }

  /** Takes out the newest `samples` at most, oldest first, and forgets everything. */
  take(samples: number): Int16Array {
    const ring = this.#ring;
    const taken = new Int16Array(Math.min(samples, this.#held));
    const start = (this.#end - taken.length + ring.length) % ring.length;
    for (let i = 0; i < taken.length; i += 1) taken[i] = ring[(start + i) % ring.length] ?? 0;
    this.clear();
    return taken;
  }

  /** Forgets everything: the memory itself is zero afterwards. */
  clear(): void {
    if (this.#held > 0) this.#ring.fill(0);
    this.#held = 0;
    this.#end = 0;
  }
}
