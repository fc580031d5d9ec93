/**
 * Owns what one turn still wants from the server, and in which order: the question first, then what its tools gave,
 * then the answer. It keeps all that it takes to ask the same once more in another session. Words only.
 */
import type { CallId, TurnId } from "../../../shared/ids.ts";
import type { ToolCall } from "../session/types.ts";
import type { InputPump } from "./input-pump.ts";

/** The question as it was handed over. */
export type Question =
  | { readonly kind: "speech"; readonly utterance: TurnId }
  | { readonly kind: "text"; readonly text: string };

/** A tool that the model called in this turn. Each runs once, over however many sessions its turn goes. */
export interface CalledTool {
  readonly call: ToolCall;
  /** What it gave; `null` while it runs. */
  output: string | null;
  /** The call and its output are part of the present session. */
  isKnown: boolean;
}

export interface TurnWork {
  question: Question | null;
  /** A typed question that is not on the wire yet. */
  text: string | null;
  /** A spoken question; `null` also where the utterance is in the conversation already. */
  input: InputPump | null;
  /** An answer is asked for as soon as the question is in. */
  wantsResponse: boolean;
  /** The request waits for a time that the server has named; this ends the wait. */
  cancelHold: (() => void) | null;
  readonly calls: Map<CallId, CalledTool>;
  /** It was under way in a session that is over. */
  isRepeat: boolean;
  /** Nobody waits for it; a complete question is handed over all the same. */
  isAbandoned: boolean;
}

export const emptyWork = (): TurnWork => ({
  question: null,
  text: null,
  input: null,
  wantsResponse: false,
  cancelHold: null,
  calls: new Map(),
  isRepeat: false,
  isAbandoned: false,
});

/** Something of it must still go out, or come of it. */
export const isOpen = (work: TurnWork): boolean =>
  work.text !== null ||
  work.input?.state === "streaming" ||
  work.wantsResponse ||
  work.cancelHold !== null ||
  isActing(work);

/** A tool of it still runs, and nobody has lost interest. */
export const isActing = (work: TurnWork): boolean =>
  !work.isAbandoned && [...work.calls.values()].some(({ output }) => output === null);
