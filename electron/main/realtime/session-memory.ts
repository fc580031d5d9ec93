/**
 * Owns what we know of the server's conversation: which utterances and items are in it. A new connection is a
 * new, empty conversation, so all of it is forgotten with the connection. It never sends anything.
 */
import type { ItemId, TurnId } from "../../../shared/ids.ts";
import { BoundedMap } from "../bounded-map.ts";
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
