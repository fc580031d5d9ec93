/**
 * Owns how long the start of playback waits for more audio. Nothing on a link that keeps up: an answer is heard
 * with its first sample. After an underrun as long as arrivals have spread, and in 30 s of peace back to nothing.
 * It never shortens what is queued: only a start or a resume looks at it.
 */
import { samplesOfMs } from "../../shared/audio-format.ts";

/** 50 ms already smooths most links; a shorter wait tends to run dry again. */
const leastAfterUnderrunSamples = samplesOfMs(50);
/** Beyond this a wait is felt worse than another gap. */
const mostSamples = samplesOfMs(300);
/** A longer silence is no jitter (a tool is running, the line was cut): waiting could not have hidden it. */
const longestJitterSamples = samplesOfMs(1_000);
const settleSamples = samplesOfMs(30_000);

export class Cushion {
  #target = 0;
  #peak = 0;
  /** How late the latest arrival is against the earliest possible playing of all that came before. */
  #debt = 0;
  /** The largest debt of late. */
  #spread = 0;
  #arrivedAt: number | null = null;
  #arrivedSamples = 0;

  /** How much should wait before playing starts, in samples. */
  get targetSamples(): number {
    return Math.round(this.#target);
  }

  /** Audio has arrived. @param at and @param samples in samples of the render clock. */
  arrived(at: number, samples: number): void {
    if (this.#arrivedAt !== null) {
      const gap = at - this.#arrivedAt;
      this.#debt = gap > longestJitterSamples ? 0 : Math.max(0, this.#debt + gap - this.#arrivedSamples);
      this.#spread = Math.max(this.#spread, this.#debt);
    }
    this.#arrivedAt = at;
    this.#arrivedSamples = samples;
  }

  /** An answer was cut by a gap of `gapSamples`. */
  ranDry(gapSamples: number): void {
    if (gapSamples > longestJitterSamples) return;
    const needed = Math.max(leastAfterUnderrunSamples, this.#spread * 1.1, gapSamples);
    this.#target = Math.max(this.#target, Math.min(mostSamples, needed));
    this.#peak = this.#target;
  }

  /** Samples were played without a gap. */
  played(samples: number): void {
    const share = samples / settleSamples;
    this.#target = Math.max(0, this.#target - this.#peak * share);
    this.#spread = Math.max(0, this.#spread - mostSamples * share);
  }

  /** A new answer begins: what arrived before it says nothing about its pace. */
  begin(): void {
    this.#arrivedAt = null;
    this.#debt = 0;
  }
}
