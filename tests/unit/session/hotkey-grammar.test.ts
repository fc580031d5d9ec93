/** Owns the proof of the talk key's grammar: each state × each input, and the ways in which a key lies. */
import { describe, expect, it } from "vitest";
import {
  initialGrammar,
  interpret,
  type GrammarInput,
  type GrammarState,
} from "../../../electron/main/session/hotkey-grammar.ts";

const inputs = [
  "talkDown",
  "talkDownWithShift",
  "talkUp",
  "tapUp",
  "otherDown",
  "escapeDown",
  "tapWindowElapsed",
  "evidenceLost",
  "turnEnded",
  "latchedElsewhere",
] as const satisfies readonly GrammarInput[];

/** One row a state, one column an input: `next state` or `next state: verb`; `–` where nothing happens. */
const table: Readonly<Record<GrammarState, Readonly<Record<GrammarInput, string>>>> = {
  idle: {
    talkDown: "pressed: talkPressed",
    talkDownWithShift: "pressed: talkPressedWithScreen",
    talkUp: "–",
    tapUp: "–",
    otherDown: "–",
    escapeDown: "idle: stopRequested",
    tapWindowElapsed: "–",
    evidenceLost: "–",
    turnEnded: "–",
    latchedElsewhere: "latched",
  },
  pressed: {
    talkDown: "–",
    talkDownWithShift: "–",
    talkUp: "latched",
    tapUp: "latched",
    otherDown: "spent: talkCancelled",
    escapeDown: "spent: stopRequested",
    tapWindowElapsed: "holding",
    evidenceLost: "idle: talkReleased",
    turnEnded: "spent",
    latchedElsewhere: "–",
  },
  holding: {
    talkDown: "–",
    talkDownWithShift: "–",
    talkUp: "idle: talkReleased",
    tapUp: "latched",
    otherDown: "spent: talkCancelled",
    escapeDown: "spent: stopRequested",
    tapWindowElapsed: "–",
    evidenceLost: "idle: talkReleased",
    turnEnded: "spent",
    latchedElsewhere: "–",
  },
  latched: {
    talkDown: "spent: talkReleased",
    talkDownWithShift: "spent: talkReleased",
    talkUp: "–",
    tapUp: "–",
    otherDown: "–",
    escapeDown: "idle: stopRequested",
    tapWindowElapsed: "–",
    evidenceLost: "–",
    turnEnded: "idle",
    latchedElsewhere: "–",
  },
  spent: {
    talkDown: "–",
    talkDownWithShift: "–",
    talkUp: "idle",
    tapUp: "idle",
    otherDown: "–",
    escapeDown: "spent: stopRequested",
    tapWindowElapsed: "–",
    evidenceLost: "idle",
    turnEnded: "–",
    latchedElsewhere: "–",
  },
};

const states = Object.keys(table) as readonly GrammarState[];

function cell(state: GrammarState, input: GrammarInput): string {
  const step = interpret(state, input);
  if (step.verb !== null) return `${step.state}: ${step.verb}`;
  return step.state === state ? "–" : step.state;
}

describe("the table of the talk key", () => {
  it.each(states)("is as written for “%s”", (state) => {
    const row = Object.fromEntries(inputs.map((input) => [input, cell(state, input)]));
    expect(row).toEqual(table[state]);
  });

  it("begins with the key up", () => {
    expect(initialGrammar).toBe("idle");
  });

  it("has no state that a key-up, a turn's end and the next press do not lead out of", () => {
    const next = states.map((state) => {
      const ended = interpret(state, "turnEnded").state;
      return interpret(interpret(ended, "talkUp").state, "talkDown");
    });
    expect(next).toEqual(states.map(() => ({ state: "pressed", verb: "talkPressed" })));
  });
});

/** The verbs that a sequence of inputs means, and where it ends. */
function play(...sequence: readonly GrammarInput[]): { verbs: readonly string[]; state: GrammarState } {
  let state = initialGrammar;
  const verbs: string[] = [];
  for (const input of sequence) {
    const step = interpret(state, input);
    state = step.state;
    if (step.verb !== null) verbs.push(step.verb);
  }
  return { verbs, state };
}

describe("the talk key", () => {
  it("held talks until it is let go", () => {
    expect(play("talkDown", "tapWindowElapsed", "talkUp")).toEqual({
      verbs: ["talkPressed", "talkReleased"],
      state: "idle",
    });
  });

  it("tapped talks until the next tap, whose key-up means nothing", () => {
    expect(play("talkDown", "talkUp", "talkDown", "talkUp")).toEqual({
      verbs: ["talkPressed", "talkReleased"],
      state: "idle",
    });
  });

  // The timer of the tap window comes before a key-up that waited with it: what followed the tap was not recorded.
  it("tapped talks until the next tap also where its key-up is heard only after the tap window", () => {
    expect(play("talkDown", "tapWindowElapsed", "tapUp", "talkDown", "tapUp")).toEqual({
      verbs: ["talkPressed", "talkReleased"],
      state: "idle",
    });
    expect(play("talkDown", "tapWindowElapsed", "tapUp").state).toBe("latched");
  });

  it("repeated by X while held begins no second turn", () => {
    const repeats = Array.from({ length: 40 }, (): GrammarInput => "talkDown");
    expect(play("talkDown", ...repeats, "tapWindowElapsed", ...repeats, "talkUp").verbs).toEqual([
      "talkPressed",
      "talkReleased",
    ]);
  });

  it("used for a shortcut cancels the turn once, and its own key-up sends nothing", () => {
    expect(play("talkDown", "tapWindowElapsed", "otherDown", "otherDown", "talkUp")).toEqual({
      verbs: ["talkPressed", "talkCancelled"],
      state: "idle",
    });
  });

  it("released while another key is held has been cancelled already, and the next press works", () => {
    expect(play("talkDown", "otherDown", "talkUp", "talkDown")).toEqual({
      verbs: ["talkPressed", "talkCancelled", "talkPressed"],
      state: "pressed",
    });
  });

  it("latched does not mind typing", () => {
    expect(play("talkDown", "talkUp", "otherDown", "otherDown").state).toBe("latched");
  });

  it("whose key-up was lost is let go by evidence, and what was said is sent", () => {
    expect(play("talkDown", "tapWindowElapsed", "evidenceLost")).toEqual({
      verbs: ["talkPressed", "talkReleased"],
      state: "idle",
    });
    expect(play("talkDown", "evidenceLost", "talkUp", "talkDown").verbs).toEqual([
      "talkPressed",
      "talkReleased",
      "talkPressed",
    ]);
  });

  it("tapped 20 times in a second is ten turns, each ended", () => {
    const taps = Array.from({ length: 20 }, (): readonly GrammarInput[] => ["talkDown", "talkUp"]).flat();
    const { verbs, state } = play(...taps);
    expect(verbs).toEqual(Array.from({ length: 10 }, () => ["talkPressed", "talkReleased"]).flat());
    expect(state).toBe("idle");
  });

  it("held through Esc stops once and waits for its key-up", () => {
    expect(play("talkDown", "tapWindowElapsed", "escapeDown", "talkDown", "talkUp", "talkDown")).toEqual({
      verbs: ["talkPressed", "stopRequested", "talkPressed"],
      state: "pressed",
    });
  });

  it("held while the turn ends by itself does not begin another until it was let go", () => {
    expect(play("talkDown", "tapWindowElapsed", "turnEnded", "talkDown", "talkUp")).toEqual({
      verbs: ["talkPressed"],
      state: "idle",
    });
  });

  it("tapped ends a recording that the tray began", () => {
    expect(play("latchedElsewhere", "talkDown", "talkUp")).toEqual({
      verbs: ["talkReleased"],
      state: "idle",
    });
  });
});
