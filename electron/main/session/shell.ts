/**
 * Owns the motor of the session: one queue of events, the stage timers, the routing of effects to ports, and the
 * one truth that every window sees. It never decides anything itself: machine.ts and hotkey-grammar.ts do.
 */
import { assertNever } from "../../../shared/assert-never.ts";
import type { TurnId } from "../../../shared/ids.ts";
import type { Destination, SessionView } from "../../../shared/session-view.ts";
import {
  emptyConversation,
  narrate,
  questionHeard,
  type Conversation,
  type Narration,
} from "./conversation.ts";
import { historyOf, type PastTurn } from "./history.ts";
import { initialGrammar, interpret, type GrammarInput, type GrammarVerb } from "./hotkey-grammar.ts";
import { initialState, stageOf, transition } from "./machine.ts";
import type {
  CapturePort,
  ConsentPort,
  Link,
  Mark,
  PlaybackPort,
  RealtimePort,
  ScreenPort,
  TimerHost,
  ToolPort,
} from "./ports.ts";
import { project } from "./projection.ts";
import { storyOf } from "./story.ts";
import { stageBoundMs, tapWindowMs } from "./tuning.ts";
import type { SessionEffect, SessionEvent, SessionState } from "./types.ts";

export interface ShellDeps {
  readonly capture: CapturePort;
  readonly realtime: RealtimePort;
  readonly playback: PlaybackPort;
  readonly tools: ToolPort;
  readonly consent: ConsentPort;
  readonly screen: ScreenPort;
  readonly timers: TimerHost;
  readonly mark: Mark;
  readonly newTurnId: () => TurnId;
  /** How long a recording may go on before the person is asked. Read at each press. */
  readonly recordingLimitMs: () => number;
  /** Told after every change, with the whole view. */
  readonly publish: (view: SessionView) => void;
  /** A port threw: a mistake of ours. */
  readonly onMistake: (where: string, error: unknown) => void;
}

export interface Surroundings {
  readonly destination: Destination;
  readonly talkKeyLabel: string;
  readonly talkBy: SessionView["talkBy"];
  /** Tell a newcomer what to do, until the first turn. */
  readonly isGreeting: boolean;
}

export interface Shell {
  /** An edge of the talk key, or what stands for one. */
  key(input: GrammarInput): void;
  /** A verb of the person from elsewhere than the key, or a fact of a port. */
  dispatch(event: SessionEvent): void;
  narrate(narration: Narration): void;
  linkChanged(link: Link): void;
  /** The question to the person that comes first, if any. */
  approvalChanged(approval: SessionView["approval"]): void;
  surroundingsChanged(surroundings: Surroundings): void;
  /** The settings have changed, or were gone to: what a turn failed for may be mended. */
  maybeMended(): void;
  /** Tray and overlay: begin a latched turn, or finish the one that listens, or stop what speaks. */
  toggleTalk(): void;
  /**
   * From elsewhere than the key: begins a latched turn, whatever goes on, but not while one is being recorded.
   * `withScreen`: what is on the screen goes with the question.
   */
  startTalk(withScreen?: boolean): void;
  /** From elsewhere than the key: sends what is being recorded, if anything. */
  finishTalk(): void;
  ask(text: string): void;
  sendAgain(): void;
  state(): SessionState;
  view(): SessionView;
  link(): Link;
  /** What was said and heard so far. */
  history(): readonly PastTurn[];
}

export function createShell(deps: ShellDeps, initialSurroundings: Surroundings): Shell {
  let state = initialState;
  let grammar = initialGrammar;
  let conversation: Conversation = emptyConversation;
  let link: Link = { status: "offline", trouble: null };
  let approval: SessionView["approval"] = null;
  let surroundings = initialSurroundings;
  /** The failed turn since whose failure the person has been to the settings. */
  let mendedTurn: TurnId | null = null;
  let cancelStage: () => void = () => undefined;
  let stageKey = "";
  let cancelTapWindow: () => void = () => undefined;

  const queue: (() => void)[] = [];
  let isRunning = false;

  /** Events are handled one after the other, also those that a port tells while another is being handled. */
  function run(task: () => void): void {
    queue.push(task);
    if (isRunning) return;
    isRunning = true;
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) next();
    } finally {
      isRunning = false;
    }
    deps.publish(view());
  }

  function handle(event: SessionEvent, isByKey = false): void {
    const before = state;
    const next = transition(before, event);
    state = next.state;
    for (const narration of storyOf(before, event, state)) tell(narration);
    if (state.tag === "failed" && before.tag !== "failed" && state.turnId === turnOf(before)) {
      deps.mark("failed", state.turnId, { kind: state.failure.kind });
    }
    for (const effect of next.effects) perform(effect);
    const begun = turnOf(state);
    if (begun !== null && begun !== turnOf(before))
      guard("turnBegan", () => deps.consent.turnBegan(begun, isByKey));
    armStage();
    reconcileKey();
  }

  function tell(narration: Narration): void {
    const heard = questionHeard(conversation, narration);
    conversation = narrate(conversation, narration);
    if (heard !== null) guard("heard", () => deps.consent.heard(heard.turnId, heard.words));
  }

  /** Of a listener that throws the conversation is not to suffer. */
  function guard(where: string, call: () => void): void {
    try {
      call();
    } catch (error) {
      deps.onMistake(where, error);
    }
  }

  function perform(effect: SessionEffect): void {
    try {
      route(effect, deps);
    } catch (error) {
      deps.onMistake(effect.type, error);
      for (const fact of factsOfThrow(effect)) queue.push(() => handle(fact));
    }
  }

  function armStage(): void {
    const stage = stageOf(state);
    const turnId = turnOf(state);
    const round = "round" in state ? state.round : 0;
    const attempt = "attempt" in state ? state.attempt : 0;
    const key = stage === null ? "" : `${stage} ${turnId} ${round} ${attempt}`;
    if (key === stageKey) return;
    stageKey = key;
    cancelStage();
    if (stage === null || turnId === null) return;
    const boundMs = stage === "utterance" ? deps.recordingLimitMs() : stageBoundMs[stage];
    cancelStage = deps.timers.start(boundMs, () => run(() => handle({ type: "expired", turnId, stage })));
  }

  /** The key and the turn agree, or the key loses: a turn that ended by itself leaves a held key without a meaning. */
  function reconcileKey(): void {
    const isRecording = grammar === "pressed" || grammar === "holding" || grammar === "latched";
    if (isRecording && state.tag !== "listening") stepKey("turnEnded");
    if (grammar === "idle" && state.tag === "listening") stepKey("latchedElsewhere");
  }

  function stepKey(input: GrammarInput): GrammarVerb | null {
    const before = grammar;
    const step = interpret(before, input);
    grammar = step.state;
    if (before !== grammar) {
      cancelTapWindow();
      if (grammar === "pressed") {
        cancelTapWindow = deps.timers.start(tapWindowMs, () => run(() => handleKey("tapWindowElapsed")));
      }
      const turnId = turnOf(state);
      if (before !== "idle" && grammar === "latched" && turnId !== null) {
        guard("notHeld", () => deps.consent.notHeld(turnId));
      }
    }
    return step.verb;
  }

  function handleKey(input: GrammarInput): void {
    const verb = stepKey(input);
    if (verb === null) return reconcileKey();
    switch (verb) {
      case "talkPressed":
        return press(false, true);
      case "talkPressedWithScreen":
        return press(true, true);
      case "talkReleased":
        deps.mark("talkReleased", turnOf(state));
        handle({ type: "talkReleased" });
        return;
      case "talkCancelled":
      case "stopRequested":
        handle({ type: verb });
        return;
      default:
        assertNever(verb);
    }
  }

  function startTurn(begin: (turnId: TurnId) => SessionEvent): void {
    run(() => handle(begin(deps.newTurnId())));
  }

  function press(withScreen: boolean, isByKey: boolean): void {
    const turnId = deps.newTurnId();
    deps.mark("talkPressed", turnId);
    handle({ type: "talkPressed", turnId, withScreen }, isByKey);
  }

  /** The key learns of it afterwards: a tap ends it. */
  function start(withScreen = false): void {
    if (state.tag !== "listening") press(withScreen, false);
  }

  function finish(): void {
    if (state.tag !== "listening") return;
    deps.mark("talkReleased", state.turnId);
    handle({ type: "talkReleased" });
  }

  function toggle(): void {
    switch (state.tag) {
      case "idle":
      case "failed":
        return start();
      case "listening":
        return finish();
      case "finishing":
      case "looking":
      case "settling":
      case "consenting":
      case "awaiting":
      case "responding":
      case "acting":
        handle({ type: "stopRequested" });
        return;
      default:
        assertNever(state);
    }
  }

  const view = (): SessionView =>
    project({
      state,
      link,
      grammar,
      conversation,
      approval,
      ...surroundings,
      isMended: state.tag === "failed" && state.turnId === mendedTurn,
    });

  return {
    key: (input) => run(() => handleKey(input)),
    dispatch: (event) => run(() => handle(event)),
    narrate: (narration) => run(() => tell(narration)),
    linkChanged: (next) =>
      run(() => {
        link = next;
      }),
    approvalChanged: (next) =>
      run(() => {
        approval = next;
      }),
    surroundingsChanged: (next) =>
      run(() => {
        surroundings = next;
      }),
    maybeMended: () =>
      run(() => {
        mendedTurn = state.tag === "failed" ? state.turnId : null;
      }),
    toggleTalk: () => run(toggle),
    startTalk: (withScreen) => run(() => start(withScreen)),
    finishTalk: () => run(finish),
    ask: (text) => startTurn((turnId) => ({ type: "questionTyped", turnId, text })),
    sendAgain: () => startTurn((turnId) => ({ type: "sendAgainRequested", turnId })),
    state: () => state,
    history: () => historyOf(conversation),
    link: () => link,
    view,
  };
}

const turnOf = (state: SessionState): TurnId | null => ("turnId" in state ? state.turnId : null);

/** What a port that threw would have told, so that no turn waits for it. */
function factsOfThrow(effect: SessionEffect): readonly SessionEvent[] {
  if (!("turnId" in effect)) return [];
  const { turnId } = effect;
  const failure = { kind: "internal" } as const;
  if (effect.type === "openCapture" || effect.type === "finishCapture") {
    return [{ type: "captureFailed", turnId, failure, speechMs: 0 }];
  }
  if (effect.type === "lookAtScreen") return [{ type: "screenFailed", turnId }];
  return effect.type === "endPlayback"
    ? [
        { type: "playbackFailed", failure: { kind: "loudspeaker-failed" } },
        { type: "playbackDrained", turnId },
      ]
    : [{ type: "turnFailed", turnId, failure }];
}

/** One effect, one call. */
function route(effect: SessionEffect, to: ShellDeps): void {
  switch (effect.type) {
    case "openCapture":
      return to.capture.open(effect.turnId);
    case "finishCapture":
      return to.capture.finish(effect.turnId);
    case "dropCapture":
      return to.capture.drop(effect.turnId);
    case "lookAtScreen":
      return to.screen.look(effect.turnId);
    case "beginInput":
      return to.realtime.beginInput(effect.turnId, effect.utterance);
    case "commitInput":
      return to.realtime.commitInput(effect.turnId);
    case "dropInput":
      return to.realtime.dropInput(effect.turnId);
    case "holdTurn":
      return to.realtime.holdTurn(effect.turnId, effect.calls);
    case "sendText":
      return to.realtime.sendText(effect.turnId, effect.typedIn, effect.text);
    case "requestResponse":
      return to.realtime.requestResponse(effect.turnId, effect.afterMs);
    case "abandonTurn":
      return to.realtime.abandonTurn(effect.turnId);
    case "flushPlayback":
      return to.playback.flush();
    case "endPlayback":
      return to.playback.end(effect.turnId);
    case "truncateItem":
      return to.realtime.truncateItem(effect.part);
    case "deleteItem":
      return to.realtime.deleteItem(effect.itemId);
    case "runTool":
      return to.tools.run(effect.turnId, effect.call);
    case "remark":
      return to.realtime.remark(effect.turnId);
    case "stopTools":
      return to.tools.stopAll();
    case "sendToolOutput":
      return to.realtime.sendToolOutput(effect.turnId, effect.callId, effect.output);
    default:
      return assertNever(effect);
  }
}
