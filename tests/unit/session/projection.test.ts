/** Owns the proof of what windows see of each state. */
import { describe, expect, it } from "vitest";
import {
  emptyConversation,
  narrate,
  type Conversation,
  type Narration,
} from "../../../electron/main/session/conversation.ts";
import { project, type Projected } from "../../../electron/main/session/projection.ts";
import type { Ask, MicrophoneNote, TurnState } from "../../../electron/main/session/types.ts";
import { canBeSentAgain } from "../../../electron/main/session/unanswered.ts";
import type { Failure } from "../../../shared/failure.ts";
import { turnId } from "../../../shared/ids.ts";
import { stateText } from "../../support/session-notation.ts";
import { c1, lost, sampleTurns, speech, t2, t3 } from "../../support/session-samples.ts";

const view = (state: TurnState, from: Partial<Projected> = {}) =>
  project({
    state,
    link: { status: "ready", trouble: null },
    grammar: "idle",
    conversation: emptyConversation,
    approval: null,
    destination: { kind: "practice" },
    talkKeyLabel: "Right Ctrl",
    talkBy: "hold",
    isGreeting: false,
    isMended: false,
    ...from,
  });

const listeningState = {
  tag: "listening",
  turnId: t2,
  deviceLabel: "Headset",
  isBargeIn: false,
  microphone: { kind: "well" },
  isLimitReached: false,
  trouble: null,
  isLooking: false,
} as const;

const failed = (failure: Failure, kept: Ask | null): TurnState => ({
  tag: "failed",
  turnId: t2,
  failure,
  kept,
});

describe("the view of a state", () => {
  it("offers to send the kept words again once the person has been to the settings", () => {
    const refused = failed({ kind: "invalid-key" }, speech());
    expect(view(refused).notice?.action).toBe("open-settings");
    expect(view(refused, { isMended: true }).notice?.action).toBe("send-again");
    expect(view(failed({ kind: "invalid-key" }, null), { isMended: true }).notice?.action).toBe(
      "open-settings",
    );
  });

  it("says that an answer can only be read, while it comes and when it is complete, until the next question", () => {
    const began = { type: "turnBegan", turnId: t2, kind: "typed", text: "Hello" } as const;
    const failure: Failure = { kind: "loudspeaker-failed" };
    const conversation = narrate(narrate(emptyConversation, began), {
      type: "answerMuted",
      turnId: t2,
      failure,
    });
    const muted = { title: "The answer cannot be played" };
    for (const state of sampleTurns.filter(({ tag }) => tag === "responding" || tag === "acting")) {
      expect(view(state, { conversation }).notice).toMatchObject({ ...muted, action: null });
    }
    const over: TurnState = { tag: "idle", reason: "answered" };
    expect(view(over, { conversation }).notice).toMatchObject({ ...muted, action: "dismiss" });
    expect(view({ tag: "idle", reason: "none" }, { conversation }).notice).toBeNull();
    expect(view(over, { conversation: narrate(conversation, { ...began, turnId: t3 }) }).notice).toBeNull();
  });

  it("says that the screen was not seen, from when that is known until the next question", () => {
    const began = { type: "turnBegan", turnId: t2, kind: "spoken", text: "" } as const;
    const conversation = narrate(narrate(emptyConversation, began), { type: "screenUnseen", turnId: t2 });
    const unseen = { title: "Your screen could not be looked at" };
    const going = sampleTurns.filter(({ tag }) =>
      ["listening", "finishing", "consenting", "awaiting", "responding", "acting"].includes(tag),
    );
    for (const state of going) {
      // What is more urgent comes first.
      const notice = view(state).notice ?? { ...unseen, action: null };
      expect(view(state, { conversation }).notice).toMatchObject(notice);
    }
    const over: TurnState = { tag: "idle", reason: "answered" };
    expect(view(over, { conversation }).notice).toMatchObject({ ...unseen, action: "dismiss" });
    expect(view(over, { conversation: narrate(conversation, { ...began, turnId: t3 }) }).notice).toBeNull();
  });

  it("greets a newcomer with the talk key's name, until the first turn", () => {
    const fresh = view({ tag: "idle", reason: "none" }, { isGreeting: true });
    expect(fresh.notice).toMatchObject({ title: "Hold Right Ctrl and say hello", action: null });
    const conversation = narrate(emptyConversation, {
      type: "turnBegan",
      turnId: t2,
      kind: "typed",
      text: "Hello",
    });
    expect(view({ tag: "idle", reason: "answered" }, { isGreeting: true, conversation }).notice).toBeNull();
  });

  it("tells a newcomer that a press was too short, instead of greeting once more", () => {
    // The turn is forgotten, so the greeting took the place of the hint.
    const tooShort = view({ tag: "idle", reason: "too-short" }, { isGreeting: true });
    expect([tooShort.notice, tooShort.outcome]).toEqual([null, "too-short"]);
  });

  it("has its phase", () => {
    expect(Object.fromEntries(sampleTurns.map((state) => [stateText(state), view(state).phase]))).toEqual({
      "idle(none)": "idle",
      "idle(answered)": "idle",
      "listening(arming) t2": "arming",
      "listening t2": "listening",
      "listening(barge-in) t2": "listening",
      "listening(silent) t2": "listening",
      "listening(switched) t2": "listening",
      "listening(limit reached) t2": "listening",
      "listening(trouble) t2": "listening",
      "listening(looking) t2": "listening",
      "finishing t2": "thinking",
      "finishing(trouble) t2": "thinking",
      "finishing(looking) t2": "thinking",
      "looking t2": "thinking",
      "settling(typed) t2": "thinking",
      "consenting(c1) t2": "thinking",
      "consenting(c1 c2) t2": "thinking",
      "consenting t2": "thinking",
      "awaiting t2": "thinking",
      "awaiting(typed) t2": "thinking",
      "awaiting(attempt 2) t2": "thinking",
      "awaiting(round 2) t2": "thinking",
      "awaiting(round 2, audible) t2": "thinking",
      "responding t2": "thinking",
      "responding(attempt 2) t2": "thinking",
      "responding(heard) t2": "thinking",
      "responding(audible) t2": "speaking",
      "responding(generated) t2": "thinking",
      "responding(audible, generated) t2": "speaking",
      "responding(typed, round 2, audible) t2": "speaking",
      "responding(round 10) t2": "thinking",
      "responding(round 11) t2": "thinking",
      "acting(c1) t2": "acting",
      "acting(audible, c1 c2) t2": "acting",
      "acting(typed, round 2, c1) t2": "acting",
      "acting(c1, remarked) t2": "acting",
      "failed(connection-lost, speech kept) t2": "failed",
      "failed(connection-lost, text kept) t2": "failed",
      "failed(microphone-busy, nothing kept) t2": "failed",
    });
  });

  it("names its turn while there is one, and how the last one ended when there is none", () => {
    for (const state of sampleTurns) {
      const { turnId: shownTurn, outcome } = view(state);
      expect([shownTurn, outcome]).toEqual(
        state.tag === "idle" ? [null, state.reason] : [state.turnId, "none"],
      );
    }
  });

  it("says that a complete question waits for the connection", () => {
    const waiting: TurnState = {
      tag: "awaiting",
      turnId: t2,
      ask: speech(),
      round: 1,
      attempt: 1,
      trouble: null,
      isAudible: false,
    };
    expect(view(waiting, { link: { status: "connecting", trouble: null } }).phase).toBe("reconnecting");
    expect(view(waiting, { link: { status: "offline", trouble: null } }).phase).toBe("reconnecting");
  });

  it("has a notice exactly when something is wrong", () => {
    const withNotice = sampleTurns.filter((state) => view(state).notice !== null).map(stateText);
    expect(withNotice).toEqual([
      "listening(silent) t2",
      "listening(switched) t2",
      "listening(limit reached) t2",
      "listening(trouble) t2",
      "finishing(trouble) t2",
      "awaiting(attempt 2) t2",
      "failed(connection-lost, speech kept) t2",
      "failed(connection-lost, text kept) t2",
      "failed(microphone-busy, nothing kept) t2",
    ]);
  });

  it("says why a question waits, and that it goes on by itself", () => {
    const waiting = sampleTurns.find(({ tag }) => tag === "awaiting");
    if (waiting?.tag !== "awaiting") throw new Error("no sample waits");
    const noticeOf = (state: TurnState, trouble: Failure | null) =>
      view(state, { link: { status: "connecting", trouble } }).notice;
    const refused: Failure = { kind: "connection-refused", host: "localhost" };
    expect(noticeOf(waiting, refused)).toEqual({
      title: "Nothing is listening at localhost",
      advice: "What you said is kept. Reconnecting …",
      action: null,
    });
    const limited: Failure = { kind: "rate-limit", retryAfterMs: 5_200 };
    expect(noticeOf({ ...waiting, trouble: limited }, null)?.advice).toContain("Trying again in 6 s");
    expect(noticeOf(waiting, null)).toBeNull();
  });

  it("names the microphone that took over, or says how much is missing", () => {
    const note = (microphone: MicrophoneNote) => view({ ...listeningState, microphone }).notice;
    const lostWebcam: Failure = { kind: "microphone-lost", device: "Webcam" };
    expect(note({ kind: "switched", from: "Webcam", why: lostWebcam, lostMs: 90 })).toEqual({
      title: "“Webcam” was disconnected",
      advice: "Go on talking: now listening with “Headset”. About 90 ms are missing.",
      action: null,
    });
    const absentWebcam: Failure = { kind: "microphone-missing", device: "Webcam" };
    expect(note({ kind: "switched", from: "Webcam", why: absentWebcam, lostMs: 0 })).toEqual({
      title: "“Webcam” is not connected",
      advice: "Go on talking: now listening with “Headset”.",
      action: null,
    });
    expect(note({ kind: "switched", from: "Headset", why: null, lostMs: 240 })?.advice).toBe(
      "It works again. About 240 ms are missing.",
    );
    expect(note({ kind: "silent" })?.title).toBe("“Headset” delivers only silence");
  });

  it("asks before it cuts, whatever else is wrong", () => {
    const asked = view({ ...listeningState, isLimitReached: true, trouble: lost }).notice;
    expect(asked).toEqual({
      title: "Still talking?",
      advice: "The recording is sent in 30 s, unless you keep it going.",
      action: "keep-recording",
    });
  });

  it("does not ask a person who is talking to press anything", () => {
    const listening: TurnState = { ...listeningState, trouble: lost };
    expect(view({ ...listeningState }, { link: { status: "connecting", trouble: lost } }).notice).toEqual({
      title: "The connection to api.example.com broke",
      advice: "Reconnecting. Go on talking: it is sent as soon as possible.",
      action: null,
    });
    expect(view(listening).notice).toEqual({
      title: "The connection to api.example.com broke",
      advice: "What you say is kept.",
      action: null,
    });
    expect(view(listening).deviceLabel).toBe("Headset");
  });

  it("offers to send again only what is kept", () => {
    expect(view(failed(lost, speech())).notice?.action).toBe("send-again");
    expect(view(failed(lost, null)).notice?.action).toBe("dismiss");
    expect(view(failed({ kind: "invalid-key" }, speech())).notice?.action).toBe("open-settings");
  });

  it("can be stopped while anything goes on, also a tool of a turn that is over", () => {
    const rest: TurnState = { tag: "idle", reason: "answered" };
    const act = (conversation: Conversation, ...told: readonly Narration[]) =>
      told.reduce(narrate, conversation);
    const began: Narration = { type: "turnBegan", turnId: t2, kind: "typed", text: "Hello" };
    const started: Narration = {
      type: "actionStarted",
      turnId: t2,
      callId: c1,
      name: "look_up",
      title: "Look something up",
      server: null,
      summary: "it",
      thumbnail: null,
    };
    const ended: Narration = { type: "actionEnded", callId: c1, state: "done", result: "", canUndo: false };
    const running = act(emptyConversation, began, started);
    // However many turns ago.
    const later = Array.from({ length: 9 }, (_, index) => turnId(`n${index}`)).reduce<Conversation>(
      (turns, id) => narrate(turns, { ...began, turnId: id }),
      running,
    );
    expect(view(rest).canStop).toBe(false);
    expect(view(rest, { conversation: running }).canStop).toBe(true);
    expect(view(rest, { conversation: later }).canStop).toBe(true);
    expect(view(rest, { conversation: act(later, ended) }).canStop).toBe(false);
    expect(sampleTurns.filter((state) => view(state).canStop)).toEqual(
      sampleTurns.filter((state) => state.tag !== "idle" && !canBeSentAgain(state)),
    );
  });

  // It was offered only after a visit to the settings, and whoever pressed the key instead lost what they had said.
  it("offers to send what a microphone took in before it failed", () => {
    const gone: Failure = { kind: "microphone-lost", device: "Headset" };
    expect(view(failed(gone, speech())).notice).toEqual({
      title: "“Headset” was disconnected",
      advice: "What you said until then is kept: send it. Plug it in again, or choose another microphone.",
      action: "send-again",
    });
    expect(view(failed(gone, null)).notice?.action).toBe("open-settings");
  });

  it("tells the gesture of the key", () => {
    const gestures = (["pressed", "holding", "latched"] as const).map(
      (grammar) => view(listeningState, { grammar }).gesture,
    );
    expect(gestures).toEqual(["undecided", "hold", "tap"]);
  });

  it("shows the last six turns", () => {
    const conversation = Array.from({ length: 9 }, (_, index) => turnId(`n${index}`)).reduce(
      (turns, id) => narrate(turns, { type: "turnBegan", turnId: id, kind: "typed", text: id }),
      emptyConversation,
    );
    const shown = view({ tag: "idle", reason: "none" }, { conversation }).turns;
    expect(shown.map(({ question }) => question.text)).toEqual(["n3", "n4", "n5", "n6", "n7", "n8"]);
  });
});
