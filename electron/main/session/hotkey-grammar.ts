/**
 * Owns the meaning of the talk key: key edges → verbs. Pure; it decides by order, never by a clock:
 * the end of the tap window arrives as an input.
 *
 * One key, two gestures: hold it and talk, or tap it, talk, and tap again.
 */
import { assertNever } from "../../../shared/assert-never.ts";

export type GrammarState =
  /** The key is up, nothing is recorded because of it. */
  | "idle"
  /** Down, within the tap window: hold or tap is not decided yet. */
  | "pressed"
  /** Down, past the window: letting go ends the turn. */
  | "holding"
  /** Up after a tap: recording goes on until the next tap. */
  | "latched"
  /** Down without a meaning (the tap that ended a turn, a shortcut, a turn that ended by itself): wait for up. */
  | "spent";

export type GrammarInput =
  | "talkDown"
  /** Down while Shift is held: what is on the screen goes with the question. */
  | "talkDownWithShift"
  | "talkUp"
  /** Up, and it was down for no longer than a tap, whatever was taken for elapsed meanwhile. */
  | "tapUp"
  | "otherDown"
  | "escapeDown"
  | "tapWindowElapsed"
  /** Proof, from elsewhere than its key-up, that the key is not down any more. */
  | "evidenceLost"
  /** The turn is over or was taken over by something else than this key. */
  | "turnEnded"
  /** Recording was begun without the key (tray): a tap ends it. */
  | "latchedElsewhere";

export type GrammarVerb =
  | "talkPressed"
  | "talkPressedWithScreen"
  | "talkReleased"
  | "talkCancelled"
  | "stopRequested";

export interface GrammarStep {
  readonly state: GrammarState;
  readonly verb: GrammarVerb | null;
}

export const initialGrammar: GrammarState = "idle";

/** Total over state × input. A repeated `talkDown` (auto-repeat) means nothing new. */
export function interpret(state: GrammarState, input: GrammarInput): GrammarStep {
  switch (input) {
    case "talkDown":
      if (state === "idle") return step("pressed", "talkPressed");
      return state === "latched" ? step("spent", "talkReleased") : step(state);
    case "talkDownWithShift":
      if (state === "idle") return step("pressed", "talkPressedWithScreen");
      return interpret(state, "talkDown");
    case "talkUp":
      if (state === "pressed") return step("latched");
      if (state === "holding") return step("idle", "talkReleased");
      return state === "spent" ? step("idle") : step(state);
    case "tapUp":
      return state === "holding" ? step("latched") : interpret(state, "talkUp");
    case "otherDown":
      return state === "pressed" || state === "holding" ? step("spent", "talkCancelled") : step(state);
    case "escapeDown":
      if (state === "pressed" || state === "holding") return step("spent", "stopRequested");
      return step(state === "latched" ? "idle" : state, "stopRequested");
    case "tapWindowElapsed":
      return step(state === "pressed" ? "holding" : state);
    case "evidenceLost":
      // The person let go and we missed it. What was said was meant to be sent.
      if (state === "pressed" || state === "holding") return step("idle", "talkReleased");
      return step(state === "spent" ? "idle" : state);
    case "turnEnded":
      if (state === "pressed" || state === "holding") return step("spent");
      return step(state === "latched" ? "idle" : state);
    case "latchedElsewhere":
      return step(state === "idle" ? "latched" : state);
    default:
      return assertNever(input);
  }
}

const step = (state: GrammarState, verb: GrammarVerb | null = null): GrammarStep => ({ state, verb });
