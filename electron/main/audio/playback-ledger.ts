/**
 * Owns which samples of a stream belong to which turn and which part of an answer: a count of played samples
 * becomes the milliseconds heard of each part. Pure bookkeeping; it never sees a sample or a clock.
 */
import { msOfSamples } from "../../../shared/audio-format.ts";
import type { ItemId, TurnId } from "../../../shared/ids.ts";
import type { HeardPart } from "../session/types.ts";

interface Part {
  readonly turnId: TurnId;
  readonly itemId: ItemId;
  readonly contentIndex: number;
  /** Where in the stream its first sample is. */
  readonly from: number;
  samples: number;
}

export class PlaybackLedger {
  readonly #parts: Part[] = [];
  readonly #endedTurns = new Set<TurnId>();
  #total = 0;

  /** Samples given to the stream so far. */
  get totalSamples(): number {
    return this.#total;
  }

  /** The next `samples` of the stream belong to this part. Parts come one after the other, as they are played. */
  add(turnId: TurnId, itemId: ItemId, contentIndex: number, samples: number): void {
    if (samples === 0) return;
    const last = this.#parts.at(-1);
    if (last?.turnId === turnId && last.itemId === itemId && last.contentIndex === contentIndex) {
      last.samples += samples;
    } else {
      this.#parts.push({ turnId, itemId, contentIndex, from: this.#total, samples });
    }
    this.#total += samples;
  }

  /** Nothing more of this turn comes for now: its last part is complete. */
  end(turnId: TurnId): void {
    this.#endedTurns.add(turnId);
  }

  /** Where the last sample of this turn ends, in samples of the stream; 0 if it has none. */
  endOf(turnId: TurnId): number {
    const last = this.#parts.findLast((part) => part.turnId === turnId);
    return last === undefined ? 0 : last.from + last.samples;
  }

  /** The turn whose sample is the one after `playedSamples`; the last turn when all is played. */
  turnAt(playedSamples: number): TurnId | null {
    const part =
      this.#parts.find(({ from, samples }) => playedSamples < from + samples) ?? this.#parts.at(-1);
    return part?.turnId ?? null;
  }

  /**
   * What is not wholly heard once `playedSamples` of the stream have been: the part that was cut, and those behind
   * it with 0 ms. A part is left out only if every sample of it was heard and no more of it was to come: what the
   * server has generated beyond that was never sent, and the model shall not believe that it was heard.
   */
  heardParts(playedSamples: number): readonly HeardPart[] {
    return this.#parts.flatMap((part, index) => {
      const played = Math.max(0, Math.min(part.samples, playedSamples - part.from));
      const isComplete = index < this.#parts.length - 1 || this.#endedTurns.has(part.turnId);
      if (isComplete && played === part.samples) return [];
      const { itemId, contentIndex } = part;
      return [{ itemId, contentIndex, playedMs: msOfSamples(played), receivedMs: msOfSamples(part.samples) }];
    });
  }
}
