/**
 * Owns what we know of the server's conversation: which utterances and items are in it. A new connection is a
 * new, empty conversation, so all of it is forgotten with the connection. It never sends anything.
 */
import type { ItemId, TurnId } from "../../../shared/ids.ts";
import { rememberedItems, rememberedRequests } from "./realtime-tuning.ts";

/** What a request was for, to match an error that names it. */
export type SentRequest =
  | {
      readonly kind: "input" | "text" | "other";
      /** `null` for what is told of earlier turns. */
      readonly turnId: TurnId | null;
    }
  | { readonly kind: "picture"; readonly turnId: TurnId; readonly itemId: string };

/** A commit that the server has not answered yet. */
interface PendingCommit {
  readonly eventId: string;
  readonly turnId: TurnId;
  readonly utterance: TurnId;
}

export interface SessionMemory {
  /** Utterances that are items of this conversation: sending one again needs no second item. */
  readonly utterances: Set<TurnId>;
  /** Oldest first: the server answers commits in their order. */
  readonly pendingCommits: PendingCommit[];
  /** Questions whose words are still to come: they are written down while the answer is made, and often after it. */
  readonly transcribing: Map<ItemId, TurnId>;
  /** Answer items, with the turn that each belongs to. */
  readonly items: BoundedMap<ItemId, TurnId>;
  readonly requests: BoundedMap<string, SentRequest>;
  /** The text of the last item, as long as nothing has followed it: asked again, it is there already. */
  unansweredText: string | null;
}

export const emptyMemory = (): SessionMemory => ({
  utterances: new Set(),
  pendingCommits: [],
  transcribing: new Map(),
  items: new BoundedMap(rememberedItems),
  requests: new BoundedMap(rememberedRequests),
  unansweredText: null,
});

/** A map that forgets its oldest entry when it is full, so that no server can make it grow. */
export class BoundedMap<Key, Value> {
  readonly #entries = new Map<Key, Value>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#entries.size;
  }
  entries(): IterableIterator<[Key, Value]> {
    return this.#entries.entries();
  }
  values(): IterableIterator<Value> {
    return this.#entries.values();
  }
  get(key: Key): Value | undefined {
    return this.#entries.get(key);
  }
  has(key: Key): boolean {
    return this.#entries.has(key);
  }
  set(key: Key, value: Value): void {
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#limit) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }
  delete(key: Key): void {
    this.#entries.delete(key);
  }
}
