/** Owns what a transition means for the words that are shown. Pure; it decides nothing about the turn. */
import type { TurnId } from "../../../shared/ids.ts";
import type { Narration } from "./conversation.ts";
import type { SessionEvent, TurnState } from "./types.ts";

/** The narrations that follow from one transition, oldest turn first. */
export function storyOf(before: TurnState, event: SessionEvent, after: TurnState): readonly Narration[] {
  return [
    ...ending(before, after),
    ...askingAgain(before, after),
    ...beginning(before, event, after),
    ...hearing(event),
    ...muting(before, event),
    ...missing(before, event),
  ];
}

const turnOf = (state: TurnState): TurnId | null => ("turnId" in state ? state.turnId : null);

/** What became of the turn that was current before. */
function ending(before: TurnState, after: TurnState): readonly Narration[] {
  const turnId = turnOf(before);
  if (turnId === null) return [];
  if (turnOf(after) === turnId) return after.tag === "failed" ? failing(before, after) : [];
  // Failed is then an older turn, whose question waits to be sent again.
  const isAtRest = after.tag === "idle" || after.tag === "failed";
  if (before.tag === "failed") return [{ type: "questionClosed", turnId }];
  if (before.tag === "listening") return [{ type: "turnForgotten", turnId }];
  if (before.tag === "finishing") {
    // A newer turn keeps these words; only a cancelled or too short utterance is forgotten.
    if (isAtRest) return [{ type: "turnForgotten", turnId }];
    return before.trouble === null ? [] : [{ type: "questionClosed", turnId }];
  }
  if (before.tag === "looking") return isAtRest ? [{ type: "turnForgotten", turnId }] : [];
  return after.tag === "idle" && after.reason === "answered" ? [] : [{ type: "answerInterrupted", turnId }];
}

/** A recording of which nothing is kept leaves no words behind; any other question stays to be seen. */
function failing(
  before: TurnState,
  { turnId, kept }: Extract<TurnState, { tag: "failed" }>,
): readonly Narration[] {
  if (before.tag === "failed") return [];
  const isUnsaid = kept === null && (before.tag === "listening" || before.tag === "finishing");
  return [{ type: isUnsaid ? "turnForgotten" : "answerInterrupted", turnId }];
}

function beginning(before: TurnState, event: SessionEvent, after: TurnState): readonly Narration[] {
  const turnId = turnOf(after);
  if (turnId === null || turnId === turnOf(before)) return [];
  if (event.type === "talkPressed") return [{ type: "turnBegan", turnId, kind: "spoken", text: "" }];
  if (event.type === "questionTyped") return [{ type: "turnBegan", turnId, kind: "typed", text: event.text }];
  const from = turnOf(before);
  return event.type === "sendAgainRequested" && from !== null ? [{ type: "turnRepeated", turnId, from }] : [];
}

/** An answer that was lost unheard is as if it had never begun. */
const askingAgain = (before: TurnState, after: TurnState): readonly Narration[] =>
  before.tag === "responding" && after.tag === "awaiting" && before.turnId === after.turnId
    ? [{ type: "answerWithdrawn", turnId: after.turnId }]
    : [];

/** Before a tool call, too, and while it runs: nothing more of this answer will be heard. */
function muting(before: TurnState, event: SessionEvent): readonly Narration[] {
  if (event.type !== "playbackFailed") return [];
  return before.tag === "awaiting" || before.tag === "responding" || before.tag === "acting"
    ? [{ type: "answerMuted", turnId: before.turnId, failure: event.failure }]
    : [];
}

/** The question goes without the picture that was to go with it. */
function missing(before: TurnState, event: SessionEvent): readonly Narration[] {
  const isLooking = before.tag === "looking" || ("isLooking" in before && before.isLooking);
  const isGivenUp = event.type === "screenFailed" || (event.type === "expired" && event.stage === "screen");
  return isLooking && isGivenUp && event.turnId === before.turnId
    ? [{ type: "screenUnseen", turnId: before.turnId }]
    : [];
}

const hearing = (event: SessionEvent): readonly Narration[] =>
  event.type === "playbackFlushed" && event.parts.length > 0
    ? [{ type: "answerHeard", parts: event.parts }]
    : [];
