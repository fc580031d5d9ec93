/** Owns the proof of what the approvals are told of a turn: only held words can be an answer, and each is heard once. */
import { expect, it } from "vitest";
import { createConsentWatch } from "../../../electron/main/approvals/consent-watch.ts";
import type { QuestionView, SessionView, TurnView } from "../../../shared/session-view.ts";
import { viewOf } from "../../support/view-samples.ts";

function watching() {
  const told: string[] = [];
  const watch = createConsentWatch(
    {
      turnBegan: (turnId, isByKey) => told.push(`began ${turnId}${isByKey ? " by key" : ""}`),
      notHeld: (turnId) => told.push(`not held ${turnId}`),
      heard: (_turnId, transcript) => transcript === "Yes.",
    },
    (turnId, isAnswer) => told.push(`heard ${turnId} ${isAnswer ? "answer" : "question"}`),
  );
  const see = (changes: Partial<SessionView>): void => watch.viewChanged(viewOf(changes));
  return { told, see };
}

const said = (turnId: string, state: QuestionView["state"], text = ""): TurnView => ({
  turnId,
  question: { kind: "spoken", text, state },
  actions: [],
  answer: { text: "", heardChars: 0, state: "none" },
});

it("is told of a turn that is held, and of its words once they are whole", () => {
  const { told, see } = watching();
  see({ turnId: "t1", phase: "arming", gesture: "undecided", turns: [said("t1", "pending")] });
  see({ turnId: "t1", phase: "listening", gesture: "hold", turns: [said("t1", "pending")] });
  see({ turnId: "t1", phase: "thinking", gesture: "tap", turns: [said("t1", "partial", "Ye")] });
  see({ turnId: "t1", phase: "thinking", gesture: "tap", turns: [said("t1", "final", "Yes.")] });
  see({ turnId: "t1", phase: "speaking", gesture: "tap", turns: [said("t1", "final", "Yes.")] });
  expect(told).toEqual(["began t1 by key", "heard t1 answer"]);
});

it("is told that nobody holds the key, once it was only tapped", () => {
  const { told, see } = watching();
  see({ turnId: "t1", phase: "arming", gesture: "undecided" });
  see({ turnId: "t1", phase: "listening", gesture: "tap" });
  expect(told).toEqual(["began t1 by key", "not held t1"]);
});

it.each([
  ["the tray or a script", { phase: "arming", gesture: "tap" } as const, ["began t1", "not held t1"]],
  ["typing", { phase: "thinking", gesture: "tap" } as const, ["began t1"]],
])("takes a turn that was begun by %s for none that is held", (_what, changes, expected) => {
  const { told, see } = watching();
  see({ turnId: "t1", ...changes });
  expect(told).toEqual(expected);
});

it("hears words that could not be written down, too: whoever waits for them must not wait for ever", () => {
  const { told, see } = watching();
  see({ turnId: "t1", phase: "arming", gesture: "undecided", turns: [said("t1", "pending")] });
  see({ turnId: "t1", phase: "thinking", turns: [said("t1", "unavailable")] });
  expect(told).toEqual(["began t1 by key", "heard t1 question"]);
});

it("hears words that come after the next turn has begun", () => {
  const { told, see } = watching();
  see({ turnId: "t1", phase: "arming", gesture: "undecided", turns: [said("t1", "pending")] });
  see({
    turnId: "t2",
    phase: "arming",
    gesture: "undecided",
    turns: [said("t1", "pending"), said("t2", "pending")],
  });
  see({
    turnId: "t2",
    phase: "listening",
    gesture: "hold",
    turns: [said("t1", "final", "Yes."), said("t2", "pending")],
  });
  expect(told).toEqual(["began t1 by key", "began t2 by key", "heard t1 answer"]);
});

it("hears nothing of a turn that was typed, or forgotten", () => {
  const { told, see } = watching();
  see({ turnId: "t1", phase: "thinking", turns: [said("t1", "final", "Yes.")] });
  see({ turnId: "t2", phase: "arming", gesture: "undecided", turns: [said("t2", "pending")] });
  see({ turnId: null, phase: "idle", turns: [] });
  see({ turnId: null, phase: "idle", turns: [said("t2", "final", "Yes.")] });
  expect(told).toEqual(["began t1", "began t2 by key"]);
});
