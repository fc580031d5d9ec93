/**
 * Owns a whole world around the real engine: a person at a keyboard, the overlay page with microphone and loudspeaker,
 * the strict server behind a real socket, and a time of its own. A walk picks among all that may happen next.
 */
import { createEngine, type Engine } from "../../electron/main/conversation-engine.ts";
import { instantPacing, type Pacing } from "../../electron/main/practice/pacing.ts";
import type { RealtimeConfig } from "../../electron/main/realtime/realtime-client.ts";
import { sessionConfig } from "../../electron/main/realtime/session-config.ts";
import { getCurrentTime } from "../../electron/main/tools/get-current-time.ts";
import { createRegistry } from "../../electron/main/tools/registry.ts";
import type { SessionView } from "../../shared/session-view.ts";
import { settingsSchema, type Settings } from "../../shared/settings.ts";
import { engineApprovals } from "./engine-approvals.ts";
import { createWorldBrain, type WorldBrain } from "./engine-brain.ts";
import { createWorldClock, turn, turns, type WorldClock } from "./engine-clock.ts";
import { disturb, planFaults } from "./engine-faults.ts";
import { createWorldLoudspeaker, type WorldLoudspeaker } from "./engine-loudspeaker.ts";
import { createWorldMicrophone, type WorldMicrophone } from "./engine-microphone.ts";
import { startWorldServer, type WorldServer } from "./engine-server.ts";
import { slowLook } from "./engine-slow-look.ts";
import { slowTool } from "./engine-slow-tool.ts";
import { socketCounter } from "./engine-sockets.ts";
import { stateText } from "./session-notation.ts";
import { personSim, type PersonSim } from "./session-person-sim.ts";
import type { Random } from "./session-random.ts";
import { promise, step, trouble, whim, type Step } from "./session-step.ts";
import { unwatchedPage } from "./unwatched-page.ts";

export interface World {
  readonly engine: Engine;
  readonly person: PersonSim;
  readonly clock: WorldClock;
  readonly brain: WorldBrain;
  readonly server: WorldServer;
  readonly microphone: WorldMicrophone;
  readonly loudspeaker: WorldLoudspeaker;
  /** Of the client, and neither closed by it nor ended. */
  readonly openSockets: () => number;
  readonly settings: () => Settings;
  /** Names of the tools that the model may call. */
  readonly toolNames: () => readonly string[];
  /** One thing happens, whatever it is. @returns its name. */
  readonly walk: () => Promise<string>;
  /** Time passes for everybody. */
  readonly pass: (durationMs: number) => Promise<void>;
  /** Whatever is on its way between the processes arrives. @returns whether there was anything. */
  readonly deliver: () => boolean;
  /** From here on nothing goes wrong, until `isCalm` is taken back: broken things are mended. */
  readonly setCalm: (isCalm: boolean) => void;
  /** Throws what was broken since the last look. */
  readonly check: () => void;
  readonly counts: ReadonlyMap<string, number>;
  readonly close: () => Promise<void>;
}

/** So long of a pass, sockets keep up with the time. */
const finePassMs = 20_000;
/** So short that many end. */
const sessionMs = 60_000;
/** Shorter than a session, and longer. */
const idleTimes = [20, 90];
const apiKey = "sk-walk";
const nobodyListensAt = "ws://127.0.0.1:1/v1/realtime?model=walk";

export async function createWorld(random: Random): Promise<World> {
  const clock = createWorldClock();
  const counts = new Map<string, number>();
  const sockets = socketCounter(clock);
  const lookUp = slowTool("look_up", "read", random);
  const screen = slowLook(random);
  const change = slowTool("change_it", "write", random);
  let isCalm = false;
  let switchedOff: readonly string[] = [];
  let settings: Settings = settingsSchema.parse({
    idleDisconnectSeconds: random.pick(idleTimes.map((value) => ({ weight: 1, value }))).value,
    keepReadySeconds: 5,
  });
  let network: "up" | "down" | "no-key" = "up";
  let hasPage = false;
  let shownPhase: SessionView["phase"] = "idle";
  let questions = 0;
  /** Time that the step under way takes. */
  let owedMs = 0;
  let broken: unknown = null;
  const stalled = new Set<unknown>();

  const onBroken = (error: unknown): void => {
    broken ??= error;
  };
  const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);
  const mistake = (event: string): void =>
    onBroken(new Error(`Broken promise: no mistake of ours, and not ${event}`));

  const brain = createWorldBrain(random, () => isCalm);
  const microphone: WorldMicrophone = createWorldMicrophone({
    random,
    nowMs: clock.nowMs,
    listener: () => engine.capture,
  });
  const loudspeaker: WorldLoudspeaker = createWorldLoudspeaker({
    random,
    checkWanted: (id) => {
      const state = engine.shell.state();
      const isAnswering = state.tag === "awaiting" || state.tag === "responding" || state.tag === "acting";
      const answer = brain.answerOf(id);
      promise(
        isAnswering && answer?.turn === state.turnId,
        `nothing of ${answer?.turn} is handed to the loudspeaker in ${stateText(state)}`,
      );
    },
    onFailed: (detail) => engine.playback.failed(detail, 0),
    onBroken,
  });
  const server = await startWorldServer({
    brain,
    clock: clock.serverClock,
    pacing: whimsicalPacing(random),
    apiKey,
    faults: () => (isCalm ? { isLossy: false } : planFaults(random)),
    sessionMs,
    isRepeating: () => !isCalm && random.chance(0.15),
    takeOf: microphone.takeOf,
    cutsOf: loudspeaker.cutsOf,
    onBroken,
  });

  const config = (): RealtimeConfig => ({
    target:
      network === "no-key"
        ? { kind: "failed", failure: { kind: "key-needed", host: "127.0.0.1" } }
        : {
            kind: "ok",
            url: network === "up" ? server.url : nobodyListensAt,
            headers: { Authorization: `Bearer ${apiKey}` },
            host: "127.0.0.1",
          },
    session: sessionConfig(settings, registry.declarations()),
    idleDisconnectMs: settings.idleDisconnectSeconds * 1_000,
  });
  const registry = createRegistry({
    builtIn: [getCurrentTime(clock.nowMs), lookUp.tool, change.tool],
    switchedOff: () => switchedOff,
  });
  const approvals = engineApprovals(clock.timers, () => engine.shell);

  const engine: Engine = createEngine({
    settings: () => settings,
    config,
    registry,
    gate: approvals,
    consent: approvals,
    lookAtScreen: () => screen.look(),
    recordAction: ({ decision, outcome }) => {
      if (outcome !== "started") count(`decision ${decision}`);
    },
    surroundings: {
      destination: { kind: "practice" },
      talkKeyLabel: "Right Ctrl",
      talkBy: "hold",
      isGreeting: false,
    },
    mark: (name) => count(`mark ${name}`),
    page: {
      openMicrophone: microphone.open,
      releaseMicrophone: microphone.release,
      watch: unwatchedPage,
      wakeLoudspeaker: loudspeaker.wake,
      sleepLoudspeaker: loudspeaker.sleep,
      rebuildLoudspeaker: () => {
        if (hasPage) engine.playback.attach(loudspeaker.build());
      },
    },
    publish: ({ phase }) => {
      // As the app does: an answer is near.
      if (phase !== shownPhase && (phase === "listening" || phase === "thinking")) engine.playback.wake();
      shownPhase = phase;
    },
    host: {
      timers: clock.timers,
      nowMs: clock.nowMs,
      wallMs: clock.nowMs,
      openTransport: sockets.open,
      log: () => ({
        // Why a connection ended, as the transport saw it.
        debug: (event, detail) => count(`${event} ${String(detail?.["kind"] ?? "")}`),
        info: count,
        warn: count,
        error: mistake,
      }),
    },
  });

  const loadPage = (): void => {
    hasPage = true;
    engine.capture.attach(microphone.load());
    engine.playback.attach(loudspeaker.build());
  };
  const crashPage = (): void => {
    hasPage = false;
    microphone.crash();
    loudspeaker.crash();
    engine.capture.detach();
    engine.playback.detach();
  };
  const changeSettings = (): void => {
    settings = {
      ...settings,
      microphoneMode: random.chance(0.5) ? "keep-ready" : "open-on-press",
      autoGainControl: random.chance(0.5),
      transcriptionModel: random.chance(0.9) ? "gpt-transcribe" : "",
      voice: random.chance(0.5) ? "marin" : "cedar",
    };
    engine.capture.settingsChanged();
    engine.realtime.settingsChanged();
  };

  const person = personSim(() => engine.shell, random);
  const deliver = (): boolean => {
    const fromMicrophone = microphone.deliver();
    return loudspeaker.deliver() || fromMicrophone;
  };

  const pass = async (durationMs: number): Promise<void> => {
    for (let passedMs = 0; passedMs < durationMs;) {
      const isBusy = microphone.isRecording() || loudspeaker.isPlaying();
      const leftMs = durationMs - passedMs;
      const sliceMs = Math.min(leftMs, passedMs > finePassMs ? leftMs / 4 + 1 : isBusy ? 20 : 1_000);
      clock.advance(sliceMs);
      // In a long time the devices work at times only: a quarter of an hour of sound would prove nothing more.
      microphone.record(Math.min(sliceMs, 20));
      loudspeaker.play(Math.min(sliceMs, 20));
      if (isBusy && random.chance(0.4)) deliver();
      passedMs += sliceMs;
      // No network is slower than that.
      if (Math.floor(passedMs / 250) > Math.floor((passedMs - sliceMs) / 250)) await turns(4);
    }
  };
  const passes = (name: string, weight: number, leastMs: number, mostMs: number): Step =>
    step(name, weight, () => {
      owedMs = random.whole(leastMs, mostMs);
    });

  /** Holds the key, for longer than a tap. */
  const answersAloud = whim("person answers aloud", 12, () => {
    person.letGo();
    person.pressKey();
    owedMs = 700;
  });

  const isTalking = (): boolean =>
    ["listening", "finishing", "consenting"].includes(engine.shell.state().tag);

  const steps = (): readonly Step[] => [
    ...person.steps(),
    whim("another question", 0.3, () => engine.shell.ask(`Question ${(questions += 1)}`)),
    whim("settings change", 0.1, changeSettings),
    whim("tools change", 0.3, () => {
      switchedOff = ["get_current_time", "look_up"].filter(() => random.chance(0.3));
      engine.realtime.toolsChanged();
    }),
    ...microphone.steps(),
    ...loudspeaker.steps(),
    ...lookUp.steps(),
    ...change.steps(),
    ...screen.steps(),
    ...(engine.shell.view().approval?.isArmed === true && !isTalking() ? [answersAloud] : []),
    whim("click on a question", 0.3, () => {
      const id = engine.shell.view().approval?.id;
      if (id !== undefined) approvals.answer(id, random.chance(0.7) ? "once" : "deny");
    }),
    whim("questions are given up", 0.02, () => approvals.giveUp()),
    passes("a moment passes", 4, 1, 60),
    passes("time passes", 2.5, 60, 300),
    passes("seconds pass", 0.2, 500, 4_000),
    ...(engine.shell.state().tag === "acting" ? [passes("tools take their time", 4, 6_000, 10_000)] : []),
    passes("a minute passes", 0.04, 4_000, 60_000),
    passes("a quarter of an hour passes", 0.003, 900_000, 1_000_000),
    step("messages arrive", 6, deliver),
    trouble("network changes", 0.05, () => {
      network = random.chance(0.6) ? "up" : random.chance(0.7) ? "down" : "no-key";
    }),
    trouble("computer wakes up", 0.1, () => engine.realtime.awakened()),
    trouble("page crashes or loads", hasPage ? 0.03 : 1, () => (hasPage ? crashPage() : loadPage())),
    trouble("server trails sound", 0.3, () => void (server.trailSound() && count("trailing sound"))),
    trouble(
      "server repeats itself",
      0.2,
      () => void (server.repeatItself(random) && count("repeated event")),
    ),
    trouble("connection is disturbed", 0.3, () => {
      const connection = server.connections().at(-1);
      if (connection === undefined) return;
      const name = disturb(random, connection);
      count(name);
      if (name === "server falls silent") stalled.add(connection);
    }),
  ];

  const check = (): void => {
    if (broken === null) return;
    throw broken instanceof Error ? broken : new Error("something was broken", { cause: broken });
  };

  loadPage();
  return {
    engine,
    person,
    clock,
    brain,
    server,
    microphone,
    loudspeaker,
    openSockets: sockets.openCount,
    settings: () => settings,
    toolNames: () => registry.declarations().map(({ name }) => name),
    async walk() {
      const next = random.pick(steps());
      const before = engine.shell.state();
      const wasActing = lookUp.isRunning() || change.isRunning();
      next.run();
      count(next.name);
      if (next.name === "escape" || next.name === "stop") {
        if (wasActing) count("tool stopped");
        promise(!lookUp.isRunning() && !change.isRunning(), "Esc stops every tool");
      }
      await pass(owedMs);
      owedMs = 0;
      if (random.chance(0.35)) await turn();
      const state = engine.shell.state();
      if (state !== before) count(state.tag);
      check();
      return next.name;
    },
    pass,
    deliver,
    setCalm(next) {
      isCalm = next;
      if (!isCalm) return;
      network = "up";
      microphone.mend();
      loudspeaker.mend();
      approvals.giveUp();
      lookUp.finish();
      change.finish();
      screen.finish();
      if (!hasPage) loadPage();
      // Nobody will ever hear from these again.
      for (const connection of server.connections()) if (stalled.has(connection)) connection.drop();
      stalled.clear();
    },
    check,
    counts,
    async close() {
      engine.close();
      await server.close();
    },
  };
}

/** Now at once, now slow: each answer and each piece of it as it comes. */
function whimsicalPacing(random: Random): Pacing {
  const maybeMs = (mostMs: number): number => (random.chance(0.6) ? 0 : random.whole(1, mostMs));
  return {
    ...instantPacing,
    get thinkMs() {
      return maybeMs(300);
    },
    get cancelMs() {
      return maybeMs(80);
    },
    get transcriptionMs() {
      return maybeMs(600);
    },
    get speedup() {
      return random.chance(0.7) ? Number.POSITIVE_INFINITY : 3;
    },
  };
}
