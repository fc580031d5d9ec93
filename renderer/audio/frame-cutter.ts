/** Owns cutting a run of samples into frames of one length. It never drops, repeats or reorders a sample. */
export class FrameCutter {
  readonly #frame: Int16Array;
  #filled = 0;

  constructor(frameSamples: number) {
    this.#frame = new Int16Array(frameSamples);
  }

  /** Adds samples; `emit` gets each whole frame, as a copy of its own. */
  push(pcm: Int16Array, emit: (frame: Int16Array) => void): void {
    let from = 0;
    while (from < pcm.length) {
      const count = Math.min(this.#frame.length - this.#filled, pcm.length - from);
      this.#frame.set(pcm.subarray(from, from + count), this.#filled);
      this.#filled += count;
      from += count;
      if (this.#filled === this.#frame.length) this.flush(emit);
    }
  }

  /** Hands out what is left as a shorter frame; nothing, if nothing is left. */
  flush(emit: (frame: Int16Array) => void): void {
    if (this.#filled === 0) return;
    const frame = this.#frame.slice(0, this.#filled);
    this.#filled = 0;
    emit(frame);
  }

  /** Forgets what is left. */
  clear(): void {
    this.#filled = 0;
    this.#frame.fill(0);
  }
}
