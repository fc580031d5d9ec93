/**
 * Owns noticing that a microphone delivers nothing. The universal sign of every fault that nobody tells. It counts
 * ticks, not time: a thread that was kept from running misses ticks as it misses samples, and then nothing is wrong.
 */

/** Between looks, while a microphone is connected. */
export const stallTickMs = 30;

/** Buffers come every 3-25 ms. Four ticks are more than a busy machine's hiccup and less than half a syllable. */
const mostQuietMs = 120;

export class StallWatch {
  #patienceTicks = 0;
  #quietTicks = 0;
  #isStalled = false;
  #hasDelivered = false;

  /** @param patienceMs how long the first sample may take: a wireless headset has to change its mode first. */
  connected(patienceMs: number): void {
    this.#patienceTicks = Math.ceil(patienceMs / stallTickMs);
    this.#quietTicks = 0;
    this.#isStalled = false;
    this.#hasDelivered = false;
  }

  /** Samples have come. @returns whether they are the first ones, or the first after a stall. */
  heard(): boolean {
    const isNews = !this.#hasDelivered || this.#isStalled;
    this.#hasDelivered = true;
    this.#isStalled = false;
    this.#quietTicks = 0;
    return isNews;
  }

  /** Nothing comes any more, whether anybody waits for it or not. */
  get isQuiet(): boolean {
    return this.#hasDelivered && this.#quietTicks >= mostQuietMs / stallTickMs;
  }

  /** @returns whether it has stalled, once, and only while somebody waits for its samples. */
  tick(isWaitedFor: boolean): boolean {
    this.#quietTicks += 1;
    const most = this.#hasDelivered ? mostQuietMs / stallTickMs : this.#patienceTicks;
    if (this.#isStalled || !isWaitedFor || this.#quietTicks < most) return false;
    this.#isStalled = true;
    return true;
  }
}
