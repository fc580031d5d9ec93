import { beforeEach, describe, expect, it } from "vitest";
import type { Capture, MicrophoneSettings } from "../../../electron/main/audio/capture-port.ts";
import { createCapture } from "../../../electron/main/audio/capture-port.ts";
import type { CaptureAudioPort } from "../../../electron/main/audio/audio-port.ts";
import type { UtteranceStore } from "../../../electron/main/audio/utterance-store.ts";
import { createUtteranceStore } from "../../../electron/main/audio/utterance-store.ts";
import type { SessionEvent } from "../../../electron/main/session/types.ts";
import type { CaptureCommand, CaptureMessage } from "../../../shared/audio-port.ts";
import { turnId } from "../../../shared/ids.ts";
import type { CaptureRequest } from "../../../shared/ipc-contract.ts";
import { counting } from "../../support/audio-signals.ts";
import type { ManualTimers } from "../../support/session-timers.ts";
import { manualTimers } from "../../support/session-timers.ts";

const t1 = turnId("t1");
const t2 = turnId("t2");

let capture: Capture;
let timers: ManualTimers;
let utterances: UtteranceStore;
let settings: MicrophoneSettings;
let events: SessionEvent[];
let marks: string[];
let warnings: string[];
let requests: CaptureRequest[];
let releases: number;
let posted: CaptureCommand[];
let worklet: (message: CaptureMessage) => void;
let nowMs: number;
let isConsentAwaited: boolean;
/** What the watch over the page was told. */
let watch: string[];

let closedPorts: number;

const attach = (): void => {
  const port: CaptureAudioPort = {
    post: (command) => void posted.push(command),
    onMessage: (listener) => {
      worklet = listener;
    },
    close: () => void (closedPorts += 1),
  };
  capture.attach(port);
};

beforeEach(() => {
  closedPorts = 0;
  nowMs = 7_000;
  isConsentAwaited = false;
  timers = manualTimers();
  utterances = createUtteranceStore();
  settings = {
    microphoneId: "usb-1",
    microphoneLabel: "Desk microphone",
    microphoneMode: "open-on-press",
    keepReadySeconds: 60,
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: false,
  };
  events = [];
  marks = [];
  warnings = [];
  requests = [];
  releases = 0;
  posted = [];
  watch = [];
  capture = createCapture({
    emit: (event) => void events.push(event),
    mark: (name, turn) => void marks.push(`${name} ${turn}`),
    timers,
    nowMs: () => nowMs,
    utterances,
    settings: () => settings,
    openMicrophone: (request) => void requests.push(request),
    releaseMicrophone: () => void (releases += 1),
    pageWatch: {
      ask: () => void watch.push("ask"),
      setNeeded: (isNeeded) => void watch.push(isNeeded ? "needed" : "not needed"),
      seen: () => void watch.push("seen"),
    },
    isConsentAwaited: () => isConsentAwaited,
    warn: (message) => void warnings.push(message),
  });
  attach();
});

const frame = (take: number, sequence: number, pcm = counting(480)): void =>
  worklet({ type: "frame", take, sequence, pcm });
const opened = (take: number): void =>
  capture.opened({ take, source: 1, deviceLabel: "Desk microphone", insteadOf: null });
const closed = (take: number): void => worklet({ type: "closed", take, totalSamples: 0 });

describe("a take", () => {
  it("opens the gate before it asks for the microphone, with the settings of this moment", () => {
    capture.open(t1);
    expect(posted).toEqual([{ type: "open", take: 1, preRollMs: 0 }]);
    expect(requests).toEqual([
      {
        take: 1,
        microphoneId: "usb-1",
        microphoneLabel: "Desk microphone",
        echoCancellation: true,
        noiseSuppression: true,
        autoGainControl: false,
      },
    ]);
  });

  it("has started when a sample and the microphone's name are known, whichever comes last", () => {
    capture.open(t1);
    opened(1);
    expect(events).toEqual([]);
    frame(1, 0);
    frame(1, 1);
    const started = { type: "captureStarted", turnId: t1, deviceLabel: "Desk microphone" };
    expect(events).toEqual([started]);
    expect(marks).toEqual(["captureStarted t1"]);

    capture.open(t2);
    frame(2, 0);
    opened(2);
    expect(events).toEqual([started, { ...started, turnId: t2 }]);
  });

  it("finishes with the last frame, tells its length, and closes the microphone at once", () => {
    capture.open(t1);
    opened(1);
    frame(1, 0);
    capture.finish(t1);
    expect(posted.at(-1)).toEqual({ type: "close", take: 1, releasedAtMs: 7_010, tailMs: 60 });
    expect(releases).toBe(0);
    frame(1, 1, counting(241));
    closed(1);
    expect(events.at(-1)).toEqual({
      type: "captureFinished",
      turnId: t1,
      speechMs: 30,
      armingMs: 0,
      isSilent: false,
      deviceLabel: "Desk microphone",
    });
    expect(releases).toBe(1);
    expect(utterances.find(t1)?.samples).toBe(721);
    expect(timers.running()).toEqual([]);
  });

  it("tells how long the first sample was waited for, up to the release at most", () => {
    capture.open(t1);
    nowMs += 1_100;
    frame(1, 0);
    nowMs += 400;
    frame(1, 1);
    capture.finish(t1);
    closed(1);
    expect(events.at(-1)).toMatchObject({ type: "captureFinished", armingMs: 1_100 });

    capture.open(t2);
    nowMs += 900;
    capture.finish(t2);
    nowMs += 50;
    closed(2);
    expect(events.at(-1)).toMatchObject({ type: "captureFinished", speechMs: 0, armingMs: 900 });
  });

  it("waits for the moment of key-up alone when nothing processes the sound", () => {
    settings = { ...settings, echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    capture.open(t1);
    capture.finish(t1);
    expect(posted.at(-1)).toMatchObject({ type: "close", releasedAtMs: 7_000 });
  });

  it("is silent when every sample was zero, and not when there was none", () => {
    capture.open(t1);
    frame(1, 0, new Int16Array(480));
    capture.finish(t1);
    closed(1);
    expect(events.at(-1)).toMatchObject({ type: "captureFinished", isSilent: true, speechMs: 20 });
    capture.open(t2);
    capture.finish(t2);
    closed(2);
    expect(events.at(-1)).toMatchObject({ type: "captureFinished", isSilent: false, speechMs: 0 });
  });

  it("ends with what is there when the worklet never answers", () => {
    capture.open(t1);
    frame(1, 0);
    capture.finish(t1);
    timers.fire(1_000);
    expect(events.at(-1)).toMatchObject({ type: "captureFinished", turnId: t1, speechMs: 20 });
    expect(releases).toBe(1);
    closed(1);
    expect(events.filter(({ type }) => type === "captureFinished")).toHaveLength(1);
  });

  it("takes nothing of an older take: its late frames and its late end fall dead", () => {
    capture.open(t1);
    frame(1, 0);
    capture.open(t2);
    expect(posted).toContainEqual({ type: "drop", take: 1 });
    frame(1, 1);
    closed(1);
    frame(2, 0, counting(480, 5_000));
    expect(utterances.find(t1)?.samples).toBe(480);
    expect(utterances.find(t2)?.chunk(0)).toEqual(counting(480, 5_000));
    expect(events).toEqual([]);
  });

  it("is forgotten when it is dropped, and its microphone closed", () => {
    capture.open(t1);
    frame(1, 0);
    capture.drop(t1);
    expect(posted.slice(-2)).toEqual([
      { type: "drop", take: 1 },
      { type: "release", source: 0 },
    ]);
    expect(utterances.find(t1)).toBeUndefined();
    expect(releases).toBe(1);
    expect(events).toEqual([]);
  });

  /** What had piled up of it while Parley stood still began the next question. */
  it("begins with nothing of a microphone that was released before it, however much of that has piled up", () => {
    settings = { ...settings, microphoneMode: "keep-ready" };
    capture.open(t1);
    capture.opened({ take: 1, source: 3, deviceLabel: "Desk microphone", insteadOf: null });
    capture.finish(t1);
    closed(1);
    posted.length = 0;
    capture.standDown();
    capture.open(t2);
    expect(posted).toEqual([
      { type: "release", source: 3 },
      { type: "open", take: 2, preRollMs: 0 },
    ]);
  });

  it("counts frames that did not arrive and says so once", () => {
    capture.open(t1);
    frame(1, 0);
    frame(1, 3);
    frame(1, 5);
    capture.finish(t1);
    closed(1);
    expect(warnings).toEqual(["capture: 3 frames of a take did not arrive"]);
  });
});

describe("a take whose tail is on its way when the next one begins", () => {
  let tailsIn: string[];
  const awaitTail = (turn: typeof t1): boolean =>
    capture.awaitTail(turn, () => void tailsIn.push(`${turn} ${utterances.find(turn)?.samples}`));

  beforeEach(() => {
    tailsIn = [];
    capture.open(t1);
    opened(1);
    frame(1, 0);
    capture.finish(t1);
    posted.length = 0;
    capture.open(t2);
  });

  it("is completed beside it, and whoever waits for that is told", () => {
    expect(posted).toEqual([{ type: "open", take: 2, preRollMs: 0 }]);
    expect(awaitTail(t1)).toBe(true);
    frame(1, 1, counting(240));
    expect(tailsIn).toEqual([]);
    closed(1);
    expect(tailsIn).toEqual(["t1 720"]);
    expect(awaitTail(t1)).toBe(false);
    // Its turn has gone on without it; the microphone is in use.
    expect(events.filter(({ type }) => type === "captureFinished")).toEqual([]);
    expect(releases).toBe(0);
    frame(2, 0);
    capture.finish(t2);
    closed(2);
    expect(events.at(-1)).toMatchObject({ type: "captureFinished", turnId: t2, speechMs: 20 });
    expect(releases).toBe(1);
    expect(warnings).toEqual([]);
    expect(timers.running()).toEqual([]);
  });

  it("is waited for no longer than any other, and not on a page that is gone", () => {
    awaitTail(t1);
    timers.fire(1_000);
    expect(tailsIn).toEqual(["t1 480"]);
    capture.finish(t2);
    const t3 = turnId("t3");
    capture.open(t3);
    awaitTail(t2);
    capture.detach();
    expect(tailsIn).toEqual(["t1 480", "t2 0"]);
    expect(marks).toContain("captureInterrupted t3");
  });

  it("has all that it will get as soon as the worklet tells of the next one", () => {
    awaitTail(t1);
    frame(2, 0);
    expect(tailsIn).toEqual(["t1 480"]);
    frame(1, 1);
    expect(utterances.find(t1)?.samples).toBe(480);
  });

  it("keeps the microphone open until it is in when the next one is dropped, and no longer", () => {
    settings = { ...settings, microphoneMode: "keep-ready" };
    capture.standDown();
    capture.drop(t2);
    expect(releases).toBe(0);
    closed(1);
    expect(releases).toBe(1);
  });

  it("is cut off when nobody could have said anything in all those that have begun since", () => {
    for (const name of ["t3", "t4"]) {
      capture.finish(name === "t3" ? t2 : turnId("t3"));
      capture.open(turnId(name));
    }
    expect(posted).toContainEqual({ type: "drop", take: 1 });
    expect(awaitTail(t1)).toBe(false);
    expect(awaitTail(t2)).toBe(true);
  });

  it("is not waited for while its key is down, nor once it is complete", () => {
    expect(awaitTail(t2)).toBe(false);
    capture.finish(t2);
    expect(awaitTail(t2)).toBe(true);
    closed(2);
    expect(tailsIn).toEqual(["t2 0"]);
    expect(awaitTail(t2)).toBe(false);
  });
});

describe("a microphone that fails", () => {
  it.each([
    ["denied", { kind: "microphone-denied", device: "Desk microphone" }],
    ["missing", { kind: "microphone-missing", device: "Desk microphone" }],
    ["busy", { kind: "microphone-busy", device: "Desk microphone" }],
    ["lost", { kind: "microphone-lost", device: "Desk microphone" }],
    ["stuck", { kind: "microphone-stuck", device: "Desk microphone" }],
    ["failed", { kind: "microphone-failed", device: "Desk microphone" }],
  ] as const)("is told as %s, with its name and what was recorded", (problem, failure) => {
    capture.open(t1);
    frame(1, 0);
    capture.failed({ take: 1, problem, deviceLabel: "Desk microphone", detail: "because" });
    expect(events.at(-1)).toEqual({ type: "captureFailed", turnId: t1, failure, speechMs: 20 });
    expect(posted.at(-1)).toEqual({ type: "drop", take: 1 });
  });

  it("is given up, and closed, when neither a sample nor a word of the page comes", () => {
    // A page that hangs: the microphone was "being opened" for as long as the key was down.
    capture.open(t1);
    timers.fire(4_000);
    const failure = { kind: "microphone-stuck", device: null };
    expect(events).toEqual([{ type: "captureFailed", turnId: t1, failure, speechMs: 0 }]);
    expect(posted).toContainEqual({ type: "drop", take: 1 });
    expect(releases).toBe(1);

    capture.open(t2);
    opened(2);
    frame(2, 0);
    expect(timers.running()).not.toContain(4_000);
    frame(2, 1);
    capture.finish(t2);
    // The bound of the tail is not taken for that of the first sample.
    frame(2, 2);
    timers.fire(1_000);
    expect(events.at(-1)).toMatchObject({ type: "captureFinished", turnId: t2, speechMs: 60 });
  });

  it("is given up in the page that came after a crash, too, with what was recorded in the one before", () => {
    capture.open(t1);
    opened(1);
    frame(1, 0);
    capture.detach();
    attach();
    timers.fire(4_000);
    const failure = { kind: "microphone-stuck", device: "Desk microphone" };
    expect(events.at(-1)).toEqual({ type: "captureFailed", turnId: t1, failure, speechMs: 20 });
  });

  it("does not fail a newer take, nor one whose key is up already", () => {
    capture.open(t1);
    capture.drop(t1);
    capture.open(t2);
    capture.failed({ take: 1, problem: "busy", deviceLabel: null, detail: "" });
    expect(events).toEqual([]);
    frame(2, 0);
    capture.finish(t2);
    capture.failed({ take: 2, problem: "lost", deviceLabel: null, detail: "" });
    closed(2);
    expect(events.map(({ type }) => type)).toEqual(["captureFinished"]);
  });
});

describe("a microphone that is replaced", () => {
  const instead = (problem: "lost" | "missing", deviceLabel: string | null) => ({ deviceLabel, problem });
  const switched = (): SessionEvent[] => events.filter(({ type }) => type === "captureSwitched");

  it("is named right after the start when another one is used from the beginning", () => {
    capture.open(t1);
    capture.opened({
      take: 1,
      source: 2,
      deviceLabel: "Webcam",
      insteadOf: instead("missing", "Desk microphone"),
    });
    frame(1, 0);
    frame(1, 1);
    expect(events).toEqual([
      { type: "captureStarted", turnId: t1, deviceLabel: "Webcam" },
      {
        type: "captureSwitched",
        turnId: t1,
        from: "Desk microphone",
        deviceLabel: "Webcam",
        why: { kind: "microphone-missing", device: "Desk microphone" },
        lostMs: 0,
      },
    ]);
  });

  it.each(["page", "worklet"] as const)("in the middle is told once, the %s being first", (first) => {
    capture.open(t1);
    opened(1);
    frame(1, 0);
    const byPage = (): void =>
      capture.opened({
        take: 1,
        source: 2,
        deviceLabel: "Webcam",
        insteadOf: instead("lost", "Desk microphone"),
      });
    const byWorklet = (): void =>
      worklet({ type: "gap", take: 1, source: 2, isOtherSource: true, lostMs: 83 });
    if (first === "page") byPage();
    byWorklet();
    expect(switched()).toHaveLength(first === "page" ? 1 : 0);
    frame(1, 1);
    if (first === "worklet") byPage();
    expect(switched()).toEqual([
      {
        type: "captureSwitched",
        turnId: t1,
        from: "Desk microphone",
        deviceLabel: "Webcam",
        why: { kind: "microphone-lost", device: "Desk microphone" },
        lostMs: 83,
      },
    ]);
    expect(utterances.find(t1)?.samples).toBe(960);
    expect(warnings).not.toContain(expect.stringContaining("did not arrive"));
  });

  it("that has only stopped for a while is told as the same one", () => {
    capture.open(t1);
    opened(1);
    frame(1, 0);
    worklet({ type: "gap", take: 1, source: 1, isOtherSource: false, lostMs: 400 });
    const same = { from: "Desk microphone", deviceLabel: "Desk microphone", why: null, lostMs: 400 };
    expect(switched()).toEqual([{ type: "captureSwitched", turnId: t1, ...same }]);
  });

  it("is measured by main's clock where buffers bear no time", () => {
    capture.open(t1);
    opened(1);
    frame(1, 0);
    nowMs += 170;
    worklet({ type: "gap", take: 1, source: 1, isOtherSource: false, lostMs: null });
    expect(switched()).toMatchObject([{ lostMs: 170 }]);
  });

  it("does not fail a take whose key is up: what is here is the utterance", () => {
    capture.open(t1);
    opened(1);
    frame(1, 0);
    capture.finish(t1);
    capture.failed({ take: 1, problem: "stuck", deviceLabel: null, detail: "" });
    closed(1);
    expect(events.at(-1)).toMatchObject({ type: "captureFinished", speechMs: 20 });
  });
});

describe("digital silence", () => {
  const zeros = new Int16Array(480);
  const silence = (): boolean[] =>
    events.flatMap((event) => (event.type === "captureSilence" ? [event.isSilent] : []));

  beforeEach(() => {
    capture.open(t1);
    opened(1);
  });

  it("is told after a while of nothing else from the start, and taken back with the first sound", () => {
    frame(1, 0, zeros);
    frame(1, 1, zeros);
    timers.fire(1_500);
    expect(silence()).toEqual([true]);
    frame(1, 2, zeros);
    expect(silence()).toEqual([true]);
    frame(1, 3);
    expect(silence()).toEqual([true, false]);
  });

  it("is told in mid-speech too, and when no frame comes at all", () => {
    frame(1, 0);
    timers.fire(1_500);
    expect(silence()).toEqual([true]);
  });

  it("is told of the microphone that another page opens after a crash, too", () => {
    frame(1, 0);
    capture.detach();
    attach();
    opened(1);
    frame(1, 0, zeros);
    frame(1, 1, zeros);
    timers.fire(1_500);
    expect(silence()).toEqual([true]);
  });

  it("is told once more of the microphone that takes the place of a silent one", () => {
    frame(1, 0, zeros);
    timers.fire(1_500);
    worklet({ type: "gap", take: 1, source: 2, isOtherSource: true, lostMs: 80 });
    const insteadOf = { deviceLabel: "Desk microphone", problem: "lost" } as const;
    capture.opened({ take: 1, source: 2, deviceLabel: "Webcam", insteadOf });
    expect(events.at(-1)?.type).toBe("captureSwitched");
    frame(1, 1, zeros);
    timers.fire(1_500);
    expect(silence()).toEqual([true, true]);
    frame(1, 2);
    expect(silence()).toEqual([true, true, false]);
  });

  it("begins anew with each sound, and ends with the key", () => {
    frame(1, 0);
    const [before] = timers.running();
    frame(1, 1);
    expect(timers.running()).toHaveLength(1);
    expect(before).toBeDefined();
    capture.finish(t1);
    closed(1);
    expect(timers.running()).toEqual([]);
    expect(silence()).toEqual([]);
  });
});

describe("a microphone that is kept ready", () => {
  beforeEach(() => {
    settings = { ...settings, microphoneMode: "keep-ready" };
    capture.open(t1);
    opened(1);
    frame(1, 0);
    capture.finish(t1);
    closed(1);
  });

  it("stays open for the set time after use, and is closed then", () => {
    expect(releases).toBe(0);
    timers.fire(60_000);
    expect(releases).toBe(1);
  });

  it("gives the next take the 300 ms before the press; the first one had none to give", () => {
    expect(posted[0]).toEqual({ type: "open", take: 1, preRollMs: 0 });
    capture.open(t2);
    expect(posted.at(-1)).toEqual({ type: "open", take: 2, preRollMs: 300 });
    expect(timers.running()).not.toContain(60_000);
  });

  it("gives nothing from before the press to a take that may be a yes", () => {
    // What broke: a “yes” from a video in the 300 ms before the key went down could have allowed a tool.
    isConsentAwaited = true;
    capture.open(t2);
    expect(posted.at(-1)).toEqual({ type: "open", take: 2, preRollMs: 0 });
    capture.drop(t2);
    isConsentAwaited = false;
    capture.open(t1);
    expect(posted.at(-1)).toEqual({ type: "open", take: 3, preRollMs: 300 });
  });

  it("is closed when the settings change, and the next take has no pre-roll of another device", () => {
    capture.settingsChanged();
    expect(releases).toBe(1);
    capture.open(t2);
    expect(posted.at(-1)).toMatchObject({ preRollMs: 0 });
  });

  it("is closed when the settings change also if it opened, or opens, after the key was up", () => {
    // It was not known to be open, and stayed so for the whole time of the old setting.
    capture.open(t2);
    capture.drop(t2);
    settings = { ...settings, microphoneMode: "open-on-press" };
    capture.settingsChanged();
    expect(releases).toBe(1);
    settings = { ...settings, microphoneMode: "keep-ready" };
    capture.open(t1);
    capture.drop(t1);
    opened(3);
    capture.open(t2);
    expect(posted.at(-1)).toEqual({ type: "open", take: 4, preRollMs: 300 });
  });

  it("is closed when nobody is there any more: at once, or after the take that uses it", () => {
    capture.standDown();
    expect(releases).toBe(1);

    // The screen is locked in mid-recording: the key is forgotten first, and the tail is on its way in. The microphone
    // went on being kept ready then, on the lock screen, for up to an hour.
    capture.open(t2);
    opened(2);
    frame(2, 0);
    capture.finish(t2);
    capture.standDown();
    expect(releases).toBe(1);
    closed(2);
    expect(events.at(-1)).toMatchObject({ type: "captureFinished", turnId: t2, speechMs: 20 });
    expect(releases).toBe(2);
    expect(timers.running()).toEqual([]);

    // The next press is of somebody who is back.
    capture.open(t1);
    opened(3);
    capture.finish(t1);
    closed(3);
    expect(releases).toBe(2);
  });

  it("is closed when the settings change also if the one before it was lost meanwhile", () => {
    capture.open(t2);
    capture.drop(t2);
    capture.failed({ take: 1, problem: "lost", deviceLabel: "Desk microphone", detail: "" });
    capture.settingsChanged();
    expect(releases).toBe(1);
    capture.failed({ take: 2, problem: "busy", deviceLabel: null, detail: "" });
    capture.settingsChanged();
    expect(releases).toBe(1);
  });
});

describe("a page that goes and comes", () => {
  it("leaves no port of the ones before it open", () => {
    const before = closedPorts;
    attach();
    attach();
    capture.detach();
    expect(closedPorts - before).toBe(3);
  });

  it("opens a take that was asked for before it had loaded", () => {
    capture.detach();
    requests.length = 0;
    capture.open(t1);
    expect(requests).toEqual([]);
    attach();
    expect(posted.at(-1)).toEqual({ type: "open", take: 1, preRollMs: 0 });
    expect(requests).toHaveLength(1);
  });

  it("goes on with the take in the next page, after a gap that is told", () => {
    capture.open(t1);
    opened(1);
    frame(1, 0);
    frame(1, 1);
    capture.detach();
    requests.length = 0;
    nowMs += 150;
    attach();
    expect(posted.at(-1)).toEqual({ type: "open", take: 1, preRollMs: 0 });
    expect(requests).toMatchObject([{ take: 1 }]);
    opened(1);
    nowMs += 50;
    frame(1, 0, counting(480, 5_000));
    frame(1, 1, counting(480, 6_000));
    expect(events.slice(1)).toEqual([
      {
        type: "captureSwitched",
        turnId: t1,
        from: "Desk microphone",
        deviceLabel: "Desk microphone",
        why: null,
        lostMs: 180,
      },
    ]);
    expect(utterances.find(t1)?.samples).toBe(4 * 480);
    capture.finish(t1);
    closed(1);
    expect(events.at(-1)).toMatchObject({ type: "captureFinished", speechMs: 80 });
    expect(warnings).toEqual(["capture: goes on after 180 ms"]);
    expect(timers.running()).toEqual([]);
  });

  /** The page crashed, and the next one changed its microphone at once: 245 ms were missing, and 54 were told. */
  it("tells of two gaps what both have cost, where it is known only then to which microphone they led", () => {
    capture.open(t1);
    opened(1);
    frame(1, 0);
    capture.detach();
    nowMs += 150;
    attach();
    nowMs += 60;
    frame(1, 0);
    worklet({ type: "gap", take: 1, source: 2, isOtherSource: true, lostMs: 54 });
    frame(1, 1);
    opened(1);
    expect(events.slice(1)).toMatchObject([{ type: "captureSwitched", lostMs: 190 + 54 }]);
  });

  /** The chosen microphone was back and opened at the press, and the page crashed then: 235 ms were missing, and 58 were told. */
  it("tells nothing of an opening at the press, and of the crash after that all that it has cost", () => {
    capture.open(t1);
    frame(1, 0);
    opened(1);
    nowMs += 58;
    worklet({ type: "gap", take: 1, source: 1, isOtherSource: true, lostMs: null });
    frame(1, 1);
    capture.detach();
    nowMs += 100;
    attach();
    opened(1);
    expect(events.map(({ type }) => type)).toEqual(["captureStarted"]);
    nowMs += 110;
    frame(1, 0);
    expect(events.slice(1)).toMatchObject([{ type: "captureSwitched", lostMs: 190 }]);
  });

  it("fails the take with what was recorded when no page comes back", () => {
    capture.open(t1);
    opened(1);
    frame(1, 0);
    capture.detach();
    expect(events).toHaveLength(1);
    timers.fire(3_000);
    expect(events.at(-1)).toEqual({
      type: "captureFailed",
      turnId: t1,
      failure: { kind: "internal" },
      speechMs: 20,
    });
    attach();
    expect(requests).toHaveLength(1);
  });

  it("is not waited for when the key goes up: what is here is the utterance", () => {
    capture.open(t1);
    opened(1);
    frame(1, 0);
    capture.detach();
    capture.finish(t1);
    timers.fire(0);
    expect(events.at(-1)).toMatchObject({ type: "captureFinished", turnId: t1, speechMs: 20 });
    expect(timers.running()).toEqual([]);
    requests.length = 0;
    attach();
    expect(requests).toEqual([]);
  });

  it("leaves a finishing take whole enough to be sent", () => {
    capture.open(t1);
    frame(1, 0);
    capture.finish(t1);
    capture.detach();
    expect(events.at(-1)).toMatchObject({ type: "captureFinished", speechMs: 20 });
    expect(timers.running()).toEqual([]);
  });

  it("is watched for as long as it is needed, and asked whether it has heard that the microphone is to be closed", () => {
    capture.open(t1);
    frame(1, 0);
    expect(watch).toEqual(["needed", "seen"]);
    capture.finish(t1);
    expect(watch.at(-1)).toBe("ask");
    closed(1);
    expect(releases).toBe(1);
    expect(watch.slice(-2)).toEqual(["not needed", "ask"]);
    capture.open(t2);
    capture.drop(t2);
    expect(watch.slice(-3)).toEqual(["needed", "not needed", "ask"]);
  });

  it("is not needed before it has loaded", () => {
    capture.detach();
    capture.open(t1);
    expect(watch).toEqual([]);
    attach();
    expect(watch).toEqual(["needed"]);
  });

  it("hears nothing from the old page's worklet", () => {
    const old = worklet;
    attach();
    capture.open(t1);
    old({ type: "frame", take: 1, sequence: 0, pcm: counting(480) });
    expect(utterances.find(t1)?.samples).toBe(0);
  });
});
