/** Owns what windows may see of the session: state, link and words → one SessionView. Pure. */
import { assertNever } from "../../../shared/assert-never.ts";
import { describeFailure, type Failure } from "../../../shared/failure.ts";
import type { Destination, NoticeView, Outcome, Phase, SessionView } from "../../../shared/session-view.ts";
import { isToolAtWork, shortcoming, turnViews, type Conversation } from "./conversation.ts";
import type { GrammarState } from "./hotkey-grammar.ts";
import type { Link } from "./ports.ts";
import { stageBoundMs } from "./tuning.ts";
import type { MicrophoneNote, TurnState } from "./types.ts";
import { canBeSentAgain } from "./unanswered.ts";

export interface Projected {
  readonly state: TurnState;
  readonly link: Link;
  readonly grammar: GrammarState;
  readonly conversation: Conversation;
  readonly approval: SessionView["approval"];
  readonly destination: Destination;
  readonly talkKeyLabel: string;
  readonly talkBy: SessionView["talkBy"];
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
    notice: isUntouched(from) ? greeting(from) : noticeOf(from),
    destination: from.destination,
    talkKeyLabel: from.talkKeyLabel,
    talkBy: from.talkBy,
    approval: from.approval,
    canStop: isStoppable(state) || from.approval !== null || isToolAtWork(from.conversation),
    turns: turnViews(from.conversation, shownTurns),
  };
}

function phaseOf(state: TurnState, { status }: Link): Phase {
  switch (state.tag) {
    case "idle":
      return "idle";
    case "listening":
      return state.deviceLabel === null ? "arming" : "listening";
    case "finishing":
    case "looking":
    case "settling":
    case "consenting":
      return "thinking";
    case "awaiting":
      return status === "ready" ? "thinking" : "reconnecting";
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

/** A question that can be sent again is not stopped but dismissed, by the person's hand on the card. */
const isStoppable = (state: TurnState): boolean => state.tag !== "idle" && !canBeSentAgain(state);

function outcomeOf(state: TurnState): Outcome {
  return state.tag === "idle" ? state.reason : "none";
}

const isUntouched = ({ isGreeting, state, conversation }: Projected): boolean =>
  isGreeting && state.tag === "idle" && state.reason === "none" && conversation.turns.length === 0;

const greeting = ({ talkKeyLabel, talkBy }: Projected): NoticeView => ({
  ...(talkBy === "hold"
    ? {
        title: `Hold ${talkKeyLabel} and say hello`,
        advice: "Let go, and Parley answers. Or tap it, talk, and tap it again.",
      }
    : { title: `Press ${talkKeyLabel} and say hello`, advice: "Press it again, and Parley answers." }),
  action: null,
  tone: "hint",
});

function noticeOf({ state, link, isMended, conversation }: Projected): NoticeView | null {
  switch (state.tag) {
    case "listening":
      return whileListening(state, link) ?? whileLacking(conversation);
    case "finishing":
      return whileWaiting(state.trouble, link) ?? whileLacking(conversation);
    case "awaiting":
      return whileWaiting(state.trouble, link) ?? whileLacking(conversation);
    case "failed":
      return afterFailure(state, isMended);
    case "responding":
    case "acting":
      return whileLacking(conversation);
    case "idle":
      return state.reason === "answered" ? afterLacking(conversation) : null;
    case "looking":
    case "settling":
      return null;
    case "consenting":
      return whileWaiting(null, link) ?? whileLacking(conversation);
    default:
      return assertNever(state);
  }
}

/** While the person still talks: what they say is kept, whatever it is. The most urgent word comes first. */
function whileListening(state: Extract<TurnState, { tag: "listening" }>, link: Link): NoticeView | null {
  if (state.isLimitReached) {
    return {
      title: "Still talking?",
      advice: `The recording is sent in ${stageBoundMs.limit / 1000} s, unless you keep it going.`,
      action: "keep-recording",
    };
  }
  if (state.microphone.kind === "silent") return wordsOfMicrophone(state.microphone, state.deviceLabel);
  const trouble = state.trouble ?? link.trouble;
  if (trouble !== null) {
    const advice =
      state.trouble === null
        ? "Reconnecting. Go on talking: it is sent as soon as possible."
        : "What you say is kept.";
    return { title: describeFailure(trouble).title, advice, action: null };
  }
  return wordsOfMicrophone(state.microphone, state.deviceLabel);
}

function wordsOfMicrophone(note: MicrophoneNote, deviceLabel: string | null): NoticeView | null {
  switch (note.kind) {
    case "well":
      return null;
    case "silent": {
      const { title, advice } = describeFailure({ kind: "microphone-silent", device: deviceLabel });
      return { title, advice, action: null };
    }
    case "switched": {
      const missing = note.lostMs === 0 ? "" : ` About ${note.lostMs} ms are missing.`;
      const why = note.why ?? { kind: "microphone-lost", device: note.from };
      return note.from === deviceLabel
        ? { title: "The microphone was interrupted", advice: `It works again.${missing}`, action: null }
        : {
            title: describeFailure(why).title,
            advice: `Go on talking: now listening with ${nameOfMicrophone(deviceLabel)}.${missing}`,
            action: null,
          };
    }
    default:
      return assertNever(note);
  }
}

/** Chromium on Linux calls the system's choice so, whichever it is. */
const namelessDevice = "Default";

const nameOfMicrophone = (label: string | null): string =>
  label === null || label === "" || label === namelessDevice ? "the system’s microphone" : `“${label}”`;

function whileWaiting(trouble: Failure | null, link: Link): NoticeView | null {
  const reason = link.trouble ?? trouble;
  if (reason === null) return null;
  const inWhat =
    reason.kind === "rate-limit" && reason.retryAfterMs !== null
      ? ` in ${Math.max(1, Math.ceil(reason.retryAfterMs / 1000))} s`
      : "";
  return {
    title: describeFailure(reason).title,
    advice: `What you said is kept. ${link.trouble === null ? "Trying again" : "Reconnecting"}${inWhat} …`,
    action: null,
  };
}

/** The answer goes on, and there is nothing to do for now. */
function whileLacking(conversation: Conversation): NoticeView | null {
  const notice = afterLacking(conversation);
  return notice === null ? null : { ...notice, action: null };
}

function afterLacking(conversation: Conversation): NoticeView | null {
  const failure = shortcoming(conversation);
  return failure === null ? null : describeFailure(failure);
}

function afterFailure(
  { failure, kept }: Extract<TurnState, { tag: "failed" }>,
  isMended: boolean,
): NoticeView {
  const words = describeFailure(failure);
  const canSendAgain = kept !== null;
  // What a microphone took in before it failed needs no microphone to be sent.
  if (isOfMicrophone(failure) && canSendAgain) {
    return {
      title: words.title,
      advice: `What you said until then is kept: send it. ${words.advice}`,
      action: "send-again",
    };
  }
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

const isOfMicrophone = ({ kind }: Failure): boolean => kind.startsWith("microphone-");
