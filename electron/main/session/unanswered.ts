/**
 * Owns which failed questions can still be sent again, beside whatever the session does: a tap, a shortcut or an Esc
 * that was meant for another program must not cost what somebody said. Pure.
 */
import { isSameQuestion } from "./question.ts";
import { mostUnanswered } from "./tuning.ts";
import type { SessionEvent, SessionState, TurnState, Unanswered } from "./types.ts";

const none: readonly Unanswered[] = [];

/** @returns those that are left once `next` has followed from `event`, oldest first. */
export function unansweredAfter(
  before: SessionState,
  event: SessionEvent,
  next: TurnState,
): readonly Unanswered[] {
  const { unanswered } = before;
  const failed = failedNow(before, event, next);
  if (failed !== null) {
    const others = unanswered.filter(({ kept }) => !isSameQuestion(kept, failed.kept));
    return [...others, failed].slice(-mostUnanswered);
  }
  // An answer, or the person's own word that they want none, is the end of it.
  const isOver = next.tag === "idle" && (next.reason === "answered" || next.reason === "interrupted");
  const isDismissed = event.type === "dismissRequested" && canBeSentAgain(before);
  return (isOver || isDismissed) && unanswered.length > 0 ? none : unanswered;
}

/** What has come to nothing leads back to the question that waits to be sent again. */
export function atRest(next: TurnState, unanswered: readonly Unanswered[]): TurnState {
  return next.tag === "idle" ? (unanswered.at(-1) ?? next) : next;
}

export const canBeSentAgain = (state: TurnState): state is Unanswered =>
  state.tag === "failed" && state.kept !== null;

function failedNow(before: SessionState, event: SessionEvent, next: TurnState): Unanswered | null {
  if (canBeSentAgain(next)) return next === before ? null : next;
  // It was said and cannot be sent, and the key goes down again before its last sample is in.
  const isOvertaken = event.type === "talkPressed" || event.type === "questionTyped";
  if (before.tag !== "finishing" || before.trouble === null || !isOvertaken) return null;
  const { turnId, trouble } = before;
  return { tag: "failed", turnId, failure: trouble, kept: { kind: "speech", utterance: turnId } };
}
