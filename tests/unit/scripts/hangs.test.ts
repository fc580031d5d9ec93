import { describe, expect, it } from "vitest";
import type { Glimpse } from "../../../scripts/soak/eye.ts";
import { hangsIn, type Course } from "../../../scripts/soak/hangs.ts";

const notice = { title: "The connection broke", advice: "", action: null };

const glimpse = (monotonicMs: number, phase: Glimpse["phase"], rest: Partial<Glimpse> = {}): Glimpse => ({
  monotonicMs,
  phase,
  outcome: "none",
  turnId: "t1",
  deviceLabel: null,
  notice: null,
  lastTurn: null,
  ...rest,
});

const hangs = (glimpses: readonly Glimpse[], rest: Partial<Course> = {}): readonly string[] =>
  hangsIn({
    glimpses,
    toMs: 60_000,
    awakeMs: (fromMs, toMs) => toMs - fromMs,
    keysMs: [],
    longestAnswerMs: 2_000,
    ...rest,
  });

describe("somebody is left waiting without a word", () => {
  it("where nothing is said of an answer that does not come within three seconds", () => {
    expect(hangs([glimpse(0, "thinking"), glimpse(2_900, "speaking"), glimpse(4_000, "idle")])).toEqual([]);
    expect(hangs([glimpse(0, "thinking"), glimpse(3_200, "speaking"), glimpse(4_000, "idle")])).toEqual([
      "waiting for an answer for 3.2 s without a word",
    ]);
    expect(hangs([glimpse(57_500, "thinking")])).toEqual([]);
    expect(hangs([glimpse(52_000, "thinking")])).toHaveLength(1);
  });

  it("also where what is waited for changes", () => {
    const course = [glimpse(0, "thinking"), glimpse(2_000, "reconnecting"), glimpse(4_000, "acting")];
    expect(hangs([...course, glimpse(6_000, "speaking"), glimpse(7_000, "idle")])).toEqual([
      "waiting for an answer for 6.0 s without a word",
    ]);
  });

  it("but not from the moment on at which it is said why", () => {
    const told = [
      glimpse(0, "reconnecting"),
      glimpse(2_500, "reconnecting", { notice }),
      glimpse(9_000, "idle"),
    ];
    expect(hangs(told)).toEqual([]);
  });

  it("while a microphone opens, or an answer that is long over still plays", () => {
    expect(hangs([glimpse(0, "arming"), glimpse(3_400, "listening"), glimpse(4_000, "idle")])).toEqual([
      "opening the microphone for 3.4 s without a word",
    ]);
    expect(hangs([glimpse(0, "speaking"), glimpse(4_900, "idle")])).toEqual([]);
    expect(hangs([glimpse(0, "speaking"), glimpse(5_100, "idle")])).toHaveLength(1);
  });

  it("while it records on after the key was let go, and not where the recording ended before", () => {
    const course = [glimpse(0, "listening"), glimpse(4_000, "thinking"), glimpse(4_100, "idle")];
    expect(hangs(course, { keysMs: [1_000] })).toEqual([
      "recording after the key was let go for 3.0 s without a word",
    ]);
    expect(hangs(course, { keysMs: [3_900] })).toEqual([]);
    // A release that gets lost is noticed within a second and a half.
    expect(hangs(course, { keysMs: [2_550] })).toEqual([]);
    expect(hangs(course, { keysMs: [2_450] })).toHaveLength(1);
    expect(hangs(course, { keysMs: [4_500] })).toEqual([]);
  });

  it("but for the time in which the app stood still itself", () => {
    const awakeMs = (fromMs: number, toMs: number): number => toMs - fromMs - 8_000;
    expect(hangs([glimpse(0, "thinking"), glimpse(9_000, "idle")], { awakeMs })).toEqual([]);
  });
});
