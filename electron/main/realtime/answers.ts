/**
 * Owns the server's responses on their way to the session: which turn one is for, its sound and its words, its end. What
 * the model says while a tool takes its time is heard and shown as part of the answer, and is none. It never decides
 * whether an answer is asked for.
 */
import { assertNever } from "../../../shared/assert-never.ts";
import type { TurnId } from "../../../shared/ids.ts";
import { itemId as toItemId } from "../../../shared/ids.ts";
import type { Log } from "../log.ts";
import type { AnswerAudio, Emit, Mark, Narrate, TimerHost } from "../session/ports.ts";
import type { ToolCall } from "../session/types.ts";
import { createAnswerStream } from "./answer-stream.ts";
import type { ResponseDone, ServerEvent } from "./protocol.ts";
import { remarkRequest } from "./remark.ts";
import { callsOf, outcomeOf } from "./response-outcome.ts";
import { createResponseSequencer, type ResponseSequencer } from "./response-sequencer.ts";
import { safeCode, type ErrorReport } from "./server-errors.ts";
import type { SessionMemory } from "./session-memory.ts";

/** A piece of an answer: sound, or words. */
export type AnswerPiece = Extract<ServerEvent, { readonly content_index: number }>;

export interface AnswersDeps {
  readonly timers: TimerHost;
  readonly nextEventId: () => string;
  readonly send: (text: string, onWritten?: () => void) => void;
  readonly answerAudio: AnswerAudio;
  readonly emit: Emit;
  readonly narrate: Narrate;
  readonly mark: Mark;
  readonly log: Log;
  /** Of the present session. */
  readonly memory: () => SessionMemory;
  readonly model: () => string;
  readonly instructions: () => string;
  readonly questionOf: (turnId: TurnId) => string;
  /** No response runs, and the next one is about to be asked for. */
  readonly onNext: () => void;
  readonly onRefused: (turnId: TurnId, report: ErrorReport) => void;
  /** Told before the end of the response that called. */
  readonly onCalled: (turnId: TurnId, calls: readonly ToolCall[]) => void;
  /** Calls that are part of the conversation and will not be run. */
  readonly onUnrun: (calls: readonly ToolCall[], why: string) => void;
  /** The turn has its answer, as far as it gets one. */
  readonly onAnswered: (turnId: TurnId) => void;
}

export interface Answers {
  readonly sequencer: ResponseSequencer;
  /** Pieces of answers that nobody wanted any more. */
  readonly late: number;
  take(piece: AnswerPiece): void;
  created(response: { readonly id: string | null; readonly metadata: Metadata }): void;
  done(event: ResponseDone): void;
  sessionOver(): void;
}

type Metadata = Readonly<Record<string, unknown>> | null;

export function createAnswers(deps: AnswersDeps): Answers {
  const { emit, narrate, mark, log } = deps;
  const stream = createAnswerStream({ answerAudio: deps.answerAudio, narrate });
  let hasFirstDelta = false;
  let late = 0;

  const sequencer = createResponseSequencer({
    timers: deps.timers,
    nextEventId: deps.nextEventId,
    send: deps.send,
    onNext: deps.onNext,
    onRequested: (turnId) => mark("responseRequested", turnId),
    onStarted: (turnId, responseId) => {
      stream.reset();
      hasFirstDelta = false;
      mark("responseStarted", turnId);
      emit({ type: "responseStarted", turnId, responseId });
    },
    onRemark: () => stream.reset(),
    onRemarkLost: (turnId) => endRemark(turnId, "lost"),
    remarkOf: (turnId) => remarkRequest(turnId, deps.instructions(), deps.questionOf(turnId)),
    onRefused: deps.onRefused,
  });

  /** Whatever became of it: nothing depends on a remark. */
  const endRemark = (turnId: TurnId, outcome: string): void => {
    log.info("remark-done", { outcome: safeCode(outcome) });
    narrate({ type: "remarkEnded", turnId });
    emit({ type: "remarkEnded", turnId });
  };

  const note = (turnId: TurnId, piece: AnswerPiece): void => {
    const memory = deps.memory();
    memory.unansweredText = null;
    // A remark is no item of the conversation: there is nothing to be cut or deleted.
    if (sequencer.remarking !== null) return;
    const item = toItemId(piece.item_id);
    if (!memory.items.has(item)) memory.items.set(item, turnId);
    if (!hasFirstDelta) mark("firstDelta", turnId);
    hasFirstDelta = true;
  };

  return {
    sequencer,
    get late() {
      return late;
    },
    take: (piece) => {
      const turnId = sequencer.liveTurn(piece.response_id);
      if (turnId === null) {
        late += 1;
        return;
      }
      note(turnId, piece);
      switch (piece.type) {
        case "response.output_audio.delta":
          stream.audio(turnId, piece);
          return;
        case "response.output_audio_transcript.delta":
        case "response.output_text.delta":
          stream.textDelta(turnId, piece, piece.delta);
          return;
        case "response.output_audio_transcript.done":
          stream.textWhole(turnId, piece, piece.transcript);
          return;
        case "response.output_text.done":
          stream.textWhole(turnId, piece, piece.text);
          return;
        default:
          assertNever(piece);
      }
    },
    created: ({ id, metadata }) => sequencer.created(id, turnIn(metadata)),
    done: ({ response }) => {
      const unrun = (why: string): void => deps.onUnrun(callsOf(response), why);
      const done = sequencer.done(response.id, turnIn(response.metadata), () => unrun(interrupted));
      if (done === null) return;
      const { turnId, responseId } = done;
      stream.completeText(turnId, response);
      stream.reset();
      if (done.isRemark) {
        endRemark(turnId, response.status ?? "completed");
        return;
      }
      const outcome = outcomeOf(response, deps.model());
      mark("responseDone", turnId, { outcome: outcome.kind });
      log.info("response-done", { outcome: outcome.kind });
      const calls = outcome.kind === "completed" ? outcome.calls : [];
      if (outcome.kind === "completed") deps.onCalled(turnId, calls);
      else unrun(cutOff);
      if (outcome.kind !== "failed") deps.memory().unansweredText = null;
      // What failed may be asked for once more.
      if (calls.length === 0 && outcome.kind !== "failed") {
        deps.onAnswered(turnId);
        narrate({ type: "answerComplete", turnId });
      }
      emit({ type: "responseDone", turnId, responseId, outcome });
    },
    sessionOver: () => {
      if (sequencer.remarking !== null) endRemark(sequencer.remarking, "lost");
      sequencer.reset();
      stream.reset();
    },
  };
}

/** What the model is told of a call that nobody runs. */
const interrupted = "The user interrupted; it was not run.";
const cutOff = "The answer was cut off; it was not run.";

/** Our turn, as the server echoes it. */
function turnIn(metadata: Metadata): string | null {
  const turn = metadata?.["turn"];
  return typeof turn === "string" ? turn : null;
}
