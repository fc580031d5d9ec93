/**
 * Owns the proof that the rule of a conversation is total: every sample state × every sample event, compared with
 * the checked-in table.txt (read its diff: it is the change of behaviour), and what must hold in each of its lines.
 */
import { describe, expect, it } from "vitest";
import { initialState, stageOf, transition } from "../../../electron/main/session/machine.ts";
import { canBeSentAgain } from "../../../electron/main/session/unanswered.ts";
import type {
  SessionEffect,
  SessionEvent,
  SessionState,
  Transition,
} from "../../../electron/main/session/types.ts";
import { effectTexts, eventText, stateText, transitionText } from "../../support/session-notation.ts";
import type { CallId } from "../../../shared/ids.ts";
import {
  c1,
  factsOf,
  sampleEvents,
  sampleStates,
  stages,
  t1,
  t2,
  unkeyedEvents,
} from "../../support/session-samples.ts";

interface Line extends Transition {
  readonly before: SessionState;
  readonly event: SessionEvent;
  /** Names the line in a failed expectation. */
  readonly name: string;
}

const lines: readonly Line[] = sampleStates.flatMap((before) =>
  sampleEvents.map((event) => ({
    before,
    event,
    name: `${stateText(before)} × ${eventText(event)}`,
    ...transition(before, event),
  })),
);

/** A new member of a union does not compile until it is named here, and fails until it has a sample. */
const everyTag: Readonly<Record<SessionState["tag"], true>> = {
  idle: true,
  listening: true,
  finishing: true,
  looking: true,
  settling: true,
  consenting: true,
  awaiting: true,
  responding: true,
  acting: true,
  failed: true,
};
const everyType: Readonly<Record<SessionEvent["type"], true>> = {
  talkPressed: true,
  talkReleased: true,
  talkCancelled: true,
  questionTyped: true,
  sendAgainRequested: true,
  stopRequested: true,
  dismissRequested: true,
  keepRecordingRequested: true,
  captureStarted: true,
  captureSwitched: true,
  captureSilence: true,
  captureFinished: true,
  captureFailed: true,
  screenSeen: true,
  screenFailed: true,
  responseStarted: true,
  responseDone: true,
  answerLost: true,
  turnFailed: true,
  remarkEnded: true,
  playbackStarted: true,
  playbackDrained: true,
  playbackFailed: true,
  playbackFlushed: true,
  toolFinished: true,
  approvalAsked: true,
  approvalSettled: true,
  consentHeard: true,
  expired: true,
};

const turnOf = (state: SessionState): string | null => ("turnId" in state ? state.turnId : null);

/** The state without what is asked of the person. */
const turnIn = ({ asked: _asked, ...turn }: SessionState): string => JSON.stringify(turn);

/** Does this turn go on with the call? */
const isAwaited = (state: SessionState, callId: CallId): boolean =>
  (state.tag === "acting" && state.waiting.includes(callId)) ||
  (state.tag === "consenting" && state.calls.includes(callId));

const has = (effects: readonly SessionEffect[], type: SessionEffect["type"], turn?: string | null): boolean =>
  effects.some(
    (effect) =>
      effect.type === type && (turn === undefined || ("turnId" in effect && effect.turnId === turn)),
  );

/** What is said is not handed over yet. */
const isRecording = (state: SessionState): boolean =>
  state.tag === "listening" || state.tag === "finishing" || state.tag === "looking";

const isAnswering = (state: SessionState): boolean =>
  state.tag === "awaiting" || state.tag === "responding" || state.tag === "acting";

/** The lines for which `holds` is false, by name: an expectation of none names its offenders. */
const broken = (of: readonly Line[], holds: (line: Line) => boolean): readonly string[] =>
  of.filter((line) => !holds(line)).map((line) => `${line.name} → ${transitionText(line.before, line)}`);

describe("the table of the session", () => {
  it("is the one that is checked in", async () => {
    const names = lines.map(({ name, before, ...next }) => `${name} → ${transitionText(before, next)}`);
    await expect(`${names.join("\n")}\n`).toMatchFileSnapshot("table.txt");
  });

  it("has a sample of every state and every event", () => {
    expect([...new Set(sampleStates.map(({ tag }) => tag))].toSorted()).toEqual(
      Object.keys(everyTag).toSorted(),
    );
    expect([...new Set(sampleEvents.map(({ type }) => type))].toSorted()).toEqual(
      Object.keys(everyType).toSorted(),
    );
    expect(lines.length).toBe(sampleStates.length * (unkeyedEvents.length + 2 * factsOf(t2).length));
    // Two lines of one name would hide a variant from the table.
    expect(new Set(lines.map(({ name }) => name)).size).toBe(lines.length);
  });

  it("begins idle", () => {
    expect(stateText(initialState)).toBe("idle(none)");
  });
});

describe("in every line of the table", () => {
  it("a fact of another turn changes nothing, and a late tool output only goes to the model", () => {
    const foreign = lines.filter(({ event }) => "turnId" in event && event.turnId === t1);
    expect(foreign.length).toBe(sampleStates.length * factsOf(t1).length);
    const wrong = broken(foreign, ({ before, event, state, effects }) => {
      if (event.type !== "toolFinished") return state === before && effects.length === 0;
      if (isAwaited(before, event.callId)) return true;
      const isTold = effectTexts(effects).join() === `sendToolOutput ${event.callId} t1`;
      return isTold && turnIn(state) === turnIn(before);
    });
    expect(wrong).toEqual([]);
  });

  it("what a call gives is told to the model, whichever turn made it, and lets the turn go on that waits for it", () => {
    const finished = lines.filter(({ event }) => event.type === "toolFinished");
    expect(
      broken(finished, ({ before, event, state, effects }) => {
        if (event.type !== "toolFinished") return false;
        const isLast = before.tag === "acting" && before.waiting.join() === event.callId;
        return (
          effectTexts(effects)[0] === `sendToolOutput ${event.callId} ${event.turnId}` &&
          has(effects, "requestResponse", turnOf(before)) === isLast &&
          effects.length === (isLast ? 2 : 1) &&
          !isAwaited(state, event.callId)
        );
      }),
    ).toEqual([]);
  });

  it("whether the person is asked about a call changes nothing else", () => {
    const asking = lines.filter(
      ({ event }) => event.type === "approvalAsked" || event.type === "approvalSettled",
    );
    expect(asking.length).toBe(sampleStates.length * 2);
    expect(
      broken(
        asking,
        ({ before, event, state, effects }) =>
          effects.length === 0 &&
          turnIn(state) === turnIn(before) &&
          state.asked.includes(c1) === (event.type === "approvalAsked"),
      ),
    ).toEqual([]);
    const others = lines.filter(({ event }) => !("callId" in event));
    expect(broken(others, ({ before, state }) => state.asked === before.asked)).toEqual([]);
  });

  it("what is said while a question is open is handed over, and held until it is known what it was", () => {
    const said = lines.filter(({ state }) => state.tag === "consenting");
    const begins = said.filter(({ before }) => before.tag !== "consenting");
    expect(begins.length).toBeGreaterThan(2);
    expect(
      broken(
        begins,
        ({ before, effects }) =>
          before.asked.length > 0 &&
          effectTexts(effects).join() === `commitInput t2,holdTurn t2 with ${before.asked.join(" ")}`,
      ),
    ).toEqual([]);
    const consent = lines.filter(
      ({ before, event }) =>
        before.tag === "consenting" && event.type === "consentHeard" && event.turnId === t2,
    );
    expect(
      broken(consent, ({ before, event, state, effects }) => {
        const calls = before.tag === "consenting" ? before.calls : [];
        const isAnswered = event.type === "consentHeard" && event.isAnswered && calls.length > 0;
        return isAnswered
          ? state.tag === "acting" && state.waiting === calls && effects.length === 0
          : state.tag === "awaiting" && effectTexts(effects).join() === "requestResponse t2";
      }),
    ).toEqual([]);
  });

  it("the answer to a flush moves no state but the one that waits for it", () => {
    const flushed = lines.filter(({ event }) => event.type === "playbackFlushed");
    expect(
      broken(flushed, ({ before, state, effects }) =>
        before.tag === "settling"
          ? state.tag === "awaiting"
          : state === before && effects.every(({ type }) => type === "truncateItem" || type === "deleteItem"),
      ),
    ).toEqual([]);
  });

  it("every state but rest has a bounded way out", () => {
    const stuck = sampleStates.filter((state) => {
      const stage = stageOf(state);
      if (state.tag === "idle" || state.tag === "failed") return stage !== null;
      const { turnId } = state;
      if (stage !== null)
        return stageOf(transition(state, { type: "expired", turnId, stage }).state) === stage;
      // Playing out: the loudspeaker drains, always, also when it has failed.
      return (
        state.tag !== "responding" ||
        !state.isGenerated ||
        transition(state, { type: "playbackDrained", turnId }).state.tag !== "idle"
      );
    });
    expect(stuck.map(stateText)).toEqual([]);
  });

  it("only the stage that a state is in expires", () => {
    const expired = lines.filter(({ event }) => event.type === "expired");
    expect(expired.length).toBe(sampleStates.length * stages.length * 2);
    expect(
      broken(
        expired,
        ({ before, event, state }) =>
          state === before || (event.type === "expired" && event.stage === stageOf(before)),
      ),
    ).toEqual([]);
  });

  it("the microphone opens exactly when a turn begins to listen", () => {
    expect(
      broken(lines, ({ before, state, effects }) => {
        const begins = state.tag === "listening" && turnOf(before) !== state.turnId;
        return (
          has(effects, "openCapture") === begins && has(effects, "openCapture", turnOf(state)) === begins
        );
      }),
    ).toEqual([]);
  });

  it("the microphone never stays open beyond listening and its tail", () => {
    const leaving = lines.filter(
      ({ before, state }) =>
        before.tag === "listening" && (state.tag !== "listening" || state.turnId !== before.turnId),
    );
    expect(leaving.length).toBeGreaterThan(20);
    expect(
      broken(leaving, ({ before, event, state, effects }) => {
        if (state.tag === "finishing") return has(effects, "finishCapture", turnOf(before));
        // A microphone that failed has closed itself.
        return event.type === "captureFailed" || has(effects, "dropCapture", turnOf(before));
      }),
    ).toEqual([]);
  });

  it("speech on its way to the server is committed or dropped, once", () => {
    const leaving = lines.filter(
      ({ before, state }) => isRecording(before) && !(isRecording(state) && turnOf(state) === turnOf(before)),
    );
    expect(leaving.length).toBeGreaterThan(40);
    expect(
      broken(leaving, ({ before, effects }) => {
        const own = effects.filter(
          (effect) =>
            (effect.type === "commitInput" || effect.type === "dropInput") &&
            effect.turnId === turnOf(before),
        );
        return own.length === 1;
      }),
    ).toEqual([]);
  });

  it("what can be sent again is never forgotten", () => {
    const keeping = lines.filter(({ state }) => state.unanswered.length > 0);
    expect(keeping.length).toBeGreaterThan(0);
    expect(
      broken(keeping, ({ state, effects }) =>
        state.unanswered.every(
          ({ kept }) => kept.kind === "text" || !has(effects, "dropCapture", kept.utterance),
        ),
      ),
    ).toEqual([]);
    const forgetting = lines.filter(
      ({ before, state }) => state.unanswered.length < before.unanswered.length,
    );
    expect(
      broken(
        forgetting,
        ({ before, event, state }) =>
          state.tag === "idle" &&
          // There is an answer, or the person wants none.
          (event.type === "playbackDrained" ||
            (event.type === "stopRequested" && isAnswering(before)) ||
            (event.type === "dismissRequested" && before.tag === "failed")),
      ),
    ).toEqual([]);
    expect(new Set(forgetting.map(({ event }) => event.type)).size).toBe(3);
  });

  it("a question that can be sent again is in sight whenever nothing else goes on", () => {
    expect(broken(lines, ({ state }) => state.tag !== "idle" || state.unanswered.length === 0)).toEqual([]);
  });

  it("an answer that was lost or failed unheard is asked for once more, and never a third time", () => {
    const again = lines.filter(
      ({ before, event, state }) =>
        (event.type === "answerLost" || event.type === "responseDone") &&
        state.tag === "awaiting" &&
        state !== before,
    );
    expect(again.length).toBeGreaterThan(4);
    expect(
      broken(again, ({ before, state }) => {
        const hadAttempt = "attempt" in before ? before.attempt : 0;
        const isHeard = before.tag === "responding" && before.isHeard;
        return state.tag === "awaiting" && state.attempt === hadAttempt + 1 && hadAttempt === 1 && !isHeard;
      }),
    ).toEqual([]);
  });

  it("a lost line stops no tool and cuts no answer that is wholly here", () => {
    const kept = lines.filter(
      ({ before, event }) =>
        event.type === "answerLost" &&
        (before.tag === "acting" || (before.tag === "responding" && before.isGenerated)),
    );
    expect(kept.length).toBeGreaterThan(4);
    expect(broken(kept, ({ before, state, effects }) => state === before && effects.length === 0)).toEqual(
      [],
    );
  });

  it("a slow tool is remarked on once, and not while the person is asked something", () => {
    const remarked = lines.filter(({ effects }) => has(effects, "remark"));
    expect(remarked.length).toBeGreaterThan(2);
    expect(
      broken(
        remarked,
        ({ before, state, effects }) =>
          before.tag === "acting" &&
          !before.isRemarked &&
          before.asked.length === 0 &&
          state.tag === "acting" &&
          stageOf(state) === "tools" &&
          effects.length === 1,
      ),
    ).toEqual([]);
  });

  it("a recording is cut only after the person was asked", () => {
    const cut = lines.filter(
      ({ before, event }) =>
        before.tag === "listening" &&
        event.type === "expired" &&
        event.turnId === t2 &&
        event.stage === stageOf(before),
    );
    expect(cut.length).toBeGreaterThan(4);
    expect(
      broken(cut, ({ before, state }) =>
        before.tag === "listening" && before.isLimitReached
          ? state.tag === "finishing"
          : state.tag === "listening" && state.isLimitReached,
      ),
    ).toEqual([]);
  });

  it("an answer is asked for once, after its question, and only by a turn that then waits for it", () => {
    expect(
      broken(lines, ({ before, state, effects }) => {
        const asked = effects.findIndex(({ type }) => type === "requestResponse");
        const isNew =
          state.tag === "awaiting" &&
          (before.tag !== "awaiting" ||
            before.turnId !== state.turnId ||
            before.round !== state.round ||
            before.attempt !== state.attempt);
        if (asked === -1) return !isNew;
        const question = effects[asked - 1];
        // Asked for again, the question is at hand already.
        const isAgain =
          state.tag === "awaiting" &&
          (state.attempt > 1 || (before.tag === "consenting" && before.turnId === state.turnId));
        return (
          isNew &&
          asked === effects.length - 1 &&
          has(effects, "requestResponse", turnOf(state)) &&
          (isAgain
            ? question === undefined || question.type === "flushPlayback"
            : question?.type === "commitInput" ||
              question?.type === "sendText" ||
              question?.type === "sendToolOutput") &&
          (isAgain ||
            question?.type === "sendToolOutput" ||
            (question !== undefined && "turnId" in question && question.turnId === turnOf(state)))
        );
      }),
    ).toEqual([]);
  });

  it("an answer that is left is silenced and abandoned; one that goes on is not", () => {
    const answering = lines.filter(({ before }) => isAnswering(before));
    expect(
      broken(answering, ({ before, state, effects }) => {
        const goesOn = isAnswering(state) && turnOf(state) === turnOf(before);
        const isOver = state.tag === "idle" && state.reason === "answered";
        const isLeft = !goesOn && !isOver;
        const isAskedAgain = before.tag === "responding" && state.tag === "awaiting" && goesOn;
        return (
          has(effects, "flushPlayback") === (isLeft || isAskedAgain) &&
          has(effects, "abandonTurn", turnOf(before)) === isLeft
        );
      }),
    ).toEqual([]);
  });

  it("a barge-in is silence first, then the microphone, then the network", () => {
    const bargeIns = lines.filter(({ before, event }) => isAnswering(before) && event.type === "talkPressed");
    expect(
      broken(
        bargeIns,
        ({ event, effects }) =>
          effectTexts(effects).join(", ") ===
          "flushPlayback, openCapture t3, abandonTurn t2, beginInput t3" +
            (event.type === "talkPressed" && event.withScreen ? ", lookAtScreen t3" : ""),
      ),
    ).toEqual([]);
  });

  it("the screen is looked at only for a press that asks for it, and what was said waits for that, or goes without", () => {
    const looks = lines.filter(({ effects }) => has(effects, "lookAtScreen"));
    expect(looks.length).toBe(sampleStates.length);
    expect(
      broken(
        looks,
        ({ event, state }) =>
          event.type === "talkPressed" && event.withScreen && state.tag === "listening" && state.isLooking,
      ),
    ).toEqual([]);
    const handed = lines.filter(
      ({ before, state }) =>
        before.tag === "looking" &&
        (state.tag === "awaiting" || state.tag === "consenting") &&
        state.turnId === t2,
    );
    expect(new Set(handed.map(({ event }) => event.type))).toEqual(
      new Set(["screenSeen", "screenFailed", "expired"]),
    );
    const early = lines.filter(
      ({ before, state }) => before.tag === "finishing" && before.isLooking && state.tag === "awaiting",
    );
    expect(early.map(({ event }) => event.type)).toEqual(["questionTyped"]);
  });

  it("a press begins to listen, whatever was going on", () => {
    const pressed = lines.filter(({ event }) => event.type === "talkPressed");
    expect(broken(pressed, ({ state }) => state.tag === "listening" && state.turnId === "t3")).toEqual([]);
  });

  it("a stop leads to rest, whatever was going on, with the microphone shut and every tool told to stop", () => {
    const stopped = lines.filter(({ event }) => event.type === "stopRequested");
    expect(
      broken(
        stopped,
        ({ before, state, effects }) =>
          (state.tag === "idle" || canBeSentAgain(state)) &&
          effects.at(-1)?.type === "stopTools" &&
          (!isRecording(before) || has(effects, "dropCapture", turnOf(before))),
      ),
    ).toEqual([]);
    expect(
      broken(lines, ({ event, effects }) => event.type === "stopRequested" || !has(effects, "stopTools")),
    ).toEqual([]);
  });

  it("every call of a tool is run or refused", () => {
    const called = lines.filter(
      ({ before, event, effects }) =>
        before.tag === "responding" && event.type === "responseDone" && effects.length > 0,
    );
    expect(called.some(({ effects }) => has(effects, "runTool"))).toBe(true);
    expect(
      broken(called, ({ event, effects }) => {
        if (event.type !== "responseDone" || event.outcome.kind !== "completed")
          return !has(effects, "runTool");
        const answered = effects.filter(({ type }) => type === "runTool" || type === "sendToolOutput");
        return answered.length === event.outcome.calls.length;
      }),
    ).toEqual([]);
  });
});
