import { describe, expect, it } from "vitest";
import { faultKinds } from "../../../scripts/soak/fault-rules.ts";
import { sights, type ActRecord, type MemorySample } from "../../../scripts/soak/record.ts";
import { tell } from "../../../scripts/soak/report.ts";
import { coveredFromMs, judgedFromMs, judgeRun, type Observations } from "../../../scripts/soak/verdict.ts";

const act = (rest: Partial<ActRecord> = {}): ActRecord => ({
  number: 1,
  kind: "hold",
  fromMs: 0,
  toMs: 3_000,
  faults: [{ kind: "line-torn", fromMs: 1_000, toMs: 1_010 }],
  endings: [{ tag: "answered" }],
  said: [{ saidMs: 1_200, missingMs: 0, openedAfterMs: 35 }],
  sentAgain: 0,
  sights: [],
  closedAfterMs: [40],
  silentAfterMs: [],
  problems: [],
  evidence: null,
  ...rest,
});

/** It has seen everything. */
const all = act({ faults: faultKinds.map((kind) => ({ kind, fromMs: 1, toMs: 2 })), sights });

const observations = (rest: Partial<Observations> = {}): Observations => ({
  seed: 7,
  isShort: false,
  durationMs: 60_000,
  acts: [act()],
  memory: [],
  impossible: [],
  endedBy: null,
  ...rest,
});

/** Samples of a process every five seconds; `heapMiB` and `ownMiB` by the minute. */
const memory = (
  process: string,
  minutes: number,
  heapMiB: (minute: number) => number | null,
  ownMiB: (minute: number) => number = () => 200,
): readonly MemorySample[] =>
  Array.from({ length: minutes * 12 }, (_, index) => {
    const minute = index / 12;
    const heap = heapMiB(minute);
    // A little unrest, as there always is.
    const unrest = ((index * 7) % 5) / 50;
    return {
      monotonicMs: 1_000 + index * 5_000,
      process,
      pid: 1,
      heapBytes: heap === null ? null : (heap + unrest) * 2 ** 20,
      residentBytes: (ownMiB(minute) * 2 + unrest * 10) * 2 ** 20,
      ownBytes: (ownMiB(minute) + unrest * 10) * 2 ** 20,
    };
  });

describe("the verdict on a soak", () => {
  it("is good where nothing went wrong, and counts what happened", () => {
    const verdict = judgeRun(
      observations({
        acts: [
          act(),
          act({
            kind: "typed",
            endings: [{ tag: "failed", kind: "connection-lost", canSendAgain: true }, { tag: "answered" }],
            faults: [
              { kind: "line-torn", fromMs: 1, toMs: 2 },
              { kind: "slept", fromMs: 2, toMs: 900 },
            ],
            said: [],
            sentAgain: 1,
          }),
        ],
      }),
    );
    expect(verdict).toMatchObject({
      passed: true,
      turns: { hold: 1, typed: 1 },
      endings: { answered: 2, "failed: connection-lost": 1 },
      faults: { "line-torn": 2, slept: 1 },
      sentAgain: 1,
      saidMs: 1_200,
      missingMs: 0,
    });
    expect(Object.values(verdict.targets).every(({ isMet }) => isMet)).toBe(true);
  });

  it("misses the one target that a problem belongs to, and names act and faults", () => {
    const problems = [{ target: "hangs", what: "stuck in “thinking”" } as const];
    const verdict = judgeRun(observations({ acts: [act(), act({ number: 2, problems })] }));
    expect(verdict.passed).toBe(false);
    expect(verdict.targets.hangs).toEqual({ isMet: false, problems: 1 });
    expect(verdict.targets.speech.isMet).toBe(true);
    const text = tell(observations(), verdict);
    expect(text).toContain("act 2 [line-torn] hangs: stuck in “thinking”");
    expect(text).toMatch(/^MISSED .*over 3 s.* \(1\)$/m);
    expect(text).toMatch(/^met .*crash/m);
  });

  it("is bad where nothing at all was done, or it broke off by itself, and not where somebody ended it", () => {
    const endedBy = (isWanted: boolean) => ({ endedBy: { why: "no disk", isWanted } });
    expect(judgeRun(observations({ acts: [] })).passed).toBe(false);
    expect(judgeRun(observations(endedBy(false))).passed).toBe(false);
    expect(judgeRun(observations(endedBy(true))).passed).toBe(true);
    const ended = observations(endedBy(true));
    expect(tell(ended, judgeRun(ended))).toContain("It ended before its time: no disk.");
  });

  describe("on what has been seen", () => {
    const without = (kind: string): ActRecord => ({
      ...all,
      faults: all.faults.filter((fault) => fault.kind !== kind),
      sights: all.sights.filter((sight) => sight !== kind),
    });

    // What broke: a short soak that was over before a fault had struck passed, and merely printed “not yet”.
    it("is bad for a short soak that lacks a fault, or what comes by chance only, and names it", () => {
      expect(judgeRun(observations({ isShort: true, acts: [all] }))).toMatchObject({
        passed: true,
        missing: [],
      });
      for (const kind of ["slept", "pressed-while-reconnecting", "kept-ready-closed"]) {
        const lacking = observations({ isShort: true, acts: [without(kind)] });
        const verdict = judgeRun(lacking);
        expect(verdict).toMatchObject({ passed: false, missing: [kind] });
        expect(tell(lacking, verdict)).toContain(`not yet   ${kind}`);
        expect(tell(lacking, verdict)).toContain("MISSED  everything has been seen");
      }
    });

    it("asks for nothing that cannot be here, and of no run that somebody has made short or ended", () => {
      const lacking = { acts: [without("disk-full")] };
      const passes = (rest: Partial<Observations>) => judgeRun(observations({ ...lacking, ...rest })).passed;
      expect(passes({ isShort: true, impossible: ["disk-full"] })).toBe(true);
      expect(passes({ isShort: true, endedBy: { why: "somebody", isWanted: true } })).toBe(true);
      expect(passes({ durationMs: coveredFromMs - 1 })).toBe(true);
      expect(passes({ durationMs: coveredFromMs })).toBe(false);
    });
  });

  describe("on memory", () => {
    const long = { durationMs: 10 * 60_000, acts: [all] };

    it("is that a heap which grows for sure is a leak", () => {
      const leaking = memory("main", 10, (minute) => 14 + minute / 5);
      const verdict = judgeRun(observations({ ...long, memory: leaking }));
      expect(verdict.passed).toBe(false);
      const heap = verdict.growth.find(({ of }) => of === "heap");
      expect(heap?.isMet).toBe(false);
      expect(heap?.slope.perX).toBeGreaterThan(11.5);
      expect(heap?.slope.perX).toBeLessThan(12.5);
      expect(tell(observations(), verdict)).toMatch(
        /^main +heap after GC +\S+ MiB +\S+ ± \S+ MiB\/h +MISSED$/m,
      );
    });

    it("is good of one that fills its caches first and then stays, and of one that only wavers", () => {
      const filling = memory("main", 10, (minute) => 14 + Math.min(minute, 1.4) * 3);
      const wavering = memory("overlay", 10, (minute) => 3 + Math.sin(minute * 5) / 4);
      const verdict = judgeRun(observations({ ...long, memory: [...filling, ...wavering] }));
      expect(verdict.growth.map(({ isMet }) => isMet)).toEqual([true, true, null, true, true, null]);
      expect(verdict.passed).toBe(true);
    });

    it("looks at each life of a process from its warming up on, and only within it", () => {
      const lives = [0, 1, 2].flatMap((life) =>
        memory("overlay", 3, (minute) => 3 + Math.min(minute, 1.4) * 2).map((sample) => ({
          ...sample,
          pid: life,
          monotonicMs: sample.monotonicMs + life * 180_000,
        })),
      );
      expect(judgeRun(observations({ ...long, memory: lives })).passed).toBe(true);
    });

    it("is stricter on a long run, in which nothing warms up any more", () => {
      const passes = (minutes: number) => {
        const creeping = memory("main", minutes, (minute) => 14 + minute / 20);
        return judgeRun(observations({ ...long, durationMs: minutes * 60_000, memory: creeping })).passed;
      };
      expect(passes(18)).toBe(true);
      expect(passes(22)).toBe(false);
    });

    /** A page killed in the middle of 35 minutes warmed up twice, and was judged as if it never had. */
    it("is as strict only on what has lived for long, without its first ten minutes", () => {
      const lives = (minutes: readonly number[], heapAt: (minute: number) => number) => {
        let startMs = 0;
        const samples = minutes.flatMap((length, pid) => {
          const fromMs = startMs;
          startMs += length * 60_000;
          return memory("overlay", length, heapAt).map((sample) => ({
            ...sample,
            pid,
            monotonicMs: sample.monotonicMs + fromMs,
          }));
        });
        return judgeRun(observations({ ...long, durationMs: startMs, memory: samples })).passed;
      };
      const settling = (minute: number) => 3 + Math.min(minute, 10) / 20;
      const creeping = (minute: number) => 3 + minute / 20;
      expect(lives([18, 17], settling)).toBe(true);
      expect(lives([18, 17], creeping)).toBe(false);
      expect(lives([9, 9, 9, 9], creeping)).toBe(true);
    });

    it("lets nothing but main and the overlay warm up for as long as a short run", () => {
      const metAt = (process: string, mebibytesAnHour: number) => {
        const samples = memory(
          process,
          10,
          () => null,
          (minute) => 60 + (minute * mebibytesAnHour) / 60,
        );
        return judgeRun(observations({ ...long, memory: samples })).growth[0]?.isMet;
      };
      expect([metAt("main", 50), metAt("main", 80)]).toEqual([true, false]);
      expect([metAt("overlay", 110), metAt("overlay", 140)]).toEqual([true, false]);
      expect([metAt("audio", 15), metAt("audio", 60)]).toEqual([true, false]);
    });

    it("has no heap where there is none, and looks at what the process has for its own", () => {
      const audio = memory(
        "audio",
        10,
        () => null,
        (minute) => 60 + minute * 5,
      );
      const verdict = judgeRun(observations({ ...long, memory: audio }));
      expect(verdict.growth.map(({ of, isMet }) => [of, isMet])).toEqual([
        ["own", false],
        ["resident", null],
      ]);
    });

    it("is none on a run under five minutes, and says so", () => {
      const short = { durationMs: judgedFromMs - 1 };
      const verdict = judgeRun(
        observations({ ...short, memory: memory("main", 4, (minute) => 14 + minute) }),
      );
      expect(verdict.growth.every(({ isMet }) => isMet === null)).toBe(true);
      expect(verdict.passed).toBe(true);
      expect(tell(observations(short), verdict)).toContain("under 5 min is not judged");
    });
  });
});
