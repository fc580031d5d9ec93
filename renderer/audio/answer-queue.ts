/** Owns the samples that wait to be played, in order, as the chunks they came in. It never drops or repeats one. */
export class AnswerQueue {
  #chunks: Int16Array[] = [];
  #head = 0;
  /** Samples of the head chunk that are read already. */
  #offset = 0;
  #waiting = 0;

  get waitingSamples(): number {
    return this.#waiting;
  }

  push(pcm: Int16Array): void {
    if (pcm.length === 0) return;
    this.#chunks.push(pcm);
    this.#waiting += pcm.length;
  }

  /** Moves up to `count` samples to `out` from index `at` on, as floats. @returns how many there were. */
  read(out: Float32Array, at: number, count: number): number {
    let done = 0;
    while (done < count) {
      const chunk = this.#chunks[this.#head];
      if (chunk === undefined) break;
      const run = Math.min(count - done, chunk.length - this.#offset);
      for (let i = 0; i < run; i += 1) out[at + done + i] = (chunk[this.#offset + i] ?? 0) / 32_768;
      done += run;
      this.#offset += run;
      if (this.#offset === chunk.length) this.#next();
    }
    this.#waiting -= done;
    return done;
  }

  clear(): void {
    this.#chunks = [];
    this.#head = 0;
    this.#offset = 0;
    this.#waiting = 0;
  }

  #next(): void {
    this.#head += 1;
    this.#offset = 0;
    // `shift` on a long answer (ten minutes are 3,000 chunks) costs milliseconds on the audio thread.
    if (this.#head < 256) return;
    this.#chunks.splice(0, this.#head);
    this.#head = 0;
  }
}
