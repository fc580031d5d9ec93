import * as fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { PlaybackMessage } from "../../../shared/audio-port.ts";
import { AnswerPlayer } from "../../../renderer/audio/answer-player.ts";
import { counting, noise, softNoise } from "../../support/audio-signals.ts";

/** 4 ms. */
const fadeSamples = 96;

let player: AnswerPlayer;
let told: PlaybackMessage[];

beforeEach(() => {
  told = [];
  player = new AnswerPlayer((message) => void told.push(message));
});

/** What goes to the loudspeaker in so many blocks of 128 samples, as PCM16. */
function render(blocks: number, from = player): number[] {
  const out: number[] = [];
  for (let i = 0; i < blocks; i += 1) {
    const block = new Float32Array(128).fill(Number.NaN);
    from.render(block);
    for (const sample of block) out.push(Math.round(sample * 32_768));
  }
  return out;
}

const audio = (pcm: Int16Array, stream = 1): void => player.command({ type: "audio", stream, pcm });
const end = (stream = 1): void => player.command({ type: "end", stream });
const flush = (stream = 1): void => player.command({ type: "flush", stream });
const ofType = (type: PlaybackMessage["type"]): PlaybackMessage[] =>
  told.filter((message) => message.type === type);
const largestStep = (out: readonly number[]): number =>
  out.reduce((largest, sample, i) => Math.max(largest, Math.abs(sample - (out[i - 1] ?? 0))), 0);

describe("playing an answer", () => {
  it("plays every sample once and in order, from the very first block on", () => {
    audio(counting(1_000));
    audio(counting(1_000, 1_001));
    end();
    expect(render(20).slice(0, 2_000)).toEqual([...counting(2_000)]);
  });

  it("tells when it starts, where it is, and when the last sample has gone out", () => {
    audio(counting(4_800));
    end();
    render(38);
    expect(told[0]).toEqual({ type: "started", stream: 1 });
    expect(ofType("cursor").map((message) => "playedSamples" in message && message.playedSamples)).toEqual([
      512, 1_024, 1_536, 2_048, 2_560, 3_072, 3_584, 4_096, 4_608,
    ]);
    expect(told.at(-1)).toEqual({ type: "drained", stream: 1, playedSamples: 4_800 });
  });

  it("is silent, to the bit, while there is nothing to play", () => {
    expect(new Set(render(10))).toEqual(new Set([0]));
  });

  it("goes on after an end when a tool was run in between, and tells a new start", () => {
    audio(counting(256));
    end();
    render(100);
    audio(counting(256, 257));
    end();
    const out = render(10);
    expect(out.slice(0, 256)).toEqual([...counting(256, 257)]);
    expect(ofType("started")).toHaveLength(2);
    expect(ofType("drained").at(-1)).toEqual({ type: "drained", stream: 1, playedSamples: 512 });
  });

  it("is drained at once when the end is told after everything was played", () => {
    audio(counting(128));
    render(3);
    expect(ofType("drained")).toEqual([]);
    end();
    expect(ofType("drained")).toEqual([{ type: "drained", stream: 1, playedSamples: 128 }]);
  });
});

describe("a flush", () => {
  it("fades out within one block and counts exactly what went out", () => {
    const answer = noise(24_000, 3);
    audio(answer);
    const before = render(50);
    flush();
    const after = render(50);
    expect(ofType("flushed")).toEqual([
      { type: "flushed", stream: 1, playedSamples: 50 * 128 + fadeSamples },
    ]);
    expect(before).toEqual([...answer.subarray(0, before.length)]);
    expect(after.slice(fadeSamples).every((sample) => sample === 0)).toBe(true);
  });

  it("makes no click: no step that speech itself does not have", () => {
    const speech = softNoise(24_000, 5, 24_000, 1_000, 0.8);
    audio(speech);
    const before = render(50);
    flush();
    const all = [...before, ...render(2)];
    expect(largestStep(all)).toBeLessThanOrEqual(largestStep(before) * 1.1);
  });

  it("lets nothing of its stream be heard afterwards, however late it arrives", () => {
    audio(counting(4_800));
    render(4);
    flush();
    render(1);
    audio(counting(4_800, 4_801));
    end();
    expect(new Set(render(50))).toEqual(new Set([0]));
    expect(ofType("drained")).toEqual([]);
  });

  it("is answered before anything was heard: nothing was", () => {
    flush(1);
    audio(counting(480), 2);
    flush(2);
    expect(ofType("flushed")).toEqual([
      { type: "flushed", stream: 1, playedSamples: 0 },
      { type: "flushed", stream: 2, playedSamples: 0 },
    ]);
    expect(new Set(render(10))).toEqual(new Set([0]));
  });

  it("lets the next answer begin with its own first sample", () => {
    audio(counting(4_800));
    render(4);
    flush();
    audio(counting(480, 9_000), 2);
    end(2);
    expect(render(10).slice(fadeSamples, fadeSamples + 480)).toEqual([...counting(480, 9_000)]);
  });
});

describe("a gap in the arrivals", () => {
  it("is faded out and in without a step, and neither repeats nor skips a sample", () => {
    const speech = softNoise(9_600, 6, 24_000, 800, 0.8);
    audio(speech.slice(0, 1_000));
    const first = render(12);
    audio(speech.slice(1_000));
    end();
    const second = render(100);
    const all = [...first, ...second];
    expect(largestStep(all)).toBeLessThanOrEqual(largestStep([...speech]) * 1.1);
    // Behind the gap and its fade, the stream goes on with the sample where it stopped.
    const resumed = second.findIndex((_, i) =>
      speech.slice(1_200, 1_300).every((s, k) => Math.abs(s - (second[i + k] ?? 0)) <= 1),
    );
    expect(resumed).toBeGreaterThan(0);
    expect(ofType("drained").at(-1)).toEqual({ type: "drained", stream: 1, playedSamples: 9_600 });
  });

  it("is counted once, and playing on waits for a cushion", () => {
    audio(counting(1_000));
    render(20);
    audio(counting(240, 1_001));
    expect(new Set(render(2))).toEqual(new Set([0]));
    audio(counting(2_400, 1_241));
    render(12);
    expect(ofType("cursor").at(-1)).toMatchObject({ underruns: 1 });
  });

  it("does not keep a short rest waiting for ever: the cushion's wait is bounded", () => {
    audio(counting(1_000));
    render(20);
    audio(counting(240, 1_001));
    render(40);
    end();
    expect(ofType("drained").at(-1)).toMatchObject({ playedSamples: 1_240 });
  });
});

it("hears each sample of each answer at most once, in order, and counts right, whatever happens when", () => {
  type Step = { readonly kind: "audio" | "render" | "flush" | "end"; readonly size: number };
  const step = fc.record({
    kind: fc.constantFrom<Step["kind"]>("audio", "audio", "render", "render", "flush", "end"),
    size: fc.integer({ min: 1, max: 40 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const messages: PlaybackMessage[] = [];
      const tested = new AnswerPlayer((message) => void messages.push(message));
      let stream = 1;
      let sent = 0;
      let heard: number[] = [];
      const mistakes: string[] = [];
      const check = (): void => {
        // Unfaded samples count up one by one; a gap's fade goes backwards and is none of them.
        const plain = heard.filter((sample, i) => sample >= 24_000 && heard[i + 1] === sample + 1);
        const isRising = plain.every((sample, i) => i === 0 || sample > (plain[i - 1] ?? 0));
        if (!isRising) mistakes.push(`stream ${stream}: a sample came twice, or out of order`);
      };
      for (const { kind, size } of steps) {
        if (kind === "audio" && sent + size * 20 <= 8_000) {
          tested.command({ type: "audio", stream, pcm: counting(size * 20, 24_000 + sent) });
          sent += size * 20;
        } else if (kind === "render") {
          heard.push(...render(size, tested));
        } else if (kind === "end") {
          tested.command({ type: "end", stream });
        } else if (kind === "flush") {
          tested.command({ type: "flush", stream });
          const answer = messages.at(-1);
          if (answer?.type !== "flushed" || answer.stream !== stream || answer.playedSamples > sent) {
            mistakes.push(`stream ${stream}: flush answered ${JSON.stringify(answer)}, of ${sent}`);
          }
          check();
          stream += 1;
          sent = 0;
          heard = [];
          tested.render(new Float32Array(128));
        }
      }
      tested.command({ type: "end", stream });
      heard.push(...render(80, tested));
      check();
      const ending = messages.at(-1);
      if (sent > 0 && (ending?.type !== "drained" || ending.playedSamples !== sent)) {
        mistakes.push(`stream ${stream}: ended with ${JSON.stringify(ending)}, of ${sent}`);
      }
      expect(mistakes).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
