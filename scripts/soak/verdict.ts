/** Owns what the observations of a soak come to: its figures, and which targets were missed. Pure. */
import { missingIn } from "./coverage.ts";
import { faultKinds, type FaultKind } from "./fault-rules.ts";
import {
  targets,
  type ActRecord,
  type MemorySample,
  type Problem,
  type Sight,
  type Target,
} from "./record.ts";
import { slopeOf, type Point, type Slope } from "./slope.ts";

export interface Observations {
  readonly seed: number;
  /** It was to go on until everything had been seen. */
  readonly isShort: boolean;
  readonly durationMs: number;
  readonly acts: readonly ActRecord[];
  readonly memory: readonly MemorySample[];
  /** Faults that cannot strike on this machine. */
  readonly impossible: readonly FaultKind[];
  /** Why it ended before its time; `null` when it did not. Where nobody wanted it to, it has failed. */
  readonly endedBy: { readonly why: string; readonly isWanted: boolean } | null;
}

export interface Found extends Problem {
  readonly act: number;
  readonly faults: readonly FaultKind[];
}

/** What grew in one process, in MiB an hour. */
export interface Growth {
  readonly process: string;
  readonly of: "heap" | "own" | "resident";
  readonly slope: Slope;
  readonly lastMiB: number;
  /** `null`: not judged. */
  readonly isMet: boolean | null;
}

export interface Verdict {
  readonly passed: boolean;
  readonly targets: Readonly<Record<Target, { readonly isMet: boolean; readonly problems: number }>>;
  /** What has not been seen. */
  readonly missing: readonly (FaultKind | Sight)[];
  readonly isMissingJudged: boolean;
  readonly isMemoryJudged: boolean;
  readonly problems: readonly Found[];
  readonly growth: readonly Growth[];
  readonly turns: Readonly<Record<string, number>>;
  readonly endings: Readonly<Record<string, number>>;
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  readonly sentAgain: number;
  readonly saidMs: number;
  /** Told, and excused by what struck. */
  readonly missingMs: number;
  readonly openedAfterMs: readonly number[];
  readonly closedAfterMs: readonly number[];
  readonly silentAfterMs: readonly number[];
}

/** A run that long has had time for everything, several times. */
export const coveredFromMs = 10 * 60_000;
/** Shorter runs say nothing of a growth by the hour. */
export const judgedFromMs = 5 * 60_000;
/** Of each life of a process: what is made once (compiled code, caches that fill up) is no growth. */
const warmUpMs = 90_000;
const mebibyte = 1024 * 1024;
/**
 * Of each life, too: so long functions that have run often enough still gain faster code, and allocators reach for what
 * they then keep.
 */
const settlingMs = 10 * 60_000;
/** A process that has lived for so long after that is judged by it alone. */
const judgedSettledMs = 10 * 60_000;
/** More than this, for sure, is a leak: a heap that is collected does not grow, what is taken besides may wander a little. */
const mostGrowth = { heap: 1, own: 24 } as const;
/**
 * Of one that has not settled, by what ten minutes of a soak show: heaps still gain 2 to 4 MiB/h for sure. Main takes 45 besides
 * until its fifth minute, for code that is compiled, and the overlay's page 80; the others have all that they need.
 */
const mostUnsettledGrowth = { heap: 5, own: { main: 60, overlay: 120 } } as const;

const mostGrowthOf = (process: string, of: "heap" | "own", isSettled: boolean): number => {
  if (isSettled) return mostGrowth[of];
  if (of === "heap") return mostUnsettledGrowth.heap;
  return process === "main" || process === "overlay" ? mostUnsettledGrowth.own[process] : mostGrowth.own;
};

export function judgeRun(observations: Observations): Verdict {
  const { acts, memory, durationMs } = observations;
  const problems = acts.flatMap(({ number, faults, problems: found }) =>
    found.map((problem) => ({ ...problem, act: number, faults: faults.map(({ kind }) => kind) })),
  );
  const missing = missingIn(acts, observations.impossible);
  const isMissingJudged =
    observations.endedBy === null && (observations.isShort || durationMs >= coveredFromMs);
  const isMemoryJudged = durationMs >= judgedFromMs;
  const growth = growthIn(memory, isMemoryJudged ? durationMs : null);
  const byTarget = targets.map((target) => {
    const count = problems.filter((problem) => problem.target === target).length;
    return [target, { isMet: count === 0, problems: count }] as const;
  });
  const struck = acts.flatMap(({ faults }) => faults.map(({ kind }) => kind));
  return {
    passed:
      acts.length > 0 &&
      problems.length === 0 &&
      !(isMissingJudged && missing.length > 0) &&
      growth.every(({ isMet }) => isMet !== false) &&
      (observations.endedBy?.isWanted ?? true),
    targets: Object.fromEntries(byTarget) as Verdict["targets"],
    missing,
    isMissingJudged,
    isMemoryJudged,
    problems,
    growth,
    turns: countOf(acts.map(({ kind }) => kind)),
    endings: countOf(
      acts.flatMap(({ endings }) =>
        endings.map((end) => (end.tag === "failed" ? `failed: ${end.kind}` : end.tag)),
      ),
    ),
    faults: Object.fromEntries(
      faultKinds.flatMap((kind) => {
        const count = struck.filter((each) => each === kind).length;
        return count === 0 ? [] : [[kind, count]];
      }),
    ),
    sentAgain: acts.reduce((sum, each) => sum + each.sentAgain, 0),
    saidMs: acts.flatMap(({ said }) => said).reduce((sum, { saidMs }) => sum + saidMs, 0),
    missingMs: acts.flatMap(({ said }) => said).reduce((sum, { missingMs }) => sum + missingMs, 0),
    openedAfterMs: acts.flatMap(({ said }) => said.map(({ openedAfterMs }) => openedAfterMs)),
    closedAfterMs: acts.flatMap(({ closedAfterMs }) => closedAfterMs),
    silentAfterMs: acts.flatMap(({ silentAfterMs }) => silentAfterMs),
  };
}

function countOf(names: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** @param judgedMs how long the soak was; `null`: too short for its memory to be judged. */
function growthIn(memory: readonly MemorySample[], judgedMs: number | null): readonly Growth[] {
  const startMs = memory[0]?.monotonicMs ?? 0;
  const bornMs = new Map(memory.toReversed().map(({ pid, monotonicMs }) => [pid, monotonicMs]));
  const from = (ageMs: number): readonly MemorySample[] =>
    memory.filter(({ pid, monotonicMs }) => monotonicMs - (bornMs.get(pid) ?? startMs) >= ageMs);
  const warm = judgedMs === null ? memory : from(warmUpMs);
  const settled = from(settlingMs);
  return [...new Set(warm.map(({ process }) => process))].flatMap((process) => {
    const isOfProcess = (sample: MemorySample): boolean => sample.process === process;
    const isSettled = livedMs(settled.filter(isOfProcess)) >= judgedSettledMs;
    const samples = (isSettled ? settled : warm).filter(isOfProcess);
    return (["heap", "own", "resident"] as const).flatMap((of): readonly Growth[] => {
      const points = samples.flatMap((sample): readonly Point[] => {
        const bytes = sample[`${of}Bytes`];
        const x = (sample.monotonicMs - startMs) / 3_600_000;
        return bytes === null ? [] : [{ life: sample.pid, x, y: bytes / mebibyte }];
      });
      const slope = slopeOf(points);
      if (slope === null) return [];
      // Only what is certain fails: noise has its slopes, too. What is resident has pages of files in it, and is only told.
      const isMet =
        judgedMs === null || of === "resident"
          ? null
          : slope.perX - slope.plusMinus <= mostGrowthOf(process, of, isSettled);
      return [{ process, of, slope, lastMiB: points.at(-1)?.y ?? 0, isMet }];
    });
  });
}

/** From the first to the last sample of each life, together. */
function livedMs(samples: readonly MemorySample[]): number {
  const firstMs = new Map(samples.toReversed().map(({ pid, monotonicMs }) => [pid, monotonicMs]));
  const lastMs = new Map(samples.map(({ pid, monotonicMs }) => [pid, monotonicMs]));
  return [...firstMs].reduce((sum, [pid, atMs]) => sum + (lastMs.get(pid) ?? atMs) - atMs, 0);
}
