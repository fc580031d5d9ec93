/** Owns when the faults of one act strike and are mended. Whatever has struck is mended, however the act ends. */
import { monotonicMs } from "../driver/clock.ts";
import { faultRules, type Moment } from "./fault-rules.ts";
import { faults } from "./faults.ts";
import type { PlannedFault } from "./plan.ts";
import type { World } from "./world.ts";

export interface Strike {
  readonly planned: PlannedFault;
  /** In monotonic milliseconds: when it began to strike, and when it was mended. */
  readonly fromMs: number;
  toMs: number;
}

export interface Strikes {
  /** It has come, once. Resolves when what strikes at once has struck. */
  reached(moment: Moment): Promise<void>;
  /** Resolves when all that strikes at a moment that has come is mended. */
  over(): Promise<void>;
  /** Nothing strikes any more, and what has struck is mended now. */
  breakOff(): Promise<void>;
  /** So far. */
  struck(): readonly Strike[];
}

export function planStrikes(world: World, planned: readonly PlannedFault[]): Strikes {
  const reached = new Set<Moment>();
  const struck: Strike[] = [];
  const courses: Promise<void>[] = [];
  let isBroken = false;
  let breakOff = (): void => undefined;
  const broken = new Promise<void>((resolve) => {
    breakOff = resolve;
  });
  const wait = async (ms: number): Promise<void> => {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    await Promise.race([over, broken]);
    clearTimeout(timer);
  };

  async function strike(fault: PlannedFault): Promise<() => Promise<void>> {
    const current: Strike = { planned: fault, fromMs: monotonicMs(), toMs: Number.POSITIVE_INFINITY };
    struck.push(current);
    const mend = await faults[fault.kind].strike(world);
    return async () => {
      await mend();
      current.toMs = monotonicMs();
    };
  }
  async function run(fault: PlannedFault): Promise<void> {
    // Before the key goes down it has struck already; how long before is the act's.
    if (fault.moment !== "before") await wait(fault.afterMs);
    if (isBroken) return;
    const mend = await strike(fault);
    await wait(fault.lastsMs);
    await mend();
  }

  return {
    async reached(moment) {
      if (reached.has(moment)) return;
      reached.add(moment);
      const now = planned.filter((fault) => fault.moment === moment);
      courses.push(...now.map(run));
      // Told by `over`; until then nobody listens.
      for (const course of courses) course.catch(() => undefined);
      if (moment === "before") await wait(Math.max(0, ...now.map(({ afterMs }) => afterMs)));
    },
    over: async () => void (await Promise.all(courses)),
    async breakOff() {
      isBroken = true;
      breakOff();
      await Promise.allSettled(courses);
    },
    struck: () => struck,
  };
}

/** Those that were in force at some time between these moments, or just before. */
export const inForce = (strikes: readonly Strike[], fromMs: number, toMs: number): readonly Strike[] =>
  strikes.filter((strike) => strike.fromMs <= toMs && strike.toMs + afterwardsMs >= fromMs);

/** What a fault does to a part of the app may last so much longer than the fault. */
const afterwardsMs = 700;

export const ruleOf = ({ planned }: Strike) => faultRules[planned.kind];

/** For how long of that time it was in force. */
export const overlapMs = (strike: Strike, time: { readonly fromMs: number; readonly toMs: number }): number =>
  Math.max(0, Math.min(strike.toMs, time.toMs) - Math.max(strike.fromMs, time.fromMs));
