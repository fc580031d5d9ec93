/**
 * Owns what a window may know of the conversation: one snapshot, whole at every change.
 * It never holds audio, the key, or anything a window would have to add up by itself.
 */
import type { FailureAction } from "./failure.ts";
import type { ApprovalView } from "./tools.ts";

export type Phase =
  | "idle"
  /** The key is down, the microphone has not delivered a sample yet. */
  | "arming"
  | "listening"
  /** The question is complete and waits for the connection. */
  | "reconnecting"
  | "thinking"
  | "acting"
  | "speaking"
  | "failed";

/** A short word about how the last turn ended, shown until the overlay hides. */
export type Outcome = "none" | "answered" | "interrupted" | "cancelled" | "too-short";

export interface ActionView {
  readonly callId: string;
  /** As the model calls it. */
  readonly name: string;
  /** In plain words; empty where there is no such tool. */
  readonly title: string;
  /** The MCP server that offers it; `null` for a tool of Parley's own. */
  readonly server: string | null;
  /** The arguments in short, one line. */
  readonly summary: string;
  /** A `data:` URL of a picture that was sent; `null` for anything else. */
  readonly thumbnail: string | null;
  /** `waiting`: the person is asked whether it may. */
  readonly state: "waiting" | "running" | "done" | "failed" | "denied" | "undone";
  /** One line of how far it is, of the result, or of the reason of the failure. */
  readonly result: string;
  readonly canUndo: boolean;
}

export interface QuestionView {
  readonly kind: "spoken" | "typed";
  readonly text: string;
  /** `pending`: no words yet; `partial`: more may come; `unavailable`: the server could not transcribe it. */
  readonly state: "pending" | "partial" | "final" | "unavailable";
}

export interface AnswerView {
  /** Everything the model said so far. */
  readonly text: string;
  /** How many characters of `text` were heard; less than its length only when `state` is `interrupted`. */
  readonly heardChars: number;
  readonly state: "none" | "streaming" | "complete" | "interrupted";
}

export interface TurnView {
  readonly turnId: string;
  readonly question: QuestionView;
  readonly actions: readonly ActionView[];
  readonly answer: AnswerView;
}

/** What the one button of a notice does. */
export type NoticeAction = FailureAction | "keep-recording";

export interface NoticeView {
  readonly title: string;
  readonly advice: string;
  /** The one button; `null` where there is nothing to do but read. */
  readonly action: NoticeAction | null;
  /** A word that nothing went wrong with; absent where something did. */
  readonly tone?: "hint";
}

/** Where the voice goes. */
export type Destination = { readonly kind: "practice" } | { readonly kind: "server"; readonly host: string };

export interface SessionView {
  readonly phase: Phase;
  readonly outcome: Outcome;
  readonly turnId: string | null;
  /** The microphone in use, once it delivers. */
  readonly deviceLabel: string | null;
  /** While listening: has a barge-in just silenced an answer? */
  readonly isBargeIn: boolean;
  /** While listening: `tap` ends with the next tap, `hold` with letting go, `undecided` within the tap window. */
  readonly gesture: "hold" | "tap" | "undecided";
  readonly notice: NoticeView | null;
  readonly destination: Destination;
  /** The talk key in words, such as “Right Ctrl”. */
  readonly talkKeyLabel: string;
  /** `press`: it is a shortcut in the key's place, pressed once to start and once more to send. */
  readonly talkBy: "hold" | "press";
  /** The question whether a tool may run that has to be answered first; `null` when there is none. */
  readonly approval: ApprovalView | null;
  /** There is something that Esc stops: a turn, or a tool that a turn has left running. */
  readonly canStop: boolean;
  /** Oldest first; the last few turns only. */
  readonly turns: readonly TurnView[];
}
