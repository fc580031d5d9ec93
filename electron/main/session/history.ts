/** Owns what a new session with the model is told of the conversation so far. Pure; only what was heard was said. */
import { turnViews, type Conversation } from "./conversation.ts";

export interface PastTurn {
  readonly turnId: string;
  /** Empty where the words of the question are not known. */
  readonly question: string;
  /** As far as it was heard. */
  readonly answer: string;
}

/** Turns of which something was heard, oldest first. One without an answer would only be answered now. */
export function historyOf(conversation: Conversation): readonly PastTurn[] {
  return turnViews(conversation, conversation.turns.length)
    .map(({ turnId, question, answer }) => ({
      turnId,
      question: question.text.trim(),
      answer: answer.text.slice(0, answer.heardChars).trim(),
    }))
    .filter(({ answer }) => answer !== "");
}
