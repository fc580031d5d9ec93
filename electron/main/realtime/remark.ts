/**
 * Owns what the model is asked to say while a tool takes its time. It says it beside the conversation: a sentence to
 * pass the time is nothing to remember, and what it is working on is none of its business there. Pure.
 */
import type { RemarkRequest } from "./client-events.ts";
import { remarkTokens, remarkedChars } from "./realtime-tuning.ts";

/**
 * @param instructions those of the session, which this response would be without.
 * @param question what the person said, by which the model knows their language; empty where that is not known.
 */
export function remarkRequest(turn: string, instructions: string, question: string): RemarkRequest {
  const words = JSON.stringify(question.slice(0, remarkedChars));
  return {
    conversation: "none",
    input: [],
    tools: [],
    instructions: [
      ...(instructions === "" ? [] : [instructions]),
      "What you are doing for the user takes longer than usual and is still running. Say so now in one short sentence and nothing else. Promise nothing, guess no result, ask nothing.",
      ...(question === "" ? [] : [`Speak the language of their question, and do not answer it: ${words}`]),
    ].join("\n\n"),
    max_output_tokens: remarkTokens,
    metadata: { turn },
  };
}
