/**
 * Nothing that page, worklet or person do, in any order, keeps the next press from a fresh start: no error is latched,
 * every take ends once, and the microphone is released.
 */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { createCapture } from "../../../electron/main/audio/capture-port.ts";
import { createUtteranceStore } from "../../../electron/main/audio/utterance-store.ts";
import type { SessionEvent } from "../../../electron/main/session/types.ts";
import type { CaptureMessage } from "../../../shared/audio-port.ts";
import { turnId, type TurnId } from "../../../shared/ids.ts";
import { counting } from "../../support/audio-signals.ts";
import { unwatchedPage } from "../../support/unwatched-page.ts";
import { passingTimers } from "../../support/passing-timers.ts";

const problems = ["denied", "missing", "busy", "lost", "stuck", "failed"] as const;
const modes = ["open-on-press", "keep-ready"] as const;
const keepReadySeconds = 30;

type Step =
  | {
      readonly do:
        | "press"
        | "release"
        | "drop"
        | "page"
        | "crash"
        | "opened"
        | "released"
        | "settings"
        | "leave";
    }
  | { readonly do: "failed"; readonly problem: (typeof problems)[number] }
  | { readonly do: "frame"; readonly isSilent: boolean; readonly skipped: number }
  | {
      readonly do: "gap";
      readonly source: number;
      readonly isOtherSource: boolean;
      readonly lostMs: number | null;
    }
  | { readonly do: "closed" }
  | { readonly do: "pass"; readonly ms: number };

/** `back`: facts and messages may be those of an older take. */
const steps = fc.array(
  fc.record({
    back: fc.nat({ max: 2 }),
    step: fc.oneof(
      fc.constantFrom<Step[]>(
        { do: "press" },
        { do: "press" },
        { do: "release" },
        { do: "drop" },
        { do: "page" },
        { do: "crash" },
        { do: "opened" },
        { do: "released" },
        { do: "settings" },
        { do: "leave" },
        { do: "closed" },
      ),
      fc.record({ do: fc.constant("failed" as const), problem: fc.constantFrom(...problems) }),
      fc.record({
        do: fc.constant("frame" as const),
        isSilent: fc.boolean(),
        skipped: fc.nat({ max: 2 }),
      }),
      fc.record({
        do: fc.constant("gap" as const),
        source: fc.constantFrom(1, 2),
        isOtherSource: fc.boolean(),
        lostMs: fc.option(fc.nat({ max: 400 })),
      }),
      fc.record({ do: fc.constant("pass" as const), ms: fc.constantFrom(10, 60, 400, 1_600, 4_000, 40_000) }),
    ),
  }),
  { maxLength: 40 },
);

function createRig(mode: (typeof modes)[number]) {
  const timers = passingTimers();
  const events: SessionEvent[] = [];
  const utterances = createUtteranceStore();
  let nowMs = 0;
  let hear: (message: CaptureMessage) => void = () => undefined;
  let isOpen = false;
  let answers = false;
  const capture = createCapture({
    emit: (event) => void events.push(event),
    mark: () => undefined,
    timers,
    nowMs: () => nowMs,
    utterances,
    settings: () => ({
      microphoneId: "default",
      microphoneLabel: "",
      microphoneMode: mode,
      keepReadySeconds,
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
    }),
    openMicrophone: ({ take }) => {
      isOpen = true;
      if (answers) {
        queueMicrotask(() =>
          capture.opened({ take, source: 1, deviceLabel: "Desk microphone", insteadOf: null }),
        );
        queueMicrotask(() => hear({ type: "frame", take, sequence: 0, pcm: counting(480) }));
      }
    },
    releaseMicrophone: () => {
      isOpen = false;
    },
    pageWatch: unwatchedPage,
    isConsentAwaited: () => false,
    warn: () => undefined,
  });
  const rig = {
    capture,
    events,
    utterances,
    takes: 0,
    turn: null as TurnId | null,
    isOpen: () => isOpen,
    hear: (message: CaptureMessage) => hear(message),
    /** From now on page and worklet do as they should. */
    behave: () => {
      answers = true;
    },
    attach: () =>
      capture.attach({
        post: (command) => {
          if (answers && command.type === "close") {
            queueMicrotask(() => hear({ type: "closed", take: command.take, totalSamples: 480 }));
          }
        },
        onMessage: (listener) => {
          hear = listener;
        },
        close: () => undefined,
      }),
    crash: () => {
      hear = () => undefined;
      isOpen = false;
      capture.detach();
    },
    pass: async (ms: number) => {
      nowMs += ms;
      await timers.pass(ms);
    },
    press: () => {
      rig.takes += 1;
      rig.turn = turnId(`t${rig.takes}`);
      capture.open(rig.turn);
      return rig.turn;
    },
  };
  return rig;
}

type Rig = ReturnType<typeof createRig>;

async function follow(rig: Rig, step: Step, back: number): Promise<void> {
  const take = Math.max(1, rig.takes - back);
  const { capture, turn } = rig;
  switch (step.do) {
    case "press":
      return void rig.press();
    case "release":
      return turn === null ? undefined : capture.finish(turn);
    case "drop":
      return turn === null ? undefined : capture.drop(turn);
    case "page":
      return rig.attach();
    case "crash":
      return rig.crash();
    case "opened":
      return capture.opened({ take, source: 1, deviceLabel: "Desk microphone", insteadOf: null });
    case "failed":
      return capture.failed({ take, problem: step.problem, deviceLabel: null, detail: "" });
    case "released":
      return capture.released();
    case "settings":
      return capture.settingsChanged();
    case "leave":
      return capture.standDown();
    case "frame": {
      const pcm = step.isSilent ? new Int16Array(480) : counting(480);
      return rig.hear({ type: "frame", take, sequence: step.skipped, pcm });
    }
    case "gap":
      return rig.hear({ ...step, type: "gap", take });
    case "closed":
      return rig.hear({ type: "closed", take, totalSamples: 0 });
    case "pass":
      return rig.pass(step.ms);
  }
}

const endsOf = (events: readonly SessionEvent[], turn: TurnId): readonly SessionEvent["type"][] =>
  events
    .filter((event) => "turnId" in event && event.turnId === turn)
    .map(({ type }) => type)
    .filter((type) => type === "captureFinished" || type === "captureFailed");

it("whatever came before, a press on a page that works is recorded, and the microphone is released after it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...modes), steps, async (mode, story) => {
      const rig = createRig(mode);
      rig.attach();
      for (const { step, back } of story) await follow(rig, step, back);
      for (let turn = 1; turn <= rig.takes; turn += 1) {
        expect(endsOf(rig.events, turnId(`t${turn}`)).length).toBeLessThanOrEqual(1);
      }
      // The person lets go, as every hold ends; then they press again.
      if (rig.turn !== null) rig.capture.finish(rig.turn);
      rig.behave();
      rig.attach();
      await rig.pass(0);
      const turn = rig.press();
      await rig.pass(30);
      expect(rig.events).toContainEqual(expect.objectContaining({ type: "captureStarted", turnId: turn }));
      rig.capture.finish(turn);
      await rig.pass(30);
      expect(endsOf(rig.events, turn)).toEqual(["captureFinished"]);
      expect(rig.utterances.find(turn)?.samples).toBe(480);
      await rig.pass(mode === "keep-ready" ? keepReadySeconds * 1000 : 0);
      expect(rig.isOpen()).toBe(false);
    }),
    { numRuns: 2_000 },
  );
});

it("whatever came before, a tail that is waited for is in within a second and a bit, once, whoever presses meanwhile", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...modes), steps, steps, async (mode, story, after) => {
      const rig = createRig(mode);
      rig.attach();
      for (const { step, back } of story) await follow(rig, step, back);
      const turn = rig.press();
      rig.capture.finish(turn);
      let tailsIn = 0;
      const mustWait = rig.capture.awaitTail(turn, () => void (tailsIn += 1));
      rig.press();
      for (const { step, back } of after) await follow(rig, step, back);
      await rig.pass(1_100);
      expect(tailsIn).toBe(mustWait ? 1 : 0);
      expect(rig.capture.awaitTail(turn, () => undefined)).toBe(false);
    }),
    { numRuns: 1_000 },
  );
});

it("whatever came before, a take whose key is up ends within a second and a bit, also on a page that never answers", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...modes), steps, async (mode, story) => {
      const rig = createRig(mode);
      rig.attach();
      for (const { step, back } of story) await follow(rig, step, back);
      const turn = rig.press();
      await rig.pass(10);
      rig.capture.finish(turn);
      await rig.pass(1_100);
      expect(endsOf(rig.events, turn)).toHaveLength(1);
    }),
    { numRuns: 2_000 },
  );
});
