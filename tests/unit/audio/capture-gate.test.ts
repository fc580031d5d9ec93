import { beforeEach, describe, expect, it } from "vitest";
import type { CaptureMessage } from "../../../shared/audio-port.ts";
import type { CapturePageMessage } from "../../../renderer/audio/capture-gate.ts";
import { CaptureGate } from "../../../renderer/audio/capture-gate.ts";
import { counting, toFloats } from "../../support/audio-signals.ts";

let gate: CaptureGate;
let toMain: CaptureMessage[];
let toPage: CapturePageMessage[];
/** The number of the next sample that the microphone delivers. */
let next: number;

beforeEach(() => {
  toMain = [];
  toPage = [];
  next = 1;
  gate = new CaptureGate({
    toMain: (message) => void toMain.push(message),
    toPage: (message) => void toPage.push(message),
  });
});

/** The microphone delivers samples that count up, in blocks of 128, each stamped with its time since sample 0. */
function hear(samples: number, stamp: (nextSample: number) => number | null = () => null): void {
  for (let left = samples; left > 0; left -= 128) {
    const count = Math.min(128, left);
    const block = toFloats(counting(count, next));
    next += count;
    gate.push(block, stamp(next));
  }
}

const open = (take: number, preRollMs = 0): void => gate.command({ type: "open", take, preRollMs });
const close = (take: number, tailMs: number, releasedAtMs = 0): void =>
  gate.command({ type: "close", take, tailMs, releasedAtMs });
const samplesOf = (take: number): number[] =>
  toMain.flatMap((message) => (message.type === "frame" && message.take === take ? [...message.pcm] : []));
const closings = (): CaptureMessage[] => toMain.filter(({ type }) => type === "closed");

describe("a take", () => {
  it("has every sample from its opening to the end of the tail, once and in order", () => {
    hear(1_280);
    open(1);
    hear(5_120);
    close(1, 20);
    hear(5_120);
    expect(samplesOf(1)).toEqual([...counting(5_120 + 480, 1_281)]);
    expect(closings()).toEqual([{ type: "closed", take: 1, totalSamples: 5_600 }]);
  });

  it("numbers its frames from 0, all of 20 ms but the last", () => {
    open(1);
    hear(1_024);
    close(1, 0);
    const frames = toMain.flatMap((message) => (message.type === "frame" ? [message] : []));
    expect(frames.map(({ sequence }) => sequence)).toEqual([0, 1, 2]);
    expect(frames.map(({ pcm }) => pcm.length)).toEqual([480, 480, 64]);
  });

  it("ends with the samples of the moment of key-up when the device stamps its buffers, and waits no longer", () => {
    // A fixed tail is too long for a fast device and too short for a wireless one.
    const stamp = (nextSample: number): number => 5_000 + (nextSample - 1) / 24;
    open(1);
    hear(2_400, stamp);
    // The last block ended at 5100 ms; the key went up at 5130: 30 ms are on their way, and 5 are for the stamps' error.
    close(1, 60, 5_130);
    hear(2_400, stamp);
    expect(samplesOf(1)).toHaveLength(2_400 + 35 * 24);
  });

  it.each([
    ["earlier than what was heard", 4_000],
    ["hours later", 9_000_000],
  ])("falls back to the fixed tail when key-up is %s by the stamps' clock", (_, releasedAtMs) => {
    open(1);
    hear(2_400, (nextSample) => 5_000 + nextSample / 24);
    close(1, 60, releasedAtMs);
    hear(2_400);
    expect(samplesOf(1)).toHaveLength(2_400 + 60 * 24);
  });

  it("is answered at once when the key goes up before the microphone delivers", () => {
    open(1);
    close(1, 60);
    expect(closings()).toEqual([{ type: "closed", take: 1, totalSamples: 0 }]);
    hear(1_280);
    expect(samplesOf(1)).toEqual([]);
  });

  it("is answered even if it is not known, after the audio thread was made anew", () => {
    close(7, 60);
    expect(closings()).toEqual([{ type: "closed", take: 7, totalSamples: 0 }]);
  });

  it("ends at once when the microphone goes while its tail is awaited", () => {
    open(1);
    hear(1_280);
    close(1, 60);
    gate.release();
    expect(closings()).toEqual([{ type: "closed", take: 1, totalSamples: 1_280 }]);
  });

  it("sends nothing more once it is dropped, and a drop of an older take does not touch it", () => {
    open(1);
    hear(256);
    open(2);
    gate.command({ type: "drop", take: 1 });
    hear(640);
    gate.command({ type: "drop", take: 2 });
    hear(640);
    expect(samplesOf(1)).toEqual([]);
    expect(samplesOf(2)).toEqual([...counting(480, 257)]);
    expect(closings()).toEqual([]);
  });
});

describe("a take that begins while the tail of another is on its way", () => {
  const stamp = (nextSample: number): number => 5_000 + (nextSample - 1) / 24;

  /**
   * The key went up and down again within a syllable, and what was said before the key-up and had not come through the
   * microphone yet was thrown away: tens of milliseconds, on a wireless headset three hundred.
   */
  it("has what comes after that tail, and the other one all of its own", () => {
    open(1);
    hear(2_400, stamp);
    close(1, 60, 5_130);
    hear(128, stamp);
    open(2, 300);
    hear(2_400, stamp);
    close(2, 0);
    const first = 2_400 + 35 * 24;
    expect(samplesOf(1)).toEqual([...counting(first)]);
    expect(samplesOf(2)).toEqual([...counting(2_400 + 128 + 2_400 - first, first + 1)]);
    expect(toMain.map(({ type, take }) => `${type} ${take}`)).toEqual([
      ...Array(7).fill("frame 1"),
      "closed 1",
      ...Array(4).fill("frame 2"),
      "closed 2",
    ]);
  });

  it("may be over itself before that tail is in", () => {
    open(1);
    hear(2_400, stamp);
    close(1, 60, 5_115);
    open(2);
    close(2, 60, 5_140);
    open(3);
    hear(2_400, stamp);
    close(3, 0);
    expect(samplesOf(1)).toHaveLength(2_400 + 20 * 24);
    expect(samplesOf(2)).toEqual([...counting(25 * 24, 2_400 + 20 * 24 + 1)]);
    expect(samplesOf(3)).toEqual([...counting(2_400 - 45 * 24, 2_400 + 45 * 24 + 1)]);
    expect(closings().map(({ take }) => take)).toEqual([1, 2, 3]);
  });

  it("goes on with what is left when that one is dropped, and leaves it be when it is dropped itself", () => {
    open(1);
    hear(480);
    close(1, 60);
    open(2);
    gate.command({ type: "drop", take: 1 });
    hear(480);
    close(2, 20);
    open(3);
    gate.command({ type: "drop", take: 3 });
    hear(960);
    expect(samplesOf(2)).toEqual([...counting(960, 481)]);
    expect(closings()).toEqual([{ type: "closed", take: 2, totalSamples: 960 }]);
    expect(gate.isTaking).toBe(false);
  });

  it.each(["stalls", "goes"])("is the only one left when the microphone %s", (how) => {
    open(1);
    hear(700);
    close(1, 60);
    open(2);
    close(2, 90);
    open(3);
    if (how === "stalls") gate.stalled();
    else gate.release();
    expect(closings()).toEqual([
      { type: "closed", take: 1, totalSamples: 700 },
      { type: "closed", take: 2, totalSamples: 0 },
    ]);
    hear(480);
    expect(samplesOf(3)).toEqual([...counting(480, 701)]);
  });
});

describe("a gap", () => {
  const gaps = (): CaptureMessage[] => toMain.filter(({ type }) => type === "gap");
  const stampAfter =
    (pauseMs: number) =>
    (nextSample: number): number =>
      5_000 + pauseMs + (nextSample - 1) / 24;

  it("is told before its next frame when another microphone goes on, with its number, by the stamps of both", () => {
    open(1);
    gate.connected(3);
    hear(480 * 3, stampAfter(0));
    gate.release();
    gate.connected(4);
    hear(480 * 3, stampAfter(130));
    expect(gaps()).toEqual([{ type: "gap", take: 1, source: 4, isOtherSource: true, lostMs: 130 }]);
    expect(toMain.map(({ type }) => type)).toEqual([
      ...Array(3).fill("frame"),
      "gap",
      ...Array(3).fill("frame"),
    ]);
    expect(samplesOf(1)).toEqual([...counting(480 * 6)]);
  });

  it("is told when the same one stops for a while, and not for stamps that are a buffer off", () => {
    open(1);
    hear(2_400, stampAfter(0));
    hear(2_400, stampAfter(14));
    hear(2_400, stampAfter(0));
    expect(gaps()).toEqual([]);
    hear(2_400, stampAfter(400));
    expect(gaps()).toEqual([{ type: "gap", take: 1, source: 0, isOtherSource: false, lostMs: 400 }]);
  });

  describe("of which the stamps tell little by little, after the whole app had not been given its turn", () => {
    /** From `behindSamples` on the stamps catch up by 25 ms with each block, until they have by `gapMs`. */
    const catchingUp =
      (behindSamples: number, gapMs: number) =>
      (nextSample: number): number =>
        stampAfter(Math.min(gapMs, 25 * Math.max(0, Math.ceil((nextSample - 1 - behindSamples) / 128))))(
          nextSample,
        );

    /** The microphone had stood still for half a second, within seven in which Parley had: nobody was told. */
    it("is told once, whole, as soon as it grows no more", () => {
      open(1);
      hear(24_000, catchingUp(12_032, 545));
      expect(gaps()).toEqual([{ type: "gap", take: 1, source: 0, isOtherSource: false, lostMs: 545 }]);
    });

    it("is told at the end where it would still have grown", () => {
      open(1);
      hear(12_800, catchingUp(11_520, 545));
      expect(gaps()).toEqual([]);
      close(1, 0);
      expect(toMain.slice(-2)).toMatchObject([{ type: "gap", lostMs: 250 }, { type: "closed" }]);
    });

    it.each([1.0005, 0.9995])(
      "is none where a clock is wrong by a factor of %d for five minutes",
      (factor) => {
        open(1);
        hear(24_000 * 300, (nextSample) => 5_000 + ((nextSample - 1) / 24) * factor);
        close(1, 0);
        expect(gaps()).toEqual([]);
      },
    );

    it("is none where only the delay has changed", () => {
      open(1);
      hear(24_000, catchingUp(12_032, 150));
      close(1, 0);
      expect(gaps()).toEqual([]);
    });

    it("is told whole where it had begun with a jump", () => {
      open(1);
      hear(2_432, stampAfter(0));
      for (let gapMs = 110; gapMs <= 160; gapMs += 25) hear(128, stampAfter(gapMs));
      hear(2_400, stampAfter(160));
      expect(gaps()).toMatchObject([{ lostMs: 160 }]);
    });
  });

  describe("after stamps that had fallen back", () => {
    it("is none where they only come back", () => {
      open(1);
      for (const offMs of [0, -150, 0]) hear(4_800, stampAfter(offMs));
      expect(gaps()).toEqual([]);
    });

    it("is told but for what they may have been wrong before", () => {
      open(1);
      for (const offMs of [0, -500, -100]) hear(4_800, stampAfter(offMs));
      expect(gaps()).toMatchObject([{ lostMs: 300 }]);
    });

    it("is told whole at a switch to another microphone", () => {
      open(1);
      for (const offMs of [0, -190]) hear(4_800, stampAfter(offMs));
      gate.release();
      gate.connected(4);
      hear(4_800, stampAfter(-60));
      expect(gaps()).toMatchObject([{ isOtherSource: true, lostMs: 130 }]);
    });
  });

  it("between what was heard before the press and what comes then is told as any other", () => {
    hear(9_600, stampAfter(0));
    open(1, 300);
    hear(4_800, stampAfter(400));
    expect(gaps()).toEqual([{ type: "gap", take: 1, source: 0, isOtherSource: false, lostMs: 400 }]);
  });

  it("has no length where the device bears no stamps", () => {
    open(1);
    hear(480);
    gate.release();
    hear(480);
    expect(gaps()).toEqual([{ type: "gap", take: 1, source: 0, isOtherSource: true, lostMs: null }]);
  });

  it("is none before the first sample of a take, nor between two takes", () => {
    open(1);
    gate.release();
    hear(480, stampAfter(0));
    close(1, 0);
    gate.release();
    open(2);
    hear(480, stampAfter(900));
    expect(gaps()).toEqual([]);
  });
});

it("knows whether somebody waits for samples, and tells the page when nobody does any more", () => {
  expect(gate.isTaking).toBe(false);
  open(1);
  expect(gate.isTaking).toBe(true);
  hear(480);
  close(1, 0);
  expect(gate.isTaking).toBe(false);
  open(2);
  gate.command({ type: "drop", take: 2 });
  const overs = toPage.filter(({ type }) => type === "over");
  expect(overs).toEqual([
    { type: "over", take: 1 },
    { type: "over", take: 2 },
  ]);
});

it("waits for no tail of a microphone that has stalled", () => {
  open(1);
  hear(480);
  gate.stalled();
  expect(closings()).toEqual([]);
  close(1, 60);
  gate.stalled();
  expect(closings()).toEqual([{ type: "closed", take: 1, totalSamples: 480 }]);
});

describe("the pre-roll", () => {
  it("leads the take with the samples right before the press", () => {
    hear(24_000);
    open(1, 300);
    hear(1_280);
    close(1, 0);
    expect(samplesOf(1)).toEqual([...counting(7_200 + 1_280, 24_001 - 7_200)]);
  });

  it("never repeats what an earlier take has sent", () => {
    hear(2_560);
    open(1, 300);
    hear(1_280);
    close(1, 0);
    hear(640);
    open(2, 300);
    hear(640);
    close(2, 0);
    expect(samplesOf(2)).toEqual([...counting(1_280, 2_560 + 1_280 + 1)]);
  });

  it("has nothing from before a time in which nothing came", () => {
    hear(24_000);
    gate.forgetPreRoll();
    hear(240);
    open(1, 300);
    close(1, 0);
    expect(samplesOf(1)).toEqual([...counting(240, 24_001)]);
  });

  it("has nothing of a microphone that was released in between", () => {
    hear(4_800);
    gate.release();
    hear(256);
    open(1, 300);
    close(1, 0);
    expect(samplesOf(1)).toEqual([...counting(256, 4_801)]);
  });
});

describe("a microphone that main has released", () => {
  const release = (source: number): void => gate.command({ type: "release", source });

  it("is forgotten at once, before the page has closed it", () => {
    gate.connected(2);
    hear(4_800);
    release(2);
    open(1, 300);
    expect(samplesOf(1)).toEqual([]);
  });

  it("does not take along the one that has come in its place meanwhile", () => {
    gate.connected(3);
    hear(4_800);
    release(2);
    open(1, 100);
    expect(samplesOf(1)).toHaveLength(2_400);
  });
});

describe("the first real sample", () => {
  it("is not one of the zeros that a source delivers while it warms up", () => {
    open(1);
    for (let i = 0; i < 10; i += 1) gate.push(new Float32Array(128), null);
    expect(toPage).toEqual([]);
    hear(640);
    close(1, 0);
    expect(toPage[0]).toEqual({ type: "live", take: 1 });
    expect(samplesOf(1)).toEqual([...counting(640)]);
  });

  it("is a zero when the microphone delivers nothing else for 100 ms: a muted one is no missing one", () => {
    open(1);
    for (let i = 0; i < 60; i += 1) gate.push(new Float32Array(128), null);
    close(1, 0);
    expect(toPage[0]).toEqual({ type: "live", take: 1 });
    expect(samplesOf(1).every((sample) => sample === 0)).toBe(true);
    expect(samplesOf(1).length).toBeGreaterThan(4_800);
  });

  it("is told to the page once a take, and levels about every 50 ms after it", () => {
    open(1);
    hear(24_000);
    expect(toPage.filter(({ type }) => type === "live")).toHaveLength(1);
    const levels = toPage.filter(({ type }) => type === "level").length;
    expect(levels).toBeGreaterThanOrEqual(18);
    expect(levels).toBeLessThanOrEqual(20);
  });
});

it("turns full scale into the largest numbers there are, never around to the other sign", () => {
  open(1);
  gate.push(Float32Array.of(1, -1, 1.5, -1.5, 0.5), null);
  close(1, 0);
  expect(samplesOf(1)).toEqual([32_767, -32_768, 32_767, -32_768, 16_384]);
});
