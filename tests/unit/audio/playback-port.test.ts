import { beforeEach, describe, expect, it } from "vitest";
import type { PlaybackAudioPort } from "../../../electron/main/audio/audio-port.ts";
import type { Playback } from "../../../electron/main/audio/playback-port.ts";
import { UnplayedAudio } from "../../../electron/main/audio/unplayed-audio.ts";
import { createPlayback } from "../../../electron/main/audio/playback-port.ts";
import type { Narration } from "../../../electron/main/session/conversation.ts";
import type { SessionEvent } from "../../../electron/main/session/types.ts";
import type { PlaybackCommand, PlaybackMessage } from "../../../shared/audio-port.ts";
import { itemId, turnId } from "../../../shared/ids.ts";
import { counting } from "../../support/audio-signals.ts";
import type { ManualTimers } from "../../support/session-timers.ts";
import { manualTimers } from "../../support/session-timers.ts";

const t1 = turnId("t1");
const t2 = turnId("t2");
const a = itemId("a");
const b = itemId("b");

let playback: Playback;
let timers: ManualTimers;
let events: SessionEvent[];
let narrations: Narration[];
let marks: string[];
let page: string[];
let posted: PlaybackCommand[];
let worklet: (message: PlaybackMessage) => void;

let closedPorts: number;

const attach = (): void => {
  const port: PlaybackAudioPort = {
    post: (command) => void posted.push(command),
    onMessage: (listener) => {
      worklet = listener;
    },
    close: () => void (closedPorts += 1),
  };
  playback.attach(port);
};

beforeEach(() => {
  closedPorts = 0;
  timers = manualTimers();
  events = [];
  narrations = [];
  marks = [];
  page = [];
  posted = [];
  playback = createPlayback({
    emit: (event) => void events.push(event),
    narrate: (narration) => void narrations.push(narration),
    mark: (name, turn) => void marks.push(`${name} ${turn}`),
    timers,
    wakePage: () => void page.push("wake"),
    sleepPage: () => void page.push("sleep"),
    rebuildPage: () => void page.push("rebuild"),
    warn: () => undefined,
  });
  attach();
});

const say = (turn = t1, item = a, samples = 24_000): void =>
  playback.enqueue(turn, item, 0, counting(samples));
const played = (playedSamples: number, stream = 1): void =>
  worklet({ type: "cursor", stream, playedSamples, underruns: 0 });
const streamsPosted = (): number[] =>
  posted.filter(({ type }) => type === "audio").map(({ stream }) => stream);

describe("an answer", () => {
  it("goes to the worklet whole and in order, in pieces of at most 200 ms with nothing behind them", () => {
    const delta = counting(12_001);
    playback.enqueue(t1, a, 0, delta.subarray(1));
    const pieces = posted.flatMap((command) => (command.type === "audio" ? [command.pcm] : []));
    expect(pieces.map(({ length }) => length)).toEqual([4_800, 4_800, 2_400]);
    expect(pieces.flatMap((piece) => [...piece])).toEqual([...counting(12_000, 2)]);
    expect(pieces.every(({ buffer, length }) => buffer.byteLength === length * 2)).toBe(true);
  });

  it("starts with its first sample, once, and is drained when the last one is out", () => {
    say();
    worklet({ type: "started", stream: 1 });
    played(12_000);
    playback.end(t1);
    expect(posted.at(-1)).toEqual({ type: "end", stream: 1 });
    worklet({ type: "drained", stream: 1, playedSamples: 24_000 });
    expect(events).toEqual([
      { type: "playbackStarted", turnId: t1 },
      { type: "playbackDrained", turnId: t1 },
    ]);
    expect(marks).toEqual(["firstSampleHeard t1", "drained t1"]);
  });

  it("is not drained by running dry before its end is told", () => {
    say();
    played(24_000);
    expect(events).toEqual([{ type: "playbackStarted", turnId: t1 }]);
  });

  it("that goes on after a tool starts again, but its first sample was heard only once", () => {
    say();
    worklet({ type: "started", stream: 1 });
    playback.end(t1);
    worklet({ type: "drained", stream: 1, playedSamples: 24_000 });
    say(t1, b);
    worklet({ type: "started", stream: 1 });
    expect(events.map(({ type }) => type)).toEqual(["playbackStarted", "playbackDrained", "playbackStarted"]);
    expect(marks.filter((mark) => mark.startsWith("firstSampleHeard"))).toHaveLength(1);
  });

  it("without any audio is drained at once, but never within the call", async () => {
    playback.end(t1);
    expect(events).toEqual([]);
    await Promise.resolve();
    expect(events).toEqual([{ type: "playbackDrained", turnId: t1 }]);
  });

  it("begins a stream of its own when the one before was heard to the end", () => {
    say();
    playback.end(t1);
    worklet({ type: "drained", stream: 1, playedSamples: 24_000 });
    say(t2, b, 4_800);
    expect(streamsPosted()).toEqual([1, 1, 1, 1, 1, 2]);
    worklet({ type: "started", stream: 2 });
    expect(events.at(-1)).toEqual({ type: "playbackStarted", turnId: t2 });
  });
});

describe("a flush", () => {
  it("tells what was heard of each part, by the worklet's count of samples", () => {
    say(t1, a, 24_000);
    say(t1, b, 24_000);
    played(12_000);
    playback.flush();
    expect(posted.at(-1)).toEqual({ type: "flush", stream: 1 });
    expect(events.filter(({ type }) => type === "playbackFlushed")).toEqual([]);
    worklet({ type: "flushed", stream: 1, playedSamples: 12_552 });
    expect(events.at(-1)).toEqual({
      type: "playbackFlushed",
      parts: [
        { itemId: a, contentIndex: 0, playedMs: 523, receivedMs: 1_000 },
        { itemId: b, contentIndex: 0, playedMs: 0, receivedMs: 1_000 },
      ],
    });
    expect(marks.at(-1)).toBe("silenced t1");
  });

  it("says before the worklet does how much is known to have been heard", async () => {
    say(t1, a, 24_000);
    played(12_000);
    playback.flush();
    await Promise.resolve();
    const parts = [{ itemId: a, contentIndex: 0, playedMs: 500, receivedMs: 1_000 }];
    expect(narrations).toEqual([{ type: "answerHeard", parts }]);
  });

  it("puts everything after it into a newer stream, and the old one's late news change nothing", () => {
    say();
    playback.flush();
    say(t2, b, 4_800);
    expect(streamsPosted().at(-1)).toBe(2);
    worklet({ type: "flushed", stream: 1, playedSamples: 960 });
    played(20_000, 1);
    worklet({ type: "drained", stream: 1, playedSamples: 24_000 });
    expect(events.map(({ type }) => type)).toEqual(["playbackFlushed"]);
    worklet({ type: "started", stream: 2 });
    expect(events.at(-1)).toEqual({ type: "playbackStarted", turnId: t2 });
  });

  it("has nothing to tell when nothing plays or all was heard, and says so at once", async () => {
    playback.flush();
    await Promise.resolve();
    expect(events).toEqual([{ type: "playbackFlushed", parts: [] }]);
    say();
    playback.end(t1);
    worklet({ type: "drained", stream: 1, playedSamples: 24_000 });
    playback.flush();
    await Promise.resolve();
    expect(events.at(-1)).toEqual({ type: "playbackFlushed", parts: [] });
    expect(posted.some(({ type }) => type === "flush")).toBe(false);
  });

  it("is answered from the last known position when the worklet is gone", () => {
    say();
    played(4_800);
    playback.flush();
    timers.fire(250);
    expect(events.at(-1)).toMatchObject({ parts: [{ playedMs: 200, receivedMs: 1_000 }] });
    worklet({ type: "flushed", stream: 1, playedSamples: 9_999 });
    expect(events.filter(({ type }) => type === "playbackFlushed")).toHaveLength(1);
  });

  it("asked for twice is answered twice, the parts in the first answer", () => {
    say();
    playback.flush();
    playback.flush();
    worklet({ type: "flushed", stream: 1, playedSamples: 0 });
    expect(events.map((event) => (event.type === "playbackFlushed" ? event.parts.length : -1))).toEqual([
      1, 0,
    ]);
  });
});

describe("the loudspeaker", () => {
  it("leaves no port of the ones before it open", () => {
    const before = closedPorts;
    attach();
    attach();
    playback.detach();
    expect(closedPorts - before).toBe(3);
  });

  it("is woken by a word or by the first audio, and sleeps a while after the last sample", () => {
    playback.wake();
    say();
    expect(page).toEqual(["wake"]);
    playback.end(t1);
    worklet({ type: "drained", stream: 1, playedSamples: 24_000 });
    timers.fire(3_000);
    expect(page).toEqual(["wake", "sleep"]);
    expect(timers.running()).toEqual([]);
  });

  it("does not stay awake for ever for an answer that never comes", () => {
    playback.wake();
    timers.fire(60_000);
    expect(page).toEqual(["wake", "sleep"]);
  });

  /** The bound and the grace after it elapse without a word of the worklet. */
  const standStill = (boundMs: number): void => {
    timers.fire(boundMs);
    timers.fire(50);
  };

  it("that takes no samples any more is replaced, and the next one goes on from the same sample", () => {
    say(t1, a, 24_000);
    played(7_000);
    playback.end(t1);
    posted.length = 0;
    standStill(350);
    expect(page.at(-1)).toBe("rebuild");
    attach();
    const given = posted.flatMap((command) => (command.type === "audio" ? [...command.pcm] : []));
    expect(given).toEqual([...counting(24_000)].slice(7_000));
    expect(posted.at(-1)).toEqual({ type: "end", stream: 1 });
    // It counts from its own first sample; a barge-in cuts where the person heard it.
    played(5_000);
    playback.flush();
    worklet({ type: "flushed", stream: 1, playedSamples: 5_048 });
    expect(events.at(-1)).toEqual({
      type: "playbackFlushed",
      parts: [{ itemId: a, contentIndex: 0, playedMs: 502, receivedMs: 1_000 }],
    });
  });

  it("is not replaced for a pause of our own: what was played is told within the grace", () => {
    say();
    played(2_400);
    timers.fire(350);
    played(4_800);
    expect(timers.running()).not.toContain(50);
    expect(page).toEqual(["wake"]);
  });

  it("gets longer to begin with than to go on: a wireless one has to be opened first", () => {
    say();
    expect(timers.running()).toContain(1_500);
    played(480);
    expect(timers.running()).toContain(350);
  });

  it("that cannot be had is tried for again and again, each time a while after it failed", () => {
    say();
    played(2_400);
    page.length = 0;
    playback.failed("the output device failed", 0);
    for (const _again of [1, 2, 3]) {
      attach();
      playback.failed("the output device failed", 0);
      // Words that come meanwhile are kept, and no reason to try at once.
      say();
      expect(timers.running().filter((boundMs) => boundMs < 1_500)).toEqual([250]);
      timers.fire(250);
    }
    expect(page.filter((word) => word === "rebuild")).toHaveLength(4);
    attach();
    played(480);
    expect(timers.running(), "it plays: there is nothing to give up").not.toContain(3_000);
  });

  it("that is quiet for good is given up, plays no more of this turn, and is built anew for the next", () => {
    say();
    playback.end(t1);
    played(2_400);
    standStill(350);
    attach();
    standStill(1_500);
    timers.fire(3_000);
    expect(events.slice(1)).toEqual([
      { type: "playbackFailed", failure: { kind: "loudspeaker-failed" } },
      { type: "playbackDrained", turnId: t1 },
    ]);
    posted.length = 0;
    page.length = 0;
    say(t1);
    expect(posted).toEqual([]);
    say(t2);
    expect(page).toEqual(["rebuild", "wake"]);
    expect(streamsPosted()[0]).toBe(2);
  });

  it("that is given up in the middle of what is being said is audible no more", () => {
    say();
    played(2_400);
    playback.failed("the output device failed", 0);
    timers.fire(3_000);
    expect(events.slice(1)).toEqual([
      { type: "playbackFailed", failure: { kind: "loudspeaker-failed" } },
      { type: "playbackDrained", turnId: t1 },
    ]);
  });

  it("that goes takes what was on its way with it: the next one begins as much before", () => {
    const given = (): number[] =>
      posted.flatMap((command) => (command.type === "audio" ? [...command.pcm] : []));
    playback.latency(50);
    say(t1, a, 24_000);
    played(7_200);
    playback.failed("the loudspeaker is gone", 30);
    posted.length = 0;
    attach();
    expect(given()).toEqual([...counting(24_000)].slice(7_200 - 80 * 24));
    // The next one has played nothing: it takes nothing with it, and never more than it was given.
    posted.length = 0;
    attach();
    expect(given()).toEqual([...counting(24_000)].slice(7_200 - 80 * 24));
    played(480);
    posted.length = 0;
    attach();
    expect(given()).toEqual([...counting(24_000)].slice(7_200 - 80 * 24));
    played(4_800);
    playback.flush();
    worklet({ type: "flushed", stream: 1, playedSamples: 4_800 });
    expect(events.at(-1)).toMatchObject({ parts: [{ playedMs: 300 - 80 + 200 }] });
  });

  it("that goes when all was heard has nothing to say again", () => {
    playback.latency(50);
    say(t1, a, 24_000);
    played(24_000);
    posted.length = 0;
    attach();
    expect(posted).toEqual([]);
  });

  it("that fails in the middle of an answer is replaced at once", () => {
    say();
    played(2_400);
    playback.failed("the context was closed", 0);
    expect(page.at(-1)).toBe("rebuild");
    expect(events.map(({ type }) => type)).toEqual(["playbackStarted"]);
  });

  it("keeps no more of an answer than is still to be heard", () => {
    const kept = new UnplayedAudio();
    for (let from = 0; from < 240_000; from += 4_800) {
      kept.push(counting(4_800, from));
      kept.drop(from);
    }
    expect(kept.after(0).reduce((sum, { length }) => sum + length, 0)).toBe(4_800);
    expect(kept.after(239_998).map(({ length }) => length)).toEqual([2]);
  });

  it("is not taken for stuck while the server is slow: everything that came was played", () => {
    say();
    played(24_000);
    expect(timers.running()).toEqual([60_000]);
  });

  it("that begins while the page loads anew is played by the new page from its first sample on", () => {
    // What came without a page was counted as given and never posted: the rest was then heard and cut elsewhere.
    playback.detach();
    say(t1, a, 4_800);
    attach();
    say(t1, a, 4_800);
    playback.end(t1);
    expect(posted.map((command) => (command.type === "audio" ? command.pcm.length : command.type))).toEqual([
      4_800,
      4_800,
      "end",
    ]);
    worklet({ type: "started", stream: 1 });
    worklet({ type: "drained", stream: 1, playedSamples: 9_600 });
    expect(events).toEqual([
      { type: "playbackStarted", turnId: t1 },
      { type: "playbackDrained", turnId: t1 },
    ]);
  });

  it("goes on from the same sample when the page has crashed and is back", () => {
    say(t1, a, 9_600);
    played(4_800);
    playback.detach();
    playback.detach();
    posted.length = 0;
    attach();
    expect(posted.flatMap((command) => (command.type === "audio" ? [...command.pcm] : []))).toEqual(
      [...counting(9_600)].slice(4_800),
    );
    playback.end(t1);
    worklet({ type: "drained", stream: 1, playedSamples: 4_800 });
    expect(events.map(({ type }) => type)).toEqual(["playbackStarted", "playbackDrained"]);
  });

  it("is told as failed, once, when the page does not come back", () => {
    say();
    playback.detach();
    timers.fire(3_000);
    expect(events).toEqual([{ type: "playbackFailed", failure: { kind: "loudspeaker-failed" } }]);
    attach();
    say(t2);
    expect(streamsPosted().at(-1)).toBe(2);
  });

  it("that fails in silence troubles nobody, and is built anew when it is needed", () => {
    playback.failed("no device", 0);
    expect(events).toEqual([]);
    playback.wake();
    expect(page).toEqual(["rebuild", "wake"]);
  });
});
