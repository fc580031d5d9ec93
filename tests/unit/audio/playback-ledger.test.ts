import { describe, expect, it } from "vitest";
import { PlaybackLedger } from "../../../electron/main/audio/playback-ledger.ts";
import { itemId, turnId } from "../../../shared/ids.ts";

const t1 = turnId("t1");
const a = itemId("a");
const b = itemId("b");
const seconds = (count: number): number => count * 24_000;

describe("what was heard of an answer", () => {
  it("is whole milliseconds, rounded down, and never more than was received", () => {
    const ledger = new PlaybackLedger();
    ledger.add(t1, a, 0, 24_010);
    expect(ledger.heardParts(12_047)).toEqual([
      { itemId: a, contentIndex: 0, playedMs: 501, receivedMs: 1_000 },
    ]);
    expect(ledger.heardParts(99_999)).toEqual([
      { itemId: a, contentIndex: 0, playedMs: 1_000, receivedMs: 1_000 },
    ]);
  });

  it("names the part that was cut and those behind it, and leaves out what was wholly heard", () => {
    const ledger = new PlaybackLedger();
    ledger.add(t1, a, 0, seconds(1));
    ledger.add(t1, a, 1, seconds(1));
    ledger.add(t1, b, 0, seconds(2));
    expect(ledger.heardParts(seconds(1) + 2_400)).toEqual([
      { itemId: a, contentIndex: 1, playedMs: 100, receivedMs: 1_000 },
      { itemId: b, contentIndex: 0, playedMs: 0, receivedMs: 2_000 },
    ]);
  });

  it("adds up the deltas of one part", () => {
    const ledger = new PlaybackLedger();
    for (let i = 0; i < 10; i += 1) ledger.add(t1, a, 0, 2_400);
    expect(ledger.heardParts(0)).toEqual([{ itemId: a, contentIndex: 0, playedMs: 0, receivedMs: 1_000 }]);
  });

  it("keeps a part that is played as far as it came while more of it is being generated", () => {
    const ledger = new PlaybackLedger();
    ledger.add(t1, a, 0, seconds(1));
    expect(ledger.heardParts(seconds(1))).toHaveLength(1);
    ledger.end(t1);
    expect(ledger.heardParts(seconds(1))).toEqual([]);
  });

  it("knows whose sample comes next", () => {
    const ledger = new PlaybackLedger();
    const t2 = turnId("t2");
    expect(ledger.turnAt(0)).toBeNull();
    ledger.add(t1, a, 0, 100);
    ledger.add(t2, b, 0, 100);
    expect([0, 99, 100, 200].map((at) => ledger.turnAt(at))).toEqual([t1, t1, t2, t2]);
    expect([ledger.endOf(t1), ledger.endOf(t2), ledger.endOf(turnId("t3"))]).toEqual([100, 200, 0]);
  });
});
