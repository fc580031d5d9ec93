/** Owns the proof that words find their place: late, twice, cut, repeated, forgotten. */
import { describe, expect, it } from "vitest";
import {
  emptyConversation,
  narrate,
  turnViews,
  type Narration,
} from "../../../electron/main/session/conversation.ts";
import { itemId, turnId } from "../../../shared/ids.ts";
import type { TurnView } from "../../../shared/session-view.ts";
import { c1, c2, heard, item1, item2, t1, t2, t3 } from "../../support/session-samples.ts";

const item3 = itemId("item3");

const said = (...narrations: readonly Narration[]): readonly TurnView[] =>
  turnViews(narrations.reduce(narrate, emptyConversation), 100);

const spoken = (turn = t1): Narration => ({ type: "turnBegan", turnId: turn, kind: "spoken", text: "" });
const typed = (turn = t1, text = "Time?"): Narration => ({
  type: "turnBegan",
  turnId: turn,
  kind: "typed",
  text,
});
const delta = (text: string, turn = t1, itemId = item1): Narration => ({
  type: "answerDelta",
  turnId: turn,
  itemId,
  delta: text,
});
const interrupted = (turn = t1): Narration => ({ type: "answerInterrupted", turnId: turn });
const questionItem = (itemId = item1, turn = t1): Narration => ({
  type: "questionItem",
  turnId: turn,
  itemId,
});

describe("a question", () => {
  it("typed is final from the beginning", () => {
    expect(said(typed())[0]?.question).toEqual({ kind: "typed", text: "Time?", state: "final" });
  });

  it("spoken grows as it is transcribed and is replaced by the whole", () => {
    const growing = [
      spoken(),
      questionItem(),
      { type: "questionDelta", itemId: item1, delta: "What " } as const,
      { type: "questionDelta", itemId: item1, delta: "thyme" } as const,
    ];
    expect(said(...growing)[0]?.question).toEqual({ kind: "spoken", text: "What thyme", state: "partial" });
    const whole = { type: "questionWhole", itemId: item1, text: " What time? " } as const;
    expect(said(...growing, whole)[0]?.question).toEqual({
      kind: "spoken",
      text: "What time?",
      state: "final",
    });
  });

  it("transcribed after its answer, and after the next turn began, finds its place by its item", () => {
    const turns = said(
      spoken(t1),
      questionItem(item1, t1),
      delta("Four.", t1, item2),
      spoken(t2),
      questionItem(item2, t2),
      { type: "questionWhole", itemId: item1, text: "What time?" },
    );
    expect(turns.map(({ question }) => question.text)).toEqual(["What time?", ""]);
  });

  it("that the server could not transcribe says so and keeps no dots", () => {
    const turns = said(spoken(), questionItem(), { type: "questionUnavailable", itemId: item1 });
    expect(turns[0]?.question.state).toBe("unavailable");
  });

  it("that failed and was left does not wait for its words for ever", () => {
    const closed = { type: "questionClosed", turnId: t1 } as const;
    expect(said(spoken(), closed)[0]?.question.state).toBe("unavailable");
    const partly = [
      spoken(),
      questionItem(),
      { type: "questionDelta", itemId: item1, delta: "What" } as const,
    ];
    expect(said(...partly, closed)[0]?.question).toMatchObject({ text: "What", state: "final" });
    expect(said(typed(), closed)[0]?.question).toMatchObject({ text: "Time?", state: "final" });
  });

  it("that was left is still filled in when its words come after all", () => {
    const turns = said(
      spoken(),
      questionItem(),
      { type: "questionClosed", turnId: t1 },
      { type: "questionWhole", itemId: item1, text: "What time?" },
    );
    expect(turns[0]?.question).toMatchObject({ text: "What time?", state: "final" });
  });

  it("of an unknown item or turn changes nothing", () => {
    const before = said(spoken());
    expect(
      said(
        spoken(),
        { type: "questionDelta", itemId: item2, delta: "stray" },
        questionItem(item2, t2),
        delta("stray", t2),
        interrupted(t2),
        { type: "actionEnded", callId: c1, state: "done", result: "stray", canUndo: false },
      ),
    ).toEqual(before);
  });
});

describe("a question sent again", () => {
  it("goes on in its place under the new turn, without what came of the first try", () => {
    const turns = said(spoken(t1), spoken(t2), delta("Half an ans", t1), {
      type: "turnRepeated",
      turnId: t3,
      from: t1,
    });
    expect(turns.map((turn) => turn.turnId)).toEqual([t3, t2]);
    expect(turns[0]?.answer).toEqual({ text: "", heardChars: 0, state: "none" });
  });

  it("is transcribed anew and does not stutter", () => {
    const turns = said(
      spoken(t1),
      questionItem(item1, t1),
      { type: "questionWhole", itemId: item1, text: "What time?" },
      { type: "turnRepeated", turnId: t2, from: t1 },
      { type: "questionDelta", itemId: item1, delta: "What" },
      questionItem(item2, t2),
      { type: "questionDelta", itemId: item2, delta: "What" },
    );
    expect(turns[0]?.question).toEqual({ kind: "spoken", text: "What", state: "partial" });
  });

  it("keeps its text when it was typed: nobody will tell it again", () => {
    const turns = said(typed(t1), { type: "turnRepeated", turnId: t2, from: t1 });
    expect(turns[0]?.question).toEqual({ kind: "typed", text: "Time?", state: "final" });
  });
});

describe("an answer", () => {
  it("streams, is corrected by its whole, and is complete", () => {
    const streaming = [typed(), delta("Fuor"), delta(" o’clock")];
    expect(said(...streaming)[0]?.answer).toEqual({
      text: "Fuor o’clock",
      heardChars: 12,
      state: "streaming",
    });
    const whole = { type: "answerWhole", turnId: t1, itemId: item1, text: "Four o’clock." } as const;
    expect(said(...streaming, whole, { type: "answerComplete", turnId: t1 })[0]?.answer).toEqual({
      text: "Four o’clock.",
      heardChars: 13,
      state: "complete",
    });
  });

  it("in two messages, before and after a tool, stands in the order in which it was said", () => {
    const turns = said(typed(), delta("Let me see."), delta("Four.", t1, item2), delta(" Yes?"));
    expect(turns[0]?.answer.text).toBe("Let me see. Yes?\nFour.");
  });

  it("without a word is not complete and not interrupted", () => {
    expect(said(typed(), { type: "answerComplete", turnId: t1 }, interrupted())[0]?.answer.state).toBe(
      "none",
    );
  });

  it("interrupted is split where the voice was cut", () => {
    const turns = said(typed(), delta("0123456789"), interrupted(), {
      type: "answerHeard",
      parts: [heard(item1, 500, 2_000)],
    });
    expect(turns[0]?.answer).toEqual({ text: "0123456789", heardChars: 3, state: "interrupted" });
  });

  it("interrupted counts what was heard before the cut, and nothing behind it", () => {
    const turns = said(
      typed(),
      delta("0123456789"),
      delta("abcdef", t1, item2),
      delta("never", t1, item3),
      interrupted(),
      { type: "answerHeard", parts: [heard(item2, 1_000, 2_000), heard(item3, 0, 500)] },
    );
    // The first message and its line break, and half of the second.
    expect(turns[0]?.answer).toMatchObject({ heardChars: 14, state: "interrupted" });
  });

  it("interrupted before a sample of it was heard was not heard at all", () => {
    const turns = said(typed(), delta("0123456789"), interrupted(), {
      type: "answerHeard",
      parts: [heard(item1, 0, 2_000)],
    });
    expect(turns[0]?.answer.heardChars).toBe(0);
  });

  it("told heard beyond what was received does not run past its end", () => {
    const turns = said(typed(), delta("0123"), interrupted(), {
      type: "answerHeard",
      parts: [heard(item1, 3_000, 2_000)],
    });
    expect(turns[0]?.answer.heardChars).toBe(4);
  });
});

describe("an action", () => {
  const started = (callId = c1): Narration => ({
    type: "actionStarted",
    turnId: t1,
    callId,
    name: "get_current_time",
    title: "Look up the time",
    server: null,
    thumbnail: null,
    summary: "Asia/Tokyo",
  });

  it("runs, and ends with its result or the reason of its failure, each by its own id", () => {
    const turns = said(
      typed(),
      started(c1),
      started(c2),
      { type: "actionEnded", callId: c2, state: "failed", result: "No such zone", canUndo: false },
      { type: "actionEnded", callId: c1, state: "done", result: "16:00", canUndo: false },
    );
    expect(turns[0]?.actions.map(({ state, result }) => `${state}: ${result}`)).toEqual([
      "done: 16:00",
      "failed: No such zone",
    ]);
  });

  it("that ends after its turn was interrupted still says how", () => {
    const turns = said(typed(), started(), interrupted(), spoken(t2), {
      type: "actionEnded",
      callId: c1,
      state: "done",
      result: "16:00",
      canUndo: false,
    });
    expect(turns[0]?.actions[0]).toMatchObject({ state: "done", result: "16:00" });
  });
});

describe("the turns", () => {
  it("that were forgotten vanish, and late words do not bring them back", () => {
    const turns = said(
      spoken(t1),
      questionItem(),
      spoken(t2),
      { type: "turnForgotten", turnId: t1 },
      { type: "questionWhole", itemId: item1, text: "late" },
      delta("late", t1),
    );
    expect(turns.map((turn) => turn.turnId)).toEqual([t2]);
  });

  it("are kept in number and shown in fewer, the newest last", () => {
    const many = Array.from({ length: 60 }, (_, index) => typed(turnId(`n${index}`)));
    expect(said(...many)).toHaveLength(50);
    const shown = turnViews(many.reduce(narrate, emptyConversation), 3);
    expect(shown.map((turn) => turn.turnId)).toEqual(["n57", "n58", "n59"]);
  });
});
