/** Owns the proof that a new session hears of the conversation what the person heard of it, and no more. */
import { describe, expect, it } from "vitest";
import { emptyConversation, narrate, type Narration } from "../../../electron/main/session/conversation.ts";
import { historyOf } from "../../../electron/main/session/history.ts";
import { c1, heard, item1, item2, t1, t2 } from "../../support/session-samples.ts";

const history = (...narrations: readonly Narration[]) =>
  historyOf(narrations.reduce(narrate, emptyConversation));

const asked = (turnId = t1, text = "Rain?"): Narration => ({
  type: "turnBegan",
  turnId,
  kind: "typed",
  text,
});
const spoken: Narration = { type: "turnBegan", turnId: t1, kind: "spoken", text: "" };
const said = (text: string, turnId = t1, itemId = item1): Narration => ({
  type: "answerWhole",
  turnId,
  itemId,
  text,
});
const complete = (turnId = t1): Narration => ({ type: "answerComplete", turnId });
const interrupted: Narration = { type: "answerInterrupted", turnId: t1 };

describe("the history of a conversation", () => {
  it("has whole answers whole, oldest first", () => {
    expect(
      history(asked(), said("No rain."), complete(), asked(t2, "Wind?"), said(" Some wind. ", t2, item2)),
    ).toEqual([
      { turnId: t1, question: "Rain?", answer: "No rain." },
      { turnId: t2, question: "Wind?", answer: "Some wind." },
    ]);
  });

  it("has of a cut answer what was heard of it", () => {
    const cut: Narration = {
      type: "answerHeard",
      parts: [heard(item1, 500, 1_000)],
    };
    expect(history(asked(), said("The first. The second"), interrupted, cut)).toEqual([
      { turnId: t1, question: "Rain?", answer: "The first." },
    ]);
  });

  it("leaves out a turn of which nothing was heard: told alone, its question would be answered now", () => {
    const cut: Narration = { type: "answerHeard", parts: [heard(item1, 0, 1_000)] };
    expect(history(asked(), said("Nobody heard this."), interrupted, cut)).toEqual([]);
    expect(history(asked())).toEqual([]);
    expect(history(asked(), said("Nobody heard this."), { type: "answerWithdrawn", turnId: t1 })).toEqual([]);
  });

  it("keeps what was said before a tool call, when the answer after it is withdrawn", () => {
    const acting: Narration = {
      type: "actionStarted",
      turnId: t1,
      callId: c1,
      name: "look_up",
      title: "Look something up",
      server: null,
      summary: "",
      thumbnail: null,
    };
    const turns = history(asked(), said("Let me see."), acting, said("It will…", t1, item2), {
      type: "answerWithdrawn",
      turnId: t1,
    });
    expect(turns).toEqual([{ turnId: t1, question: "Rain?", answer: "Let me see." }]);
  });

  it("has no words for a question that was never transcribed, and the answer all the same", () => {
    expect(history(spoken, said("Yes."), complete())).toEqual([{ turnId: t1, question: "", answer: "Yes." }]);
  });

  it("knows no turn that was taken back", () => {
    expect(history(asked(), said("Hm."), { type: "turnForgotten", turnId: t1 })).toEqual([]);
    const again = history(asked(), said("Hm."), complete(), { type: "turnRepeated", turnId: t2, from: t1 });
    expect(again).toEqual([]);
  });
});
