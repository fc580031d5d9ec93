/**
 * Owns the rule of a conversation. It never reads a clock, makes an id, or touches the world.
 */
import { assertNever } from "../../../shared/assert-never.ts";
import type { Failure } from "../../../shared/failure.ts";
import type { CallId, TurnId } from "../../../shared/ids.ts";
import {
  longestRetryWaitMs,
  mostAttempts,
  mostToolRounds,
  shortestUtteranceMs,
  tapWindowMs,
} from "./tuning.ts";
import type {
  Ask,
  HeardPart,
  ResponseOutcome,
  SessionEffect,
  SessionEvent,
  SessionState,
  Stage,
  ToolCall,
  Transition,
  TurnState,
} from "./types.ts";
import { atRest, canBeSentAgain, unansweredAfter } from "./unanswered.ts";

export const initialState: SessionState = { tag: "idle", reason: "none", asked: [], unanswered: [] };

type EventOf<Type extends SessionEvent["type"]> = Extract<SessionEvent, { readonly type: Type }>;
type StateOf<Tag extends TurnState["tag"]> = Extract<TurnState, { readonly tag: Tag }>;

/** A transition as far as the turn goes: what is asked of the person, and what can be sent again, goes on beside it. */
interface Step {
  readonly state: TurnState;
  readonly effects: readonly SessionEffect[];
}

/**
 * Total over state × event. A fact keyed to another turn is a no-op, so late work can never touch a newer turn.
 * Three facts are not keyed to the current turn: `playbackFlushed` (it belongs to the turn that a barge-in has
 * replaced), `toolFinished` (a late output must still reach the model), and what is asked about a call.
 */
export function transition(state: SessionState, event: SessionEvent): Transition {
  const asked = askedAfter(state.asked, event);
  const next = step(state, event);
  const unanswered = unansweredAfter(state, event, next.state);
  const rest = atRest(next.state, unanswered);
  return rest === state && asked === state.asked && unanswered === state.unanswered
    ? { state, effects: next.effects }
    : { state: { ...rest, asked, unanswered }, effects: next.effects };
}

function askedAfter(asked: readonly CallId[], event: SessionEvent): readonly CallId[] {
  if (event.type === "approvalAsked") {
    return asked.includes(event.callId) ? asked : [...asked, event.callId];
  }
  // A call that has ended is not asked about, whatever became of the question.
  const isOver = event.type === "approvalSettled" || event.type === "toolFinished";
  return isOver && asked.includes(event.callId) ? asked.filter((callId) => callId !== event.callId) : asked;
}

function step(state: SessionState, event: SessionEvent): Step {
  switch (event.type) {
    case "talkPressed":
      return startListening(state, event.turnId, event.withScreen);
    case "talkReleased":
      return state.tag === "listening" ? finishListening(state) : stay(state);
    case "talkCancelled":
      return state.tag === "listening" ? forgetListening(state) : stay(state);
    case "questionTyped":
      return ask(state, event.turnId, { kind: "text", typedIn: event.turnId, text: event.text });
    case "sendAgainRequested":
      return sendAgain(state, event.turnId);
    case "stopRequested":
      return stop(state);
    case "dismissRequested":
      // Also after an answer: there is nothing more to read.
      return state.tag === "failed" || state.tag === "idle" ? to(initialState) : stay(state);
    case "keepRecordingRequested":
      return state.tag === "listening" ? to({ ...state, isLimitReached: false }) : stay(state);
    case "captureStarted":
      return state.tag === "listening" && isCurrent(state, event)
        ? to({ ...state, deviceLabel: event.deviceLabel })
        : stay(state);
    case "captureSwitched":
      return state.tag === "listening" && isCurrent(state, event)
        ? to({
            ...state,
            deviceLabel: event.deviceLabel,
            microphone: { kind: "switched", from: event.from, why: event.why, lostMs: event.lostMs },
          })
        : stay(state);
    case "captureSilence":
      return captureSilence(state, event);
    case "captureFinished":
      return takeUtterance(state, event);
    case "captureFailed":
      return captureFailed(state, event);
    case "screenSeen":
    case "screenFailed":
      return screenDone(state, event.turnId);
    case "responseStarted":
      return state.tag === "awaiting" && isCurrent(state, event)
        ? to({
            tag: "responding",
            turnId: state.turnId,
            ask: state.ask,
            round: state.round,
            attempt: state.attempt,
            responseId: event.responseId,
            isHeard: state.isAudible,
            isAudible: state.isAudible,
            isGenerated: false,
          })
        : stay(state);
    case "responseDone":
      return responseDone(state, event);
    case "answerLost":
      return answerLost(state, event);
    case "remarkEnded":
      // Whether its tools still run or not: what follows is another answer.
      return (state.tag === "acting" || state.tag === "awaiting") && isCurrent(state, event)
        ? to(state, { type: "endPlayback", turnId: state.turnId })
        : stay(state);
    case "turnFailed":
      return turnFailed(state, event);
    case "playbackStarted":
      if (!mayBeAudible(state) || !isCurrent(state, event)) return stay(state);
      return state.tag === "responding"
        ? to({ ...state, isAudible: true, isHeard: true })
        : to({ ...state, isAudible: true });
    case "playbackDrained":
      if (!mayBeAudible(state) || !isCurrent(state, event)) return stay(state);
      return state.tag === "responding" && state.isGenerated
        ? to({ tag: "idle", reason: "answered" })
        : to({ ...state, isAudible: false });
    case "playbackFailed":
      // The answer goes on as text, and is drained as if it had been heard.
      return stay(state);
    case "playbackFlushed":
      return settle(state, event.parts);
    case "toolFinished":
      return toolFinished(state, event);
    case "approvalAsked":
    case "approvalSettled":
      return stay(state);
    case "consentHeard":
      return state.tag === "consenting" && isCurrent(state, event)
        ? afterConsent(state, event.isAnswered)
        : stay(state);
    case "expired":
      return stageOf(state) === event.stage && "turnId" in state && isCurrent(state, event)
        ? expire(state, event.stage)
        : stay(state);
    default:
      return assertNever(event);
  }
}

/** The stage a state must not stay in for ever, if any. */
export function stageOf(state: SessionState): Stage | null {
  switch (state.tag) {
    case "idle":
    case "failed":
      return null;
    case "listening":
      return state.isLimitReached ? "limit" : "utterance";
    case "finishing":
      return "tail";
    case "looking":
      return "screen";
    case "settling":
      return "flush";
    case "consenting":
      return "consent";
    case "awaiting":
      return "answer";
    case "responding":
      // Playing out is bounded by playback itself, which watches its cursor: an answer may be long.
      return state.isGenerated ? null : "generation";
    case "acting":
      // Who is asked something is not waiting for us.
      return state.isRemarked || state.asked.length > 0 ? "tools" : "slow";
    default:
      return assertNever(state);
  }
}

const stay = (state: TurnState): Step => ({ state, effects: [] });

const to = (state: TurnState, ...effects: readonly SessionEffect[]): Step => ({ state, effects });

const isCurrent = (state: { readonly turnId: TurnId }, event: { readonly turnId: TurnId }): boolean =>
  state.turnId === event.turnId;

type AnswerState = StateOf<"awaiting"> | StateOf<"responding"> | StateOf<"acting">;

/** Words said before a tool call go on playing while the tool runs and while the next response is made. */
const mayBeAudible = (state: TurnState): state is AnswerState =>
  state.tag === "awaiting" || state.tag === "responding" || state.tag === "acting";

/**
 * What must end before a new turn begins. A complete question is still handed to the model: those words were meant
 * for it, they only lose their own answer.
 */
function leave(state: TurnState): readonly SessionEffect[] {
  switch (state.tag) {
    case "idle":
    case "failed":
      return [];
    case "settling":
      return input(state.turnId, state.ask);
    case "listening":
      return [
        { type: "dropCapture", turnId: state.turnId },
        { type: "dropInput", turnId: state.turnId },
      ];
    case "finishing":
    case "looking":
      return [{ type: "commitInput", turnId: state.turnId }];
    case "consenting":
      return [{ type: "abandonTurn", turnId: state.turnId }];
    case "awaiting":
    case "responding":
    case "acting":
      // Also while awaiting: words said before a tool call may still be playing.
      return [{ type: "flushPlayback" }, { type: "abandonTurn", turnId: state.turnId }];
    default:
      return assertNever(state);
  }
}

/** Is something of an answer playing, about to, or just silenced? Then a new question is a barge-in. */
const hasAnswer = (state: TurnState): boolean =>
  state.tag === "responding" ||
  state.tag === "acting" ||
  state.tag === "settling" ||
  (state.tag === "awaiting" && state.round > 1);

function startListening(state: TurnState, turnId: TurnId, withScreen: boolean): Step {
  const isBargeIn = hasAnswer(state);
  const leaving = leave(state);
  // Silence first, then the microphone before everything that may take time. A take whose key is up gets its tail beside it.
  const flush = leaving.filter((effect) => effect.type === "flushPlayback");
  const rest = leaving.filter((effect) => effect.type !== "flushPlayback");
  return to(
    {
      tag: "listening",
      turnId,
      deviceLabel: null,
      isBargeIn,
      microphone: { kind: "well" },
      isLimitReached: false,
      trouble: null,
      isLooking: withScreen,
    },
    ...flush,
    { type: "openCapture", turnId },
    ...rest,
    { type: "beginInput", turnId, utterance: turnId },
    ...(withScreen ? [{ type: "lookAtScreen", turnId } as const] : []),
  );
}

function finishListening(state: StateOf<"listening">): Step {
  return to(
    { tag: "finishing", turnId: state.turnId, trouble: state.trouble, isLooking: state.isLooking },
    { type: "finishCapture", turnId: state.turnId },
  );
}

function forgetListening(state: StateOf<"listening">): Step {
  return to({ tag: "idle", reason: "cancelled" }, ...leave(state));
}

/** A complete question: typed, or an utterance sent again. */
function ask(state: TurnState, turnId: TurnId, question: Ask): Step {
  const leaving = leave(state);
  // The model's memory of the old answer must be cut before it answers the new question.
  return hasAnswer(state)
    ? to({ tag: "settling", turnId, ask: question }, ...leaving)
    : to(awaiting(turnId, question), ...leaving, ...submit(turnId, question));
}

/** With those that failed before it: they lose their own answer, not their words. */
function sendAgain(state: SessionState, turnId: TurnId): Step {
  if (!canBeSentAgain(state)) return stay(state);
  const before = state.unanswered.filter((other) => other.turnId !== state.turnId);
  const again = ask(state, turnId, state.kept);
  return to(
    again.state,
    ...before.flatMap((other): readonly SessionEffect[] => [
      ...input(other.turnId, other.kept),
      { type: "abandonTurn", turnId: other.turnId },
    ]),
    ...again.effects,
  );
}

const awaiting = (turnId: TurnId, question: Ask): StateOf<"awaiting"> => ({
  tag: "awaiting",
  turnId,
  ask: question,
  round: 1,
  attempt: 1,
  trouble: null,
  isAudible: false,
});

const request = (turnId: TurnId, afterMs = 0): SessionEffect => ({
  type: "requestResponse",
  turnId,
  afterMs,
});

const input = (turnId: TurnId, question: Ask): readonly SessionEffect[] =>
  question.kind === "text"
    ? [{ type: "sendText", turnId, typedIn: question.typedIn, text: question.text }]
    : [
        { type: "beginInput", turnId, utterance: question.utterance },
        { type: "commitInput", turnId },
      ];

const submit = (turnId: TurnId, question: Ask): readonly SessionEffect[] => [
  ...input(turnId, question),
  request(turnId),
];

/** Also at rest: a tool of an earlier turn may still run. What it gives, if only that it was stopped, reaches the model. */
function stop(state: TurnState): Step {
  const { state: rest, effects } = quieten(state);
  return to(rest, ...effects, { type: "stopTools" });
}

function quieten(state: TurnState): Step {
  switch (state.tag) {
    case "idle":
      return stay(state);
    case "failed":
      // Esc is pressed in every program; what somebody said goes only by their own word.
      return canBeSentAgain(state) ? stay(state) : to({ tag: "idle", reason: "none" });
    case "listening":
      return forgetListening(state);
    case "finishing":
    case "looking":
      return to(
        { tag: "idle", reason: "cancelled" },
        { type: "dropCapture", turnId: state.turnId },
        { type: "dropInput", turnId: state.turnId },
      );
    case "settling":
      return to({ tag: "idle", reason: "cancelled" });
    case "consenting":
    case "awaiting":
    case "responding":
    case "acting":
      return to({ tag: "idle", reason: "interrupted" }, ...leave(state));
    default:
      return assertNever(state);
  }
}

function takeUtterance(state: SessionState, event: EventOf<"captureFinished">): Step {
  if (state.tag !== "finishing" || !isCurrent(state, event)) return stay(state);
  const { turnId, trouble } = state;
  if (event.speechMs < shortestUtteranceMs && event.armingMs > tapWindowMs) {
    const failure: Failure = { kind: "microphone-unready", device: event.deviceLabel };
    return to({ tag: "failed", turnId, failure, kept: null }, { type: "dropInput", turnId });
  }
  if (event.speechMs < shortestUtteranceMs) {
    return to({ tag: "idle", reason: "too-short" }, { type: "dropInput", turnId });
  }
  const question: Ask = { kind: "speech", utterance: turnId };
  if (event.isSilent) {
    const failure: Failure = { kind: "microphone-silent", device: event.deviceLabel };
    return to({ tag: "failed", turnId, failure, kept: null }, { type: "dropInput", turnId });
  }
  if (trouble !== null) {
    return to({ tag: "failed", turnId, failure: trouble, kept: question }, { type: "dropInput", turnId });
  }
  return state.isLooking
    ? to({ tag: "looking", turnId, ask: question })
    : handOver(turnId, question, state.asked);
}

/** The question is complete, with all that goes with it. */
function handOver(turnId: TurnId, question: Ask, asked: readonly CallId[]): Step {
  const commit: SessionEffect = { type: "commitInput", turnId };
  return asked.length > 0
    ? to({ tag: "consenting", turnId, ask: question, calls: asked }, commit, {
        type: "holdTurn",
        turnId,
        calls: asked,
      })
    : to(awaiting(turnId, question), commit, request(turnId));
}

/** Seen or not: the question goes on with what there is. */
function screenDone(state: SessionState, turnId: TurnId): Step {
  if (!("turnId" in state) || state.turnId !== turnId) return stay(state);
  if (state.tag === "looking") return handOver(turnId, state.ask, state.asked);
  const isWaiting = (state.tag === "listening" || state.tag === "finishing") && state.isLooking;
  return isWaiting ? to({ ...state, isLooking: false }) : stay(state);
}

/** A yes or a no is no question: the model goes on once the calls that it was about have ended. */
function afterConsent({ turnId, ask, calls }: StateOf<"consenting">, isAnswered: boolean): Step {
  return isAnswered && calls.length > 0
    ? to({ tag: "acting", turnId, ask, round: 1, isAudible: false, waiting: calls, isRemarked: false })
    : to(awaiting(turnId, ask), request(turnId));
}

function captureSilence(state: TurnState, event: EventOf<"captureSilence">): Step {
  if (state.tag !== "listening" || !isCurrent(state, event)) return stay(state);
  if (event.isSilent) return to({ ...state, microphone: { kind: "silent" } });
  return state.microphone.kind === "silent" ? to({ ...state, microphone: { kind: "well" } }) : stay(state);
}

function captureFailed(state: TurnState, event: EventOf<"captureFailed">): Step {
  if ((state.tag !== "listening" && state.tag !== "finishing") || !isCurrent(state, event))
    return stay(state);
  const { turnId } = state;
  const kept: Ask | null =
    event.speechMs >= shortestUtteranceMs ? { kind: "speech", utterance: turnId } : null;
  return to(
    { tag: "failed", turnId, failure: event.failure, kept },
    // Nothing to keep: then the gate is shut once more, in case that it was the shutting that failed.
    ...(kept === null ? [{ type: "dropCapture", turnId } as const] : []),
    { type: "dropInput", turnId },
  );
}

function responseDone(state: TurnState, event: EventOf<"responseDone">): Step {
  if (state.tag !== "responding" || !isCurrent(state, event) || state.responseId !== event.responseId) {
    return stay(state);
  }
  return afterResponse(state, event.outcome);
}

function afterResponse(state: StateOf<"responding">, outcome: ResponseOutcome): Step {
  const { turnId } = state;
  const end: SessionEffect = { type: "endPlayback", turnId };
  switch (outcome.kind) {
    case "completed": {
      if (outcome.calls.length === 0) return to({ ...state, isGenerated: true }, end);
      if (state.round > mostToolRounds) return endToolLoop(state, outcome.calls);
      return to(
        {
          tag: "acting",
          turnId,
          ask: state.ask,
          round: state.round,
          isAudible: state.isAudible,
          waiting: outcome.calls.map((call) => call.callId),
          isRemarked: false,
        },
        end,
        ...outcome.calls.map((call): SessionEffect => ({ type: "runTool", turnId, call })),
      );
    }
    case "incomplete":
      return to({ ...state, isGenerated: true }, end);
    case "cancelled":
      // Not by us: our own cancel has left this state already.
      return fail(state, { kind: "answer-missing" }, state.ask);
    case "failed":
      return failedAnswer(state, outcome.failure);
    default:
      return assertNever(outcome);
  }
}

/** The server's own trouble may be over in a moment, and so may a limit whose end it names. */
function failedAnswer(state: StateOf<"responding">, failure: Failure): Step {
  if (failure.kind === "server-error") return askAgain(state, failure, 0);
  const waitMs = failure.kind === "rate-limit" ? failure.retryAfterMs : null;
  if (waitMs !== null && waitMs <= longestRetryWaitMs) return askAgain(state, failure, waitMs);
  return fail(state, failure, failure.kind === "answer-filtered" ? null : state.ask);
}

/** Once more, if nobody has noticed that there was a first time. */
function askAgain(
  state: StateOf<"awaiting"> | StateOf<"responding">,
  trouble: Failure,
  afterMs: number,
): Step {
  const { turnId, ask, round, attempt } = state;
  const isHeard = state.tag === "responding" && state.isHeard;
  if (isHeard || attempt >= mostAttempts) return fail(state, trouble, ask);
  const again: TurnState = {
    tag: "awaiting",
    turnId,
    ask,
    round,
    attempt: attempt + 1,
    trouble,
    isAudible: state.tag === "awaiting" && state.isAudible,
  };
  return state.tag === "responding"
    ? to(again, { type: "flushPlayback" }, request(turnId, afterMs))
    : to(again, request(turnId, afterMs));
}

/**
 * In `acting` the tools run on: their outputs go out with the next request, each tool having run once. An answer that
 * is wholly here outlives its connection, too: it plays to its end.
 */
function answerLost(state: TurnState, event: EventOf<"answerLost">): Step {
  if (!mayBeAudible(state) || !isCurrent(state, event) || state.tag === "acting") return stay(state);
  if (state.tag === "responding" && state.isGenerated) return stay(state);
  return askAgain(state, event.failure, 0);
}

/** The calls are refused, not ignored: one without an output dangles in the model's context for ever. */
function endToolLoop(state: StateOf<"responding">, calls: readonly ToolCall[]): Step {
  const { turnId } = state;
  const output = JSON.stringify({ error: "Too many tool calls in a row. Answer the user instead." });
  const failed = fail(state, { kind: "tool-loop" }, null);
  return to(
    failed.state,
    ...calls.map(({ callId }): SessionEffect => ({ type: "sendToolOutput", turnId, callId, output })),
    ...failed.effects,
  );
}

function toolFinished(state: TurnState, event: EventOf<"toolFinished">): Step {
  const output: SessionEffect = {
    type: "sendToolOutput",
    turnId: event.turnId,
    callId: event.callId,
    output: event.output,
  };
  const isOther = (callId: CallId): boolean => callId !== event.callId;
  if (state.tag === "consenting") return to({ ...state, calls: state.calls.filter(isOther) }, output);
  if (state.tag !== "acting" || !state.waiting.includes(event.callId)) return to(state, output);
  const waiting = state.waiting.filter(isOther);
  if (waiting.length > 0) return to({ ...state, waiting }, output);
  const { turnId, ask, round, isAudible } = state;
  return to({ ...awaiting(turnId, ask), round: round + 1, isAudible }, output, request(turnId));
}

function settle(state: TurnState, parts: readonly HeardPart[]): Step {
  const cuts = parts.flatMap((part) => cut(part, parts));
  return state.tag === "settling"
    ? to(awaiting(state.turnId, state.ask), ...cuts, ...submit(state.turnId, state.ask))
    : to(state, ...cuts);
}

/**
 * A part whose received samples were all heard is cut too: the server may have made more than it had sent.
 * The server refuses a truncation at 0 ms; a message of which nothing at all was heard is deleted instead.
 */
function cut(part: HeardPart, parts: readonly HeardPart[]): readonly SessionEffect[] {
  if (part.playedMs > 0) return [{ type: "truncateItem", part }];
  // An item whose first part was heard, wholly (then it is not told) or not, stays.
  const isUnheard = parts.every(({ itemId, playedMs }) => itemId !== part.itemId || playedMs === 0);
  return part.contentIndex === 0 && isUnheard ? [{ type: "deleteItem", itemId: part.itemId }] : [];
}

function turnFailed(state: TurnState, event: EventOf<"turnFailed">): Step {
  if (!("turnId" in state) || !isCurrent(state, event)) return stay(state);
  switch (state.tag) {
    case "listening":
    case "finishing":
      // The recording outlives the connection: what is said is kept and can be sent again.
      return to({ ...state, trouble: state.trouble ?? event.failure });
    case "looking":
      return failUnsent(state, event.failure);
    case "settling":
    case "failed":
      return stay(state);
    case "responding":
      // An answer that is wholly here outlives its connection too: it plays to its end.
      return state.isGenerated ? stay(state) : fail(state, event.failure, state.ask);
    case "consenting":
    case "awaiting":
    case "acting":
      return fail(state, event.failure, state.ask);
    default:
      return assertNever(state);
  }
}

function fail(state: AnswerState | StateOf<"consenting">, failure: Failure, kept: Ask | null): Step {
  return to({ tag: "failed", turnId: state.turnId, failure, kept }, ...leave(state));
}

/** The question is complete, and not handed over. */
const failUnsent = ({ turnId, ask }: StateOf<"looking">, failure: Failure): Step =>
  to({ tag: "failed", turnId, failure, kept: ask }, { type: "dropInput", turnId });

function expire(state: SessionState, stage: Stage): Step {
  switch (state.tag) {
    case "listening":
      return stage === "utterance" ? to({ ...state, isLimitReached: true }) : finishListening(state);
    case "finishing":
      return to(
        {
          tag: "failed",
          turnId: state.turnId,
          failure: { kind: "microphone-failed", device: null },
          kept: { kind: "speech", utterance: state.turnId },
        },
        { type: "dropInput", turnId: state.turnId },
      );
    case "looking":
      return handOver(state.turnId, state.ask, state.asked);
    case "settling":
      return settle(state, []);
    case "consenting":
      return afterConsent(state, false);
    case "acting":
      return stage === "slow"
        ? to({ ...state, isRemarked: true }, { type: "remark", turnId: state.turnId })
        : fail(state, { kind: "answer-missing" }, state.ask);
    case "awaiting":
    case "responding":
      return fail(state, { kind: "answer-missing" }, state.ask);
    case "idle":
    case "failed":
      throw new Error(`The stage “${stage}” expired in a state without one: check stageOf before expire.`);
    default:
      return assertNever(state);
  }
}
