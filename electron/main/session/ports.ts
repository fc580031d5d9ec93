/**
 * Owns the outside world of the session as interfaces. Every call is fire-and-forget; what comes of it is told
 * as a fact (SessionEvent) or as a narration (words for the transcript). A port never calls back synchronously.
 */
import type { Failure } from "../../../shared/failure.ts";
import type { CallId, ItemId, TurnId } from "../../../shared/ids.ts";
import type { HeardPart, SessionEvent, ToolCall } from "./types.ts";
import type { Narration } from "./conversation.ts";

export type Emit = (event: SessionEvent) => void;
export type Narrate = (narration: Narration) => void;

/** Microphone. Tells captureStarted, captureSwitched, captureSilence, captureFinished, captureFailed. Frames flow beside, into the utterance. */
export interface CapturePort {
  open(turnId: TurnId): void;
  finish(turnId: TurnId): void;
  drop(turnId: TurnId): void;
}

/**
 * What was said in one turn, growing while the key is held; kept so that it can be sent again.
 * `pcm` chunks are mono PCM16 LE at 24 kHz; they are never changed once added.
 */
export interface Utterance {
  readonly turnId: TurnId;
  readonly samples: number;
  /** Chunk by index; `undefined` past the end. */
  chunk(index: number): Int16Array | undefined;
  /** Told after every added chunk, until unsubscribed. */
  onGrow(listener: () => void): () => void;
}

export interface UtteranceSource {
  find(turnId: TurnId): Utterance | undefined;
}

/** The connection as the person may know it. */
export interface Link {
  readonly status: "offline" | "connecting" | "ready";
  /** Why there is none at the moment, while another attempt is under way or will be made. */
  readonly trouble: Failure | null;
}

/**
 * The server. Tells responseStarted, responseDone, answerLost, turnFailed; narrates transcripts; hands answer audio to
 * playback beside the machine. Work for a turn waits until the session is ready, over as many connections as it takes;
 * what cannot be done is told once per waiting turn.
 */
export interface RealtimePort {
  beginInput(turnId: TurnId, utterance: TurnId): void;
  commitInput(turnId: TurnId): void;
  dropInput(turnId: TurnId): void;
  /** An answer is asked for later or not at all. These calls go on with this turn, whichever made them. */
  holdTurn(turnId: TurnId, calls: readonly CallId[]): void;
  /** `typedIn`: the turn in which it was first typed; another one than `turnId` when it is sent again. */
  sendText(turnId: TurnId, typedIn: TurnId, text: string): void;
  requestResponse(turnId: TurnId, afterMs: number): void;
  abandonTurn(turnId: TurnId): void;
  truncateItem(part: HeardPart): void;
  deleteItem(itemId: ItemId): void;
  sendToolOutput(turnId: TurnId, callId: CallId, output: string): void;
  /** A word of the model that it is still at work, heard as part of the answer; tells remarkEnded, if it was begun. */
  remark(turnId: TurnId): void;
}

/**
 * Loudspeaker. Tells playbackStarted when a turn begins to be heard, and again after each playbackDrained; that one
 * when all that was given until the newest `end` of the turn was heard, also if that was nothing. Each flush is
 * answered with one playbackFlushed. When no loudspeaker can be had, playbackFailed and playbackDrained: the turn goes on
 * without sound.
 */
export interface PlaybackPort {
  end(turnId: TurnId): void;
  flush(): void;
}

/** Where the realtime port puts answer audio: beside the machine, never through it. */
export interface AnswerAudio {
  /** @param pcm mono PCM16 at 24 kHz of one content part, in order. */
  enqueue(turnId: TurnId, itemId: ItemId, contentIndex: number, pcm: Int16Array): void;
}

/** The screen. Tells screenSeen once its picture is with the question of the turn, or screenFailed. */
export interface ScreenPort {
  look(turnId: TurnId): void;
}

/** Tools. Tells toolFinished, always, also for a failure; narrates the action card. */
export interface ToolPort {
  run(turnId: TurnId, call: ToolCall): void;
  /** Everything that runs or waits for a yes, at once. Each still ends with its toolFinished. */
  stopAll(): void;
}

/**
 * Whoever takes what a person says for the answer to a question of ours. It is told of every turn, in the order of
 * events, and tells consentHeard for each `heard`.
 */
export interface ConsentPort {
  /** `isByKey`: by pressing the talk key, which may be to answer. */
  turnBegan(turnId: TurnId, isByKey: boolean): void;
  /** It was a tap: nobody's hand is on the key while the turn is said. */
  notHeld(turnId: TurnId): void;
  /** What was said in the turn, as it was written down; `null`: that will never be known. The first word counts. */
  heard(turnId: TurnId, words: string | null): void;
}

/** Timers, injected so that tests decide when time passes. */
export interface TimerHost {
  /** @returns a function that cancels; safe to call twice. */
  start(durationMs: number, onElapsed: () => void): () => void;
}

/** Marks of a turn, for `PARLEY_TRACE`; a no-op without it. */
export type MarkName =
  | "talkPressed"
  | "captureStarted"
  /** The page with the microphone is gone while somebody talks. */
  | "captureInterrupted"
  | "captureSwitched"
  | "captureSilent"
  | "sessionReady"
  | "firstFrameSent"
  | "talkReleased"
  | "committed"
  | "responseRequested"
  | "responseStarted"
  | "firstDelta"
  | "firstSampleHeard"
  | "silenced"
  | "truncated"
  | "responseDone"
  | "toolStarted"
  | "toolFinished"
  | "drained"
  | "failed";

export type Mark = (
  name: MarkName,
  turnId: TurnId | null,
  detail?: Readonly<Record<string, string | number | boolean>>,
) => void;
