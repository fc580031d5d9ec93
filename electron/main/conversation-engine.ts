/**
 * Owns the plugging together of a conversation: session shell, microphone, loudspeaker, server, tools. It decides
 * nothing and knows no window; what it needs of them is handed in.
 */
import { randomUUID } from "node:crypto";
import { turnId as toTurnId, type TurnId } from "../../shared/ids.ts";
import type { CaptureRequest } from "../../shared/ipc-contract.ts";
import type { SessionView } from "../../shared/session-view.ts";
import type { Settings } from "../../shared/settings.ts";
import { recordAnswers } from "./answer-recorder.ts";
import { createCapture, type Capture } from "./audio/capture-port.ts";
import { createPlayback, type Playback } from "./audio/playback-port.ts";
import { createUtteranceStore } from "./audio/utterance-store.ts";
import { withWholeUtterances } from "./audio/whole-utterances.ts";
import { createCallAsides } from "./call-asides.ts";
import { errorCode, systemLog, type Log } from "./log.ts";
import type { PageWatch } from "./page-watch.ts";
import { createRealtimePort, type RealtimeClient, type RealtimeConfig } from "./realtime/realtime-port.ts";
import type { OpenTransport } from "./realtime/transport.ts";
import { openWebSocket } from "./realtime/websocket-transport.ts";
import { createScreenPort } from "./screen-port.ts";
import type { ConsentPort, Emit, Mark, Narrate, TimerHost } from "./session/ports.ts";
import { createShell, type Shell, type Surroundings } from "./session/shell.ts";
import { awakeTimers, systemTimers } from "./timer-host.ts";
import type { ActionEntry } from "../../shared/tools.ts";
import type { Gate } from "./tools/gate.ts";
import type { ToolRegistry } from "./tools/registry.ts";
import type { ToolImage } from "./tools/tool.ts";
import { createToolPort, type ToolRunner } from "./tools/tool-port.ts";
import { systemTraceClock } from "./trace.ts";

/** What the engine runs on. */
export interface EngineHost {
  readonly timers: TimerHost;
  /** The system's monotonic clock, in milliseconds. */
  readonly nowMs: () => number;
  /** The date, in epoch milliseconds. */
  readonly wallMs: () => number;
  readonly openTransport: OpenTransport;
  readonly log: (component: string) => Log;
}

/** Dials directly; the app gives it its own way. */
export const systemHost: EngineHost = {
  timers: systemTimers,
  nowMs: systemTraceClock.monotonicMs,
  wallMs: () => Date.now(),
  openTransport: openWebSocket,
  log: systemLog,
};

/** As the approvals take it. `heard` tells whether it was the answer to a question. */
export interface SpokenConsent extends Omit<ConsentPort, "heard"> {
  heard(turnId: TurnId, words: string | null): boolean;
  /** A question is shown that a word could answer. */
  isAwaited(): boolean;
}

const nobodyAsks: SpokenConsent = {
  turnBegan: () => undefined,
  notHeld: () => undefined,
  heard: () => false,
  isAwaited: () => false,
};

export interface EngineDeps {
  readonly settings: () => Settings;
  readonly config: () => RealtimeConfig;
  readonly registry: ToolRegistry;
  /** Says whether a call may run. */
  readonly gate: Gate;
  /** Takes what is said for an answer to its questions; left out, nobody asks any. */
  readonly consent?: SpokenConsent;
  /** A picture of the screen that the person looks at; left out, there is none to be had. */
  readonly lookAtScreen?: () => Promise<readonly ToolImage[]>;
  /** Told of each tool call and each look at the screen, as the log of actions has them. */
  readonly recordAction: (entry: ActionEntry) => void;
  readonly surroundings: Surroundings;
  readonly mark: Mark;
  /** Words for the overlay's page. */
  readonly page: {
    readonly openMicrophone: (request: CaptureRequest) => void;
    readonly releaseMicrophone: () => void;
    readonly watch: Pick<PageWatch, "ask" | "setNeeded" | "seen">;
    readonly wakeLoudspeaker: () => void;
    readonly sleepLoudspeaker: () => void;
    /** A new port for the page, which builds its loudspeaker anew with it. */
    readonly rebuildLoudspeaker: () => void;
  };
  readonly publish: (view: SessionView) => void;
  /** This computer unless another is given: a test has its own clock and network. */
  readonly host?: EngineHost;
}

export interface Engine {
  readonly shell: Shell;
  readonly capture: Capture;
  readonly playback: Playback;
  readonly realtime: RealtimeClient;
  readonly tools: Pick<ToolRunner, "stopAll" | "undo" | "isBusy">;
  /** For good: tools stopped, connection closed. */
  close(): void;
}

export function createEngine(deps: EngineDeps): Engine {
  const { timers, nowMs, wallMs, openTransport, log: logOf } = deps.host ?? systemHost;
  const log = logOf("session");
  const { mark, page, consent = nobodyAsks } = deps;
  const utterances = createUtteranceStore();
  const asides = createCallAsides();
  // Ports tell the shell, and the shell is made of ports.
  let shell: Shell | null = null;
  const emit: Emit = (event) => shell?.dispatch(event);
  const narrate: Narrate = (narration) => shell?.narrate(narration);

  const capture = createCapture({
    emit,
    mark,
    timers: awakeTimers(timers),
    nowMs,
    utterances,
    settings: deps.settings,
    openMicrophone: page.openMicrophone,
    releaseMicrophone: page.releaseMicrophone,
    pageWatch: page.watch,
    isConsentAwaited: consent.isAwaited,
    warn: () => log.warn("capture-odd"),
  });
  const playback = createPlayback({
    emit,
    narrate,
    mark,
    timers,
    wakePage: page.wakeLoudspeaker,
    rebuildPage: page.rebuildLoudspeaker,
    sleepPage: page.sleepLoudspeaker,
    warn: () => log.warn("playback-odd"),
  });
  const realtime = createRealtimePort({
    emit,
    narrate,
    answerAudio: recordAnswers(process.env["PARLEY_RECORD_ANSWERS"], playback, log),
    utterances,
    mark,
    log: logOf("realtime"),
    timers,
    openTransport,
    config: deps.config,
    asides,
    taint: deps.gate.taint,
    tools: deps.registry.declarations,
    ownTools: deps.registry.ownDeclarations,
    history: () => shell?.history() ?? [],
    questionOf: (turnId) => shell?.view().turns.find((turn) => turn.turnId === turnId)?.question.text ?? "",
    nowMs,
    wallMs,
    chance: Math.random,
    onLink: (link) => shell?.linkChanged(link),
  });
  const tools = createToolPort({
    registry: deps.registry,
    gate: deps.gate,
    keepAside: asides.keep,
    record: deps.recordAction,
    nowMs,
    wallMs,
    emit,
    narrate,
    mark,
    onMistake: (_tool, error) => log.error("tool-mistake", { code: errorCode(error) }),
  });
  shell = createShell(
    {
      capture,
      realtime: withWholeUtterances(realtime, {
        awaitTail: capture.awaitTail,
        onMistake: (turnId, error) => {
          log.error("port-threw", { where: "whole-utterances", code: errorCode(error) });
          if (turnId !== null) emit({ type: "turnFailed", turnId, failure: { kind: "internal" } });
        },
      }),
      playback,
      tools,
      consent: {
        turnBegan: consent.turnBegan,
        notHeld: consent.notHeld,
        heard: (turnId, words) =>
          emit({ type: "consentHeard", turnId, isAnswered: consent.heard(turnId, words) }),
      },
      screen: createScreenPort({
        look: deps.lookAtScreen ?? (() => Promise.resolve([])),
        attach: realtime.attachPictures,
        taint: deps.gate.taint,
        record: deps.recordAction,
        nowMs,
        wallMs,
        emit,
        log,
      }),
      timers: awakeTimers(timers),
      mark,
      newTurnId: () => toTurnId(randomUUID()),
      recordingLimitMs: () => deps.settings().recordingLimitMinutes * 60_000,
      publish: deps.publish,
      onMistake: (where, error) => log.error("port-threw", { where, code: errorCode(error) }),
    },
    deps.surroundings,
  );

  return {
    shell,
    capture,
    playback,
    realtime,
    tools,
    close() {
      tools.stopAll();
      realtime.close();
    },
  };
}
