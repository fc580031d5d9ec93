/**
 * Owns the samples of a stream that have not been heard yet, so that another loudspeaker can go on from the same
 * sample. It never plays anything; positions are samples of the stream.
 */
export class UnplayedAudio {
  #pieces: Int16Array[] = [];
  /** Where in the stream the first piece begins. */
  #from = 0;

  /** @param pcm the next samples of the stream. */
  push(pcm: Int16Array): void {
    this.#pieces.push(pcm);
  }

  /** Everything before this position has been heard. */
  drop(until: number): void {
    let dropped = 0;
    for (const piece of this.#pieces) {
      if (this.#from + piece.length > until) break;
      this.#from += piece.length;
      dropped += 1;
    }
    if (dropped > 0) this.#pieces = this.#pieces.slice(dropped);
  }

  /** What follows from this position on, each piece with nothing behind it. */
  after(position: number): readonly Int16Array[] {
    let from = this.#from;
    return this.#pieces.flatMap((piece) => {
      const start = Math.max(0, position - from);
      from += piece.length;
      return start >= piece.length ? [] : [start === 0 ? piece : piece.slice(start)];
    });
  }
}
