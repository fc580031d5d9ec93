/** Owns what windows may see of the session: state, link and words → one SessionView. Pure. */
import { assertNever } from "../../../shared/assert-never.ts";
import { describeFailure } from "../../../shared/failure.ts";
import type { Destination, NoticeView, Outcome, Phase, SessionView } from "../../../shared/session-view.ts";
import { turnViews, type Conversation } from "./conversation.ts";
import type { GrammarState } from "./hotkey-grammar.ts";
import type { SessionState } from "./types.ts";

export type LinkStatus = "offline" | "connecting" | "ready";

export interface Projected {
  readonly state: SessionState;
  readonly link: LinkStatus;
  readonly grammar: GrammarState;
  readonly conversation: Conversation;
  readonly destination: Destination;
  readonly talkKeyLabel: string;
  /** Tell a newcomer what to do, until the first turn. */
  readonly isGreeting: boolean;
  /** The person has been to the settings since the turn failed: what was in the way may be mended. */
  readonly isMended: boolean;
}

/** The overlay shows the current turn and leads back to a few before it. */
const shownTurns = 6;

export function project(from: Projected): SessionView {
  const { state } = from;
  return {
    phase: phaseOf(state, from.link),
    outcome: outcomeOf(state),
    turnId: "turnId" in state ? state.turnId : null,
    deviceLabel: state.tag === "listening" ? state.deviceLabel : null,
    isBargeIn: state.tag === "listening" && state.isBargeIn,
    gesture: from.grammar === "pressed" ? "undecided" : from.grammar === "holding" ? "hold" : "tap",
    notice: isUntouched(from) ? greeting(from.talkKeyLabel) : noticeOf(state, from.isMended),
    destination: from.destination,
    talkKeyLabel: from.talkKeyLabel,
    turns: turnViews(from.conversation, shownTurns),
  };
}

function phaseOf(state: SessionState, link: LinkStatus): Phase {
  switch (state.tag) {
    case "idle":
      return "idle";
    case "listening":
      return state.deviceLabel === null ? "arming" : "listening";
    case "finishing":
    case "settling":
      return "thinking";
    case "awaiting":
      return link === "ready" ? "thinking" : "reconnecting";
    case "responding":
      return state.isAudible ? "speaking" : "thinking";
    case "acting":
      return "acting";
    case "failed":
      return "failed";
    default:
      return assertNever(state);
  }
}

function outcomeOf(state: SessionState): Outcome {
  return state.tag === "idle" ? state.reason : "none";
}

const isUntouched = ({ isGreeting, state, conversation }: Projected): boolean =>
  isGreeting && state.tag === "idle" && state.reason === "none" && conversation.turns.length === 0;

const greeting = (talkKeyLabel: string): NoticeView => ({
  title: `Hold ${talkKeyLabel} and say hello`,
  advice: "Let go, and Parley answers. Or tap it, talk, and tap it again.",
  action: null,
});

function noticeOf(state: SessionState, isMended: boolean): NoticeView | null {
  const failure = state.tag === "failed" ? state.failure : state.tag === "listening" ? state.trouble : null;
  if (failure === null) return null;
  const words = describeFailure(failure);
  // While the person still talks there is nothing to press: what they say is kept either way.
  if (state.tag !== "failed") return { title: words.title, advice: "What you say is kept.", action: null };
  const canSendAgain = state.kept !== null;
  if (words.action === "open-settings" && isMended && canSendAgain) {
    return {
      title: words.title,
      advice: "What you said is kept. Once that is put right, send it again.",
      action: "send-again",
    };
  }
  const action = words.action === "send-again" && !canSendAgain ? "dismiss" : words.action;
  return { title: words.title, advice: words.advice, action };
}
