/**
 * Owns the border between the server and whatever thinks up its answers.
 * Never knows of events, sockets or pacing: a brain says what, the server decides how it goes over the wire.
 */
import type { ResponseOptions } from "./client-events.ts";
import type { Item, UserMessage } from "./items.ts";
import type { SessionState } from "./session-state.ts";
import type { WireError } from "./wire-error.ts";

/** One piece of an answer. Steps come out in order; each is paced before the next is asked for. */
export type Step =
  /**
   * Spoken words with their sound (mono, 24 kHz). Consecutive ones continue one audio part; transcripts are
   * joined verbatim. When the response is to be text, only the transcript goes out.
   */
  | { readonly kind: "speech"; readonly transcript: string; readonly pcm: Int16Array }
  | { readonly kind: "text"; readonly text: string }
  /** `arguments` is sent as it is, broken JSON included. */
  | { readonly kind: "call"; readonly name: string; readonly arguments: string; readonly callId?: string }
  /** What follows belongs to a further message of the same response. */
  | { readonly kind: "newMessage" }
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "incomplete"; readonly reason: "max_output_tokens" | "content_filter" }
  | { readonly kind: "fail"; readonly error: WireError };

export interface BrainRequest {
  /** The context to answer: the whole conversation, or what the request put in its place. */
  readonly items: readonly Item[];
  /** With the response's own overrides already applied. */
  readonly session: SessionState;
  readonly options: ResponseOptions;
  readonly isOutOfBand: boolean;
  /** Aborts when the response is cancelled or the socket has gone. */
  readonly signal: AbortSignal;
}

export type Transcription =
  | { readonly kind: "text"; readonly text: string }
  /** Nothing is ever sent for this item. */
  | { readonly kind: "none" }
  | { readonly kind: "failed"; readonly message: string };

export interface Brain {
  respond(request: BrainRequest): AsyncIterable<Step>;
  /** Asked once for each committed utterance while transcription is on; may take as long as it likes. */
  transcribe(item: UserMessage): Promise<Transcription>;
}
