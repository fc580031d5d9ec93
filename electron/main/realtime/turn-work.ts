/**
 * Owns what one turn still wants from the server, and in which order: the question first, then the answer, then the
 * outputs of its tools. Words only.
 */
import type { CallId } from "../../../shared/ids.ts";
import type { InputPump } from "./input-pump.ts";

export interface TurnWork {
  /** A typed question that is not on the wire yet. */
  text: string | null;
  /** A spoken question; `null` also where the utterance is in the conversation already. */
  input: InputPump | null;
  /** An answer is asked for as soon as the question is in. */
  wantsResponse: boolean;
  /** Calls of this turn whose outputs are owed. */
  readonly openCalls: Set<CallId>;
  /** Nobody waits for it; a complete question is handed over all the same. */
  isAbandoned: boolean;
}

export const emptyWork = (): TurnWork => ({
  text: null,
  input: null,
  wantsResponse: false,
  openCalls: new Set(),
  isAbandoned: false,
});

/** Something of it must still go out, or come of it. */
export const isOpen = (work: TurnWork): boolean =>
  work.text !== null || work.input?.state === "streaming" || work.wantsResponse || work.openCalls.size > 0;
