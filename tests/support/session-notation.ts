/** Owns how states, events and effects are written in expectations: short, on one line, nothing of weight left out. */
import { assertNever } from "../../shared/assert-never.ts";
import type {
  Ask,
  HeardPart,
  ResponseOutcome,
  SessionEffect,
  SessionEvent,
  SessionState,
  Transition,
  TurnState,
} from "../../electron/main/session/types.ts";

/** `responding(heard, generated, round 2, c1 asked) t2` */
export function stateText(state: TurnState & Partial<Pick<SessionState, "asked" | "unanswered">>): string {
  const asked = (state.asked ?? []).map((callId) => `${callId} asked`);
  const own = "turnId" in state ? state.turnId : null;
  const before = (state.unanswered ?? [])
    .filter(({ turnId }) => turnId !== own)
    .map(({ turnId }) => `${turnId} unanswered`);
  const words = [...stateWords(state), ...asked, ...before].filter((word) => word !== "");
  const details = words.length === 0 ? "" : `(${words.join(", ")})`;
  return `${state.tag}${details}${"turnId" in state ? ` ${state.turnId}` : ""}`;
}

/** `captureFinished(800 ms, silent) t2` */
export function eventText(event: SessionEvent): string {
  const words = eventWords(event).filter((word) => word !== "");
  const details = words.length === 0 ? "" : `(${words.join(", ")})`;
  return `${event.type}${details}${"turnId" in event ? ` ${event.turnId}` : ""}`;
}

/** `beginInput t3`, `truncateItem item1 at 700 ms` */
function effectText(effect: SessionEffect): string {
  switch (effect.type) {
    case "flushPlayback":
    case "stopTools":
      return effect.type;
    case "holdTurn":
      return `holdTurn ${effect.turnId} with ${effect.calls.join(" ")}`;
    case "beginInput":
      return effect.utterance === effect.turnId
        ? `beginInput ${effect.turnId}`
        : `beginInput ${effect.turnId} with what ${effect.utterance} said`;
    case "requestResponse":
      return `requestResponse ${effect.turnId}${effect.afterMs > 0 ? ` after ${effect.afterMs} ms` : ""}`;
    case "truncateItem":
      return `truncateItem ${effect.part.itemId} at ${effect.part.playedMs} ms`;
    case "deleteItem":
      return `deleteItem ${effect.itemId}`;
    case "runTool":
      return `runTool ${effect.call.callId} ${effect.turnId}`;
    case "sendToolOutput":
      return `sendToolOutput ${effect.callId} ${effect.turnId}`;
    case "openCapture":
    case "lookAtScreen":
    case "finishCapture":
    case "dropCapture":
    case "commitInput":
    case "dropInput":
    case "sendText":
    case "abandonTurn":
    case "remark":
    case "endPlayback":
      return `${effect.type} ${effect.turnId}`;
    default:
      return assertNever(effect);
  }
}

export const effectTexts = (effects: readonly SessionEffect[]): readonly string[] => effects.map(effectText);

/** `listening(arming, barge-in) t3 [flushPlayback, openCapture t3]`, or `same` where nothing happens. */
export function transitionText(before: SessionState, { state, effects }: Transition): string {
  const after = stateText(state) === stateText(before) ? "same" : stateText(state);
  return effects.length === 0 ? after : `${after} [${effectTexts(effects).join(", ")}]`;
}

const flag = (isSet: boolean, word: string): string => (isSet ? word : "");

const askWord = (ask: Ask): string => (ask.kind === "text" ? "typed" : "");

const attemptWord = (attempt: number): string => flag(attempt > 1, `attempt ${attempt}`);

const roundWord = (round: number): string => flag(round > 1, `round ${round}`);

function stateWords(state: TurnState): readonly string[] {
  switch (state.tag) {
    case "idle":
      return [state.reason];
    case "listening":
      return [
        flag(state.deviceLabel === null, "arming"),
        flag(state.isBargeIn, "barge-in"),
        flag(state.microphone.kind !== "well", state.microphone.kind),
        flag(state.isLimitReached, "limit reached"),
        flag(state.trouble !== null, "trouble"),
        flag(state.isLooking, "looking"),
      ];
    case "finishing":
      return [flag(state.trouble !== null, "trouble"), flag(state.isLooking, "looking")];
    case "looking":
    case "settling":
      return [askWord(state.ask)];
    case "consenting":
      return [askWord(state.ask), state.calls.join(" ")];
    case "awaiting":
      return [
        askWord(state.ask),
        roundWord(state.round),
        attemptWord(state.attempt),
        flag(state.isAudible, "audible"),
      ];
    case "responding":
      return [
        askWord(state.ask),
        roundWord(state.round),
        attemptWord(state.attempt),
        flag(state.isAudible, "audible"),
        flag(state.isHeard && !state.isAudible, "heard"),
        flag(state.isGenerated, "generated"),
      ];
    case "acting":
      return [
        askWord(state.ask),
        roundWord(state.round),
        flag(state.isAudible, "audible"),
        state.waiting.join(" "),
        flag(state.isRemarked, "remarked"),
      ];
    case "failed":
      return [state.failure.kind, state.kept === null ? "nothing kept" : `${state.kept.kind} kept`];
    default:
      return assertNever(state);
  }
}

const partText = (part: HeardPart): string => `${part.itemId} ${part.playedMs}/${part.receivedMs} ms`;

function outcomeText(outcome: ResponseOutcome): string {
  if (outcome.kind === "failed") {
    const { failure } = outcome;
    const waitMs = failure.kind === "rate-limit" ? failure.retryAfterMs : null;
    return `failed: ${failure.kind}${waitMs === null ? "" : ` for ${waitMs} ms`}`;
  }
  if (outcome.kind === "completed" && outcome.calls.length > 0) return `${outcome.calls.length} calls`;
  return outcome.kind;
}

function eventWords(event: SessionEvent): readonly string[] {
  switch (event.type) {
    case "captureFinished":
      return [
        `${event.speechMs} ms`,
        event.armingMs === 0 ? "" : `${event.armingMs} ms late`,
        flag(event.isSilent, "silent"),
      ];
    case "captureSwitched":
      return [`${event.from} to ${event.deviceLabel}`, `${event.lostMs} ms lost`];
    case "captureSilence":
      return [flag(event.isSilent, "silent")];
    case "answerLost":
      return [event.failure.kind];
    case "captureFailed":
      return [event.failure.kind, `${event.speechMs} ms`];
    case "responseStarted":
      return [event.responseId];
    case "responseDone":
      return [event.responseId, outcomeText(event.outcome)];
    case "playbackFlushed":
      return event.parts.map(partText);
    case "toolFinished":
    case "approvalAsked":
    case "approvalSettled":
      return [event.callId];
    case "consentHeard":
      return [flag(event.isAnswered, "answered")];
    case "expired":
      return [event.stage];
    case "talkPressed":
      return [flag(event.withScreen, "with screen")];
    case "screenSeen":
    case "screenFailed":
    case "talkReleased":
    case "talkCancelled":
    case "questionTyped":
    case "sendAgainRequested":
    case "stopRequested":
    case "dismissRequested":
    case "keepRecordingRequested":
    case "captureStarted":
    case "turnFailed":
    case "remarkEnded":
    case "playbackStarted":
    case "playbackDrained":
    case "playbackFailed":
      return [];
    default:
      return assertNever(event);
  }
}
