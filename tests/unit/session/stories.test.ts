/** Owns traces of the machine that read like the bugs they prevent. The table proves that it is total; this, that it is right. */
import { describe, expect, it } from "vitest";
import { initialState, transition } from "../../../electron/main/session/machine.ts";
import { mostToolRounds } from "../../../electron/main/session/tuning.ts";
import type { SessionEvent, SessionState, ToolCall } from "../../../electron/main/session/types.ts";
import { effectTexts, stateText } from "../../support/session-notation.ts";
import {
  busy,
  c1,
  c2,
  heard,
  item1,
  item2,
  lost,
  r1,
  r2,
  t1,
  t2,
  t3,
} from "../../support/session-samples.ts";

/** A conversation under way: each `on` hands in events and returns the effects of the last one. */
function conversation(from: SessionState = initialState) {
  let state = from;
  return {
    on(...events: readonly SessionEvent[]): readonly string[] {
      let effects: readonly string[] = [];
      for (const event of events) {
        const next = transition(state, event);
        state = next.state;
        effects = effectTexts(next.effects);
      }
      return effects;
    },
    get state() {
      return stateText(state);
    },
  };
}

const press = (turnId = t1): SessionEvent => ({ type: "talkPressed", turnId, withScreen: false });
const release: SessionEvent = { type: "talkReleased" };
const samples = (turnId = t1): SessionEvent => ({ type: "captureStarted", turnId, deviceLabel: "Headset" });
const tailIn = (turnId = t1, speechMs = 1_200, armingMs = 0): SessionEvent => ({
  type: "captureFinished",
  turnId,
  speechMs,
  armingMs,
  isSilent: false,
  deviceLabel: "Headset",
});
const begun = (turnId = t1, responseId = r1): SessionEvent => ({
  type: "responseStarted",
  turnId,
  responseId,
});
const done = (turnId = t1, calls: readonly ToolCall[] = [], responseId = r1): SessionEvent => ({
  type: "responseDone",
  turnId,
  responseId,
  outcome: { kind: "completed", calls },
});
const sounds = (turnId = t1): SessionEvent => ({ type: "playbackStarted", turnId });
const drained = (turnId = t1): SessionEvent => ({ type: "playbackDrained", turnId });
const broke = (turnId = t1): SessionEvent => ({ type: "turnFailed", turnId, failure: lost });
const typed = (turnId = t2): SessionEvent => ({ type: "questionTyped", turnId, text: "And in Tokyo?" });
const sendAgain = (turnId = t2): SessionEvent => ({ type: "sendAgainRequested", turnId });
const call = (callId = c1): ToolCall => ({ callId, name: "get_current_time", argumentsJson: "{}" });
const output = (callId = c1, turnId = t1): SessionEvent => ({
  type: "toolFinished",
  turnId,
  callId,
  output: "{}",
});

const spoken: readonly SessionEvent[] = [press(), samples(), release, tailIn()];
const speaking: readonly SessionEvent[] = [...spoken, begun(), sounds()];

describe("one spoken turn", () => {
  it("goes from the press to the answer heard to its end", () => {
    const turn = conversation();
    expect(turn.on(press())).toEqual(["openCapture t1", "beginInput t1"]);
    expect(turn.on(samples())).toEqual([]);
    expect(turn.state).toBe("listening t1");
    expect(turn.on(release)).toEqual(["finishCapture t1"]);
    expect(turn.on(tailIn())).toEqual(["commitInput t1", "requestResponse t1"]);
    expect(turn.on(begun(), sounds())).toEqual([]);
    expect(turn.state).toBe("responding(audible) t1");
    expect(turn.on(done())).toEqual(["endPlayback t1"]);
    expect(turn.on(drained())).toEqual([]);
    expect(turn.state).toBe("idle(answered)");
  });

  it("is not over when the model has finished: the loudspeaker has not", () => {
    const turn = conversation();
    turn.on(...speaking, done());
    expect(turn.state).toBe("responding(audible, generated) t1");
  });

  it("is not over when the loudspeaker runs dry in the middle of the answer", () => {
    const turn = conversation();
    turn.on(...speaking, drained());
    expect(turn.state).toBe("responding(heard) t1");
    turn.on(sounds());
    expect(turn.state).toBe("responding(audible) t1");
  });

  it("keeps the tail: nothing is committed at the release, only once the last sample is in", () => {
    const turn = conversation();
    expect(turn.on(press(), samples(), release)).toEqual(["finishCapture t1"]);
    expect(turn.state).toBe("finishing t1");
  });
});

describe("a barge-in", () => {
  it("silences at once, then opens the microphone, then tells the server", () => {
    const turn = conversation();
    expect(turn.on(...speaking, press(t2))).toEqual([
      "flushPlayback",
      "openCapture t2",
      "abandonTurn t1",
      "beginInput t2",
    ]);
    expect(turn.state).toBe("listening(arming, barge-in) t2");
  });

  it("truncates the item at the heard position, told by the loudspeaker and not by a clock", () => {
    const turn = conversation();
    turn.on(...speaking, press(t2));
    expect(turn.on({ type: "playbackFlushed", parts: [heard(item1, 730, 4_000)] })).toEqual([
      "truncateItem item1 at 730 ms",
    ]);
    expect(turn.state).toBe("listening(arming, barge-in) t2");
  });

  it("deletes a message of which nothing was heard: the server refuses a truncation at 0 ms", () => {
    const turn = conversation();
    turn.on(...speaking, press(t2));
    const parts = [heard(item1, 730, 900), heard(item2, 0, 900)];
    expect(turn.on({ type: "playbackFlushed", parts })).toEqual([
      "truncateItem item1 at 730 ms",
      "deleteItem item2",
    ]);
  });

  it("does not delete a message whose first part was heard because its second was not", () => {
    const turn = conversation();
    turn.on(...speaking, press(t2));
    // The first part was heard to its end, so it is not told.
    expect(turn.on({ type: "playbackFlushed", parts: [heard(item1, 0, 900, 1)] })).toEqual([]);
    const parts = [heard(item1, 300, 900, 0), heard(item1, 0, 900, 1)];
    expect(turn.on({ type: "playbackFlushed", parts })).toEqual(["truncateItem item1 at 300 ms"]);
  });

  it("cuts an answer that had run dry where it stood: the server may have made more than it sent", () => {
    const turn = conversation();
    turn.on(...speaking, press(t2));
    expect(turn.on({ type: "playbackFlushed", parts: [heard(item1, 900, 900)] })).toEqual([
      "truncateItem item1 at 900 ms",
    ]);
  });

  it("leaves late facts of the old answer without effect", () => {
    const turn = conversation();
    turn.on(...speaking, press(t2), samples(t2));
    for (const late of [sounds(), done(t1, [call()]), drained(), broke(), begun(t1, r2)]) {
      expect(turn.on(late)).toEqual([]);
    }
    expect(turn.state).toBe("listening(barge-in) t2");
  });

  it("while a tool runs silences the words said before it and keeps its late output for the model", () => {
    const turn = conversation();
    turn.on(...speaking, done(t1, [call()]));
    expect(turn.state).toBe("acting(audible, c1) t1");
    expect(turn.on(press(t2))[0]).toBe("flushPlayback");
    // Without it the call would dangle in the model's context; a new answer is not asked for.
    expect(turn.on(output())).toEqual(["sendToolOutput c1 t1"]);
    expect(turn.state).toBe("listening(arming, barge-in) t2");
  });
});

describe("a typed question", () => {
  it("is asked at once when nothing is being said", () => {
    const turn = conversation();
    expect(turn.on(typed(t1))).toEqual(["sendText t1", "requestResponse t1"]);
    expect(turn.state).toBe("awaiting(typed) t1");
  });

  it("into an answer waits until the model's memory of that answer has been cut", () => {
    const turn = conversation();
    expect(turn.on(...speaking, typed())).toEqual(["flushPlayback", "abandonTurn t1"]);
    expect(turn.state).toBe("settling(typed) t2");
    expect(turn.on({ type: "playbackFlushed", parts: [heard()] })).toEqual([
      "truncateItem item1 at 700 ms",
      "sendText t2",
      "requestResponse t2",
    ]);
  });

  it("into what was said before a tool call waits in the same way", () => {
    const turn = conversation();
    turn.on(...speaking, done(t1, [call()]), output());
    expect(turn.state).toBe("awaiting(round 2, audible) t1");
    expect(turn.on(typed())).toEqual(["flushPlayback", "abandonTurn t1"]);
    expect(turn.state).toBe("settling(typed) t2");
  });

  it("is asked all the same when the loudspeaker never answers the flush", () => {
    const turn = conversation();
    turn.on(...speaking, typed());
    expect(turn.on({ type: "expired", turnId: t2, stage: "flush" })).toEqual([
      "sendText t2",
      "requestResponse t2",
    ]);
  });

  it("still reaches the model when another one is typed before the flush is answered, and that one still waits", () => {
    const turn = conversation();
    turn.on(...speaking, typed());
    expect(turn.on(typed(t3))).toEqual(["sendText t2"]);
    expect(turn.state).toBe("settling(typed) t3");
    expect(turn.on({ type: "playbackFlushed", parts: [heard()] })).toEqual([
      "truncateItem item1 at 700 ms",
      "sendText t3",
      "requestResponse t3",
    ]);
  });

  it("still reaches the model when the key is pressed before the flush is answered", () => {
    const turn = conversation();
    turn.on(...speaking, typed());
    expect(turn.on(press(t3))).toEqual(["openCapture t3", "sendText t2", "beginInput t3"]);
    expect(turn.state).toBe("listening(arming, barge-in) t3");
  });

  it("takes the place of a recording that was going on", () => {
    const turn = conversation();
    expect(turn.on(press(), samples(), typed())).toEqual([
      "dropCapture t1",
      "dropInput t1",
      "sendText t2",
      "requestResponse t2",
    ]);
  });
});

describe("the connection", () => {
  it("refused while the person talks does not stop the recording, and what was said can be sent again", () => {
    const turn = conversation();
    expect(turn.on(press(), samples(), broke())).toEqual([]);
    expect(turn.state).toBe("listening(trouble) t1");
    expect(turn.on(release)).toEqual(["finishCapture t1"]);
    expect(turn.on(tailIn())).toEqual(["dropInput t1"]);
    expect(turn.state).toBe("failed(connection-lost, speech kept) t1");
    expect(turn.on(sendAgain())).toEqual([
      "beginInput t2 with what t1 said",
      "commitInput t2",
      "requestResponse t2",
    ]);
  });

  it("that breaks again keeps the same words for a third try", () => {
    const turn = conversation();
    turn.on(...spoken, broke(), sendAgain(t2), broke(t2));
    expect(turn.on(sendAgain(t3))[0]).toBe("beginInput t3 with what t1 said");
  });

  it("names its first trouble, not the last", () => {
    const turn = conversation();
    const later: SessionEvent = { type: "turnFailed", turnId: t1, failure: { kind: "session-expired" } };
    turn.on(press(), broke(), later, release, tailIn());
    expect(turn.state).toBe("failed(connection-lost, speech kept) t1");
  });

  it("lost in mid-answer silences it and offers to send the question again", () => {
    const turn = conversation();
    expect(turn.on(...speaking, broke())).toEqual(["flushPlayback", "abandonTurn t1"]);
    expect(turn.state).toBe("failed(connection-lost, speech kept) t1");
  });

  it("lost once the whole answer is here lets it play to its end", () => {
    const turn = conversation();
    expect(turn.on(...speaking, done(), broke())).toEqual([]);
    turn.on(drained());
    expect(turn.state).toBe("idle(answered)");
  });

  it("that never answers is given up, with the question kept", () => {
    const turn = conversation();
    turn.on(typed(t1), { type: "expired", turnId: t1, stage: "answer" });
    expect(turn.state).toBe("failed(answer-missing, text kept) t1");
    expect(turn.on(sendAgain())).toEqual(["sendText t2", "requestResponse t2"]);
  });

  it("that failed is forgotten once the next one is answered", () => {
    const turn = conversation();
    turn.on(...spoken, broke());
    expect(turn.on(press(t2))).toEqual(["openCapture t2", "beginInput t2"]);
    turn.on(samples(t2), release, tailIn(t2), begun(t2), done(t2), { type: "playbackDrained", turnId: t2 });
    expect(turn.state).toBe("idle(answered)");
  });

  /** Right Ctrl+C, or Esc in an editor, threw away what was kept for whoever came back to the overlay. */
  it.each<[string, readonly SessionEvent[]]>([
    ["a press that was part of a shortcut", [press(t2), { type: "talkCancelled" }]],
    ["a tap that was too short", [press(t2), samples(t2), release, tailIn(t2, 40)]],
    ["Esc in another program", [{ type: "stopRequested" }]],
    ["Esc while listening", [press(t2), samples(t2), { type: "stopRequested" }]],
  ])("that failed can still be sent again after %s", (_, events) => {
    const turn = conversation();
    turn.on(...spoken, broke(), ...events);
    expect(turn.state).toBe("failed(connection-lost, speech kept) t1");
    expect(turn.on(sendAgain(t3))).toEqual([
      "beginInput t3 with what t1 said",
      "commitInput t3",
      "requestResponse t3",
    ]);
  });

  it("that failed after another one that did is sent again with it", () => {
    const turn = conversation();
    turn.on(...spoken, broke(), press(t2), samples(t2), release, tailIn(t2), broke(t2));
    expect(turn.state).toBe("failed(connection-lost, speech kept, t1 unanswered) t2");
    expect(turn.on(sendAgain(t3))).toEqual([
      "beginInput t1",
      "commitInput t1",
      "abandonTurn t1",
      "beginInput t3 with what t2 said",
      "commitInput t3",
      "requestResponse t3",
    ]);
  });

  it("that is kept while its last sample comes in is not lost to the next press", () => {
    const turn = conversation();
    turn.on(press(), samples(), broke(), release);
    expect(turn.state).toBe("finishing(trouble) t1");
    turn.on(press(t2), { type: "talkCancelled" });
    expect(turn.state).toBe("failed(connection-lost, speech kept) t1");
  });

  it("is forgotten when the person dismisses it, or wants no answer any more", () => {
    const turn = conversation();
    turn.on(...spoken, broke(), { type: "dismissRequested" });
    expect(turn.state).toBe("idle(none)");
    turn.on(...spoken, broke(), sendAgain(t2), { type: "stopRequested" });
    expect(turn.state).toBe("idle(interrupted)");
  });

  it("cancelled by the server and not by us is no answer", () => {
    const turn = conversation();
    turn.on(...speaking, {
      type: "responseDone",
      turnId: t1,
      responseId: r1,
      outcome: { kind: "cancelled" },
    });
    expect(turn.state).toBe("failed(answer-missing, speech kept) t1");
  });

  it("with a content filter does not offer to ask the same again", () => {
    const turn = conversation();
    const outcome = { kind: "failed", failure: { kind: "answer-filtered" } } as const;
    turn.on(...speaking, { type: "responseDone", turnId: t1, responseId: r1, outcome });
    expect(turn.state).toBe("failed(answer-filtered, nothing kept) t1");
    expect(turn.on(sendAgain())).toEqual([]);
  });
});

describe("the microphone", () => {
  it("with less speech than the server takes ends with a hint and without a commit", () => {
    const turn = conversation();
    expect(turn.on(press(), samples(), release, tailIn(t1, 99))).toEqual(["dropInput t1"]);
    expect(turn.state).toBe("idle(too-short)");
  });

  it("that was not ready while the person talked is told as such, and not as a question too short", () => {
    // A wireless headset takes over a second: a short question was over, and "Too short" told the person to hold the
    // key that they had held.
    const turn = conversation();
    expect(turn.on(press(), release, tailIn(t1, 0, 1_100))).toEqual(["dropInput t1"]);
    expect(turn.state).toBe("failed(microphone-unready, nothing kept) t1");
    turn.on(press(t2), release, tailIn(t2, 0, 300));
    expect(turn.state).toBe("idle(too-short)");
  });

  it("that comes late and still takes in a question has it answered", () => {
    const turn = conversation();
    turn.on(press(), samples(), release, tailIn(t1, 900, 1_100));
    expect(turn.state).toMatch(/^awaiting/);
  });

  it("that delivers nothing but zeros is told by its name, and nothing is sent", () => {
    const turn = conversation();
    const zeros: SessionEvent = {
      type: "captureFinished",
      turnId: t1,
      speechMs: 900,
      armingMs: 0,
      isSilent: true,
      deviceLabel: "Headset",
    };
    expect(turn.on(press(), samples(), release, zeros)).toEqual(["dropInput t1"]);
    expect(turn.state).toBe("failed(microphone-silent, nothing kept) t1");
  });

  it("pulled out in mid-sentence keeps what was said before", () => {
    const turn = conversation();
    const failed: SessionEvent = { type: "captureFailed", turnId: t1, failure: busy, speechMs: 2_500 };
    expect(turn.on(press(), samples(), failed)).toEqual(["dropInput t1"]);
    expect(turn.on(sendAgain())[0]).toBe("beginInput t2 with what t1 said");
  });

  it("that cannot be opened keeps nothing and is shut in any case", () => {
    const turn = conversation();
    const failed: SessionEvent = { type: "captureFailed", turnId: t1, failure: busy, speechMs: 0 };
    expect(turn.on(press(), failed)).toEqual(["dropCapture t1", "dropInput t1"]);
    expect(turn.state).toBe("failed(microphone-busy, nothing kept) t1");
  });

  it("whose tail never comes does not hold up the turn, and the words are kept", () => {
    const turn = conversation();
    expect(turn.on(press(), release, { type: "expired", turnId: t1, stage: "tail" })).toEqual([
      "dropInput t1",
    ]);
    expect(turn.state).toBe("failed(microphone-failed, speech kept) t1");
  });

  it("left open by everybody is ended after a question, and what it took is sent, not lost", () => {
    const turn = conversation();
    expect(turn.on(press(), samples(), { type: "expired", turnId: t1, stage: "utterance" })).toEqual([]);
    expect(turn.on({ type: "expired", turnId: t1, stage: "limit" })).toEqual(["finishCapture t1"]);
    expect(turn.on(tailIn(t1, 900_000))).toEqual(["commitInput t1", "requestResponse t1"]);
  });

  it("pressed again during the tail commits the earlier words: they only lose their own answer", () => {
    const turn = conversation();
    expect(turn.on(press(), samples(), release, press(t2))).toEqual([
      "openCapture t2",
      "commitInput t1",
      "beginInput t2",
    ]);
    // The old tail arrives after all: it must not end the new turn.
    expect(turn.on(tailIn(t1))).toEqual([]);
    expect(turn.state).toBe("listening(arming) t2");
  });

  it("is closed and forgets the words when the key was part of a shortcut", () => {
    const turn = conversation();
    expect(turn.on(press(), samples(), { type: "talkCancelled" })).toEqual([
      "dropCapture t1",
      "dropInput t1",
    ]);
    expect(turn.state).toBe("idle(cancelled)");
  });
});

describe("Esc", () => {
  const esc: SessionEvent = { type: "stopRequested" };

  it("while listening forgets the words", () => {
    const turn = conversation();
    expect(turn.on(press(), samples(), esc)).toEqual(["dropCapture t1", "dropInput t1", "stopTools"]);
    expect(turn.state).toBe("idle(cancelled)");
  });

  it("during the tail forgets the words, and the tail that still comes asks nothing", () => {
    const turn = conversation();
    expect(turn.on(press(), samples(), release, esc)).toEqual([
      "dropCapture t1",
      "dropInput t1",
      "stopTools",
    ]);
    expect(turn.on(tailIn())).toEqual([]);
  });

  it("while the answer plays silences it, and its memory is cut to what was heard", () => {
    const turn = conversation();
    expect(turn.on(...speaking, done(), esc)).toEqual(["flushPlayback", "abandonTurn t1", "stopTools"]);
    expect(turn.state).toBe("idle(interrupted)");
    expect(turn.on({ type: "playbackFlushed", parts: [heard()] })).toEqual(["truncateItem item1 at 700 ms"]);
    expect(turn.state).toBe("idle(interrupted)");
  });

  it("while tools run stops them, and what they give to that reaches the model unasked", () => {
    const turn = conversation();
    turn.on(...spoken, begun(), done(t1, [call()]));
    expect(turn.on(esc)).toEqual(["flushPlayback", "abandonTurn t1", "stopTools"]);
    expect(turn.on(output())).toEqual(["sendToolOutput c1 t1"]);
    expect(turn.state).toBe("idle(interrupted)");
  });

  it("at rest stops the tool that an earlier turn has left running, and changes nothing else", () => {
    const turn = conversation();
    turn.on(...spoken, begun(), done(t1, [call()]), press(t2), release, tailIn(t2, 99));
    expect(turn.state).toBe("idle(too-short)");
    expect(turn.on(esc)).toEqual(["stopTools"]);
    expect(turn.state).toBe("idle(too-short)");
  });
});

describe("a question about the screen", () => {
  const look: SessionEvent = { type: "talkPressed", turnId: t1, withScreen: true };
  const seen: SessionEvent = { type: "screenSeen", turnId: t1 };

  it("is looked at with the press, and handed over when picture and words are there", () => {
    const turn = conversation();
    expect(turn.on(look)).toEqual(["openCapture t1", "beginInput t1", "lookAtScreen t1"]);
    expect(turn.on(samples(), seen)).toEqual([]);
    expect(turn.on(release, tailIn())).toEqual(["commitInput t1", "requestResponse t1"]);
  });

  it("waits for the picture when that takes longer than the words", () => {
    const turn = conversation();
    expect(turn.on(look, samples(), release, tailIn())).toEqual([]);
    expect(turn.state).toBe("looking t1");
    expect(turn.on(seen)).toEqual(["commitInput t1", "requestResponse t1"]);
  });

  it("goes without a picture that does not come", () => {
    const late = conversation();
    late.on(look, samples(), release, tailIn());
    expect(late.on({ type: "expired", turnId: t1, stage: "screen" })).toEqual([
      "commitInput t1",
      "requestResponse t1",
    ]);
    expect(late.on(seen)).toEqual([]);
    const failed = conversation();
    failed.on(look, samples(), { type: "screenFailed", turnId: t1 }, release);
    expect(failed.on(tailIn())).toEqual(["commitInput t1", "requestResponse t1"]);
  });

  it("is forgotten by Esc, kept by a broken line, and handed over by the next press", () => {
    const waiting: readonly SessionEvent[] = [look, samples(), release, tailIn()];
    const stopped = conversation();
    expect(stopped.on(...waiting, { type: "stopRequested" })).toEqual([
      "dropCapture t1",
      "dropInput t1",
      "stopTools",
    ]);
    const broken = conversation();
    expect(broken.on(...waiting, broke())).toEqual(["dropInput t1"]);
    expect(broken.on(sendAgain())[0]).toBe("beginInput t2 with what t1 said");
    const pressed = conversation();
    expect(pressed.on(...waiting, press(t2))).toEqual(["openCapture t2", "commitInput t1", "beginInput t2"]);
  });

  it("may be the answer to a question whether a tool may run", () => {
    const turn = conversation();
    turn.on(...spoken, begun(), done(t1, [call()]), { type: "approvalAsked", callId: c1 });
    turn.on({ type: "talkPressed", turnId: t2, withScreen: true }, samples(t2), release, tailIn(t2));
    expect(turn.on({ type: "screenSeen", turnId: t2 })).toEqual(["commitInput t2", "holdTurn t2 with c1"]);
  });
});

describe("a question whether a tool may run", () => {
  const asked = (callId = c1): SessionEvent => ({ type: "approvalAsked", callId });
  const settled = (callId = c1): SessionEvent => ({ type: "approvalSettled", callId });
  const consent = (isAnswered: boolean, turnId = t2): SessionEvent => ({
    type: "consentHeard",
    turnId,
    isAnswered,
  });
  const asking: readonly SessionEvent[] = [...spoken, begun(), done(t1, [call()]), asked()];
  const answering: readonly SessionEvent[] = [...asking, press(t2), samples(t2), release, tailIn(t2)];

  it("is answered by a word said while the key is held: no answer is asked for until the tool has run", () => {
    const turn = conversation();
    expect(turn.on(...asking, press(t2))).toEqual([
      "flushPlayback",
      "openCapture t2",
      "abandonTurn t1",
      "beginInput t2",
    ]);
    expect(turn.on(samples(t2), release, tailIn(t2))).toEqual(["commitInput t2", "holdTurn t2 with c1"]);
    expect(turn.state).toBe("consenting(c1, c1 asked) t2");
    expect(turn.on(consent(true), settled())).toEqual([]);
    expect(turn.state).toBe("acting(c1) t2");
    // Its output carries the turn that called it.
    expect(turn.on(output(c1, t1))).toEqual(["sendToolOutput c1 t1", "requestResponse t2"]);
    expect(turn.state).toBe("awaiting(round 2) t2");
  });

  it("is not answered by a question about something else: that one is answered, and the tool still asks", () => {
    const turn = conversation();
    expect(turn.on(...answering, consent(false))).toEqual(["requestResponse t2"]);
    expect(turn.state).toBe("awaiting(c1 asked) t2");
    turn.on(begun(t2, r2), done(t2, [], r2), drained(t2));
    expect(turn.state).toBe("idle(answered, c1 asked)");
    expect(turn.on(settled(), output())).toEqual(["sendToolOutput c1 t1"]);
    expect(turn.state).toBe("idle(answered)");
  });

  it("that a click has answered meanwhile leaves the words to be answered like any others", () => {
    const turn = conversation();
    expect(turn.on(...answering, settled(), output())).toEqual(["sendToolOutput c1 t1"]);
    expect(turn.on(consent(false))).toEqual(["requestResponse t2"]);
  });

  it("answered when its tool has ended already has nothing left to wait for", () => {
    const turn = conversation();
    turn.on(...answering, output());
    expect(turn.on(consent(true))).toEqual(["requestResponse t2"]);
    expect(turn.state).toBe("awaiting t2");
  });

  it("does not hold up a question when its words are never written down", () => {
    const turn = conversation();
    const late: SessionEvent = { type: "expired", turnId: t2, stage: "consent" };
    expect(turn.on(...answering, late)).toEqual(["requestResponse t2"]);
    expect(turn.on(consent(true))).toEqual([]);
    expect(turn.state).toBe("awaiting(c1 asked) t2");
  });

  it("lets two wait for their tools together, and the model goes on once", () => {
    const turn = conversation();
    turn.on(...spoken, begun(), done(t1, [call(c1), call(c2)]), asked(c1), asked(c2));
    turn.on(press(t2), samples(t2), release, tailIn(t2), consent(true), settled(c1));
    expect(turn.state).toBe("acting(c1 c2, c2 asked) t2");
    expect(turn.on(output(c1))).toEqual(["sendToolOutput c1 t1"]);
    // The second one is answered in the same way.
    turn.on(press(t3), samples(t3), release, tailIn(t3), consent(true, t3), settled(c2));
    expect(turn.on(output(c2))).toEqual(["sendToolOutput c2 t1", "requestResponse t3"]);
  });

  it("leaves Esc, the next press and a failure what they are", () => {
    const stopped = conversation();
    expect(stopped.on(...answering, { type: "stopRequested" })).toEqual(["abandonTurn t2", "stopTools"]);
    expect(stopped.state).toBe("idle(interrupted, c1 asked)");
    const pressed = conversation();
    expect(pressed.on(...answering, press(t3))).toEqual([
      "openCapture t3",
      "abandonTurn t2",
      "beginInput t3",
    ]);
    const asked = conversation();
    expect(asked.on(...answering, typed(t3))).toEqual([
      "abandonTurn t2",
      "sendText t3",
      "requestResponse t3",
    ]);
    const failed = conversation();
    failed.on(...answering, broke(t2));
    expect(failed.state).toBe("failed(connection-lost, speech kept, c1 asked) t2");
    expect(failed.on(sendAgain(t3))[0]).toBe("beginInput t3 with what t2 said");
  });

  it("changes nothing for words that were too few, or that could not be sent", () => {
    const short = conversation();
    short.on(...asking, press(t2), release, tailIn(t2, 99));
    expect(short.state).toBe("idle(too-short, c1 asked)");
    const unsent = conversation();
    unsent.on(...asking, press(t2), broke(t2), release, tailIn(t2));
    expect(unsent.state).toBe("failed(connection-lost, speech kept, c1 asked) t2");
  });
});

describe("a line that breaks", () => {
  const lose = (turn = t1): SessionEvent => ({ type: "answerLost", turnId: turn, failure: lost });

  it("before a word of the answer was heard: the question is asked again, and nothing old is played", () => {
    const turn = conversation();
    turn.on(...spoken, begun());
    expect(turn.on(lose())).toEqual(["flushPlayback", "requestResponse t1"]);
    expect(turn.state).toBe("awaiting(attempt 2) t1");
    turn.on(begun(t1, r2), sounds());
    expect(turn.state).toBe("responding(attempt 2, audible) t1");
  });

  it("twice for one question is told, and the question can be sent again", () => {
    const turn = conversation();
    turn.on(...spoken, lose());
    expect(turn.state).toBe("awaiting(attempt 2) t1");
    turn.on(lose());
    expect(turn.state).toBe("failed(connection-lost, speech kept) t1");
  });

  it("in the middle of what is heard: that much is kept, and the rest is not made up", () => {
    const turn = conversation();
    expect(turn.on(...speaking, lose()).slice(-2)).toEqual(["flushPlayback", "abandonTurn t1"]);
    expect(turn.state).toBe("failed(connection-lost, speech kept) t1");
  });

  it("while a tool runs lets it run, once, and asks with its output", () => {
    const turn = conversation();
    turn.on(...spoken, begun(), done(t1, [call()]));
    expect(turn.on(lose())).toEqual([]);
    expect(turn.on(output())).toEqual(["sendToolOutput c1 t1", "requestResponse t1"]);
  });

  it("is not what a limit is: the named wait is kept, once, if it is short", () => {
    const limited = (retryAfterMs: number, responseId = r1): SessionEvent => ({
      type: "responseDone",
      turnId: t1,
      responseId,
      outcome: { kind: "failed", failure: { kind: "rate-limit", retryAfterMs } },
    });
    const turn = conversation();
    turn.on(...spoken, begun());
    expect(turn.on(limited(6_200))).toEqual(["flushPlayback", "requestResponse t1 after 6200 ms"]);
    turn.on(begun(t1, r2), limited(6_200, r2));
    expect(turn.state).toBe("failed(rate-limit, speech kept) t1");
    const long = conversation();
    long.on(...spoken, begun(), limited(60_000));
    expect(long.state).toBe("failed(rate-limit, speech kept) t1");
  });
});

describe("tools", () => {
  it("run side by side, and the model goes on once, when the last output is in", () => {
    const turn = conversation();
    expect(turn.on(...spoken, begun(), done(t1, [call(c1), call(c2)]))).toEqual([
      "endPlayback t1",
      "runTool c1 t1",
      "runTool c2 t1",
    ]);
    expect(turn.on(output(c2))).toEqual(["sendToolOutput c2 t1"]);
    expect(turn.on(output(c1))).toEqual(["sendToolOutput c1 t1", "requestResponse t1"]);
    expect(turn.state).toBe("awaiting(round 2) t1");
    turn.on(begun(t1, r2), sounds(), done(t1, [], r2), drained());
    expect(turn.state).toBe("idle(answered)");
  });

  it("let a repeated end of the response that called them do nothing to the next one", () => {
    const turn = conversation();
    turn.on(...spoken, begun(), done(t1, [call()]), output(), begun(t1, r2));
    expect(turn.on(done())).toEqual([]);
    expect(turn.state).toBe("responding(round 2) t1");
  });

  it("do not make the words said before them end the turn", () => {
    const turn = conversation();
    turn.on(...speaking, done(t1, [call()]), drained());
    expect(turn.state).toBe("acting(c1) t1");
    turn.on(output(), begun(t1, r2));
    expect(turn.state).toBe("responding(round 2) t1");
  });

  it("do not hide that words said before them are still to be heard", () => {
    const turn = conversation();
    turn.on(...speaking, done(t1, [call()]), output(), begun(t1, r2));
    expect(turn.state).toBe("responding(round 2, audible) t1");
  });

  it("called for ever are stopped, and even the last calls get an output", () => {
    const turn = conversation();
    turn.on(...spoken);
    for (let round = 1; round <= mostToolRounds; round += 1) {
      expect(turn.on(begun(), done(t1, [call()]))).toContain("runTool c1 t1");
      turn.on(output());
    }
    expect(turn.on(begun(), done(t1, [call(c1), call(c2)]))).toEqual([
      "sendToolOutput c1 t1",
      "sendToolOutput c2 t1",
      "flushPlayback",
      "abandonTurn t1",
    ]);
    expect(turn.state).toBe("failed(tool-loop, nothing kept) t1");
  });

  it("that are slow make the model say so, once, and what it says is heard before the answer", () => {
    const slow: SessionEvent = { type: "expired", turnId: t1, stage: "slow" };
    const turn = conversation();
    turn.on(...spoken, begun(), done(t1, [call()]));
    expect(turn.on(slow)).toEqual(["remark t1"]);
    expect(turn.on(sounds(), slow)).toEqual([]);
    expect(turn.state).toBe("acting(audible, c1, remarked) t1");
    expect(turn.on({ type: "remarkEnded", turnId: t1 })).toEqual(["endPlayback t1"]);
    turn.on(drained());
    expect(turn.on(output())).toEqual(["sendToolOutput c1 t1", "requestResponse t1"]);
    turn.on(begun(t1, r2), sounds(), done(t1, [], r2), drained());
    expect(turn.state).toBe("idle(answered)");
  });

  it("that end while the model says so let it finish its sentence", () => {
    const turn = conversation();
    turn.on(...spoken, begun(), done(t1, [call()]), { type: "expired", turnId: t1, stage: "slow" });
    turn.on(sounds(), output());
    expect(turn.on({ type: "remarkEnded", turnId: t1 })).toEqual(["endPlayback t1"]);
    turn.on(begun(t1, r2), drained());
    expect(turn.state).toBe("responding(round 2, heard) t1");
    expect(turn.on(press(t2))[0]).toBe("flushPlayback");
  });

  it("that a registry lost do not hold the turn for ever", () => {
    const turn = conversation();
    turn.on(...spoken, begun(), done(t1, [call()]), { type: "expired", turnId: t1, stage: "slow" });
    turn.on({ type: "expired", turnId: t1, stage: "tools" });
    expect(turn.state).toBe("failed(answer-missing, speech kept) t1");
  });
});

describe("the loudspeaker", () => {
  it("that fails leaves the answer to be read: it goes on, and ends as if it had been heard", () => {
    const turn = conversation();
    turn.on(...speaking, { type: "playbackFailed", failure: { kind: "loudspeaker-failed" } });
    expect(turn.state).toBe("responding(audible) t1");
    turn.on(done(), { type: "playbackDrained", turnId: t1 });
    expect(turn.state).toBe("idle(answered)");
  });

  it("that fails while the person talks does not interrupt them", () => {
    const turn = conversation();
    turn.on(press(), { type: "playbackFailed", failure: { kind: "loudspeaker-failed" } });
    expect(turn.state).toBe("listening(arming) t1");
  });
});
