import { describe, expect, it } from "vitest";
import { noise } from "../../../scripts/driver/signal.ts";
import type { SoundRecording } from "../../../scripts/driver/sound.ts";
import type { TraceMark } from "../../../scripts/driver/trace.ts";
import { checkAsked, checkSpeech, type Said } from "../../../scripts/soak/checks.ts";
import { faultRules, type FaultKind } from "../../../scripts/soak/fault-rules.ts";
import type { Ending } from "../../../scripts/soak/record.ts";
import type { Scene } from "../../../scripts/soak/scene.ts";
import type { Strike } from "../../../scripts/soak/strikes.ts";

const ms = 24;
const spoken = noise(9_000 * ms, 11);

/** What another recorder heard, from millisecond 0 on. */
const recording: SoundRecording = {
  samples: () => spoken,
  slice: (from, to) => spoken.slice(Math.max(0, from), to),
  forget: () => undefined,
  momentOf: (index) => index / ms,
  indexAt: (moment) => Math.round(moment * ms),
  reach: () => Promise.resolve(),
  stop: () => Promise.resolve(),
};

const struck = (kind: FaultKind, fromMs: number, toMs: number): Strike => ({
  planned: { kind, moment: "talking", afterMs: 0, lastsMs: toMs - fromMs },
  fromMs,
  toMs,
});

interface Happened {
  readonly marks: readonly (readonly [name: string, turn: string, atMs: number])[];
  /** What arrived, by the milliseconds between which it was said. */
  readonly arrived?: readonly (readonly [fromMs: number, toMs: number])[];
  readonly strikes?: readonly Strike[];
  readonly asked?: readonly string[];
}

/** Of a scene, what the checks of words look at. */
function sceneOf({ marks, arrived = [], strikes = [], asked = [] }: Happened): Scene {
  const all = marks.map(([name, turn, atMs]): TraceMark => ({
    name,
    turn,
    monotonicMs: atMs,
    epochMs: atMs,
  }));
  const committed = arrived.map(([fromMs, toMs], index) => ({
    itemId: `item_${index}`,
    pcm: spoken.slice(fromMs * ms, toMs * ms),
    monotonicMs: toMs,
  }));
  const scene: Pick<Scene, "strikes" | "said" | "problems"> & { readonly world: object } = {
    world: {
      running: { trace: { all: () => Promise.resolve(all) } },
      server: { committed },
      answers: { asked: new Set(asked) },
      spoken: recording,
    },
    strikes: {
      reached: () => Promise.resolve(),
      over: () => Promise.resolve(),
      breakOff: () => Promise.resolve(),
      struck: () => strikes,
    },
    said: [],
    problems: [],
  };
  return scene as Scene;
}

const said = (id: string, downMs: number, upMs: number, ending: Ending): Said => ({
  turn: { id, fromMark: 0, fromMs: downMs, downMs, startedMs: downMs + 40, upMs, fromUtterance: 0 },
  ending,
});

async function problemsOf(happened: Happened, ...turns: readonly [Said, ...Said[]]) {
  const scene = sceneOf(happened);
  await checkSpeech(scene, ...turns);
  return scene.problems.map(({ target, what }) => `${target}: ${what}`);
}

const lostLine: Ending = { tag: "failed", kind: "connection-lost", canSendAgain: false };
const answered: Ending = { tag: "answered" };
const interrupted: Ending = { tag: "interrupted" };

describe("words that did not arrive", () => {
  const marks = [["talkReleased", "a", 3_000]] as const;

  // What broke: the failure was one that a torn line excuses, nothing could be sent again, and nothing was noted.
  it("are noted also where what struck excuses the failure of their turn", async () => {
    expect(faultRules["line-torn"].failures).toContain("connection-lost");
    const happened = { marks, strikes: [struck("line-torn", 2_000, 2_010)] };
    expect(await problemsOf(happened, said("a", 1_000, 3_000, lostLine))).toEqual([
      "speech: 1960 ms were said, nothing of it arrived, and nothing can be sent again (failed of connection-lost)",
    ]);
    const kept: Ending = { ...lostLine, canSendAgain: true };
    expect(await problemsOf(happened, said("a", 1_000, 3_000, kept))).toEqual([]);
  });

  it("are noted of a recording that its microphones left after seconds, and not of one that never had any", async () => {
    const failed: Ending = { tag: "failed", kind: "microphone-lost", canSendAgain: false };
    const goneAt = (goneMs: number) =>
      problemsOf(
        { marks: [["failed", "a", 2_900]], strikes: [struck("microphones-gone", goneMs, 4_000)] },
        said("a", 1_000, 3_000, failed),
      );
    expect(await goneAt(2_500)).toHaveLength(1);
    expect(await goneAt(1_050)).toEqual([]);
  });

  it("are missed where a recording that failed was sent again without its end", async () => {
    const failed = { marks: [["failed", "a", 3_000]] as const };
    const turn = said("a", 1_000, 3_000, answered);
    expect(await problemsOf({ ...failed, arrived: [[1_030, 3_000]] }, turn)).toEqual([]);
    expect(await problemsOf({ ...failed, arrived: [[1_030, 2_600]] }, turn)).toEqual([
      "speech: the last 400 ms before the key was let go are missing",
    ]);
  });
});

describe("two questions, the second said while the first still waited for a line", () => {
  const marks = [
    ["talkReleased", "a", 2_200],
    ["talkReleased", "b", 4_600],
  ] as const;
  const turns = [said("a", 1_000, 2_200, interrupted), said("b", 3_400, 4_600, answered)] as const;
  const [first, second] = [
    [1_030, 2_230],
    [3_430, 4_620],
  ] as const;

  it("have both to arrive, the first one again over each line if need be", async () => {
    expect(await problemsOf({ marks, arrived: [first, second] }, ...turns)).toEqual([]);
    expect(await problemsOf({ marks, arrived: [first, first, second] }, ...turns)).toEqual([]);
  });

  it("are told apart by when they were said: the one that is missing is named", async () => {
    expect(await problemsOf({ marks, arrived: [second] }, ...turns)).toEqual([
      "speech: 1160 ms were said, nothing of it arrived, and nothing can be sent again (interrupted)",
    ]);
    expect(await problemsOf({ marks, arrived: [first] }, ...turns)).toEqual([
      "speech: answered without having been heard",
    ]);
  });

  it("are not made of anything else", async () => {
    expect(await problemsOf({ marks, arrived: [first, [2_500, 3_000], second] }, ...turns)).toEqual([
      "speech: 500 ms arrived that nobody said",
    ]);
  });
});

describe("a typed question", () => {
  it("is looked for among those that the model was asked", () => {
    const scene = sceneOf({ marks: [], asked: ["Question 1?"] });
    checkAsked(scene, "Question 1?", answered);
    expect(scene.problems).toEqual([]);
    checkAsked(scene, "Question 2?", answered);
    expect(scene.problems).toEqual([
      { target: "speech", what: "a typed question was never asked (answered)" },
    ]);
  });
});
