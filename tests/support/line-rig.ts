/**
 * Owns the real engine on a real socket to the strict server, with a microphone that is spoken into by hand and a
 * loudspeaker that is heard by hand. Time is real unless a clock is given. It asserts nothing.
 */
import type { Approvals } from "../../electron/main/approvals/approvals.ts";
import type { CaptureAudioPort, PlaybackAudioPort } from "../../electron/main/audio/audio-port.ts";
import {
  createEngine,
  systemHost,
  type Engine,
  type EngineDeps,
} from "../../electron/main/conversation-engine.ts";
import type { LogFields } from "../../electron/main/log.ts";
import { directRoute } from "../../electron/main/network/route.ts";
import type { RealtimeConfig } from "../../electron/main/realtime/realtime-client.ts";
import { sessionConfig } from "../../electron/main/realtime/session-config.ts";
import { openWebSocketBy } from "../../electron/main/realtime/websocket-transport.ts";
import type { SessionState } from "../../electron/main/session/types.ts";
import { systemTimers } from "../../electron/main/timer-host.ts";
import { createRegistry } from "../../electron/main/tools/registry.ts";
import { engineApprovals } from "./engine-approvals.ts";
import { openGate } from "./open-gate.ts";
import type { Tool } from "../../electron/main/tools/tool.ts";
import type { CaptureMessage, PlaybackCommand, PlaybackMessage } from "../../shared/audio-port.ts";
import type { SessionView } from "../../shared/session-view.ts";
import { settingsSchema } from "../../shared/settings.ts";
import { turns, type WorldClock } from "./engine-clock.ts";
import { startTestServer, testApiKey, type TestServer, type TestServerOptions } from "./realtime-server.ts";
import { unwatchedPage } from "./unwatched-page.ts";

export interface LineRig {
  readonly server: TestServer;
  readonly engine: Engine;
  readonly approvals: Approvals;
  readonly views: readonly SessionView[];
  /** What the engine logged, with the time that it runs on. */
  readonly logged: readonly { readonly event: string; readonly atMs: number; readonly detail: LogFields }[];
  /** Where the next dial goes; the test server until told otherwise. */
  target: RealtimeConfig["target"];
  /** Key down, or up: a latched turn begins, or ends. */
  readonly toggle: () => void;
  /** Into the open take. */
  readonly speak: (...frames: readonly Int16Array[]) => void;
  /** The overlay's page goes, with its microphone and what it had of an answer, and comes back. */
  readonly crashPage: () => void;
  readonly loadPage: () => void;
  /** The loudspeaker takes its time to tell how much it played: until `answerFlush`. */
  isFlushAnsweredLate: boolean;
  readonly answerFlush: () => void;
  /** Samples handed to the loudspeaker since the last flush. */
  readonly givenSamples: () => number;
  /** The loudspeaker plays so much, or all that it has. */
  readonly play: (samples?: number) => void;
  /** Time passes, in steps so small that the sockets keep up. Only with a clock that is given. */
  readonly pass: (durationMs: number, sliceMs?: number) => Promise<void>;
  /** Resolves when `holds`, asked again after each change of the view, and every few milliseconds. */
  readonly until: (
    what: string,
    holds: (view: SessionView, state: SessionState) => boolean,
    boundMs?: number,
  ) => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function startLineRig(
  options: Omit<TestServerOptions, "clock"> & {
    readonly tools?: readonly Tool[];
    readonly server?: TestServer;
    /** The person is asked as in the app; else every tool runs. */
    readonly asksFirst?: boolean;
    readonly lookAtScreen?: EngineDeps["lookAtScreen"];
    /** In place of the real time: it passes when the test says so, for client and server alike. */
    readonly clock?: WorldClock;
  } = {},
): Promise<LineRig> {
  const { clock, server: given, tools = [], asksFirst = false, lookAtScreen, ...ofServer } = options;
  const server =
    given ??
    (await startTestServer({ ...ofServer, ...(clock === undefined ? {} : { clock: clock.serverClock }) }));
  const url = `${server.url.replace(/^http/, "ws")}/realtime?model=practice`;
  const settings = settingsSchema.parse({});
  const registry = createRegistry({ builtIn: [], offered: () => tools });
  const approvals = engineApprovals(clock?.timers ?? systemTimers, () => engine.shell);
  const views: SessionView[] = [];
  const waiting = new Set<() => void>();
  let take = 0;
  let sequence = 0;
  let hearCapture: (message: CaptureMessage) => void = () => undefined;
  let hearPlayback: (message: PlaybackMessage) => void = () => undefined;
  let stream = 1;
  let givenSamples = 0;
  let played = 0;
  const late: (() => void)[] = [];

  const mistakes: string[] = [];
  const logged: { event: string; atMs: number; detail: LogFields }[] = [];
  const note = (event: string, detail: LogFields = {}): void => {
    logged.push({ event, atMs: clock?.nowMs() ?? performance.now(), detail });
  };

  const engine = createEngine({
    settings: () => settings,
    config: () => ({
      target: rig.target,
      session: sessionConfig(settings, registry.declarations()),
      idleDisconnectMs: 120_000,
    }),
    registry,
    gate: asksFirst ? approvals : openGate,
    consent: approvals,
    ...(lookAtScreen === undefined ? {} : { lookAtScreen }),
    recordAction: () => undefined,
    surroundings: {
      destination: { kind: "practice" },
      talkKeyLabel: "Right Ctrl",
      talkBy: "hold",
      isGreeting: false,
    },
    mark: () => undefined,
    page: {
      openMicrophone: (request) =>
        queueMicrotask(() =>
          engine.capture.opened({ take: request.take, source: 1, deviceLabel: "Headset", insteadOf: null }),
        ),
      watch: unwatchedPage,
      releaseMicrophone: () => queueMicrotask(() => engine.capture.released()),
      wakeLoudspeaker: () => undefined,
      sleepLoudspeaker: () => undefined,
      rebuildLoudspeaker: () => undefined,
    },
    publish: (view) => {
      views.push(view);
      for (const look of waiting) look();
    },
    host: {
      ...(clock === undefined
        ? systemHost
        : {
            timers: clock.timers,
            nowMs: clock.nowMs,
            wallMs: clock.nowMs,
            openTransport: openWebSocketBy(directRoute, clock),
          }),
      log: () => ({ debug: note, info: note, warn: note, error: (event) => mistakes.push(event) }),
    },
  });

  const capturePort: CaptureAudioPort = {
    post: (command) => {
      if (command.type === "open") {
        take = command.take;
        sequence = 0;
      }
      // A port never calls back from within a call.
      if (command.type === "close") {
        queueMicrotask(() => hearCapture({ type: "closed", take: command.take, totalSamples: 0 }));
      }
    },
    onMessage: (listener) => {
      hearCapture = listener;
    },
    close: () => undefined,
  };
  const follow = (command: PlaybackCommand): void => {
    if (command.type === "audio") {
      if (command.stream !== stream) played = givenSamples = 0;
      stream = command.stream;
      givenSamples += command.pcm.length;
    }
    if (command.type === "flush") {
      const playedSamples = command.stream === stream ? played : 0;
      const { stream: flushed } = command;
      const answer = (): void => hearPlayback({ type: "flushed", stream: flushed, playedSamples });
      if (rig.isFlushAnsweredLate) late.push(answer);
      else queueMicrotask(answer);
      played = givenSamples = 0;
    }
  };
  const playbackPort: PlaybackAudioPort = {
    post: follow,
    onMessage: (listener) => {
      hearPlayback = listener;
    },
    close: () => undefined,
  };
  const loadPage = (): void => {
    played = givenSamples = 0;
    engine.capture.attach(capturePort);
    engine.playback.attach(playbackPort);
  };
  loadPage();

  const rig: LineRig = {
    server,
    engine,
    approvals,
    views,
    logged,
    target: { kind: "ok", url, headers: { Authorization: `Bearer ${testApiKey}` }, host: new URL(url).host },
    toggle: () => engine.shell.toggleTalk(),
    speak: (...frames) => {
      for (const pcm of frames) hearCapture({ type: "frame", take, sequence: sequence++, pcm });
    },
    crashPage: () => {
      hearCapture = hearPlayback = () => undefined;
      engine.capture.detach();
      engine.playback.detach();
    },
    loadPage,
    isFlushAnsweredLate: false,
    answerFlush: () => late.splice(0).forEach((answer) => answer()),
    givenSamples: () => givenSamples,
    play: (samples = givenSamples - played) => {
      if (samples === 0) return;
      if (played === 0) hearPlayback({ type: "started", stream });
      played = Math.min(givenSamples, played + samples);
      hearPlayback({ type: "cursor", stream, playedSamples: played, underruns: 0 });
    },
    pass: async (durationMs, sliceMs = 50) => {
      for (let passedMs = 0; passedMs < durationMs; passedMs += sliceMs) {
        clock?.advance(Math.min(sliceMs, durationMs - passedMs));
        await turns(3);
      }
    },
    until: (what, holds, boundMs = 8_300) =>
      new Promise((resolve, reject) => {
        const stop = (): void => {
          clearTimeout(bound);
          clearInterval(looks);
          waiting.delete(look);
        };
        const look = (): void => {
          if (!holds(engine.shell.view(), engine.shell.state())) return;
          stop();
          resolve();
        };
        // What the server has seen changes without a view.
        const looks = setInterval(() => look(), 3);
        const bound = setTimeout(() => {
          stop();
          const { phase, notice } = engine.shell.view();
          reject(
            new Error(`${what} did not come within ${boundMs} ms: ${phase}, ${notice?.title ?? "no notice"}`),
          );
        }, boundMs);
        waiting.add(look);
        look();
      }),
    close: async () => {
      engine.close();
      if (given === undefined) await server.close();
      if (mistakes.length > 0) throw new Error(`The engine made mistakes: ${mistakes.join(", ")}`);
    },
  };
  return rig;
}
