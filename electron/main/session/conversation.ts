/**
 * Owns the words of the conversation as they are shown: questions, answers, action cards, in the order of the turns.
 * Pure. It never decides what happens next; late transcripts find their place by item id.
 */
import { assertNever } from "../../../shared/assert-never.ts";
import type { Failure } from "../../../shared/failure.ts";
import type { CallId, ItemId, TurnId } from "../../../shared/ids.ts";
import type { ActionView, AnswerView, QuestionView, TurnView } from "../../../shared/session-view.ts";
import type { HeardPart } from "./types.ts";

export type Narration =
  | {
      readonly type: "turnBegan";
      readonly turnId: TurnId;
      readonly kind: "spoken" | "typed";
      readonly text: string;
    }
  /** Sent again: the same question goes on under a new turn id. */
  | { readonly type: "turnRepeated"; readonly turnId: TurnId; readonly from: TurnId }
  /** Cancelled or too short: as if it had never been. */
  | { readonly type: "turnForgotten"; readonly turnId: TurnId }
  /** The server has made the utterance an item: transcripts will name it. */
  | { readonly type: "questionItem"; readonly turnId: TurnId; readonly itemId: ItemId }
  | { readonly type: "questionDelta"; readonly itemId: ItemId; readonly delta: string }
  | { readonly type: "questionWhole"; readonly itemId: ItemId; readonly text: string }
  | { readonly type: "questionUnavailable"; readonly itemId: ItemId }
  /** The question failed and was left: most likely no more of its words will come. */
  | { readonly type: "questionClosed"; readonly turnId: TurnId }
  | { readonly type: "answerDelta"; readonly turnId: TurnId; readonly itemId: ItemId; readonly delta: string }
  /** The whole text of one item, replacing its deltas. */
  | { readonly type: "answerWhole"; readonly turnId: TurnId; readonly itemId: ItemId; readonly text: string }
  /** What was said while tools ran is said: no loss of the answer proper takes it back. */
  | { readonly type: "remarkEnded"; readonly turnId: TurnId }
  | { readonly type: "answerComplete"; readonly turnId: TurnId }
  | { readonly type: "answerInterrupted"; readonly turnId: TurnId }
  /** Lost before a word of it was heard: what was written of it is not what will be said. */
  | { readonly type: "answerWithdrawn"; readonly turnId: TurnId }
  /** How much of the parts was heard; the rest of the text was never spoken. */
  | { readonly type: "answerHeard"; readonly parts: readonly HeardPart[] }
  /** The picture of the screen that was to go with the question does not. */
  | { readonly type: "screenUnseen"; readonly turnId: TurnId }
  /** From here on it is there to be read only. */
  | { readonly type: "answerMuted"; readonly turnId: TurnId; readonly failure: Failure }
  | {
      readonly type: "actionStarted";
      readonly turnId: TurnId;
      readonly callId: CallId;
      readonly name: string;
      readonly title: string;
      readonly server: string | null;
      readonly summary: string;
      readonly thumbnail: string | null;
    }
  /** The person is asked whether it may run. */
  | { readonly type: "actionAsked"; readonly callId: CallId }
  | { readonly type: "actionRunning"; readonly callId: CallId }
  | { readonly type: "actionProgress"; readonly callId: CallId; readonly progress: string }
  | {
      readonly type: "actionEnded";
      readonly callId: CallId;
      readonly state: "done" | "failed" | "denied";
      readonly result: string;
      readonly canUndo: boolean;
    }
  | { readonly type: "actionUndone"; readonly callId: CallId }
  | { readonly type: "actionUndoFailed"; readonly callId: CallId; readonly reason: string }
  /** It is too long ago to be undone. */
  | { readonly type: "actionSettled"; readonly callId: CallId };

interface AnswerPart {
  readonly itemId: ItemId;
  readonly text: string;
  /** Share of the part that was heard, 0 to 1; 1 until a flush says otherwise. */
  readonly heardShare: number;
  /** Its response came to its end: no loss can take it back. */
  readonly isSettled: boolean;
}

interface Turn {
  readonly turnId: TurnId;
  readonly questionItem: ItemId | null;
  readonly question: QuestionView;
  readonly actions: readonly ActionView[];
  readonly answer: readonly AnswerPart[];
  readonly answerState: AnswerView["state"];
  /** Why the answer cannot be heard; `null` if it can. */
  readonly muted: Failure | null;
  /** The screen was to be seen with the question, and is not. */
  readonly isUnseen: boolean;
}

export interface Conversation {
  readonly turns: readonly Turn[];
}

const unheardQuestion: QuestionView = { kind: "spoken", text: "", state: "pending" };

export const emptyConversation: Conversation = { turns: [] };

/** Older turns are dropped from what is shown: the overlay is no archive. */
const keptTurns = 50;

/** One more thing was said: the next conversation. Facts of unknown turns and items change nothing. */
export function narrate(conversation: Conversation, narration: Narration): Conversation {
  switch (narration.type) {
    case "turnBegan": {
      const state = narration.kind === "typed" ? "final" : "pending";
      const turn: Turn = {
        turnId: narration.turnId,
        questionItem: null,
        question: { kind: narration.kind, text: narration.text, state },
        actions: [],
        answer: [],
        answerState: "none",
        muted: null,
        isUnseen: false,
      };
      return { turns: [...conversation.turns, turn].slice(-keptTurns) };
    }
    case "turnRepeated":
      return change(conversation, byTurn(narration.from), (turn) => ({
        ...turn,
        turnId: narration.turnId,
        // Said again to the server, it is transcribed again: under another item, from its first word on.
        questionItem: null,
        question: turn.question.kind === "spoken" ? unheardQuestion : turn.question,
        actions: [],
        answer: [],
        answerState: "none",
        muted: null,
      }));
    case "turnForgotten":
      return { turns: conversation.turns.filter((turn) => turn.turnId !== narration.turnId) };
    case "questionItem":
      return change(conversation, byTurn(narration.turnId), (turn) => ({
        ...turn,
        questionItem: narration.itemId,
        // Another item is another transcript of the same words: told to a new session, it begins anew.
        question:
          turn.questionItem === null || turn.questionItem === narration.itemId
            ? turn.question
            : unheardQuestion,
      }));
    case "questionDelta":
      return change(conversation, byQuestion(narration.itemId), (turn) => ({
        ...turn,
        question: { ...turn.question, text: turn.question.text + narration.delta, state: "partial" },
      }));
    case "questionWhole":
      return change(conversation, byQuestion(narration.itemId), (turn) => ({
        ...turn,
        question: { ...turn.question, text: narration.text.trim(), state: "final" },
      }));
    case "questionUnavailable":
      return change(conversation, byQuestion(narration.itemId), (turn) => ({
        ...turn,
        question: { ...turn.question, state: "unavailable" },
      }));
    case "questionClosed":
      return change(conversation, byTurn(narration.turnId), (turn) =>
        turn.question.state === "pending" || turn.question.state === "partial"
          ? {
              ...turn,
              question: { ...turn.question, state: turn.question.text === "" ? "unavailable" : "final" },
            }
          : turn,
      );
    case "answerDelta":
      return change(conversation, byTurn(narration.turnId), (turn) =>
        withPart(turn, narration.itemId, (text) => text + narration.delta),
      );
    case "answerWhole":
      return change(conversation, byTurn(narration.turnId), (turn) =>
        withPart(turn, narration.itemId, () => narration.text),
      );
    case "answerComplete":
      return change(conversation, byTurn(narration.turnId), (turn) =>
        turn.answerState === "streaming" ? { ...settled(turn), answerState: "complete" } : turn,
      );
    case "remarkEnded":
      return change(conversation, byTurn(narration.turnId), settled);
    case "answerWithdrawn":
      return change(conversation, byTurn(narration.turnId), (turn) => {
        const answer = turn.answer.filter(({ isSettled }) => isSettled);
        return { ...turn, answer, answerState: answer.length === 0 ? "none" : "streaming" };
      });
    case "answerInterrupted":
      return change(conversation, byTurn(narration.turnId), (turn) =>
        turn.answerState === "none" ? turn : { ...turn, answerState: "interrupted" },
      );
    case "answerHeard":
      return { turns: conversation.turns.map((turn) => withHeard(turn, narration.parts)) };
    case "screenUnseen":
      return change(conversation, byTurn(narration.turnId), (turn) => ({ ...turn, isUnseen: true }));
    case "answerMuted":
      return change(conversation, byTurn(narration.turnId), (turn) => ({
        ...turn,
        muted: narration.failure,
      }));
    case "actionStarted":
      return change(conversation, byTurn(narration.turnId), (turn) => ({
        // A tool runs once the response that called it is complete.
        ...settled(turn),
        actions: [
          ...turn.actions,
          {
            callId: narration.callId,
            name: narration.name,
            title: narration.title,
            server: narration.server,
            summary: narration.summary,
            thumbnail: narration.thumbnail,
            state: "running",
            result: "",
            canUndo: false,
          },
        ],
      }));
    case "actionAsked":
      return changeAction(conversation, narration.callId, { state: "waiting" });
    case "actionRunning":
      return changeAction(conversation, narration.callId, { state: "running" });
    case "actionProgress":
      return changeAction(conversation, narration.callId, { result: narration.progress });
    case "actionEnded": {
      const { callId, state, result, canUndo } = narration;
      return changeAction(conversation, callId, { state, result, canUndo });
    }
    case "actionUndone":
      return changeAction(conversation, narration.callId, { state: "undone", canUndo: false });
    case "actionUndoFailed":
      return changeAction(conversation, narration.callId, { result: narration.reason, canUndo: false });
    case "actionSettled":
      return changeAction(conversation, narration.callId, { canUndo: false });
    default:
      return assertNever(narration);
  }
}

/** The last `limit` turns as windows see them, oldest first. */
export function turnViews(conversation: Conversation, limit: number): readonly TurnView[] {
  return conversation.turns.slice(-limit).map((turn) => ({
    turnId: turn.turnId,
    question: turn.question,
    actions: turn.actions,
    answer: answerView(turn),
  }));
}

/** What is the matter with the newest turn, that still goes on; `null` if nothing is. */
export function shortcoming({ turns }: Conversation): Failure | null {
  const turn = turns.at(-1);
  if (turn === undefined) return null;
  return turn.muted ?? (turn.isUnseen ? { kind: "screen-unseen" } : null);
}

/** What was said in a turn, as it was written down; `null`: that will never be known. */
export interface HeardQuestion {
  readonly turnId: TurnId;
  readonly words: string | null;
}

/**
 * The spoken question of which this is the last word, if it is one. Words that were cut off are none: the beginning of
 * a sentence may say the opposite of the whole.
 */
export function questionHeard(before: Conversation, narration: Narration): HeardQuestion | null {
  const { type } = narration;
  if (type === "questionWhole" || type === "questionUnavailable") {
    const turn = before.turns.find(byQuestion(narration.itemId));
    const words = type === "questionWhole" ? narration.text.trim() : null;
    return turn === undefined ? null : { turnId: turn.turnId, words };
  }
  if (type === "questionClosed" || type === "turnForgotten") return { turnId: narration.turnId, words: null };
  return type === "turnRepeated" ? { turnId: narration.from, words: null } : null;
}

/** A tool of any turn runs, or waits for a yes. */
export const isToolAtWork = ({ turns }: Conversation): boolean =>
  turns.some(({ actions }) => actions.some(({ state }) => state === "waiting" || state === "running"));

const byTurn = (turnId: TurnId) => (turn: Turn) => turn.turnId === turnId;
const byQuestion = (itemId: ItemId) => (turn: Turn) => turn.questionItem === itemId;

function change(
  conversation: Conversation,
  matches: (turn: Turn) => boolean,
  update: (turn: Turn) => Turn,
): Conversation {
  return { turns: conversation.turns.map((turn) => (matches(turn) ? update(turn) : turn)) };
}

function changeAction(
  conversation: Conversation,
  callId: CallId,
  changes: Partial<ActionView>,
): Conversation {
  return change(
    conversation,
    (turn) => turn.actions.some((action) => action.callId === callId),
    (turn) => ({
      ...turn,
      actions: turn.actions.map((action) => (action.callId === callId ? { ...action, ...changes } : action)),
    }),
  );
}

function withPart(turn: Turn, itemId: ItemId, text: (before: string) => string): Turn {
  const known = turn.answer.some((part) => part.itemId === itemId);
  const parts = known ? turn.answer : [...turn.answer, { itemId, text: "", heardShare: 1, isSettled: false }];
  return {
    ...turn,
    answerState: turn.answerState === "none" ? "streaming" : turn.answerState,
    answer: parts.map((part) => (part.itemId === itemId ? { ...part, text: text(part.text) } : part)),
  };
}

const settled = (turn: Turn): Turn => ({
  ...turn,
  answer: turn.answer.map((part) => ({ ...part, isSettled: true })),
});

function withHeard(turn: Turn, heard: readonly HeardPart[]): Turn {
  const update = (part: AnswerPart): AnswerPart => {
    const own = heard.find((candidate) => candidate.itemId === part.itemId);
    if (own === undefined || own.receivedMs === 0) return part;
    return { ...part, heardShare: Math.min(1, own.playedMs / own.receivedMs) };
  };
  return { ...turn, answer: turn.answer.map(update) };
}

/**
 * The protocol does not align text with sound. While the model still generates, the text runs ahead of the audio
 * received, so the heard share of the received audio is an upper bound on the share of the text.
 */
function answerView(turn: Turn): AnswerView {
  const text = turn.answer.map((part) => part.text).join("\n");
  if (turn.answerState !== "interrupted") return { text, heardChars: text.length, state: turn.answerState };
  let heardChars = 0;
  for (const part of turn.answer) {
    const share = Math.round(part.text.length * part.heardShare);
    heardChars += share;
    if (share < part.text.length) break;
    heardChars += 1;
  }
  return { text, heardChars: Math.min(heardChars, text.length), state: "interrupted" };
}
