/**
 * Owns what was said in the last few turns, as it was captured, so that it can be streamed while it grows and sent
 * again. In memory only: nothing said is ever written to a disk. Never changes a chunk once added.
 */
import { samplesOfMs } from "../../../shared/audio-format.ts";
import type { TurnId } from "../../../shared/ids.ts";
import type { Utterance, UtteranceSource } from "../session/ports.ts";

/** All that may be said while there is no line, one press after the other: each of them is sent when there is one. */
const keptUtterances = 12;
/** More than one utterance can last (15 min): 58 MB at the very most. */
const keptSamples = samplesOfMs(20 * 60_000);

export interface UtteranceStore extends UtteranceSource {
  /** Starts an empty utterance; the oldest ones give way. */
  begin(turnId: TurnId): void;
  /** Adds a chunk, which is the store's from now on. Nothing happens once the utterance is forgotten. */
  append(turnId: TurnId, pcm: Int16Array): void;
  forget(turnId: TurnId): void;
  /** The loudest sample so far, 0 to 32,768: 0 means that every sample was digital zero. */
  peak(turnId: TurnId): number;
}

class GrowingUtterance implements Utterance {
  readonly turnId: TurnId;
  readonly #chunks: Int16Array[] = [];
  readonly #listeners = new Set<() => void>();
  #samples = 0;
  #peak = 0;

  constructor(turnId: TurnId) {
    this.turnId = turnId;
  }

  get samples(): number {
    return this.#samples;
  }

  get peak(): number {
    return this.#peak;
  }

  chunk(index: number): Int16Array | undefined {
    return this.#chunks[index];
  }

  onGrow(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  append(pcm: Int16Array): void {
    if (pcm.length === 0) return;
    this.#chunks.push(pcm);
    this.#samples += pcm.length;
    for (const sample of pcm) this.#peak = Math.max(this.#peak, Math.abs(sample));
    for (const listener of this.#listeners) listener();
  }
}

export function createUtteranceStore(): UtteranceStore {
  const utterances = new Map<TurnId, GrowingUtterance>();

  const heldSamples = (): number => {
    let samples = 0;
    for (const utterance of utterances.values()) samples += utterance.samples;
    return samples;
  };
  const makeRoom = (): void => {
    for (const oldest of utterances.keys()) {
      if (utterances.size <= 1) return;
      if (utterances.size <= keptUtterances && heldSamples() <= keptSamples) return;
      utterances.delete(oldest);
    }
  };

  return {
    begin(turnId) {
      utterances.set(turnId, new GrowingUtterance(turnId));
      makeRoom();
    },
    append(turnId, pcm) {
      utterances.get(turnId)?.append(pcm);
    },
    forget(turnId) {
      utterances.delete(turnId);
    },
    peak: (turnId) => utterances.get(turnId)?.peak ?? 0,
    find: (turnId) => utterances.get(turnId),
  };
}
