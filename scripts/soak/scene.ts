/** Owns what is noted in the course of one act. */
import { monotonicMs } from "../driver/clock.ts";
import type { PlannedAct } from "./plan.ts";
import type { ActRecord, Ending, Problem, Said, Sight, Target } from "./record.ts";
import { planStrikes, type Strikes } from "./strikes.ts";
import type { World } from "./world.ts";

export interface Scene {
  readonly world: World;
  readonly act: PlannedAct;
  readonly strikes: Strikes;
  readonly fromMs: number;
  /** Index of the first mark that can be of this act. */
  readonly fromMark: number;
  readonly endings: Ending[];
  readonly sights: Sight[];
  /** In writing, so far. */
  questions: number;
  readonly said: Said[];
  readonly closedAfterMs: number[];
  readonly silentAfterMs: number[];
  /** When the keys went that were to end a recording. */
  readonly keysMs: number[];
  sentAgain: number;
  readonly problems: Problem[];
}

export const setScene = async (world: World, act: PlannedAct): Promise<Scene> => ({
  world,
  act,
  strikes: planStrikes(world, act.faults),
  fromMs: monotonicMs(),
  fromMark: (await world.running.trace.all()).length,
  endings: [],
  sights: [],
  questions: 0,
  said: [],
  closedAfterMs: [],
  silentAfterMs: [],
  keysMs: [],
  sentAgain: 0,
  problems: [],
});

export const note = ({ problems }: Scene, target: Target, what: string): void =>
  void problems.push({ target, what });

export function noteWrongEnd(scene: Scene, ending: Ending, why: string): void {
  const how = ending.tag === "failed" ? `failed (${ending.kind})` : ending.tag;
  note(scene, "states", `a turn ended as “${how}”: ${why}`);
}

export async function recordOf({ world, act, strikes, fromMs, ...seen }: Scene): Promise<ActRecord> {
  const isEvident = seen.problems.length > 0;
  const marks = isEvident ? await world.running.trace.all(seen.fromMark) : [];
  return {
    number: act.number,
    kind: act.kind,
    fromMs,
    toMs: monotonicMs(),
    faults: strikes.struck().map((strike) => ({
      kind: strike.planned.kind,
      fromMs: strike.fromMs,
      toMs: strike.toMs,
    })),
    endings: seen.endings,
    said: seen.said,
    sentAgain: seen.sentAgain,
    sights: seen.sights,
    closedAfterMs: seen.closedAfterMs,
    silentAfterMs: seen.silentAfterMs,
    problems: seen.problems,
    evidence: isEvident ? { marks, glimpses: world.eye.glimpses() } : null,
  };
}
