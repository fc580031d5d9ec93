import { describe, expect, it } from "vitest";
import { noise } from "../../../scripts/driver/signal.ts";
import type { SoundRecording } from "../../../scripts/driver/sound.ts";
import { judge, whenSaid, type Judgement, type Speech } from "../../../scripts/soak/said.ts";

const ms = 24;
const startMs = 10_000;
const spoken = noise(6_000 * ms, 11);

/** What another recorder heard, beginning at `startMs`. */
const recording: SoundRecording = {
  samples: () => spoken,
  slice: (from, to) => spoken.slice(Math.max(0, from), to),
  forget: () => undefined,
  momentOf: (index) => startMs + index / ms,
  indexAt: (moment) => Math.round((moment - startMs) * ms),
  reach: () => Promise.resolve(),
  stop: () => Promise.resolve(),
};

/** The key was down from second 2 to second 4. */
const down = 2_000;
const up = 4_000;

const excused = (missingMs: number): Speech["excuses"] => ({ missingMs, foreignMs: 0, isSlowToOpen: false });

/** What arrived, by milliseconds of what was said. */
const arrived = (...pieces: readonly (readonly [number, number])[]): Int16Array =>
  Int16Array.from(pieces.flatMap(([from, to]) => [...spoken.subarray(from * ms, to * ms)]));

const judged = (pcm: Int16Array, rest: Partial<Speech> = {}): Promise<Judgement> =>
  judge(
    {
      pcm,
      downMs: startMs + down,
      startedMs: startMs + down + 40,
      upMs: startMs + up,
      excuses: excused(0),
      toldMs: null,
      ...rest,
    },
    recording,
  );

describe("what was said", () => {
  it("is right where it arrived whole, from the opening of the microphone to after the key", async () => {
    const whole = await judged(arrived([down + 40, up + 30]));
    expect(whole.faults).toEqual([]);
    expect(whole.missingMs).toBe(0);
    expect(whole.openedAfterMs).toBeCloseTo(40, 0);
    expect(whole.saidMs).toBe(1_960);
  });

  it("is right with what was said before the key", async () => {
    expect((await judged(arrived([down - 300, up]))).faults).toEqual([]);
  });

  it("may end with a piece that is too short to be told whose it is, and with no longer one", async () => {
    const syllable = { upMs: startMs + down + 212 };
    const followedBy = (ofNobodyMs: number): Int16Array =>
      Int16Array.from([...arrived([down - 300, down + 217]), ...noise(ofNobodyMs * ms, 12)]);
    expect((await judged(followedBy(17), syllable)).faults).toEqual([]);
    expect((await judged(followedBy(35), syllable)).faults.join()).toMatch(
      /^3\d ms arrived that nobody said$/,
    );
  });

  it("is wrong where the first or the last words are missing", async () => {
    expect((await judged(arrived([down + 700, up]))).faults).toEqual([
      "the first 700 ms after the key are missing",
    ]);
    expect((await judged(arrived([down, up - 80]))).faults).toEqual([
      "the last 80 ms before the key was let go are missing",
    ]);
  });

  it("is wrong where a hole is excused by nothing, however short, or by too little", async () => {
    const hole = arrived([down, 3_000], [3_030, up]);
    expect((await judged(hole)).faults.join()).toMatch(
      /^3\d ms are missing \(1000…10\d\d ms after the key\)$/,
    );
    const large = arrived([down, 3_000], [3_400, up]);
    const { faults, missingMs } = await judged(large, { excuses: excused(250), toldMs: 400 });
    expect(faults.join()).toMatch(/^40\d ms are missing/);
    expect(missingMs).toBeGreaterThan(390);
  });

  it("may have a hole while the overlay still says that a microphone is being opened, if one has failed", async () => {
    const late = arrived([down + 28, down + 48], [down + 810, up]);
    const opening = { startedMs: startMs + down + 827, excuses: { ...excused(250), isSlowToOpen: true } };
    const { faults, openedAfterMs } = await judged(late, opening);
    expect(faults).toEqual([]);
    expect(openedAfterMs).toBeCloseTo(810, -1);
    expect((await judged(late, { ...opening, startedMs: startMs + down + 300 })).faults).not.toEqual([]);
    expect((await judged(late, { ...opening, excuses: excused(250) })).faults).not.toEqual([]);
  });

  it("may begin after a gap that is told, and be told of no more than there is", async () => {
    const late = arrived([down + 258, up]);
    expect((await judged(late, { excuses: excused(500), toldMs: 263 })).faults).toEqual([]);
    expect((await judged(late, { excuses: excused(500), toldMs: 400 })).faults).toEqual([
      "0 ms are missing, and it was told that 400 ms are",
    ]);
  });

  it("may have a hole that is excused and told, and only such a one", async () => {
    const hole = arrived([down, 3_000], [3_200, up]);
    expect((await judged(hole, { excuses: excused(250), toldMs: 190 })).faults).toEqual([]);
    expect((await judged(hole, { excuses: excused(250) })).faults.join()).toMatch(/and nobody was told/);
    expect((await judged(hole, { excuses: excused(250), toldMs: 90 })).faults.join()).toMatch(
      /it was told that 90 ms are/,
    );
  });

  it("is wrong where something was told to be missing that is not", async () => {
    expect((await judged(arrived([down, up]), { excuses: excused(250), toldMs: 200 })).faults).toHaveLength(
      1,
    );
  });

  it("may go on with another microphone that had to be opened at the press", async () => {
    const replaced = await judged(arrived([down - 300, down], [down + 90, up]));
    expect(replaced.faults).toEqual([]);
    expect(replaced.missingMs).toBe(0);
    expect(replaced.openedAfterMs).toBeGreaterThan(80);
  });

  it("is wrong where samples slip that are too few to be heard", async () => {
    const one = 1 / ms;
    const { faults } = await judged(arrived([down, 3_000], [3_000 + 2 * one, up]));
    expect(faults.join()).toMatch(/^it slips by/);
  });

  it("is wrong where it is something else, wholly or in part", async () => {
    expect((await judged(noise(300 * ms, 12))).faults.join()).toMatch(/^300 ms arrived that nobody said$/);
    const zeros = new Int16Array(120 * ms);
    const filled = Int16Array.from([...arrived([down, 3_000]), ...zeros, ...arrived([3_120, up])]);
    const { faults } = await judged(filled, { excuses: excused(250), toldMs: 120 });
    expect(faults.join()).toMatch(/^12\d ms arrived that nobody said/);
  });
});

describe("the moment at which something was said", () => {
  const span = { downMs: startMs + 1_000, upMs: startMs + 5_000 };

  it("is that of its middle, also where a piece of it is missing", async () => {
    expect(await whenSaid(arrived([1_500, 2_500]), recording, span)).toBeCloseTo(startMs + 2_000, -1);
    expect(await whenSaid(arrived([3_000, 3_600], [3_800, 4_400]), recording, span)).toBeCloseTo(
      startMs + 3_700,
      -1,
    );
  });

  it("is not known of what nobody said", async () => {
    expect(await whenSaid(noise(600 * ms, 12), recording, span)).toBeNull();
  });
});
