/** Owns the proof of the session's motor: order, timers, ports that misbehave, the key against the turn, the views. */
import { describe, expect, it } from "vitest";
import type { Narration } from "../../../electron/main/session/conversation.ts";
import { stageBoundMs, tapWindowMs } from "../../../electron/main/session/tuning.ts";
import type { SessionEvent } from "../../../electron/main/session/types.ts";
import { stateText } from "../../support/session-notation.ts";
import { recordedShell, type RecordedShell } from "../../support/session-recorder.ts";
import { c1, heard, item1, lost, r1, t1, t2 } from "../../support/session-samples.ts";

const samples = (turnId = t1): SessionEvent => ({ type: "captureStarted", turnId, deviceLabel: "Headset" });
const tailIn = (turnId = t1): SessionEvent => ({
  type: "captureFinished",
  turnId,
  speechMs: 900,
  armingMs: 0,
  isSilent: false,
  deviceLabel: "Headset",
});
const begun: SessionEvent = { type: "responseStarted", turnId: t1, responseId: r1 };
const done: SessionEvent = {
  type: "responseDone",
  turnId: t1,
  responseId: r1,
  outcome: { kind: "completed", calls: [] },
};
const called: SessionEvent = {
  ...done,
  outcome: { kind: "completed", calls: [{ callId: c1, name: "get_current_time", argumentsJson: "{}" }] },
};

/** Holds the key, speaks, lets go, and has the answer begin. */
function answering(): RecordedShell {
  const recorded = recordedShell();
  const { shell, timers, taken } = recorded;
  shell.key("talkDown");
  timers.fire(tapWindowMs);
  shell.dispatch(samples());
  shell.key("talkUp");
  shell.dispatch(tailIn());
  shell.dispatch(begun);
  taken();
  return recorded;
}

describe("the order of events", () => {
  it("hands the effects of one event to the ports in their order", () => {
    const { shell, taken } = answering();
    shell.key("talkDown");
    expect(taken()).toEqual(["flush", "open t2", "abandonTurn t1", "beginInput t2 t2"]);
  });

  it("keeps an event that a port tells too early until the one before is through", () => {
    const { shell, taken, during, views } = recordedShell();
    during("open", () => shell.dispatch({ type: "turnFailed", turnId: t1, failure: lost }));
    shell.key("talkDown");
    // Had it been handled at once, it would have found the session idle and been lost.
    expect(taken()).toEqual(["open t1", "beginInput t1 t1"]);
    expect(stateText(shell.state())).toBe("listening(arming, trouble) t1");
    expect(views).toHaveLength(1);
  });

  it("does not let the consequences of such an event overtake what is still to be done", () => {
    const { shell, taken, during } = answering();
    during("flush", () => shell.dispatch({ type: "playbackFlushed", parts: [heard()] }));
    shell.key("talkDown");
    expect(taken().map((call) => call.split(" ")[0])).toEqual([
      "flush",
      "open",
      "abandonTurn",
      "beginInput",
      "truncateItem",
    ]);
  });

  it("gives every turn an id of its own", () => {
    const { shell } = recordedShell();
    shell.ask("One?");
    shell.ask("Two?");
    expect(shell.view().turns.map((turn) => turn.turnId)).toEqual(["t1", "t2"]);
  });
});

describe("a port that throws", () => {
  it("for the microphone ends the turn as a failed microphone, which is shut", () => {
    const { shell, taken, breakPort, mistakes } = recordedShell();
    breakPort("open");
    shell.key("talkDown");
    expect(stateText(shell.state())).toBe("failed(internal, nothing kept) t1");
    expect(taken()).toEqual(["open t1", "beginInput t1 t1", "drop t1", "dropInput t1"]);
    expect(mistakes).toEqual(["openCapture"]);
  });

  it("for the connection fails the turn, and the next press works", () => {
    const { shell, breakPort, mistakes } = recordedShell();
    breakPort("requestResponse");
    shell.ask("One?");
    expect(stateText(shell.state())).toBe("failed(internal, text kept) t1");
    expect(mistakes).toEqual(["requestResponse"]);
    shell.key("talkDown");
    expect(stateText(shell.state())).toBe("listening(arming, t1 unanswered) t2");
  });

  it("for the end of an answer ends it unheard, and says so: nothing else would ever end the turn", () => {
    const { shell, breakPort } = answering();
    breakPort("end");
    shell.dispatch(done);
    expect(stateText(shell.state())).toBe("idle(answered)");
    expect(shell.view().notice?.title).toBe("The answer cannot be played");
  });

  it("for a flush is waited for no longer than its bound", () => {
    const { shell, breakPort, timers, taken, mistakes } = answering();
    breakPort("flush");
    shell.ask("And in Tokyo?");
    expect(mistakes).toEqual(["flushPlayback"]);
    taken();
    timers.fire(stageBoundMs.flush);
    expect(taken()).toEqual(["sendText t2 t2 And in Tokyo?", "requestResponse t2"]);
  });

  it("does not keep the effects behind it from their ports", () => {
    const { shell, breakPort, taken } = answering();
    breakPort("abandonTurn");
    shell.key("talkDown");
    expect(taken()).toEqual(["flush", "open t2", "abandonTurn t1", "beginInput t2 t2"]);
    // It failed for the old turn; the new one has nothing to do with it.
    expect(stateText(shell.state())).toBe("listening(arming, barge-in) t2");
  });
});

describe("the stage timers", () => {
  it("run one at a time, from the beginning of each stage to its end", () => {
    const { shell, timers } = recordedShell();
    expect(timers.running()).toEqual([]);
    shell.key("talkDown");
    expect(timers.running()).toEqual([tapWindowMs, stageBoundMs.utterance]);
    timers.fire(tapWindowMs);
    shell.key("talkUp");
    expect(timers.running()).toEqual([stageBoundMs.tail]);
    shell.dispatch(tailIn());
    expect(timers.running()).toEqual([stageBoundMs.answer]);
    shell.dispatch(begun);
    expect(timers.running()).toEqual([stageBoundMs.generation]);
    shell.dispatch(called);
    expect(timers.running()).toEqual([stageBoundMs.slow]);
    timers.fire(stageBoundMs.slow);
    expect(timers.running()).toEqual([stageBoundMs.tools]);
    shell.dispatch({ type: "toolFinished", turnId: t1, callId: c1, output: "{}" });
    expect(timers.running()).toEqual([stageBoundMs.answer]);
    shell.dispatch(begun);
    shell.dispatch(done);
    // Playing out has no bound of its own: an answer may be long.
    expect(timers.running()).toEqual([]);
  });

  it("are not begun anew by facts within the stage", () => {
    const { shell, timers } = answering();
    shell.dispatch({ type: "playbackStarted", turnId: t1 });
    expect(timers.running()).toEqual([stageBoundMs.generation]);
    timers.fire(stageBoundMs.generation);
    expect(stateText(shell.state())).toBe("failed(answer-missing, speech kept) t1");
    expect(timers.running()).toEqual([]);
  });

  it("begin anew when the same stage is entered by another turn", () => {
    const { shell, timers } = recordedShell();
    shell.ask("One?");
    shell.ask("Two?");
    timers.fire(stageBoundMs.answer);
    expect(stateText(shell.state())).toBe("failed(answer-missing, text kept) t2");
  });

  it("end a recording that was left open, after asking, and what it took is sent", () => {
    const { shell, timers, taken } = recordedShell();
    shell.toggleTalk();
    taken();
    timers.fire(stageBoundMs.utterance);
    expect(shell.view().notice?.action).toBe("keep-recording");
    // Wanted still: the question comes back after as long again.
    shell.dispatch({ type: "keepRecordingRequested" });
    expect(shell.view().notice).toBeNull();
    timers.fire(stageBoundMs.utterance);
    expect(taken()).toEqual([]);
    timers.fire(stageBoundMs.limit);
    expect(taken()).toEqual(["finish t1"]);
  });
});

describe("the key and the turn", () => {
  it("agree: a turn that fails under a held key leaves the key without a meaning until it is up", () => {
    const { shell, timers } = recordedShell();
    shell.key("talkDown");
    timers.fire(tapWindowMs);
    shell.dispatch({
      type: "captureFailed",
      turnId: t1,
      failure: { kind: "microphone-denied", device: null },
      speechMs: 0,
    });
    shell.key("talkDown");
    expect(stateText(shell.state())).toBe("failed(microphone-denied, nothing kept) t1");
    shell.key("talkUp");
    shell.key("talkDown");
    expect(stateText(shell.state())).toBe("listening(arming) t2");
  });

  it("agree: a typed question takes over from a latched recording, and the next tap begins a new one", () => {
    const { shell } = recordedShell();
    shell.key("talkDown");
    shell.key("talkUp");
    shell.ask("One?");
    shell.key("talkDown");
    expect(stateText(shell.state())).toBe("listening(arming) t3");
  });

  it("let go together when the key-up was lost: what was said until the evidence of it is sent", () => {
    const { shell, timers, taken } = recordedShell();
    shell.key("talkDown");
    timers.fire(tapWindowMs);
    taken();
    shell.key("evidenceLost");
    expect(taken()).toEqual(["finish t1"]);
    shell.key("talkDown");
    expect(stateText(shell.state())).toBe("listening(arming) t2");
  });

  it("forget the tap window with the press that it belongs to", () => {
    const { shell, timers } = recordedShell();
    shell.key("talkDown");
    shell.key("talkUp");
    expect(timers.running()).toEqual([stageBoundMs.utterance]);
    expect(shell.view().gesture).toBe("tap");
  });

  it("go on recording after a tap whose key-up is heard after its window, and nobody is taken to hold the key", () => {
    const { shell, timers, heard: told, taken } = recordedShell();
    shell.key("talkDown");
    timers.fire(tapWindowMs);
    taken();
    shell.key("tapUp");
    expect(taken()).toEqual([]);
    expect(stateText(shell.state())).toBe("listening(arming) t1");
    expect(told).toContain("t1 is not held");
    expect(shell.view().gesture).toBe("tap");
  });

  it("survive 20 taps a second: ten turns, and each but the last gives its words and loses its answer", () => {
    const { shell, taken } = recordedShell();
    for (let tap = 0; tap < 20; tap += 1) {
      shell.key("talkDown");
      shell.key("talkUp");
    }
    expect(stateText(shell.state())).toBe("finishing t10");
    const calls = taken();
    expect(calls.filter((call) => call.startsWith("open"))).toHaveLength(10);
    expect(calls.filter((call) => call.startsWith("finish"))).toHaveLength(10);
    expect(calls.filter((call) => call.startsWith("commitInput"))).toHaveLength(9);
  });
});

describe("a tool that is slow", () => {
  it("is remarked on after 8 s, once, and not as long as the person is asked something", () => {
    const { shell, timers, taken } = answering();
    shell.dispatch(called);
    shell.dispatch({ type: "approvalAsked", callId: c1 });
    taken();
    expect(timers.running()).toEqual([stageBoundMs.tools]);
    // From here on it runs.
    shell.dispatch({ type: "approvalSettled", callId: c1 });
    timers.fire(8_000);
    expect(taken()).toEqual(["remark t1"]);
    expect(timers.running()).toEqual([stageBoundMs.tools]);
  });
});

describe("whoever listens for a spoken yes", () => {
  const whole: Narration = { type: "questionWhole", itemId: item1, text: " Yes. " };

  it("hears of each turn, whether a hand is on the key, and what was said in the end", () => {
    const { shell, heard, timers } = recordedShell();
    shell.key("talkDown");
    expect(heard).toEqual(["t1 began by key"]);
    timers.fire(tapWindowMs);
    shell.dispatch(samples());
    shell.key("talkUp");
    shell.dispatch(tailIn());
    shell.narrate({ type: "questionItem", turnId: t1, itemId: item1 });
    shell.narrate({ type: "questionDelta", itemId: item1, delta: "Yes" });
    expect(heard).toEqual(["t1 began by key"]);
    shell.narrate(whole);
    expect(heard).toEqual(["t1 began by key", "t1 “Yes.”"]);
  });

  it("hears that a tap holds no key, and that a tray and a text field have none", () => {
    const { shell, heard } = recordedShell();
    shell.key("talkDown");
    shell.key("talkUp");
    expect(heard).toEqual(["t1 began by key", "t1 is not held"]);
    shell.ask("What time is it?");
    shell.startTalk();
    expect(heard.slice(3)).toEqual(["t2 began", "t3 began"]);
  });

  it("hears when words will never come, and never half of them: “yes” may have been the beginning of a no", () => {
    const { shell, heard } = recordedShell();
    shell.key("talkDown");
    shell.key("otherDown");
    expect(heard.at(-1)).toBe("t1 unknown");
    shell.key("talkUp");
    shell.startTalk();
    shell.dispatch(samples(t2));
    shell.finishTalk();
    shell.dispatch(tailIn(t2));
    shell.narrate({ type: "questionItem", turnId: t2, itemId: item1 });
    shell.narrate({ type: "questionDelta", itemId: item1, delta: "Yes" });
    shell.narrate({ type: "questionClosed", turnId: t2 });
    expect(heard.at(-1)).toBe("t2 unknown");
    shell.narrate({ type: "questionUnavailable", itemId: item1 });
    expect(heard.at(-1)).toBe("t2 unknown");
  });

  it("that throws stops no turn", () => {
    const { shell, breakPort, mistakes } = recordedShell();
    breakPort("turnBegan");
    shell.key("talkDown");
    expect(mistakes).toEqual(["turnBegan"]);
    expect(stateText(shell.state())).toBe("listening(arming) t1");
  });
});

describe("Esc", () => {
  it("reaches the tools also at rest: one that an earlier turn has left running is stopped", () => {
    const { shell, taken } = answering();
    shell.dispatch(called);
    shell.key("talkDown");
    shell.dispatch({ type: "captureFailed", turnId: t2, failure: lost, speechMs: 0 });
    shell.dispatch({ type: "dismissRequested" });
    expect(stateText(shell.state())).toBe("idle(none)");
    taken();
    shell.key("escapeDown");
    expect(taken()).toEqual(["stopAll"]);
  });
});

describe("the tray's Talk", () => {
  it("begins a recording that the next tap of the key ends", () => {
    const { shell, taken } = recordedShell();
    shell.toggleTalk();
    expect(taken()).toEqual(["open t1", "beginInput t1 t1"]);
    expect(shell.view().gesture).toBe("tap");
    shell.key("talkDown");
    expect(taken()).toEqual(["finish t1"]);
  });

  it("ends the recording that goes on, also one of a held key", () => {
    const { shell, timers, taken, marks } = recordedShell();
    shell.key("talkDown");
    timers.fire(tapWindowMs);
    taken();
    shell.toggleTalk();
    expect(taken()).toEqual(["finish t1"]);
    expect(marks).toContain("talkReleased t1");
    // The key is still down; its key-up must not mean anything.
    shell.key("talkUp");
    expect(taken()).toEqual([]);
  });

  it("silences the answer", () => {
    const { shell, taken } = answering();
    shell.toggleTalk();
    expect(taken()).toEqual(["flush", "abandonTurn t1", "stopAll"]);
    expect(stateText(shell.state())).toBe("idle(interrupted)");
  });

  it("starts afresh after a failure", () => {
    const { shell } = recordedShell();
    shell.ask("One?");
    shell.dispatch({ type: "turnFailed", turnId: t1, failure: lost });
    shell.toggleTalk();
    expect(stateText(shell.state())).toBe("listening(arming, t1 unanswered) t2");
  });
});

describe("talking without the key", () => {
  it("begins a recording that a tap of the key ends, and so does the same from elsewhere", () => {
    const { shell, taken, marks } = recordedShell();
    shell.startTalk();
    expect(taken()).toEqual(["open t1", "beginInput t1 t1"]);
    expect(shell.view().gesture).toBe("tap");
    shell.startTalk();
    expect(taken()).toEqual([]);
    shell.finishTalk();
    expect(taken()).toEqual(["finish t1"]);
    expect(marks).toEqual(["talkPressed t1", "talkReleased t1"]);
    shell.finishTalk();
    expect(taken()).toEqual([]);
  });

  it("interrupts an answer, as the key does", () => {
    const { shell, taken } = answering();
    shell.startTalk();
    expect(taken()).toEqual(["flush", "open t2", "abandonTurn t1", "beginInput t2 t2"]);
  });

  it("finishes the recording of a held key, whose key-up means nothing then", () => {
    const { shell, timers, taken } = recordedShell();
    shell.key("talkDown");
    timers.fire(tapWindowMs);
    taken();
    shell.finishTalk();
    shell.key("talkUp");
    expect(taken()).toEqual(["finish t1"]);
  });

  it("works while the key is held down for nothing, and the key works afterwards", () => {
    const { shell, taken } = recordedShell();
    shell.key("talkDown");
    shell.key("otherDown");
    shell.startTalk();
    taken();
    shell.key("talkUp");
    shell.key("talkDown");
    expect(taken()).toEqual(["finish t2"]);
  });
});

describe("what windows see", () => {
  it("is published once for each thing that happened", () => {
    const { shell, views } = recordedShell();
    shell.key("talkDown");
    shell.dispatch(samples());
    shell.linkChanged({ status: "ready", trouble: null });
    shell.surroundingsChanged({
      destination: { kind: "server", host: "api.example.com" },
      talkKeyLabel: "F9",
      talkBy: "hold",
      isGreeting: false,
    });
    expect(views.map(({ phase, talkKeyLabel }) => `${phase} ${talkKeyLabel}`)).toEqual([
      "arming Right Ctrl",
      "listening Right Ctrl",
      "listening Right Ctrl",
      "listening F9",
    ]);
    expect(views.at(-1)).toEqual(shell.view());
  });

  it("tells a question that waits for the connection from one that waits for the model", () => {
    const { shell } = recordedShell();
    shell.ask("One?");
    expect(shell.view().phase).toBe("reconnecting");
    shell.linkChanged({ status: "ready", trouble: null });
    expect(shell.view().phase).toBe("thinking");
  });

  it("has the words that the ports narrate", () => {
    const { shell } = answering();
    shell.narrate({ type: "answerDelta", turnId: t1, itemId: heard().itemId, delta: "Four o’clock." });
    expect(shell.view().turns[0]?.answer).toEqual({
      text: "Four o’clock.",
      heardChars: 13,
      state: "streaming",
    });
  });

  it("offers to send again what is kept, and does so under a new turn in the same place", () => {
    const { shell, taken } = answering();
    shell.dispatch({ type: "turnFailed", turnId: t1, failure: lost });
    expect(shell.view().notice?.action).toBe("send-again");
    taken();
    shell.sendAgain();
    expect(taken()).toEqual(["beginInput t2 t1", "commitInput t2", "requestResponse t2"]);
    expect(shell.view().turns.map((turn) => turn.turnId)).toEqual(["t2"]);
  });

  it("loses a turn that was cancelled", () => {
    const { shell } = recordedShell();
    shell.key("talkDown");
    shell.key("otherDown");
    expect(shell.view()).toMatchObject({ phase: "idle", outcome: "cancelled", turns: [] });
  });
});

describe("the marks of a turn", () => {
  it("say when it was pressed, released and failed", () => {
    const { shell, timers, marks } = recordedShell();
    shell.key("talkDown");
    timers.fire(tapWindowMs);
    shell.key("talkUp");
    timers.fire(stageBoundMs.tail);
    expect(marks).toEqual(["talkPressed t1", "talkReleased t1", "failed t1"]);
  });

  it("belong to the new turn when the press interrupts an old one", () => {
    const { shell, marks } = answering();
    shell.key("talkDown");
    expect(marks.at(-1)).toBe(`talkPressed ${t2}`);
  });
});
