/**
 * Owns what one turn still wants from the server, and in which order: the question first, then what its tools gave
 * (called-tools.ts), then the answer. It keeps all that it takes to ask the same once more in another session. Words
 * only.
 */
import type { Ask } from "../session/types.ts";
import type { ToolImage } from "../tools/tool.ts";
import type { InputPump } from "./input-pump.ts";

export interface TurnWork {
  /** As it was handed over. */
  question: Ask | null;
  /** A typed question that is not on the wire yet. */
  text: string | null;
  /** A spoken question; `null` also where the utterance is in the conversation already. */
  input: InputPump | null;
  /** What goes with the question, to be seen. */
  pictures: readonly ToolImage[];
  /** They are part of the present session. */
  arePicturesShown: boolean;
  /** An answer is asked for as soon as the question is in. */
  wantsResponse: boolean;
  /** The request waits for a time that the server has named; this ends the wait. */
  cancelHold: (() => void) | null;
  /** Whether an answer is asked for is still to be said. */
  isHeld: boolean;
  /** Nobody waits for it; a complete question is handed over all the same. */
  isAbandoned: boolean;
}

export const emptyWork = (): TurnWork => ({
  question: null,
  text: null,
  input: null,
  pictures: [],
  arePicturesShown: false,
  wantsResponse: false,
  cancelHold: null,
  isHeld: false,
  isAbandoned: false,
});

/** Something of it must still go out, or come of it. */
export const isOpen = (work: TurnWork): boolean =>
  work.text !== null ||
  work.input?.state === "streaming" ||
  work.wantsResponse ||
  work.cancelHold !== null ||
  work.isHeld;
