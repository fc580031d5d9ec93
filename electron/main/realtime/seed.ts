/**
 * Owns how a new session is told what was said before: a session has no resume, and the voice of an answer cannot be
 * given back to the model, so all of it goes as text. Pure.
 */
import type { PastTurn } from "../session/history.ts";
import { assistantText, userText } from "./client-events.ts";
import { seededChars, seededTurns } from "./realtime-tuning.ts";

type SeedItem = ReturnType<typeof userText> | ReturnType<typeof assistantText>;

/** The newest turns, oldest first, within bounds: an old conversation must not cost more than the question at hand. */
export function seedOf(history: readonly PastTurn[]): readonly SeedItem[] {
  let chars = 0;
  const kept: PastTurn[] = [];
  for (const turn of history.slice(-seededTurns).toReversed()) {
    chars += turn.question.length + turn.answer.length;
    if (chars > seededChars) break;
    kept.unshift(turn);
  }
  return kept.flatMap(({ question, answer }) => [
    ...(question === "" ? [] : [userText(question)]),
    assistantText(answer),
  ]);
}
