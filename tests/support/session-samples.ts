/** Owns sample states and events of the session, named, for tests of the machine. It never runs anything. */
import type { Failure } from "../../shared/failure.ts";
import { callId, itemId, responseId, turnId } from "../../shared/ids.ts";
import { mostToolRounds } from "../../electron/main/session/tuning.ts";
import { canBeSentAgain } from "../../electron/main/session/unanswered.ts";
import type {
  Ask,
  HeardPart,
  SessionEvent,
  SessionState,
  Stage,
  TurnState,
  Unanswered,
} from "../../electron/main/session/types.ts";

/** One before all, an older turn, the current one, and the one that a verb begins. */
export const t0 = turnId("t0");
export const t1 = turnId("t1");
export const t2 = turnId("t2");
export const t3 = turnId("t3");
export const r1 = responseId("r1");
export const r2 = responseId("r2");
export const c1 = callId("c1");
export const c2 = callId("c2");
export const item1 = itemId("item1");
export const item2 = itemId("item2");

export const lost: Failure = { kind: "connection-lost", host: "api.example.com" };
export const busy: Failure = { kind: "microphone-busy", device: "Headset" };
export const speech = (utterance = t2): Ask => ({ kind: "speech", utterance });
const text: Ask = { kind: "text", typedIn: t1, text: "What time is it?" };

export const heard = (item = item1, playedMs = 700, receivedMs = 2_000, contentIndex = 0): HeardPart => ({
  itemId: item,
  contentIndex,
  playedMs,
  receivedMs,
});

const listening = {
  tag: "listening",
  turnId: t2,
  deviceLabel: null,
  isBargeIn: false,
  microphone: { kind: "well" },
  isLimitReached: false,
  trouble: null,
  isLooking: false,
} as const;
const finishing = { tag: "finishing", turnId: t2, trouble: null, isLooking: false } as const;
const consenting = { tag: "consenting", turnId: t2, ask: speech(), calls: [c1] } as const;
const awaiting = {
  tag: "awaiting",
  turnId: t2,
  ask: speech(),
  round: 1,
  attempt: 1,
  trouble: null,
  isAudible: false,
} as const;
const responding = {
  tag: "responding",
  turnId: t2,
  ask: speech(),
  round: 1,
  attempt: 1,
  responseId: r1,
  isHeard: false,
  isAudible: false,
  isGenerated: false,
} as const;
const acting = {
  tag: "acting",
  turnId: t2,
  ask: speech(),
  round: 1,
  isAudible: false,
  waiting: [c1],
  isRemarked: false,
} as const;

const failedTyped: Unanswered = { tag: "failed", turnId: t2, failure: lost, kept: text };
/** Failed before, and can be sent again. */
const unanswered: readonly Unanswered[] = [{ tag: "failed", turnId: t0, failure: busy, kept: speech(t0) }];

/** At least one of every tag, with each variant that a rule looks at. The current turn is `t2`. */
export const sampleTurns: readonly TurnState[] = [
  { tag: "idle", reason: "none" },
  { tag: "idle", reason: "answered" },
  listening,
  { ...listening, deviceLabel: "Headset" },
  { ...listening, deviceLabel: "Headset", isBargeIn: true },
  { ...listening, deviceLabel: "Headset", microphone: { kind: "silent" } },
  {
    ...listening,
    deviceLabel: "Headset",
    microphone: { kind: "switched", from: "Webcam", why: null, lostMs: 90 },
  },
  { ...listening, deviceLabel: "Headset", isLimitReached: true },
  { ...listening, deviceLabel: "Headset", trouble: lost },
  { ...listening, deviceLabel: "Headset", isLooking: true },
  finishing,
  { ...finishing, trouble: lost },
  { ...finishing, isLooking: true },
  { tag: "looking", turnId: t2, ask: speech() },
  { tag: "settling", turnId: t2, ask: text },
  consenting,
  { ...consenting, calls: [c1, c2] },
  { ...consenting, calls: [] },
  awaiting,
  { ...awaiting, ask: text },
  { ...awaiting, attempt: 2, trouble: lost },
  { ...awaiting, round: 2 },
  { ...awaiting, round: 2, isAudible: true },
  responding,
  { ...responding, attempt: 2 },
  { ...responding, isHeard: true },
  { ...responding, isHeard: true, isAudible: true },
  { ...responding, isGenerated: true },
  { ...responding, isHeard: true, isAudible: true, isGenerated: true },
  { ...responding, ask: text, round: 2, isHeard: true, isAudible: true },
  { ...responding, round: mostToolRounds },
  { ...responding, round: mostToolRounds + 1 },
  acting,
  { ...acting, isAudible: true, waiting: [c1, c2] },
  { ...acting, ask: text, round: 2 },
  { ...acting, isRemarked: true },
  { tag: "failed", turnId: t2, failure: lost, kept: speech() },
  failedTyped,
  { tag: "failed", turnId: t2, failure: busy, kept: null },
];

/**
 * As they are while nobody is asked anything and nothing failed before, and those in which a question that is open, or
 * one that can be sent again, makes a difference.
 */
export const sampleStates: readonly SessionState[] = [
  ...sampleTurns.map((turn) => ({ ...turn, asked: [], unanswered: canBeSentAgain(turn) ? [turn] : [] })),
  { tag: "idle", reason: "interrupted", asked: [c1], unanswered: [] },
  { ...listening, deviceLabel: "Headset", isBargeIn: true, asked: [c1], unanswered: [] },
  { ...finishing, asked: [c1], unanswered: [] },
  { ...finishing, trouble: lost, asked: [c1], unanswered: [] },
  { ...finishing, asked: [c1, c2], unanswered: [] },
  { tag: "looking", turnId: t2, ask: speech(), asked: [c1], unanswered: [] },
  { ...consenting, asked: [c1], unanswered: [] },
  { ...acting, waiting: [c1, c2], asked: [c1], unanswered: [] },
  { ...listening, deviceLabel: "Headset", asked: [], unanswered },
  { ...finishing, asked: [], unanswered },
  { ...finishing, trouble: lost, asked: [], unanswered },
  { tag: "settling", turnId: t2, ask: text, asked: [], unanswered },
  { ...awaiting, asked: [], unanswered },
  { ...responding, isHeard: true, isAudible: true, isGenerated: true, asked: [], unanswered },
  { ...failedTyped, asked: [], unanswered: [...unanswered, failedTyped] },
  { tag: "failed", turnId: t2, failure: busy, kept: null, asked: [], unanswered },
];

export const stages: readonly Stage[] = [
  "utterance",
  "limit",
  "tail",
  "screen",
  "flush",
  "consent",
  "answer",
  "generation",
  "slow",
  "tools",
];

/** What the person may ask for at any time, and the facts that are keyed to no turn. */
export const unkeyedEvents: readonly SessionEvent[] = [
  { type: "talkPressed", turnId: t3, withScreen: false },
  { type: "talkPressed", turnId: t3, withScreen: true },
  { type: "talkReleased" },
  { type: "talkCancelled" },
  { type: "questionTyped", turnId: t3, text: "And in Tokyo?" },
  { type: "sendAgainRequested", turnId: t3 },
  { type: "stopRequested" },
  { type: "dismissRequested" },
  { type: "keepRecordingRequested" },
  { type: "approvalAsked", callId: c1 },
  { type: "approvalSettled", callId: c1 },
  { type: "playbackFailed", failure: { kind: "loudspeaker-failed" } },
  { type: "playbackFlushed", parts: [] },
  { type: "playbackFlushed", parts: [heard()] },
  { type: "playbackFlushed", parts: [heard(), heard(item2, 0, 900)] },
];

/** Every fact of one turn, with each variant that a rule looks at. */
export function factsOf(turn: typeof t1): readonly SessionEvent[] {
  const done = { type: "responseDone", turnId: turn, responseId: r1 } as const;
  const finished = {
    type: "captureFinished",
    turnId: turn,
    speechMs: 800,
    armingMs: 0,
    isSilent: false,
    deviceLabel: "Headset",
  } as const;
  const calls = [c1, c2].map((id) => ({ callId: id, name: "get_current_time", argumentsJson: "{}" }));
  return [
    { type: "captureStarted", turnId: turn, deviceLabel: "Headset" },
    {
      type: "captureSwitched",
      turnId: turn,
      from: "Headset",
      deviceLabel: "Webcam",
      why: { kind: "microphone-lost", device: "Headset" },
      lostMs: 120,
    },
    { type: "captureSilence", turnId: turn, isSilent: true },
    { type: "captureSilence", turnId: turn, isSilent: false },
    finished,
    { ...finished, speechMs: 100 },
    { ...finished, speechMs: 99 },
    { ...finished, speechMs: 99, armingMs: 501 },
    { ...finished, isSilent: true },
    { type: "captureFailed", turnId: turn, failure: busy, speechMs: 0 },
    { type: "captureFailed", turnId: turn, failure: busy, speechMs: 800 },
    { type: "screenSeen", turnId: turn },
    { type: "screenFailed", turnId: turn },
    { type: "responseStarted", turnId: turn, responseId: r1 },
    { ...done, outcome: { kind: "completed", calls: [] } },
    { ...done, outcome: { kind: "completed", calls } },
    { ...done, outcome: { kind: "cancelled" } },
    { ...done, outcome: { kind: "incomplete" } },
    { ...done, outcome: { kind: "failed", failure: { kind: "rate-limit", retryAfterMs: null } } },
    { ...done, outcome: { kind: "failed", failure: { kind: "rate-limit", retryAfterMs: 6_000 } } },
    { ...done, outcome: { kind: "failed", failure: { kind: "rate-limit", retryAfterMs: 60_000 } } },
    { ...done, outcome: { kind: "failed", failure: { kind: "server-error", status: null } } },
    { ...done, outcome: { kind: "failed", failure: { kind: "answer-filtered" } } },
    { ...done, responseId: r2, outcome: { kind: "completed", calls: [] } },
    { type: "answerLost", turnId: turn, failure: lost },
    { type: "turnFailed", turnId: turn, failure: { kind: "no-reply", host: "api.example.com" } },
    { type: "remarkEnded", turnId: turn },
    { type: "playbackStarted", turnId: turn },
    { type: "playbackDrained", turnId: turn },
    { type: "toolFinished", turnId: turn, callId: c1, output: "{}" },
    { type: "toolFinished", turnId: turn, callId: c2, output: "{}" },
    { type: "consentHeard", turnId: turn, isAnswered: true },
    { type: "consentHeard", turnId: turn, isAnswered: false },
    ...stages.map((stage): SessionEvent => ({ type: "expired", turnId: turn, stage })),
  ];
}

export const sampleEvents: readonly SessionEvent[] = [...unkeyedEvents, ...factsOf(t2), ...factsOf(t1)];
