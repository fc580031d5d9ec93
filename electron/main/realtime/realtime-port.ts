/**
 * Owns the server as the session sees it: effects become client events, server events become facts. It opens the
 * connection when there is work and closes it when there has been none for a while. It never decides what happens in a
 * conversation, never calls back from within a call, and reads the key only by asking for the configuration.
 */
import { assertNever } from "../../../shared/assert-never.ts";
import type { Failure } from "../../../shared/failure.ts";
import { itemId as toItemId } from "../../../shared/ids.ts";
import type { ItemId, TurnId } from "../../../shared/ids.ts";
import { BoundedMap } from "../bounded-map.ts";
import type { Narration } from "../session/conversation.ts";
import { isSameQuestion, questionIdOf } from "../session/question.ts";
import type { Ask, SessionEvent } from "../session/types.ts";
import type { ToolImage } from "../tools/tool.ts";
import { createAnswers } from "./answers.ts";
import { checkServer } from "./check-server.ts";
import { createCalledTools } from "./called-tools.ts";
import { encode, userText } from "./client-events.ts";
import type { ClientEvent, CreatedItem } from "./client-events.ts";
import { modelOf } from "./connection.ts";
import { createInputPump } from "./input-pump.ts";
import type { InputPump } from "./input-pump.ts";
import type { Need } from "./line.ts";
import { createLineKeeper } from "./line-keeper.ts";
import type { ServerError, ServerEvent } from "./protocol.ts";
import type { RealtimeClient, RealtimeConfig, RealtimePortDeps } from "./realtime-client.ts";
import { rememberedPictures, rememberedTurns, stallBoundMs } from "./realtime-tuning.ts";
import { forgetRefused, logRefusal, requestOf } from "./request-errors.ts";
import { failureOfAnswer } from "./response-outcome.ts";
import { seedOf } from "./seed.ts";
import type { FunctionTool } from "./session-config.ts";
import { isBenign, safeCode } from "./server-errors.ts";
import { createPictures } from "./pictures.ts";
import { emptyMemory } from "./session-memory.ts";
import type { SentRequest } from "./session-memory.ts";
import { createToolList } from "./tool-list.ts";
import { emptyWork, isOpen } from "./turn-work.ts";
import type { TurnWork } from "./turn-work.ts";
import { createWatch } from "./watch.ts";

export type { RealtimeClient, RealtimeConfig } from "./realtime-client.ts";

export function createRealtimePort(deps: RealtimePortDeps): RealtimeClient {
  const { timers, log, mark } = deps;
  const works = new Map<TurnId, TurnWork>();
  /** What a failed turn still asks for in ignorance is no reason to dial again. */
  const failedTurns = new BoundedMap<TurnId, true>(rememberedTurns);
  /** Questions that nobody waits for, and that no session was told of: they go before the next one. */
  let unsaid = new BoundedMap<TurnId, TurnWork>(rememberedTurns);
  /** What goes with an utterance, however often that is sent. */
  const keptPictures = new BoundedMap<TurnId, readonly ToolImage[]>(rememberedPictures);
  let memory = emptyMemory();
  /** Turns that were said to another server: what one was told is not told to the next. */
  let foreignTurns = new Set<string>();
  let knownOrigin: string | null = null;
  let eventCount = 0;
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
  const nextEventId = (): string => {
    eventCount += 1;
    return `parley-${eventCount}`;
  };

  const connectionDeps = {
    openTransport: deps.openTransport,
    timers,
    log,
    nextEventId,
    nowMs: deps.wallMs,
  };
  const line = createLineKeeper({
    connection: connectionDeps,
    timers,
    nowMs: deps.nowMs,
    chance: deps.chance,
    config: () => {
      const config = deps.config();
      return { ...config, session: toolList.inSession(config.session) };
    },
    later,
    need: () => need(),
    onReady: (config) => {
      toolList.sessionBegan(config.session);
      greet(config);
      const [first] = works.keys();
      mark("sessionReady", first ?? null);
      for (const [turnId, work] of works) advance(turnId, work);
      settle();
    },
    onHeard: () => stall.restart(),
    onEvent: (event) => {
      handle(event);
      settle();
    },
    onSessionOver: (failure) => {
      forgetSession(failure);
      later(() => settle());
    },
    onGivenUp: (failure) => {
      if (failure.kind === "session-refused" && toolList.sessionRefused(sessionTools(), failure.code)) {
        line.need();
        return;
      }
      for (const [turnId, work] of works) {
        if (work.isAbandoned && isUnsaid(work)) unsaid.set(turnId, work);
        if (isOwed(turnId, work)) giveUp(turnId, failure);
      }
      settle();
    },
    onLink: deps.onLink,
  });
  const sessionTools = (): readonly FunctionTool[] => line.config?.session.tools ?? [];
  const model = (): string => (line.config?.target.kind === "ok" ? modelOf(line.config.target.url) : "");

  const answers = createAnswers({
    timers,
    nextEventId,
    send: (text, onWritten) => line.send(text, onWritten),
    answerAudio: deps.answerAudio,
    emit,
    narrate,
    mark,
    log,
    memory: () => memory,
    model,
    instructions: () => line.config?.session.instructions ?? "",
    questionOf: deps.questionOf,
    onNext: () => toolList.advance(),
    onRefused: (turnId, report) => {
      logRefusal(log, report, "response");
      giveUp(turnId, failureOfAnswer(report, model()));
    },
    onCalled: (turnId, calls) => tools.called(turnId, calls),
    onUnrun: (calls, why) => {
      if (calls.length > 0) memory.unansweredText = null;
      tools.refused(calls, why);
    },
    onAnswered: (turnId) => {
      forget(turnId);
      pictures.answered(turnId);
    },
  });
  const { sequencer } = answers;

  const toolList = createToolList({
    tools: deps.tools,
    ownTools: deps.ownTools,
    isFree: () => line.isReady && sequencer.isFree,
    nextEventId,
    send: (event) => line.send(encode(event)),
    timers,
    log,
  });

  const send = (event: ClientEvent, request: SentRequest, onWritten?: () => void): void => {
    memory.requests.set(event.event_id, request);
    line.send(encode(event), onWritten);
  };
  const createItem = (turnId: TurnId | null, item: CreatedItem): void => {
    const event_id = nextEventId();
    send({ type: "conversation.item.create", event_id, item }, { kind: "other", turnId });
  };

  const isReady = (): boolean => line.isReady;
  const pictures = createPictures({
    isReady,
    isWanted: (turnId) => {
      const work = works.get(turnId);
      return work !== undefined && !work.isAbandoned && isOwed(turnId, work);
    },
    create: (turnId, item) => {
      const event: ClientEvent = { type: "conversation.item.create", event_id: nextEventId(), item };
      send(event, { kind: "picture", turnId, itemId: item.id });
      memory.unansweredText = null;
    },
    remove: (turnId, item_id) => {
      const event: ClientEvent = { type: "conversation.item.delete", event_id: nextEventId(), item_id };
      send(event, { kind: "other", turnId });
    },
  });
  /**
   * Not before the question is complete: a press that turns out to be part of a shortcut must not have shown anybody
   * what is on the screen.
   */
  const showPictures = (turnId: TurnId, work: TurnWork): void => {
    if (work.arePicturesShown || work.pictures.length === 0 || !isReady()) return;
    work.arePicturesShown = true;
    // The turn that looked is tainted already; its picture may be sent again in a later one.
    deps.taint(turnId);
    pictures.show(turnId, "This is what I see on my screen.", work.pictures);
  };
  const tools = createCalledTools({
    createItem,
    taint: deps.taint,
    showPictures: pictures.show,
    isReady,
    isWanted: (turnId) => works.get(turnId)?.isAbandoned === false,
    saidBefore: (turnId) => deps.history().find((past) => past.turnId === turnId)?.answer ?? "",
  });

  const workOf = (turnId: TurnId): TurnWork => {
    const known = works.get(turnId);
    if (known !== undefined) return known;
    const work = emptyWork();
    works.set(turnId, work);
    return work;
  };
  const beginTurn = (turnId: TurnId, question: Ask): TurnWork => {
    failedTurns.delete(turnId);
    for (const [other, work] of works) {
      // The server has one input buffer: an utterance that nobody completes any more makes room.
      if (other !== turnId && work.input?.isComplete === false) work.input.drop();
      if (!isOwed(other, work)) forget(other);
    }
    line.freshen();
    const before = unsaid;
    unsaid = new BoundedMap(rememberedTurns);
    for (const [other, work] of before.entries()) {
      works.set(other, work);
      prepareAgain(other, work);
    }
    for (const [other, work] of works) {
      // It is this turn now that says it.
      if (other === turnId || work.question === null || !isSameQuestion(work.question, question)) continue;
      work.input?.drop();
      work.text = null;
    }
    for (const [other, work] of works) if (work.isAbandoned) advance(other, work);
    const work = workOf(turnId);
    work.question = question;
    return work;
  };
  /** No session is known to have the question. */
  const isUnsaid = ({ input, text }: TurnWork): boolean =>
    text !== null ||
    input?.state === "streaming" ||
    memory.pendingCommits.some(({ utterance }) => utterance === input?.utteranceId);
  const isOwed = (turnId: TurnId, work: TurnWork): boolean =>
    isOpen(work) || (!work.isAbandoned && tools.isActing(turnId)) || sequencer.owes(turnId);
  const forget = (turnId: TurnId): void => {
    const question = works.get(turnId)?.question ?? null;
    works.delete(turnId);
    tools.forget(turnId, question === null ? null : questionIdOf(question));
  };

  const dropWork = (turnId: TurnId, work: TurnWork): void => {
    work.input?.drop();
    forget(turnId);
  };

  /** Whoever is talking goes on talking; a complete question can be told that it failed. */
  const need = (): Need => {
    const owed = [...works].filter(([turnId, work]) => isOwed(turnId, work));
    if (owed.some(([, { input }]) => input?.state === "streaming" && !input.isComplete)) return "recording";
    return owed.length > 0 ? "question" : "none";
  };

  /** What a new session must know: the conversation so far, but for the turns that are about to go on in it. */
  const greet = (config: RealtimeConfig): void => {
    const history = deps.history();
    const origin = config.target.kind === "ok" ? new URL(config.target.url).origin : null;
    if (origin !== knownOrigin) {
      if (knownOrigin !== null) {
        foreignTurns = new Set(history.map(({ turnId }) => turnId));
        tools.serverChanged();
        // Nobody waits for an answer to these, so nobody has chosen to put them to this one.
        for (const [turnId, work] of works) if (work.isAbandoned) dropWork(turnId, work);
      }
      knownOrigin = origin;
    }
    const going = new Set<string>(works.keys());
    const past = history.filter(({ turnId }) => !going.has(turnId) && !foreignTurns.has(turnId));
    for (const item of seedOf(past)) createItem(null, item);
  };

  /** Sends of a turn what can be sent now, in its order. */
  const advance = (turnId: TurnId, work: TurnWork): void => {
    if (!line.isReady) return;
    if (work.text !== null) {
      createText(turnId, work.text);
      work.text = null;
    }
    if (work.input === null || work.input.isComplete) showPictures(turnId, work);
    work.input?.advance();
    if (!work.wantsResponse || work.input?.state === "streaming" || tools.isAwaiting(turnId)) return;
    work.wantsResponse = false;
    if (work.input !== null && work.input.state !== "committed") {
      giveUp(turnId, { kind: "answer-failed", code: "utterance_too_short" });
      return;
    }
    tools.retell(turnId);
    sequencer.request(turnId);
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
      isReady: () => line.isReady,
      isSaid: () => memory.utterances.has(utteranceId),
      eventId,
      send: (text, onWritten) => line.send(text, onWritten),
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
    const work = works.get(turnId);
    work?.cancelHold?.();
    work?.input?.drop();
    forget(turnId);
    pictures.answered(turnId);
    sequencer.abandon(turnId);
    failedTurns.set(turnId, true);
    if (work?.isAbandoned === true) return;
    narrate({ type: "answerComplete", turnId });
    emit({ type: "turnFailed", turnId, failure });
  };

  /**
   * Whatever the server knew is gone. What is still owed is made ready to be said again in the next session; an answer
   * that was asked for has to be asked for again by the session's own rule, which knows whether any of it was heard.
   */
  const forgetSession = (failure: Failure): void => {
    const asked = [...works.keys()].filter((turnId) => sequencer.owes(turnId));
    const owed = [...works].filter(([turnId, work]) => isOwed(turnId, work));
    const abandoned = [...works].filter(([, work]) => work.isAbandoned && isUnsaid(work));
    const { transcribing } = memory;
    answers.sessionOver();
    tools.sessionOver();
    toolList.sessionOver();
    pictures.sessionOver();
    memory = emptyMemory();
    const kept = new Map([...owed, ...abandoned]);
    for (const turnId of works.keys()) if (!kept.has(turnId)) forget(turnId);
    for (const [turnId, work] of kept) prepareAgain(turnId, work);
    // What is said again is written down again; of the others no more words will come.
    for (const turnId of transcribing.values()) {
      if (!works.has(turnId)) narrate({ type: "questionClosed", turnId });
    }
    for (const turnId of asked) if (works.has(turnId)) emit({ type: "answerLost", turnId, failure });
  };
  const prepareAgain = (turnId: TurnId, work: TurnWork): void => {
    work.arePicturesShown = false;
    const { question } = work;
    if (question === null) return;
    if (question.kind === "text") {
      work.text = question.text;
      return;
    }
    const before = work.input;
    before?.drop();
    work.input = createPump(turnId, question.utterance);
    if (work.input === null) giveUp(turnId, { kind: "answer-failed", code: "utterance_missing" });
    // The recording is over, whichever session it went to: what was complete stays complete.
    else if (before === null || before.isComplete) work.input.commit(before?.endSamples ?? undefined);
  };

  const stall = createWatch(timers, () => {
    log.warn("server-silent");
    const owed = [...works.keys()].filter((turnId) => sequencer.owes(turnId));
    for (const turnId of owed) giveUp(turnId, { kind: "answer-missing" });
    line.release();
    settle();
  });

  /** After every change: the timers that hold as long as something, or nothing, is going on. */
  const settle = (): void => {
    toolList.advance();
    line.settle({
      isBusy: [...works].some(([turnId, work]) => isOwed(turnId, work)),
      isToolRunning: tools.areRunning,
      areWordsToCome: memory.pendingCommits.length + memory.transcribing.size > 0,
    });
    stall.hold(line.isReady && sequencer.isAwaiting ? stallBoundMs : null);
  };

  const handle = (event: ServerEvent): void => {
    switch (event.type) {
      case "response.output_audio.delta":
      case "response.output_audio_transcript.delta":
      case "response.output_audio_transcript.done":
      case "response.output_text.delta":
      case "response.output_text.done":
        answers.take(event);
        return;
      case "response.created":
        answers.created(event.response);
        return;
      case "response.done":
        answers.done(event);
        return;
      case "input_audio_buffer.committed":
        nameQuestion(toItemId(event.item_id));
        return;
      case "conversation.item.input_audio_transcription.delta":
        if (event.delta === null) return;
        narrate({ type: "questionDelta", itemId: toItemId(event.item_id), delta: event.delta });
        return;
      case "conversation.item.input_audio_transcription.completed":
        memory.transcribing.delete(toItemId(event.item_id));
        narrate({ type: "questionWhole", itemId: toItemId(event.item_id), text: event.transcript });
        return;
      case "conversation.item.input_audio_transcription.failed":
        memory.transcribing.delete(toItemId(event.item_id));
        narrate({ type: "questionUnavailable", itemId: toItemId(event.item_id) });
        return;
      case "error":
        takeError(event.error);
        return;
      case "session.created":
        // A greeting repeated: the session has been confirmed already.
        return;
      case "session.updated":
        toolList.confirmed();
        return;
      default:
        assertNever(event);
    }
  };

  const nameQuestion = (itemId: ItemId): void => {
    const commit = memory.pendingCommits.shift();
    if (commit === undefined) return;
    narrate({ type: "questionItem", turnId: commit.turnId, itemId });
    // Without transcription no words will ever come for it.
    if (line.config?.session.audio.input.transcription === null) {
      narrate({ type: "questionUnavailable", itemId });
    } else {
      memory.transcribing.set(itemId, commit.turnId);
    }
  };

  const takeError = (error: ServerError["error"]): void => {
    if (sequencer.refused(error.event_id, error) || toolList.refused(error.event_id, error)) return;
    if (isBenign(error)) {
      log.debug("request-too-late", { code: safeCode(error.code) });
      return;
    }
    const request = requestOf(error, memory);
    logRefusal(log, error, request?.kind ?? "unknown");
    if (request === undefined) return;
    forgetRefused(request, memory);
    if (request.kind === "picture") {
      pictures.refused(request.itemId);
      return;
    }
    const { turnId } = request;
    const work = turnId === null ? undefined : works.get(turnId);
    if (turnId === null || request.kind === "other" || work === undefined || !isOwed(turnId, work)) return;
    giveUp(turnId, failureOfAnswer(error, model()));
  };

  return {
    get counters() {
      return { ...line.counters, late: answers.late };
    },
    beginInput: (turnId, utteranceId) => {
      const work = beginTurn(turnId, { kind: "speech", utterance: utteranceId });
      work.pictures = keptPictures.get(utteranceId) ?? [];
      tools.recall(turnId, utteranceId);
      if (!memory.utterances.has(utteranceId)) {
        work.input?.drop();
        work.input = createPump(turnId, utteranceId);
        if (work.input === null) {
          giveUp(turnId, { kind: "answer-failed", code: "utterance_missing" });
          return;
        }
      }
      line.want();
      advance(turnId, work);
      settle();
    },
    attachPictures: (turnId, images) => {
      const work = works.get(turnId);
      // Too late: it was said without.
      if (work?.input?.isComplete === true) return;
      keptPictures.set(turnId, images);
      if (work !== undefined) work.pictures = images;
    },
    commitInput: (turnId) => {
      const work = works.get(turnId);
      const input = work?.input;
      if (work !== undefined) showPictures(turnId, work);
      input?.commit();
      // Whoever has let go of the key waits from here on: no pause between two attempts is in the way.
      if (input?.state === "streaming") line.await();
      settle();
    },
    dropInput: (turnId) => {
      works.get(turnId)?.input?.drop();
      forget(turnId);
      settle();
    },
    holdTurn: (turnId, calls) => {
      if (failedTurns.has(turnId)) return;
      workOf(turnId).isHeld = true;
      tools.takeOver(turnId, calls);
      settle();
    },
    sendText: (turnId, typedIn, text) => {
      const work = beginTurn(turnId, { kind: "text", typedIn, text });
      work.text = text;
      tools.recall(turnId, typedIn);
      line.want();
      advance(turnId, work);
      settle();
    },
    requestResponse: (turnId, afterMs) => {
      if (failedTurns.has(turnId)) return;
      const work = workOf(turnId);
      work.isHeld = false;
      work.cancelHold?.();
      work.cancelHold = null;
      const request = (): void => {
        work.cancelHold = null;
        work.wantsResponse = true;
        line.need();
        advance(turnId, work);
        settle();
      };
      if (afterMs > 0) work.cancelHold = timers.start(afterMs, request);
      else request();
    },
    abandonTurn: (turnId) => {
      const wasAsked = sequencer.owes(turnId);
      sequencer.abandon(turnId);
      const work = works.get(turnId);
      if (work === undefined) return;
      // Before its answer is asked for, what is shown by now is for the next one, as all that its tools still give.
      if (wasAsked || !(work.isHeld || tools.isActing(turnId))) pictures.answered(turnId);
      work.isAbandoned = true;
      work.isHeld = false;
      work.wantsResponse = false;
      work.cancelHold?.();
      work.cancelHold = null;
      if (work.input?.isComplete === false) work.input.drop();
      // The next session is told of what was heard of the answer; said again, the question would stand there without.
      if (isUnsaid(work) && deps.history().some((past) => past.turnId === turnId)) dropWork(turnId, work);
      settle();
    },
    truncateItem: (part) => {
      const turnId = memory.items.get(part.itemId);
      if (turnId === undefined || !line.isReady) return;
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
      if (turnId === undefined || !line.isReady) return;
      memory.items.delete(itemId);
      send(
        { type: "conversation.item.delete", event_id: nextEventId(), item_id: itemId },
        { kind: "other", turnId },
      );
    },
    sendToolOutput: (_turnId, callId, output) => {
      if (tools.gave(callId, output, deps.asides.take(callId))) memory.unansweredText = null;
      for (const [turnId, work] of works) if (work.wantsResponse) advance(turnId, work);
      settle();
    },
    remark: (turnId) => {
      if (isReady() && works.get(turnId)?.isAbandoned === false) sequencer.remark(turnId);
    },
    warmUp: line.want,
    toolsChanged: () => {
      toolList.changed();
      settle();
    },
    toolsRefusal: toolList.refusal,
    settingsChanged: () => {
      line.outdate();
      settle();
    },
    awakened: () => {
      log.info("line-replaced");
      line.replace();
    },
    checkServer: (candidate) =>
      candidate.target.kind === "failed"
        ? Promise.resolve({ kind: "failed", failure: candidate.target.failure })
        : checkServer(connectionDeps, candidate.target, candidate.session),
    close: () => {
      if (isShut) return;
      line.close();
      isShut = true;
    },
  };
}
