import { describe, expect, it } from "vitest";
import { createKeyEdges, longestRepeatGapMs, type RawKey } from "../../../electron/main/key-edges.ts";
import { escapeHookCode, talkKeyCodes } from "../../../electron/main/talk-key-codes.ts";

const talk = talkKeyCodes.RightCtrl.hookCode;
const letterA = 30;

function play(keys: readonly RawKey[], isEscapeActive = false): readonly string[] {
  const edges = createKeyEdges();
  const rules = { talkHookCode: talk, isEscapeActive };
  return keys.flatMap((key) => edges.take(key, rules).edges.map(({ type }) => type));
}

const down = (hookCode: number, timeMs: number): RawKey => ({ kind: "down", hookCode, timeMs });
const up = (hookCode: number, timeMs: number): RawKey => ({ kind: "up", hookCode, timeMs });

describe("edges of the talk key", () => {
  it("reports a hold once, however often it repeats", () => {
    const repeats = Array.from({ length: 50 }, (_, index) => down(talk, 500 + index * 33));
    expect(play([down(talk, 0), ...repeats, up(talk, 2_200)])).toEqual(["talkDown", "talkUp"]);
  });

  it("tells repeats of the talk key from those of other keys", () => {
    const edges = createKeyEdges();
    const rules = { talkHookCode: talk, isEscapeActive: false };
    edges.take(down(talk, 0), rules);
    edges.take(down(letterA, 10), rules);
    expect(edges.take(down(letterA, 20), rules).isTalkRepeat).toBe(false);
    expect(edges.take(down(talk, 30), rules).isTalkRepeat).toBe(true);
  });

  it("reports another key once while it repeats, also when it was down first", () => {
    expect(
      play([down(letterA, 0), down(talk, 100), down(letterA, 133), up(letterA, 150), up(talk, 200)]),
    ).toEqual(["otherDown", "talkDown", "talkUp"]);
  });

  it("takes a second press after a lost release as loss and new press", () => {
    const later = longestRepeatGapMs + 1;
    expect(play([down(talk, 0), down(talk, later), up(talk, later + 50)])).toEqual([
      "talkDown",
      "evidenceLost",
      "talkDown",
      "talkUp",
    ]);
  });

  it("reports another key again when its release was lost", () => {
    expect(play([down(letterA, 0), down(letterA, longestRepeatGapMs + 1)])).toEqual([
      "otherDown",
      "otherDown",
    ]);
  });

  it("drops a release whose press it never saw", () => {
    expect(play([up(talk, 0)])).toEqual([]);
  });

  it("names Esc only while there is something to stop", () => {
    expect(play([down(escapeHookCode, 0)], true)).toEqual(["escapeDown"]);
    expect(play([down(escapeHookCode, 0)], false)).toEqual(["otherDown"]);
  });

  it("takes the next press as new after it has lost sight of the keyboard", () => {
    const edges = createKeyEdges();
    const rules = { talkHookCode: talk, isEscapeActive: false };
    edges.take(down(talk, 0), rules);
    edges.forget();
    expect(edges.take(down(talk, 10), rules).edges).toEqual([{ type: "talkDown" }]);
  });
});
