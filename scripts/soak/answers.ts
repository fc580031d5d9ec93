/** Owns what the model of a soak answers: noise of a given length, with a tool before it or a failure in its place. */
import type { Step } from "../../electron/main/practice/brain.ts";
import type { WireError } from "../../electron/main/practice/wire-error.ts";
import type { Answer } from "../driver/server.ts";
import { noise } from "../driver/signal.ts";

export interface Answers {
  readonly answer: Answer;
  /** The questions in writing that the model was asked: each was the last that it was told by the person. */
  readonly asked: ReadonlySet<string>;
  /** For the answers from now on. */
  plan(next: { readonly answerMs: number; readonly usesTool: boolean }): void;
  /** Instead of the next answers, one each. */
  fail(...errors: readonly WireError[]): void;
  /** No failure that has not come yet comes any more. */
  recover(): void;
  /** What was asked so far. */
  forget(): void;
}

const samplesPerMs = 24;
const poolMs = 12_000;

export function createAnswers(seed: number): Answers {
  const pool = noise(poolMs * samplesPerMs, seed);
  let planned = { answerMs: 500, usesTool: false };
  let failures: readonly WireError[] = [];
  let calls = 0;
  const asked = new Set<string>();

  /** No two in a row sound the same. */
  const speech = (): Step => {
    calls += 1;
    const from = ((calls * 1_700) % (poolMs - planned.answerMs)) * samplesPerMs;
    return {
      kind: "speech",
      transcript: `Answer ${calls}, which goes on for a few words.`,
      pcm: pool.slice(from, from + planned.answerMs * samplesPerMs),
    };
  };
  return {
    asked,
    answer({ items }) {
      const question = items.findLast((item) => item.type === "message" && item.role === "user");
      for (const part of question?.content ?? []) if (part.type === "input_text") asked.add(part.text);
      const [failure, ...later] = failures;
      failures = later;
      if (failure !== undefined) return [{ kind: "fail", error: failure }];
      const isTold = items.at(-1)?.type === "function_call_output";
      if (!planned.usesTool || isTold) return [speech()];
      calls += 1;
      return [{ kind: "call", name: "get_current_time", arguments: "{}", callId: `call_${calls}` }];
    },
    plan(next) {
      planned = next;
    },
    fail(...errors) {
      failures = errors;
    },
    recover() {
      failures = [];
    },
    forget() {
      asked.clear();
    },
  };
}
