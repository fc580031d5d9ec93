/** Owns what a soak must have seen before it says that all is well: every fault, and what comes by chance only. Pure. */
import { faultKinds, type FaultKind } from "./fault-rules.ts";
import { sights, type ActRecord, type Sight } from "./record.ts";

/** @param impossible faults that cannot strike on this machine. @returns what has not been seen yet. */
export function missingIn(
  acts: readonly Pick<ActRecord, "faults" | "sights">[],
  impossible: readonly FaultKind[],
): readonly (FaultKind | Sight)[] {
  const struck = new Set(acts.flatMap(({ faults }) => faults.map(({ kind }) => kind)));
  const seen = new Set(acts.flatMap((act) => act.sights));
  return [
    ...faultKinds.filter((kind) => !struck.has(kind) && !impossible.includes(kind)),
    ...sights.filter((sight) => !seen.has(sight)),
  ];
}
