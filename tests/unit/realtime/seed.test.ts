/** Owns the proof of what a new session is told of the conversation before it. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededChars, seededTurns } from "../../../electron/main/realtime/realtime-tuning.ts";
import { seedOf } from "../../../electron/main/realtime/seed.ts";
import type { PastTurn } from "../../../electron/main/session/history.ts";

const past = (turn: number, question = `Question ${turn}?`, answer = `Answer ${turn}.`): PastTurn => ({
  turnId: `t${turn}`,
  question,
  answer,
});
const turns = (count: number): readonly PastTurn[] => Array.from({ length: count }, (_, at) => past(at + 1));
const told = (history: readonly PastTurn[]): readonly string[] =>
  seedOf(history).map(({ role, content }) => `${role}: ${content.map(({ text }) => text).join("")}`);

describe("a new session", () => {
  it("is told nothing where nothing was said", () => {
    expect(seedOf([])).toEqual([]);
  });

  it("is told question and answer in their order, as text that the service takes from either side", () => {
    expect(seedOf([past(1), past(2)])).toEqual([
      { type: "message", role: "user", content: [{ type: "input_text", text: "Question 1?" }] },
      { type: "message", role: "assistant", content: [{ type: "output_text", text: "Answer 1." }] },
      { type: "message", role: "user", content: [{ type: "input_text", text: "Question 2?" }] },
      { type: "message", role: "assistant", content: [{ type: "output_text", text: "Answer 2." }] },
    ]);
  });

  it("is told an answer alone where the words of its question are not known: the service takes no empty text", () => {
    expect(told([past(1, "")])).toEqual(["assistant: Answer 1."]);
  });

  it("is told the newest turns only", () => {
    const all = told(turns(seededTurns + 5));
    expect(all).toHaveLength(seededTurns * 2);
    expect([all[0], all.at(-1)]).toEqual(["user: Question 6?", `assistant: Answer ${seededTurns + 5}.`]);
  });

  it("is told whole turns within a bound, without a gap, however long each is", () => {
    const lengths = fc.array(
      fc.record({
        question: fc.integer({ min: 0, max: 6_000 }),
        answer: fc.integer({ min: 1, max: 6_000 }),
      }),
      { maxLength: 14 },
    );
    fc.assert(
      fc.property(lengths, (sizes) => {
        const history = sizes.map(({ question, answer }, at) =>
          past(at, "q".repeat(question), "a".repeat(answer)),
        );
        const items = told(history);
        const chars = (of: readonly PastTurn[]): number =>
          of.reduce((sum, turn) => sum + turn.question.length + turn.answer.length, 0);
        const kept = items.filter((item) => item.startsWith("assistant")).length;
        expect(items).toEqual(kept === 0 ? [] : told(history.slice(-kept)));
        expect(chars(history.slice(history.length - kept))).toBeLessThanOrEqual(seededChars);
        // One more would have been too many, or too much.
        const more = history.slice(Math.max(0, history.length - kept - 1));
        expect(kept === history.length || kept === seededTurns || chars(more) > seededChars).toBe(true);
      }),
    );
  });
});
