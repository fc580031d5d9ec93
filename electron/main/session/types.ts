/** Owns the words of the session core: states, events, effects. It never decides anything. */
import type { Failure } from "../../../shared/failure.ts";
import type { CallId, ItemId, ResponseId, TurnId } from "../../../shared/ids.ts";

/**
 * What a turn asks: the words spoken in an utterance, or a text. Both are known by the turn in which they were first
 * said or typed, however often they are sent again.
 */
export type Ask =
  | { readonly kind: "speech"; readonly utterance: TurnId }
  | { readonly kind: "text"; readonly typedIn: TurnId; readonly text: string };

export interface ToolCall {
  readonly callId: CallId;
  readonly name: string;
  /** JSON as the model wrote it; not parsed, not trusted. */
  readonly argumentsJson: string;
}

/**
 * How much of one content part of an answer went to the loudspeaker before a flush cut it. A part that was complete
 * and heard to its last sample is not told.
 */
export interface HeardPart {
  readonly itemId: ItemId;
  readonly contentIndex: number;
  /** Whole milliseconds, counted in samples played, never more than was received. */
  readonly playedMs: number;
  readonly receivedMs: number;
}

export type ResponseOutcome =
  | { readonly kind: "completed"; readonly calls: readonly ToolCall[] }
  | { readonly kind: "cancelled" }
  /** Cut off by a token limit: what was said stands. */
  | { readonly kind: "incomplete" }
  | { readonly kind: "failed"; readonly failure: Failure };

type IdleReason = "none" | "answered" | "interrupted" | "cancelled" | "too-short";

/** What the current turn, if any, is about. */
export type TurnState =
  | { readonly tag: "idle"; readonly reason: IdleReason }
  /** The microphone is open or opening, the key (or the latch) is down. */
  | {
      readonly tag: "listening";
      readonly turnId: TurnId;
      /** The microphone's name once it delivers samples; `null` while arming. */
      readonly deviceLabel: string | null;
      readonly isBargeIn: boolean;
      /** What happened to the microphone during this recording; the newest counts. */
      readonly microphone: MicrophoneNote;
      /** It has gone on for as long as the settings allow: the person is asked, and cut off without an answer. */
      readonly isLimitReached: boolean;
      /** The turn cannot be answered as things are. Recording goes on: what is said is kept. */
      readonly trouble: Failure | null;
      /** The screen is to go with the question, and its picture is not here yet. */
      readonly isLooking: boolean;
    }
  /** The key is up; the last samples are on their way in. */
  | {
      readonly tag: "finishing";
      readonly turnId: TurnId;
      readonly trouble: Failure | null;
      readonly isLooking: boolean;
    }
  /** All of it is said, and the picture of the screen is on its way still. */
  | { readonly tag: "looking"; readonly turnId: TurnId; readonly ask: Ask }
  /** A typed or repeated question waits until the flush has told how much of the old answer was heard. */
  | { readonly tag: "settling"; readonly turnId: TurnId; readonly ask: Ask }
  /**
   * What was said while the person was asked whether tools may run: it is complete, and its words are on their way to
   * whoever asked. They are the answer to that, or a question like any other.
   */
  | {
      readonly tag: "consenting";
      readonly turnId: TurnId;
      readonly ask: Ask;
      /** Of those that were asked about, the calls that have not ended. */
      readonly calls: readonly CallId[];
    }
  /** The question is complete, an answer is asked for and has not begun. */
  | {
      readonly tag: "awaiting";
      readonly turnId: TurnId;
      readonly ask: Ask;
      readonly round: number;
      /** How many times this answer has been asked for, from 1. */
      readonly attempt: number;
      /** Why it is asked for once more. */
      readonly trouble: Failure | null;
      /** Words said before a tool call are still playing. */
      readonly isAudible: boolean;
    }
  | {
      readonly tag: "responding";
      readonly turnId: TurnId;
      readonly ask: Ask;
      readonly round: number;
      readonly attempt: number;
      readonly responseId: ResponseId;
      /** Something may have been heard since this response began: it cannot be asked for again unnoticed. */
      readonly isHeard: boolean;
      /** Something of this turn's answer is playing, of this response or of one before a tool call. */
      readonly isAudible: boolean;
      /** The model has finished; what it said may still be playing. */
      readonly isGenerated: boolean;
    }
  /** Tools run, called in this turn or answered for in it; the model goes on when every output is in. */
  | {
      readonly tag: "acting";
      readonly turnId: TurnId;
      readonly ask: Ask;
      readonly round: number;
      readonly isAudible: boolean;
      readonly waiting: readonly CallId[];
      /** The model was asked to say that it takes longer. */
      readonly isRemarked: boolean;
    }
  /** The turn went wrong. `kept` is what can be sent again. The next press starts afresh. */
  | { readonly tag: "failed"; readonly turnId: TurnId; readonly failure: Failure; readonly kept: Ask | null };

/** A turn that failed, and whose question can be sent again. */
export type Unanswered = Extract<TurnState, { readonly tag: "failed" }> & { readonly kept: Ask };

export type SessionState = TurnState & {
  /** Calls, of whichever turn, of which the person is asked whether they may run. */
  readonly asked: readonly CallId[];
  /** Questions that can be sent again, oldest first: of a turn that failed now, and of those before it. */
  readonly unanswered: readonly Unanswered[];
};

/** What the person must know of the microphone while they talk. */
export type MicrophoneNote =
  | { readonly kind: "well" }
  /** It delivers, but nothing except digital zero. */
  | { readonly kind: "silent" }
  /**
   * Recording goes on with another one, or (`from` being the same) with this one after a gap. `why` is what is the
   * matter with the one before; `null` if it works again.
   */
  | {
      readonly kind: "switched";
      readonly from: string;
      readonly why: Failure | null;
      readonly lostMs: number;
    };

export type SessionEvent =
  // Verbs: what the person did.
  /** `withScreen`: what is on the screen goes with the question. */
  | { readonly type: "talkPressed"; readonly turnId: TurnId; readonly withScreen: boolean }
  | { readonly type: "talkReleased" }
  /** The press turned out to be part of a shortcut: forget the turn silently. */
  | { readonly type: "talkCancelled" }
  | { readonly type: "questionTyped"; readonly turnId: TurnId; readonly text: string }
  | { readonly type: "sendAgainRequested"; readonly turnId: TurnId }
  /** Esc: be quiet, stop listening, stop every tool. */
  | { readonly type: "stopRequested" }
  | { readonly type: "dismissRequested" }
  /** The answer to the question that comes before a recording is cut. */
  | { readonly type: "keepRecordingRequested" }
  // Facts: what a port saw.
  | { readonly type: "captureStarted"; readonly turnId: TurnId; readonly deviceLabel: string }
  /**
   * The recording goes on from another microphone, or from the same one after a gap of `lostMs`. Told right after
   * `captureStarted`, with nothing lost, when it is not the chosen microphone that started.
   */
  | {
      readonly type: "captureSwitched";
      readonly turnId: TurnId;
      readonly from: string;
      readonly deviceLabel: string;
      /** What is the matter with `from`; `null` if it works again. */
      readonly why: Failure | null;
      readonly lostMs: number;
    }
  /** Told when it has delivered only digital zero for a while, and when it delivers sound after all. */
  | { readonly type: "captureSilence"; readonly turnId: TurnId; readonly isSilent: boolean }
  /** The last sample up to the release is in. `isSilent`: every sample was digital zero. */
  | {
      readonly type: "captureFinished";
      readonly turnId: TurnId;
      readonly speechMs: number;
      /** How long the first sample was waited for, up to the release at most. What was said then is not in it. */
      readonly armingMs: number;
      readonly isSilent: boolean;
      readonly deviceLabel: string | null;
    }
  | {
      readonly type: "captureFailed";
      readonly turnId: TurnId;
      readonly failure: Failure;
      /** What was recorded before it failed. */
      readonly speechMs: number;
    }
  /** The picture of the screen is with the question, or there is none to be had. */
  | { readonly type: "screenSeen"; readonly turnId: TurnId }
  | { readonly type: "screenFailed"; readonly turnId: TurnId }
  | { readonly type: "responseStarted"; readonly turnId: TurnId; readonly responseId: ResponseId }
  | {
      readonly type: "responseDone";
      readonly turnId: TurnId;
      readonly responseId: ResponseId;
      readonly outcome: ResponseOutcome;
    }
  /**
   * The connection went while an answer was owed: nothing more of that answer will come. The question is still at
   * hand and goes out again with the next request, over a new connection.
   */
  | { readonly type: "answerLost"; readonly turnId: TurnId; readonly failure: Failure }
  /** What the model said while its tools ran is wholly here, or will not come. */
  | { readonly type: "remarkEnded"; readonly turnId: TurnId }
  /** The connection or the server failed this turn; nothing more of it will come. */
  | { readonly type: "turnFailed"; readonly turnId: TurnId; readonly failure: Failure }
  | { readonly type: "playbackStarted"; readonly turnId: TurnId }
  | { readonly type: "playbackDrained"; readonly turnId: TurnId }
  | { readonly type: "playbackFailed"; readonly failure: Failure }
  /** Keyed by item, not by turn: it belongs to the turn that a barge-in has already replaced. */
  | { readonly type: "playbackFlushed"; readonly parts: readonly HeardPart[] }
  /** Known by its call: a late output must still reach the model, or its call dangles for ever. */
  | {
      readonly type: "toolFinished";
      readonly turnId: TurnId;
      readonly callId: CallId;
      readonly output: string;
    }
  /** The person is asked whether this call may run; then they are not any more. Keyed to no turn, as its question is. */
  | { readonly type: "approvalAsked"; readonly callId: CallId }
  | { readonly type: "approvalSettled"; readonly callId: CallId }
  /** What was said in this turn was, or was not, the answer to such a question. */
  | { readonly type: "consentHeard"; readonly turnId: TurnId; readonly isAnswered: boolean }
  | { readonly type: "expired"; readonly turnId: TurnId; readonly stage: Stage };

/** Stages that must end by themselves; each has its bound in tuning.ts. */
export type Stage =
  | "utterance"
  | "limit"
  | "tail"
  | "screen"
  | "flush"
  | "consent"
  | "answer"
  | "generation"
  | "slow"
  | "tools";

export type SessionEffect =
  | { readonly type: "openCapture"; readonly turnId: TurnId }
  /** Collect the tail, then tell `captureFinished`. */
  | { readonly type: "finishCapture"; readonly turnId: TurnId }
  /** Close the gate and forget the utterance. */
  | { readonly type: "dropCapture"; readonly turnId: TurnId }
  /** Have a picture of the screen go with the question, then tell `screenSeen`. */
  | { readonly type: "lookAtScreen"; readonly turnId: TurnId }
  /** Stream the utterance to the server while it grows; before the session is ready it waits in memory. */
  | { readonly type: "beginInput"; readonly turnId: TurnId; readonly utterance: TurnId }
  /** Everything up to here is in: commit it (locally dropped when shorter than the server accepts). */
  | { readonly type: "commitInput"; readonly turnId: TurnId }
  | { readonly type: "dropInput"; readonly turnId: TurnId }
  /**
   * The question is in, and an answer is asked for later or not at all: keep what it takes. These calls go on with this
   * turn, whichever made them.
   */
  | { readonly type: "holdTurn"; readonly turnId: TurnId; readonly calls: readonly CallId[] }
  | {
      readonly type: "sendText";
      readonly turnId: TurnId;
      /** As in `Ask`. */
      readonly typedIn: TurnId;
      readonly text: string;
    }
  /** `afterMs`: not before; the server has named a wait. */
  | { readonly type: "requestResponse"; readonly turnId: TurnId; readonly afterMs: number }
  /** Cancel whatever the server still owes this turn; nothing of it is heard or shown any more. */
  | { readonly type: "abandonTurn"; readonly turnId: TurnId }
  | { readonly type: "flushPlayback" }
  /** The answer is complete: let it play out, then tell `playbackDrained`. */
  | { readonly type: "endPlayback"; readonly turnId: TurnId }
  | { readonly type: "truncateItem"; readonly part: HeardPart }
  /** Nothing of it was heard: the model shall not remember having said it. */
  | { readonly type: "deleteItem"; readonly itemId: ItemId }
  | { readonly type: "runTool"; readonly turnId: TurnId; readonly call: ToolCall }
  /** Have the model say, beside the conversation, that it is still at work; then tell `remarkEnded`. */
  | { readonly type: "remark"; readonly turnId: TurnId }
  /** Every tool that runs or waits for a yes, of whichever turn. */
  | { readonly type: "stopTools" }
  | {
      readonly type: "sendToolOutput";
      readonly turnId: TurnId;
      readonly callId: CallId;
      readonly output: string;
    };

export interface Transition {
  readonly state: SessionState;
  readonly effects: readonly SessionEffect[];
}
