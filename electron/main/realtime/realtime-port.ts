/**
 * Owns the server as the session sees it: effects become client events, server events become facts. It opens the
 * connection when there is work and closes it when there has been none for a while. It never decides what happens in a
 * conversation, never calls back from within a call, and reads the key only by asking for the configuration.
 */
import { assertNever } from "../../../shared/assert-never.ts";
import type { Failure } from "../../../shared/failure.ts";
import { itemId as toItemId } from "../../../shared/ids.ts";
import type { ItemId, TurnId } from "../../../shared/ids.ts";
import type { Narration } from "../session/conversation.ts";
import type { Link } from "../session/ports.ts";
import type { SessionEvent } from "../session/types.ts";
import { createAnswerStream } from "./answer-stream.ts";
import { checkServer } from "./check-server.ts";
import { encode, functionCallOutput, userText } from "./client-events.ts";
import type { ClientEvent } from "./client-events.ts";
import { createConnection, modelOf } from "./connection.ts";
import { createInputPump } from "./input-pump.ts";
import type { InputPump } from "./input-pump.ts";
import type { ResponseDone, ServerError, ServerEvent } from "./protocol.ts";
import type { RealtimeClient, RealtimeConfig, RealtimePortDeps } from "./realtime-client.ts";
import { rememberedTurns, stallBoundMs } from "./realtime-tuning.ts";
import { forgetRefused, logRefusal, requestOf } from "./request-errors.ts";
import { failureOfAnswer, outcomeOf } from "./response-outcome.ts";
import { createResponseSequencer } from "./response-sequencer.ts";
import { isBenign, safeCode } from "./server-errors.ts";
import { BoundedMap, emptyMemory } from "./session-memory.ts";
import type { SentRequest } from "./session-memory.ts";
import { emptyWork, isOpen } from "./turn-work.ts";
import type { TurnWork } from "./turn-work.ts";
import { createWatch } from "./watch.ts";

export type { RealtimeClient, RealtimeConfig } from "./realtime-client.ts";

export function createRealtimePort(deps: RealtimePortDeps): RealtimeClient {
  const { timers, log, mark } = deps;
  const works = new Map<TurnId, TurnWork>();
  /** What a failed turn still asks for in ignorance is no reason to dial again. */
  const failedTurns = new BoundedMap<TurnId, true>(rememberedTurns);
  let memory = emptyMemory();
  let config: RealtimeConfig | null = null;
  let model = "";
  let late = 0;
  let eventCount = 0;
  let hasFirstDelta = false;
  let status: Link["status"] = "offline";
  let isOutdated = false;
  let isShut = false;

  const later = (task: () => void): void => {
    queueMicrotask(() => {
      if (!isShut) task();
    });
  };
  const emit = (event: SessionEvent): void => {
    later(() => deps.emit(event));
  };
  const narrate = (narration: Narration): void => {
    later(() => deps.narrate(narration));
  };
  const setLink = (next: Link["status"]): void => {
    if (next === status) return;
    status = next;
    const link: Link = { status, trouble: null };
    later(() => deps.onLink(link));
  };
  const nextEventId = (): string => {
    eventCount += 1;
    return `parley-${eventCount}`;
  };

  const answer = createAnswerStream({ answerAudio: deps.answerAudio, narrate });
  const connectionDeps = {
    openTransport: deps.openTransport,
    timers,
    log,
    nextEventId,
    nowMs: () => Date.now(),
  };
  const connection = createConnection(connectionDeps, {
    ready: () => {
      setLink("ready");
      const [first] = works.keys();
      mark("sessionReady", first ?? null);
      for (const [turnId, work] of works) advance(turnId, work);
      settle();
    },
    heard: () => stall.restart(),
    event: (event) => {
      handle(event);
      settle();
    },
    ended: (failure) => lose(failure),
  });
  const isReady = (): boolean => connection.state.tag === "ready";

  const sequencer = createResponseSequencer({
    timers,
    nextEventId,
    send: (text, onWritten) => connection.send(text, onWritten),
    onRequested: (turnId) => mark("responseRequested", turnId),
    onStarted: (turnId, responseId) => {
      answer.reset();
      hasFirstDelta = false;
      mark("responseStarted", turnId);
      emit({ type: "responseStarted", turnId, responseId });
    },
    onRefused: (turnId, report) => {
      logRefusal(log, report, "response");
      giveUp(turnId, failureOfAnswer(report, model));
    },
  });

  const send = (event: ClientEvent, request: SentRequest, onWritten?: () => void): void => {
    memory.requests.set(event.event_id, request);
    connection.send(encode(event), onWritten);
  };

  const workOf = (turnId: TurnId): TurnWork => {
    const known = works.get(turnId);
    if (known !== undefined) return known;
    const work = emptyWork();
    works.set(turnId, work);
    return work;
  };
  const beginTurn = (turnId: TurnId): TurnWork => {
    failedTurns.delete(turnId);
    for (const [other, work] of works) {
      // The server has one input buffer: an utterance that nobody completes any more makes room.
      if (other !== turnId && work.input?.isComplete === false) work.input.drop();
      if (!isOwed(other, work)) works.delete(other);
    }
    return workOf(turnId);
  };
  const isOwed = (turnId: TurnId, work: TurnWork): boolean => isOpen(work) || sequencer.owes(turnId);

  const ensureOpen = (): void => {
    if (isShut || connection.state.tag === "connecting" || isReady()) return;
    isOutdated = false;
    config = deps.config();
    const { target, session } = config;
    if (target.kind === "failed") {
      const { failure } = target;
      later(() => {
        if (status === "offline") lose(failure);
      });
      return;
    }
    model = modelOf(target.url);
    connection.open(target, session);
    setLink("connecting");
  };

  /** Sends of a turn what can be sent now, in its order. */
  const advance = (turnId: TurnId, work: TurnWork): void => {
    if (!isReady()) return;
    if (work.text !== null) {
      createText(turnId, work.text);
      work.text = null;
    }
    work.input?.advance();
    if (!work.wantsResponse || work.input?.state === "streaming") return;
    work.wantsResponse = false;
    if (work.input === null || work.input.state === "committed") sequencer.request(turnId);
    else giveUp(turnId, { kind: "answer-failed", code: "utterance_too_short" });
  };

  const createText = (turnId: TurnId, text: string): void => {
    if (memory.unansweredText === text) return;
    memory.unansweredText = text;
    const item = userText(text);
    send({ type: "conversation.item.create", event_id: nextEventId(), item }, { kind: "text", turnId });
  };

  const createPump = (turnId: TurnId, utteranceId: TurnId): InputPump | null => {
    const utterance = deps.utterances.find(utteranceId);
    if (utterance === undefined) return null;
    const eventId = nextEventId();
    memory.requests.set(eventId, { kind: "input", turnId });
    return createInputPump({
      utterance,
      isReady,
      eventId,
      send: (text, onWritten) => connection.send(text, onWritten),
      onFirstFrame: () => mark("firstFrameSent", turnId),
      onCommit: () => {
        memory.unansweredText = null;
        memory.utterances.add(utteranceId);
        memory.pendingCommits.push({ eventId, turnId, utterance: utteranceId });
      },
      onCommitWritten: () => mark("committed", turnId),
    });
  };

  /** The end of a turn here: nothing more goes out for it, nothing more is told of it but this. */
  const giveUp = (turnId: TurnId, failure: Failure): void => {
    works.get(turnId)?.input?.drop();
    works.delete(turnId);
    sequencer.abandon(turnId);
    failedTurns.set(turnId, true);
    narrate({ type: "answerComplete", turnId });
    emit({ type: "turnFailed", turnId, failure });
  };

  /** The connection is gone, and the conversation with it. Nothing is latched: the next work dials afresh. */
  const lose = (failure: Failure): void => {
    const owed = [...works].filter(([turnId, work]) => !work.isAbandoned && isOwed(turnId, work));
    forgetSession();
    for (const [turnId] of owed) giveUp(turnId, failure);
  };
  const forgetSession = (): void => {
    for (const work of works.values()) work.input?.drop();
    works.clear();
    sequencer.reset();
    answer.reset();
    memory = emptyMemory();
    setLink("offline");
    settle();
  };
  const disconnect = (): void => {
    connection.close();
    forgetSession();
  };

  const idle = createWatch(timers, disconnect);
  const stall = createWatch(timers, () => {
    log.warn("server-silent");
    connection.close();
    lose({ kind: "answer-missing" });
  });

  /** After every change: the timers that hold as long as something, or nothing, is going on. */
  const settle = (): void => {
    const isBusy = [...works].some(([turnId, work]) => isOwed(turnId, work));
    if (!isBusy && isOutdated && status !== "offline") {
      isOutdated = false;
      disconnect();
      return;
    }
    idle.hold(isReady() && !isBusy ? (config?.idleDisconnectMs ?? 0) : null);
    stall.hold(isReady() && sequencer.isAwaiting ? stallBoundMs : null);
  };

  const handle = (event: ServerEvent): void => {
    switch (event.type) {
      case "response.output_audio.delta":
      case "response.output_audio_transcript.delta":
      case "response.output_audio_transcript.done":
      case "response.output_text.delta":
      case "response.output_text.done":
        takeAnswer(event);
        return;
      case "response.created":
        sequencer.created(event.response.id, turnIn(event.response.metadata));
        return;
      case "response.done":
        finishResponse(event);
        return;
      case "input_audio_buffer.committed":
        nameQuestion(toItemId(event.item_id));
        return;
      case "conversation.item.input_audio_transcription.delta":
        if (event.delta === null) return;
        narrate({ type: "questionDelta", itemId: toItemId(event.item_id), delta: event.delta });
        return;
      case "conversation.item.input_audio_transcription.completed":
        narrate({ type: "questionWhole", itemId: toItemId(event.item_id), text: event.transcript });
        return;
      case "conversation.item.input_audio_transcription.failed":
        narrate({ type: "questionUnavailable", itemId: toItemId(event.item_id) });
        return;
      case "error":
        takeError(event.error);
        return;
      case "session.created":
      case "session.updated":
        // A greeting repeated: the session has been confirmed already.
        return;
      default:
        assertNever(event);
    }
  };

  const takeAnswer = (event: Extract<ServerEvent, { readonly content_index: number }>): void => {
    const turnId = sequencer.liveTurn(event.response_id);
    if (turnId === null) {
      late += 1;
      return;
    }
    memory.unansweredText = null;
    const item = toItemId(event.item_id);
    if (!memory.items.has(item)) memory.items.set(item, turnId);
    if (!hasFirstDelta) {
      hasFirstDelta = true;
      mark("firstDelta", turnId);
    }
    switch (event.type) {
      case "response.output_audio.delta":
        answer.audio(turnId, event);
        return;
      case "response.output_audio_transcript.delta":
      case "response.output_text.delta":
        answer.textDelta(turnId, event, event.delta);
        return;
      case "response.output_audio_transcript.done":
        answer.textWhole(turnId, event, event.transcript);
        return;
      case "response.output_text.done":
        answer.textWhole(turnId, event, event.text);
        return;
      default:
        assertNever(event);
    }
  };

  const finishResponse = ({ response }: ResponseDone): void => {
    const done = sequencer.done(response.id, turnIn(response.metadata));
    if (done === null) return;
    const { turnId, responseId } = done;
    const outcome = outcomeOf(response, model);
    answer.completeText(turnId, response);
    answer.reset();
    mark("responseDone", turnId, { outcome: outcome.kind });
    log.info("response-done", { outcome: outcome.kind });
    const calls = outcome.kind === "completed" ? outcome.calls : [];
    for (const { callId } of calls) {
      memory.calls.set(callId, turnId);
      works.get(turnId)?.openCalls.add(callId);
    }
    if (outcome.kind !== "failed") memory.unansweredText = null;
    if (calls.length === 0) {
      works.delete(turnId);
      narrate({ type: "answerComplete", turnId });
    }
    emit({ type: "responseDone", turnId, responseId, outcome });
  };

  const nameQuestion = (itemId: ItemId): void => {
    const commit = memory.pendingCommits.shift();
    if (commit === undefined) return;
    narrate({ type: "questionItem", turnId: commit.turnId, itemId });
    // Without transcription no words will ever come for it.
    if (config?.session.audio.input.transcription === null) narrate({ type: "questionUnavailable", itemId });
  };

  const takeError = (error: ServerError["error"]): void => {
    if (sequencer.refused(error.event_id, error)) return;
    if (isBenign(error)) {
      log.debug("request-too-late", { code: safeCode(error.code) });
      return;
    }
    const request = requestOf(error, memory);
    logRefusal(log, error, request?.kind ?? "unknown");
    if (request === undefined) return;
    forgetRefused(request, memory);
    const work = works.get(request.turnId);
    if (request.kind === "other" || work === undefined || !isOwed(request.turnId, work)) return;
    giveUp(request.turnId, failureOfAnswer(error, model));
  };

  return {
    get counters() {
      return { ...connection.counters, late };
    },
    beginInput: (turnId, utteranceId) => {
      const work = beginTurn(turnId);
      if (!memory.utterances.has(utteranceId)) {
        work.input?.drop();
        work.input = createPump(turnId, utteranceId);
        if (work.input === null) {
          giveUp(turnId, { kind: "answer-failed", code: "utterance_missing" });
          return;
        }
      }
      ensureOpen();
      advance(turnId, work);
      settle();
    },
    commitInput: (turnId) => {
      works.get(turnId)?.input?.commit();
      settle();
    },
    dropInput: (turnId) => {
      works.get(turnId)?.input?.drop();
      works.delete(turnId);
      settle();
    },
    sendText: (turnId, text) => {
      const work = beginTurn(turnId);
      work.text = text;
      ensureOpen();
      advance(turnId, work);
      settle();
    },
    requestResponse: (turnId, _afterMs) => {
      if (failedTurns.has(turnId)) return;
      const work = workOf(turnId);
      work.wantsResponse = true;
      ensureOpen();
      advance(turnId, work);
      settle();
    },
    abandonTurn: (turnId) => {
      sequencer.abandon(turnId);
      const work = works.get(turnId);
      if (work === undefined) return;
      work.isAbandoned = true;
      work.wantsResponse = false;
      work.openCalls.clear();
      if (work.input?.isComplete === false) work.input.drop();
      settle();
    },
    truncateItem: (part) => {
      const turnId = memory.items.get(part.itemId);
      if (turnId === undefined || !isReady()) return;
      const audioEndMs = Math.floor(Math.min(part.playedMs, part.receivedMs));
      // The server refuses a cut at 0; also `NaN` must not get onto the wire.
      if (!(audioEndMs > 0)) return;
      send(
        {
          type: "conversation.item.truncate",
          event_id: nextEventId(),
          item_id: part.itemId,
          content_index: part.contentIndex,
          audio_end_ms: audioEndMs,
        },
        { kind: "other", turnId },
        () => mark("truncated", turnId, { audioEndMs }),
      );
    },
    deleteItem: (itemId) => {
      const turnId = memory.items.get(itemId);
      if (turnId === undefined || !isReady()) return;
      memory.items.delete(itemId);
      send(
        { type: "conversation.item.delete", event_id: nextEventId(), item_id: itemId },
        { kind: "other", turnId },
      );
    },
    sendToolOutput: (turnId, callId, output) => {
      // A call of an earlier conversation is unknown to this one, and a second output is refused.
      if (!memory.calls.has(callId) || !isReady()) return;
      memory.calls.delete(callId);
      memory.unansweredText = null;
      const item = functionCallOutput(callId, output);
      send({ type: "conversation.item.create", event_id: nextEventId(), item }, { kind: "other", turnId });
      works.get(turnId)?.openCalls.delete(callId);
      settle();
    },
    warmUp: ensureOpen,
    settingsChanged: () => {
      isOutdated = status !== "offline";
      settle();
    },
    checkServer: (candidate) =>
      candidate.target.kind === "failed"
        ? Promise.resolve({ kind: "failed", failure: candidate.target.failure })
        : checkServer(connectionDeps, candidate.target, candidate.session),
    close: () => {
      if (isShut) return;
      disconnect();
      isShut = true;
    },
  };
}

/** Our turn, as the server echoes it. */
function turnIn(metadata: Readonly<Record<string, unknown>> | null): string | null {
  const turn = metadata?.["turn"];
  return typeof turn === "string" ? turn : null;
}
