/** Owns the proof of what a transition means for the words that are shown. */
import { describe, expect, it } from "vitest";
import {
  emptyConversation,
  narrate,
  turnViews,
  type Conversation,
} from "../../../electron/main/session/conversation.ts";
import { initialState, transition } from "../../../electron/main/session/machine.ts";
import { storyOf } from "../../../electron/main/session/story.ts";
import type { SessionEvent } from "../../../electron/main/session/types.ts";
import { busy, heard, item1, item2, lost, r1, sampleStates, t1, t2 } from "../../support/session-samples.ts";

const press = (turnId = t1): SessionEvent => ({ type: "talkPressed", turnId, withScreen: false });
const typed = (turnId = t1): SessionEvent => ({ type: "questionTyped", turnId, text: "Time?" });
const release: SessionEvent = { type: "talkReleased" };
const tailIn = (speechMs = 900): SessionEvent => ({
  type: "captureFinished",
  turnId: t1,
  speechMs,
  armingMs: 0,
  isSilent: false,
  deviceLabel: null,
});
const begun: SessionEvent = { type: "responseStarted", turnId: t1, responseId: r1 };
const done: SessionEvent = {
  type: "responseDone",
  turnId: t1,
  responseId: r1,
  outcome: { kind: "completed", calls: [] },
};
const broke: SessionEvent = { type: "turnFailed", turnId: t1, failure: lost };

/** The turns that are shown after these events, as `id question/answer`; `words` come before the last of them. */
function shown(
  events: readonly SessionEvent[],
  words: (turns: Conversation) => Conversation = (same) => same,
) {
  let state = initialState;
  let conversation = emptyConversation;
  for (const [index, event] of events.entries()) {
    if (index === events.length - 1) conversation = words(conversation);
    const before = state;
    state = transition(before, event).state;
    for (const narration of storyOf(before, event, state)) conversation = narrate(conversation, narration);
  }
  return turnViews(conversation, 10).map(
    ({ turnId, question, answer }) => `${turnId} ${question.state}/${answer.state}`,
  );
}

const answerText = (conversation: Conversation): Conversation =>
  narrate(conversation, { type: "answerDelta", turnId: t1, itemId: item1, delta: "Four o’clock." });

describe("the story of a turn", () => {
  it("begins with a press or a typed question", () => {
    expect(shown([press()])).toEqual(["t1 pending/none"]);
    expect(shown([typed()])).toEqual(["t1 final/none"]);
  });

  it("is forgotten when it was cancelled, stopped, or too short to be sent", () => {
    expect(shown([press(), { type: "talkCancelled" }])).toEqual([]);
    expect(shown([press(), { type: "stopRequested" }])).toEqual([]);
    expect(shown([press(), release, { type: "stopRequested" }])).toEqual([]);
    expect(shown([press(), release, tailIn(99)])).toEqual([]);
  });

  it("is forgotten when the microphone gave nothing: no press on a missing one leaves an empty question", () => {
    const failed = (speechMs: number): SessionEvent => ({
      type: "captureFailed",
      turnId: t1,
      failure: busy,
      speechMs,
    });
    expect(shown([press(), failed(0)])).toEqual([]);
    expect(shown([press(), failed(800)])).toEqual(["t1 pending/none"]);
  });

  it("stays when a newer press came during its tail: its words are committed", () => {
    expect(shown([press(), release, press(t2)])).toEqual(["t1 pending/none", "t2 pending/none"]);
    // Without a connection they are not, and nobody will ever transcribe them.
    expect(shown([press(), broke, release, press(t2)])).toEqual(["t1 unavailable/none", "t2 pending/none"]);
  });

  it("is forgotten when a typed question took the place of the recording", () => {
    expect(shown([press(), typed(t2)])).toEqual(["t2 final/none"]);
  });

  it("ends interrupted when it was cut or failed, not when it was heard to its end", () => {
    const drained: SessionEvent = { type: "playbackDrained", turnId: t1 };
    expect(shown([typed(), begun, press(t2)], answerText)).toEqual([
      "t1 final/interrupted",
      "t2 pending/none",
    ]);
    expect(shown([typed(), begun, { type: "stopRequested" }], answerText)).toEqual(["t1 final/interrupted"]);
    expect(shown([typed(), begun, broke], answerText)).toEqual(["t1 final/interrupted"]);
    expect(shown([typed(), begun, done, drained], answerText)).toEqual(["t1 final/streaming"]);
  });

  it("waits for no more words of its question once the person has left its failure", () => {
    const failed = [press(), broke, release, tailIn()];
    expect(shown(failed)).toEqual(["t1 pending/none"]);
    expect(shown([...failed, { type: "dismissRequested" }])).toEqual(["t1 unavailable/none"]);
    expect(shown([...failed, press(t2)])).toEqual(["t1 unavailable/none", "t2 pending/none"]);
  });

  it("sent again goes on under its new id, with its question open", () => {
    const again: SessionEvent = { type: "sendAgainRequested", turnId: t2 };
    expect(shown([press(), broke, release, tailIn(), again])).toEqual(["t2 pending/none"]);
  });

  it("is only there to be read once its loudspeaker has failed, also before and while a tool runs", () => {
    const mute: SessionEvent = { type: "playbackFailed", failure: { kind: "loudspeaker-failed" } };
    for (const state of sampleStates) {
      const hasAnswer = state.tag === "awaiting" || state.tag === "responding" || state.tag === "acting";
      expect(storyOf(state, mute, state)).toEqual(
        hasAnswer ? [{ type: "answerMuted", turnId: state.turnId, failure: mute.failure }] : [],
      );
    }
  });

  it("says that its question went without the screen, when that was asked for and not seen", () => {
    const unseen: SessionEvent = { type: "screenFailed", turnId: t2 };
    const late: SessionEvent = { type: "expired", turnId: t2, stage: "screen" };
    const looking = sampleStates.filter(
      (state) => state.tag === "looking" || ("isLooking" in state && state.isLooking),
    );
    for (const state of sampleStates) {
      const told = [{ type: "screenUnseen", turnId: t2 }];
      expect(storyOf(state, unseen, state)).toEqual(looking.includes(state) ? told : []);
    }
    expect(looking.map((state) => storyOf(state, late, state).length)).toContain(1);
  });

  it("learns from a flush how much was heard, whichever turn is current by then", () => {
    const flushed: SessionEvent = { type: "playbackFlushed", parts: [heard(item1), heard(item2, 0, 5)] };
    expect(storyOf(initialState, flushed, initialState)).toEqual([
      { type: "answerHeard", parts: flushed.parts },
    ]);
    const nothing: SessionEvent = { type: "playbackFlushed", parts: [] };
    expect(storyOf(initialState, nothing, initialState)).toEqual([]);
  });
});
