import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { faultKinds, faultRules, type FaultKind } from "../../../scripts/soak/fault-rules.ts";
import { planActs, restActMs, type PlannedAct } from "../../../scripts/soak/plan.ts";

const seeds = fc.integer({ min: 0, max: 1_000_000 });
/** Without a hold of the right kind, a key-up was never lost in their first fifty acts. */
const seedsWithRareHolds = [335_914, 356_779, 391_141, 417_493, 428_201];

function acts(seed: number, count: number, kinds: readonly FaultKind[] = faultKinds): readonly PlannedAct[] {
  const plan = planActs(seed, kinds);
  return Array.from({ length: count }, () => plan.next().value);
}

const strikes = (of: readonly PlannedAct[]) => of.flatMap(({ faults }) => faults);

describe("the plan of a soak", () => {
  it("is the same for the same seed, however far it is followed, and another for another", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 60 }), (seed, count) => {
        expect(acts(seed, 60).slice(0, count)).toEqual(acts(seed, count));
        expect(acts(seed + 1, 60)).not.toEqual(acts(seed, 60));
      }),
      { numRuns: 40 },
    );
  });

  it("has every fault within fifty acts, and in the long run each about as often as any other", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const early = new Set(strikes(acts(seed, 50)).map(({ kind }) => kind));
        expect(faultKinds.filter((kind) => !early.has(kind))).toEqual([]);
        const many = strikes(acts(seed, 400));
        const restless = faultKinds.filter((kind) => faultRules[kind].restMs === 0 && kind !== "key-up-lost");
        const counts = restless.map((kind) => many.filter((each) => each.kind === kind).length);
        expect(Math.max(...counts)).toBeLessThanOrEqual(2 * Math.min(...counts));
      }),
      { numRuns: 60, examples: seedsWithRareHolds.map((seed) => [seed]) },
    );
  });

  it("gives each fault a moment and a length that its rule allows, and its act can reach", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        for (const { kind, talkMs, faults } of acts(seed, 80)) {
          for (const { kind: fault, moment, afterMs, lastsMs } of faults) {
            const { moments, lastsMs: allowed } = faultRules[fault];
            expect(moments).toContain(moment);
            expect(lastsMs).toBeGreaterThanOrEqual(allowed[0]);
            expect(lastsMs).toBeLessThanOrEqual(allowed[1]);
            expect(afterMs).toBeGreaterThanOrEqual(0);
            const isSpoken = moment === "pressed" || moment === "talking";
            expect(isSpoken && (kind === "rest" || kind.startsWith("typed"))).toBe(false);
            expect(moment === "talking" && afterMs > talkMs).toBe(false);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it("lets no two faults strike the same part at once", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        for (const { faults } of acts(seed, 120).filter(({ kind }) => kind !== "long-hold")) {
          const areas = faults.map((fault) => faultRules[fault.kind].area);
          expect(new Set(areas).size).toBe(areas.length);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("strikes one after the other where somebody talks for long, with nothing that ends it", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        for (const { faults } of acts(seed, 120).filter(({ kind }) => kind === "long-hold")) {
          const atMs = faults.map(({ afterMs }) => afterMs);
          expect(atMs).toEqual(atMs.toSorted((a, b) => a - b));
          expect(faults.some((fault) => faultRules[fault.kind].endsRecording)).toBe(false);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("keeps the rest of a fault that needs one, even if every act is as quick as can be", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const struckAtMs = new Map<string, number>();
        let nowMs = 0;
        for (const { kind, talkMs, playMs, breathMs, faults } of acts(seed, 200)) {
          for (const fault of faults) {
            const beforeMs = struckAtMs.get(fault.kind) ?? Number.NEGATIVE_INFINITY;
            expect(nowMs - beforeMs).toBeGreaterThanOrEqual(faultRules[fault.kind].restMs);
            struckAtMs.set(fault.kind, nowMs);
          }
          nowMs += kind === "rest" ? restActMs : talkMs + playMs + breathMs + 800;
        }
      }),
      { numRuns: 40 },
    );
  });

  it("does without the faults that cannot strike here, if need be without any", () => {
    const possible = faultKinds.filter((kind) => kind !== "disk-full");
    expect(strikes(acts(7, 200, possible)).map(({ kind }) => kind)).not.toContain("disk-full");
    expect(strikes(acts(7, 50, []))).toEqual([]);
  });

  it("has long turns and times of rest in it, and no long turn early", () => {
    const all = acts(3, 300);
    for (const kind of ["long-hold", "rest"] as const) {
      expect(all.filter((act) => act.kind === kind).length).toBeGreaterThan(3);
    }
    expect(all.slice(0, 11).some(({ kind }) => kind === "long-hold")).toBe(false);
  });

  it("takes the line away while somebody who will press again still talks, for longer than they wait", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        for (const { talkMs, playMs, faults } of acts(seed, 200).filter(({ kind }) => kind === "again")) {
          expect(faults.map(({ kind, moment }) => [faultRules[kind].keepsLineAway, moment])).toEqual([
            [true, "talking"],
          ]);
          for (const { afterMs, lastsMs } of faults) {
            expect(afterMs).toBeLessThan(talkMs);
            expect(afterMs + lastsMs).toBeGreaterThan(talkMs + playMs + 500);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it("rests after the first short turn with a microphone that is kept ready since every other second start", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const all = acts(seed, 300);
        const isStart = ({ faults }: PlannedAct): boolean =>
          faults.some(({ kind }) => kind === "started-again");
        const isShort = ({ kind }: PlannedAct): boolean => ["hold", "taps", "short-taps"].includes(kind);
        const starts = all.flatMap((act, at) => (isStart(act) ? [at] : []));
        const next = starts
          .filter((_, index) => index % 2 === 0)
          .flatMap((from) => {
            const at = all.findIndex((act, index) => index > from && (isShort(act) || isStart(act)));
            const [first, second] = at === -1 ? [] : all.slice(at, at + 2);
            return first === undefined || second === undefined || isStart(first) ? [] : [second.kind];
          });
        expect(new Set(next)).toEqual(new Set(["rest"]));
      }),
      { numRuns: 40 },
    );
  });
});
