/** Owns what a turn's record means inside the app: the time between two marks, or a mark and an event on the wire. */
import type { DrivenServer } from "../driver/server.ts";
import type { TraceMark } from "../driver/trace.ts";
import type { TurnRecord } from "./turns.ts";

export interface StageFigures {
  readonly pressToFirstSampleMs: readonly number[];
  readonly pressToFirstFrameMs: readonly number[];
  /** Key-up → the commit at the server. */
  readonly releaseToCommitMs: readonly number[];
  /** First delta in main → first sample handed to the device. */
  readonly deltaToFirstSampleMs: readonly number[];
  /** Key-down → the flush answered by the worklet. */
  readonly bargeInToFlushedMs: readonly number[];
}

export function measureStages(
  records: readonly TurnRecord[],
  marks: readonly TraceMark[],
  server: DrivenServer,
): StageFigures {
  const byTurn = new Map<string, Map<string, number>>();
  for (const { name, turn, monotonicMs } of marks) {
    const of = byTurn.get(turn ?? "") ?? new Map<string, number>();
    if (!of.has(name)) of.set(name, monotonicMs);
    byTurn.set(turn ?? "", of);
  }
  const at = (record: TurnRecord, name: string): number => byTurn.get(record.turn)?.get(name) ?? Number.NaN;
  const between = (from: string, to: string): readonly number[] =>
    records.map((record) => at(record, to) - at(record, from));
  return {
    pressToFirstSampleMs: between("talkPressed", "captureStarted"),
    pressToFirstFrameMs: between("talkPressed", "firstFrameSent"),
    releaseToCommitMs: records.map(
      (record) =>
        (server.committed[record.utterance]?.monotonicMs ?? Number.NaN) - at(record, "talkReleased"),
    ),
    deltaToFirstSampleMs: between("firstDelta", "firstSampleHeard"),
    bargeInToFlushedMs: records.flatMap((record, index) => {
      const interrupted = records[index - 1];
      return interrupted === undefined ? [] : [at(interrupted, "silenced") - at(record, "talkPressed")];
    }),
  };
}
