import { describe, expect, it } from "vitest";
import { createKeyEdges, longestRepeatGapMs, type RawKey } from "../../../electron/main/key-edges.ts";
import { tapWindowMs } from "../../../electron/main/session/tuning.ts";
import { escapeHookCode, shiftHookCodes, talkKeyCodes } from "../../../electron/main/talk-key-codes.ts";

const talk = talkKeyCodes.RightCtrl.hookCode;
const letterA = 30;

function play(keys: readonly RawKey[], isEscapeActive = false, repeatsTalkKey = true): readonly string[] {
  const edges = createKeyEdges();
  const rules = { talkHookCode: talk, isEscapeActive, repeatsTalkKey };
  return keys.flatMap((key) => edges.take(key, rules).edges.map(({ type }) => type));
}

const down = (hookCode: number, timeMs: number, isShiftHeld = false): RawKey => ({
  kind: "down",
  hookCode,
  timeMs,
  isShiftHeld,
});
const up = (hookCode: number, timeMs: number): RawKey => ({
  kind: "up",
  hookCode,
  timeMs,
  isShiftHeld: false,
});

describe("edges of the talk key", () => {
  it("reports a hold once, however often it repeats", () => {
    const repeats = Array.from({ length: 50 }, (_, index) => down(talk, 500 + index * 33));
    expect(play([down(talk, 0), ...repeats, up(talk, 2_200)])).toEqual([
      "talkDown",
      "tapWindowElapsed",
      "talkUp",
    ]);
  });

  /** The process stood still while the key was held, and heard both its ends at once: it took the hold for a tap. */
  it("tells a hold from a tap by the time of the events, however late they are heard", () => {
    expect(play([down(talk, 1_000), up(talk, 1_000 + tapWindowMs)])).toContain("tapWindowElapsed");
    expect(play([down(talk, 1_000), up(talk, 999 + tapWindowMs)])).toEqual(["talkDown", "tapUp"]);
    const tapAfterHold = [down(talk, 0), up(talk, 900), down(talk, 1_000), up(talk, 1_080)];
    expect(play(tapAfterHold).slice(-2)).toEqual(["talkDown", "tapUp"]);
  });

  /** With filter keys Windows repeats that rarely: the first repeat cut the hold. */
  it("takes a repeat that comes after two seconds for one", () => {
    expect(play([down(talk, 0), down(talk, 2_000), down(talk, 4_000), up(talk, 5_000)])).toEqual([
      "talkDown",
      "tapWindowElapsed",
      "talkUp",
    ]);
  });

  it("takes a key that does not repeat and goes down again for a press of its own, however soon", () => {
    expect(play([down(talk, 0), down(talk, 300), up(talk, 400)], false, false)).toEqual([
      "talkDown",
      "evidenceLost",
      "talkDown",
      "tapUp",
    ]);
  });

  it("tells repeats of the talk key from those of other keys", () => {
    const edges = createKeyEdges();
    const rules = { talkHookCode: talk, isEscapeActive: false, repeatsTalkKey: true };
    edges.take(down(talk, 0), rules);
    edges.take(down(letterA, 10), rules);
    expect(edges.take(down(letterA, 20), rules).isTalkRepeat).toBe(false);
    expect(edges.take(down(talk, 30), rules).isTalkRepeat).toBe(true);
  });

  it("reports another key once while it repeats, also when it was down first", () => {
    expect(
      play([down(letterA, 0), down(talk, 100), down(letterA, 133), up(letterA, 150), up(talk, 200)]),
    ).toEqual(["otherDown", "talkDown", "tapUp"]);
  });

  it("takes a second press after a lost release as loss and new press", () => {
    const later = longestRepeatGapMs + 1;
    expect(play([down(talk, 0), down(talk, later), up(talk, later + 50)])).toEqual([
      "talkDown",
      "evidenceLost",
      "talkDown",
      "tapUp",
    ]);
  });

  it("reports another key again when its release was lost", () => {
    expect(play([down(letterA, 0), down(letterA, longestRepeatGapMs + 1)])).toEqual([
      "otherDown",
      "otherDown",
    ]);
  });

  it("takes no hold for a tap over which the clock of the keyboard begins anew", () => {
    expect(play([down(talk, 2 ** 32 - 400), up(talk, 600)])).toEqual(["talkDown", "talkUp"]);
  });

  it("drops a release whose press it never saw", () => {
    expect(play([up(talk, 0)])).toEqual([]);
  });

  it("tells a press with Shift, which was down before it and does not count as another key", () => {
    const [leftShift = 0] = shiftHookCodes;
    expect(play([down(leftShift, 0), down(talk, 40, true), up(leftShift, 300), up(talk, 400)])).toEqual([
      "otherDown",
      "talkDownWithShift",
      "tapUp",
    ]);
    // After it, it is one as any.
    expect(play([down(talk, 0), down(leftShift, 40, true)])).toEqual(["talkDown", "otherDown"]);
  });

  it("looks at nobody's screen for a Shift that it has not seen, or that is up again, or is the talk key", () => {
    const [leftShift = 0, rightShift = 0] = shiftHookCodes;
    expect(play([down(talk, 0, true)])).toEqual(["talkDown"]);
    expect(play([down(leftShift, 0), up(leftShift, 20), down(talk, 40, true)]).at(-1)).toBe("talkDown");
    // Its release was lost, and the event says that it is up.
    expect(play([down(leftShift, 0), down(talk, 40, false)]).at(-1)).toBe("talkDown");
    const edges = createKeyEdges();
    const rules = { talkHookCode: rightShift, isEscapeActive: false, repeatsTalkKey: true };
    expect(edges.take(down(rightShift, 0, true), rules).edges).toEqual([{ type: "talkDown" }]);
  });

  it("names Esc only while there is something to stop", () => {
    expect(play([down(escapeHookCode, 0)], true)).toEqual(["escapeDown"]);
    expect(play([down(escapeHookCode, 0)], false)).toEqual(["otherDown"]);
  });

  it("takes the next press as new after it has lost sight of the keyboard", () => {
    const edges = createKeyEdges();
    const rules = { talkHookCode: talk, isEscapeActive: false, repeatsTalkKey: true };
    edges.take(down(talk, 0), rules);
    edges.forget();
    expect(edges.take(down(talk, 10), rules).edges).toEqual([{ type: "talkDown" }]);
  });
});
