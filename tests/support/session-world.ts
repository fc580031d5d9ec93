/**
 * Owns a whole simulated world around the real shell: person, microphone, server, tools, loudspeaker and time, each a
 * set of steps that may happen next. A walk picks among them; after each one the world checks what must always hold.
 */
import { canBeSentAgain } from "../../electron/main/session/unanswered.ts";
import { turnId, type TurnId } from "../../shared/ids.ts";
import type { SessionView } from "../../shared/session-view.ts";
import { stageOf } from "../../electron/main/session/machine.ts";
import { createShell, type Shell } from "../../electron/main/session/shell.ts";
import { stageBoundMs, tapWindowMs } from "../../electron/main/session/tuning.ts";
import { captureSim } from "./session-capture-sim.ts";
import { stateText } from "./session-notation.ts";
import { personSim } from "./session-person-sim.ts";
import { playbackSim } from "./session-playback-sim.ts";
import type { Random } from "./session-random.ts";
import { serverSim } from "./session-server-sim.ts";
import { promise, step, trouble, type Step } from "./session-step.ts";
import { manualTimers } from "./session-timers.ts";
import { toolsSim } from "./session-tools-sim.ts";

export interface World {
  readonly shell: Shell;
  /** One thing happens, whatever it is; then everything that must hold is checked. Returns its name. */
  readonly walk: () => string;
  /** The person lets go and nothing new goes wrong: all that is under way comes to its end, and the end is checked. */
  readonly quieten: () => void;
  /** After `quieten`: a press begins to listen, and Esc ends it. */
  readonly pressAndEscape: () => void;
  /** How often each state was entered, each thing happened. */
  readonly counts: () => ReadonlyMap<string, number>;
}

/** More steps than any turn takes to its end when nothing new begins. */
const mostQuietSteps = 5_000;

export function createWorld(random: Random): World {
  const timers = manualTimers();
  const counts = new Map<string, number>();
  let turns = 0;
  let published: SessionView | null = null;

  const person = personSim(() => shell, random);
  const emit: Shell["dispatch"] = (event) => shell.dispatch(event);
  const narrate: Shell["narrate"] = (narration) => shell.narrate(narration);
  const capture = captureSim({ emit, random });
  const playback = playbackSim({ emit, random });
  const tools = toolsSim({ emit, narrate, random });
  /** Turns whose screen is being looked at. */
  let looks: readonly TurnId[] = [];
  const server = serverSim({
    emit,
    narrate,
    random,
    linkChanged: (link) => queued.push(() => shell.linkChanged(link)),
    enqueue: (turn, item, durationMs) => playback.enqueue(turn, item, durationMs),
    speechMs: (utterance) => capture.speechMs(utterance),
  });
  /** What a port has to tell from inside a call: it waits until the call is over. */
  const queued: (() => void)[] = [];

  const shell: Shell = createShell(
    {
      capture,
      realtime: server,
      playback,
      tools,
      consent: tools.consent,
      screen: { look: (turn) => void (looks = [...looks, turn]) },
      timers,
      mark: () => undefined,
      recordingLimitMs: () => stageBoundMs.utterance,
      newTurnId: () => turnId(`t${(turns += 1)}`),
      publish: (view) => {
        published = view;
      },
      onMistake: (where, error) => {
        throw new Error(`a port threw in ${where}`, { cause: error });
      },
    },
    { destination: { kind: "practice" }, talkKeyLabel: "Right Ctrl", talkBy: "hold", isGreeting: false },
  );

  const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);

  const timeSteps = (): readonly Step[] =>
    timers.running().map((durationMs) => {
      const elapse = (): void => timers.fire(durationMs);
      return durationMs === tapWindowMs
        ? step("tap window elapses", 2, elapse)
        : trouble("a stage expires", durationMs === stageBoundMs.slow ? 3 : 0.05, elapse);
    });

  const screenSteps = (): readonly Step[] => {
    const [turn] = looks;
    if (turn === undefined) return [];
    const tell = (type: "screenSeen" | "screenFailed") => (): void => {
      looks = looks.slice(1);
      emit({ type, turnId: turn });
    };
    return [
      step("screen is seen", 0.6, tell("screenSeen")),
      trouble("screen is not seen", 0.2, tell("screenFailed")),
      trouble("look never ends", 0.1, () => void (looks = looks.slice(1))),
    ];
  };

  const worldSteps = (): readonly Step[] => [
    ...screenSteps(),
    ...capture.steps(),
    ...server.steps(),
    ...playback.steps(),
    ...tools.steps(),
  ];

  const take = (next: Step): void => {
    const before = shell.state();
    next.run();
    for (let told = queued.shift(); told !== undefined; told = queued.shift()) told();
    const after = shell.state();
    count(next.name);
    if (next.name === "escape" || next.name === "stop") {
      promise(tools.unstopped().length === 0, `Esc stops every tool, also ${tools.unstopped().join()}`);
    }
    if (after !== before)
      count(
        stateText(after)
          .replace(/ t\d+$/, "")
          .replace(/\(.*/, ""),
      );
    check();
  };

  function check(): void {
    const state = shell.state();
    const current = "turnId" in state ? state.turnId : null;
    const now = stateText(state);

    const gate = capture.gate();
    if (state.tag === "listening") {
      promise(
        gate !== null && gate.turnId === current && !gate.isFinishing,
        `the microphone is open in ${now}`,
      );
    } else if (gate !== null) {
      // A tail that is on its way in may be overtaken by a typed question; the gate shuts by itself.
      promise(gate.isFinishing, `the microphone is shut or shutting in ${now}`);
    }

    const mayBeHeard = state.tag === "awaiting" || state.tag === "responding" || state.tag === "acting";
    const foreign = playback.audibleTurns().filter((turn) => !mayBeHeard || turn !== current);
    promise(foreign.length === 0, `nothing of ${foreign.join()} is heard in ${now}`);

    const stage = stageOf(state);
    const running = timers.running().filter((durationMs) => durationMs !== tapWindowMs);
    const expected = stage === null ? [] : [stageBoundMs[stage]];
    promise(
      running.join() === expected.join(),
      `the timer of its stage runs in ${now}, not ${running.join()}`,
    );

    checkView(state.tag);
  }

  function checkView(tag: string): void {
    const view = shell.view();
    promise(published !== null, "a view was published");
    promise(
      published.phase === view.phase && published.turnId === view.turnId,
      `the last view published is the one in force (${published.phase}, ${view.phase})`,
    );
    promise((view.phase === "failed") === (tag === "failed"), `the phase ${view.phase} fits ${tag}`);
    promise(tag !== "failed" || view.notice !== null, "a failure has a notice");
    promise(
      new Set(view.turns.map((turn) => turn.turnId)).size === view.turns.length,
      "turns are shown once",
    );
    const isTapUndecided = timers.running().includes(tapWindowMs);
    promise(
      (view.gesture === "undecided") === isTapUndecided,
      "the tap window runs while hold or tap is open",
    );
    for (const { answer } of view.turns) {
      promise(answer.heardChars <= answer.text.length, "no more is heard than was said");
    }
  }

  function quieten(): void {
    person.letGo();
    check();
    for (let steps = 0; ; steps += 1) {
      promise(steps < mostQuietSteps, `a quiet world comes to its end, not to ${stateText(shell.state())}`);
      const going = [...worldSteps(), ...timeSteps()].filter(({ isCourse }) => isCourse);
      // Time is the last thing to happen: only what nobody ends by himself runs into its bound.
      const next = going.length > 0 ? random.pick(going) : timeSteps()[0];
      if (next === undefined) break;
      take(next);
    }
    const { tag } = shell.state();
    promise(tag === "idle" || tag === "failed", `a quiet session rests, and is not ${tag}`);
    promise(capture.gate() === null, "the microphone of a quiet session is shut");
    promise(timers.running().length === 0, "no timer runs in a quiet session");
    promise(shell.state().asked.length === 0, "no question is open in a quiet session");
    const dangling = server.unansweredCalls().filter((call) => tools.runCalls.has(call));
    promise(dangling.length === 0, `every call that ran was answered, also ${dangling.join()}`);
  }

  return {
    shell,
    walk() {
      const next = random.pick([...person.steps(), ...worldSteps(), ...timeSteps()]);
      take(next);
      return next.name;
    },
    quieten,
    pressAndEscape() {
      take(step("next press", 1, () => person.pressKey()));
      promise(shell.state().tag === "listening", "the next press works");
      take(step("escape of it", 1, () => shell.key("escapeDown")));
      const { tag } = shell.state();
      promise(tag === "idle" || canBeSentAgain(shell.state()), `Esc ends it, and does not lead to ${tag}`);
      person.letGo();
    },
    counts: () => new Map([...counts, ...server.counts]),
  };
}
