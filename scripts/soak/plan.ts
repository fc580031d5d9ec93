/**
 * Owns what a soak does: which act comes next and which faults strike in it, when and how long. Pure: the same seed
 * gives the same plan, however long it is followed.
 */
import { seeded } from "../driver/signal.ts";
import { faultKinds, faultRules, type FaultKind, type Moment } from "./fault-rules.ts";

export type ActKind =
  /** The key is held while somebody talks, for a few words or for twenty seconds. */
  | "hold"
  | "long-hold"
  /** From tap to tap; the short one says no more than a syllable. */
  | "taps"
  | "short-taps"
  /** The key goes down while the answer is heard. */
  | "barge-in"
  | "typed"
  /** Typed while the answer to the question before is heard. */
  | "typed-over"
  /** The key goes down again while the question before still waits for a new line. */
  | "again"
  /** Esc while the answer is heard. */
  | "escape"
  /** Nothing at all, long enough for a microphone that is kept ready to be closed. */
  | "rest";

export interface PlannedFault {
  readonly kind: FaultKind;
  readonly moment: Moment;
  /** After the moment. */
  readonly afterMs: number;
  readonly lastsMs: number;
}

export interface PlannedAct {
  readonly number: number;
  readonly kind: ActKind;
  readonly talkMs: number;
  readonly answerMs: number;
  /** How long the answer is heard before it is interrupted; of `again`, how long the line is waited for. */
  readonly playMs: number;
  /** The model asks for the time before it answers. */
  readonly usesTool: boolean;
  readonly faults: readonly PlannedFault[];
  /** Before the next act. */
  readonly breathMs: number;
}

type Range = readonly [least: number, most: number];
type Random = ReturnType<typeof seeded>;

interface ActRule {
  readonly weight: number;
  readonly talkMs: Range;
  readonly answerMs: Range;
  readonly playMs: Range;
  readonly moments: readonly Moment[];
}

const spokenMoments: readonly Moment[] = ["before", "pressed", "talking", "released", "answering"];
const typedMoments: readonly Moment[] = ["before", "released", "answering"];
const none: Range = [0, 0];

const actRules: Readonly<Record<ActKind, ActRule>> = {
  hold: { weight: 6, talkMs: [650, 2_200], answerMs: [300, 1_500], playMs: none, moments: spokenMoments },
  "long-hold": {
    weight: 0.5,
    talkMs: [20_000, 20_000],
    answerMs: [300, 900],
    playMs: none,
    moments: spokenMoments,
  },
  taps: { weight: 3, talkMs: [400, 2_000], answerMs: [300, 1_500], playMs: none, moments: spokenMoments },
  "short-taps": {
    weight: 1.5,
    talkMs: [150, 150],
    answerMs: [300, 600],
    playMs: none,
    moments: ["before", "pressed", "released", "answering"],
  },
  "barge-in": {
    weight: 2.5,
    talkMs: [650, 1_200],
    answerMs: [4_000, 4_000],
    playMs: [200, 1_200],
    moments: spokenMoments,
  },
  typed: { weight: 2, talkMs: none, answerMs: [300, 1_500], playMs: none, moments: typedMoments },
  "typed-over": {
    weight: 1,
    talkMs: none,
    answerMs: [3_000, 3_000],
    playMs: [200, 800],
    moments: typedMoments,
  },
  again: { weight: 1, talkMs: [650, 1_200], answerMs: [300, 900], playMs: [0, 400], moments: ["talking"] },
  escape: {
    weight: 1,
    talkMs: [650, 1_000],
    answerMs: [3_000, 3_000],
    playMs: [200, 800],
    moments: spokenMoments,
  },
  rest: { weight: 0.5, talkMs: none, answerMs: none, playMs: none, moments: [] },
};
const actKinds = Object.keys(actRules) as readonly ActKind[];

/** Of what a turn takes besides talking: opening, asking, thinking, closing. */
const overheadMs = 800;
export const restActMs = 8_000;
/** A fault that waits for a rare moment would never come: an act without one is rare, too. */
const shareWithoutFault = 0.08;
const shareWithTwo = 0.45;
/** So many strike one after the other while somebody talks for long. */
const faultsOfLongHold = 4;
/** The long ones come late, so that a short soak has room for every fault. */
const firstLongAct = 12;
/** Some fit only into a hold: one that has not come by then is given one. */
const firstOverdueAct = 36;
/** Of `again`, the line goes away just before the key is let go of, and for long enough to be waited for. */
const awayBeforeUpMs: Range = [50, 300];
const leastAwayMs = 1_500;

/** Acts without end; whoever follows it stops when the time is over. @param kinds of faults that can strike here. */
export function* planActs(
  seed: number,
  kinds: readonly FaultKind[] = faultKinds,
): Generator<PlannedAct, never> {
  const random = seeded(seed);
  const bag = createBag(random, kinds);
  /** The least time that has passed by then. */
  let timeMs = 0;
  const rest = createRestRule();
  for (let number = 1; ; number += 1) {
    const picked = pickAct(random, number);
    const isOverdue = number >= firstOverdueAct && !bag.hasDrawnAll();
    const kind = rest.isDue() ? "rest" : isOverdue ? "hold" : picked;
    const { talkMs, answerMs, playMs, moments } = actRules[kind];
    const talk = between(random, talkMs);
    const play = between(random, playMs);
    const count = faultCount(random, kind);
    const areas = new Set<string>();
    const faults: PlannedFault[] = [];
    while (faults.length < count) {
      const drawn = bag.draw(timeMs, (fault) => fitsInto(kind, moments, fault) && !areas.has(areaOf(fault)));
      if (drawn === null) break;
      if (kind !== "long-hold") areas.add(areaOf(drawn));
      faults.push(planFault(random, drawn, { kind, talkMs: talk, moments }, faults.length));
    }
    const breathMs = between(random, [50, 400]);
    const act = { number, kind, talkMs: talk, answerMs: between(random, answerMs), playMs: play };
    timeMs += kind === "rest" ? restActMs : talk + play + overheadMs + breathMs;
    rest.played(kind, faults);
    yield { ...act, usesTool: random() < 0.25, faults, breathMs };
  }
}

/**
 * A microphone that is kept ready stays open from turn to turn: only a rest after one shows that it is closed at last.
 * There is one after the first short turn since it is used so, which every other second start brings about.
 */
function createRestRule() {
  let isKeptReady = false;
  let isOwed = false;
  let isDue = false;
  return {
    isDue: () => isDue,
    played(act: ActKind, faults: readonly PlannedFault[]): void {
      isDue = isOwed && (act === "hold" || act === "taps" || act === "short-taps");
      if (isDue) isOwed = false;
      if (!faults.some(({ kind }) => kind === "started-again")) return;
      isKeptReady = !isKeptReady;
      isOwed = isKeptReady;
      isDue = false;
    },
  };
}

function pickAct(random: Random, number: number): ActKind {
  const kinds = actKinds.filter(
    (kind) => number >= firstLongAct || (kind !== "long-hold" && kind !== "rest"),
  );
  let at = random() * kinds.reduce((sum, kind) => sum + actRules[kind].weight, 0);
  return kinds.find((kind) => (at -= actRules[kind].weight) < 0) ?? "hold";
}

function faultCount(random: Random, kind: ActKind): number {
  if (kind === "rest") return 0;
  if (kind === "again") return 1;
  if (kind === "long-hold") return faultsOfLongHold;
  const share = random();
  return share < shareWithoutFault ? 0 : share < 1 - shareWithTwo ? 1 : 2;
}

const areaOf = (kind: FaultKind): string => faultRules[kind].area;

function fitsInto(act: ActKind, moments: readonly Moment[], fault: FaultKind): boolean {
  // A tap's release has nothing to say.
  if (fault === "key-up-lost" && act !== "hold") return false;
  if (act === "long-hold" && faultRules[fault].endsRecording) return false;
  if (act === "again" && !faultRules[fault].keepsLineAway) return false;
  return momentsOf(act, moments, fault).length > 0;
}

function momentsOf(act: ActKind, moments: readonly Moment[], fault: FaultKind): readonly Moment[] {
  const both = faultRules[fault].moments.filter((moment) => moments.includes(moment));
  return act === "long-hold" ? both.filter((moment) => moment === "talking") : both;
}

function planFault(
  random: Random,
  fault: FaultKind,
  act: { readonly kind: ActKind; readonly talkMs: number; readonly moments: readonly Moment[] },
  index: number,
): PlannedFault {
  const possible = momentsOf(act.kind, act.moments, fault);
  const moment = possible[Math.floor(random() * possible.length)] ?? "before";
  const [leastMs, mostMs] = faultRules[fault].lastsMs;
  const lastsMs = between(random, [act.kind === "again" ? Math.max(leastMs, leastAwayMs) : leastMs, mostMs]);
  return { kind: fault, moment, afterMs: afterMs(random, moment, act, index), lastsMs };
}

function afterMs(
  random: Random,
  moment: Moment,
  { kind, talkMs }: { readonly kind: ActKind; readonly talkMs: number },
  index: number,
): number {
  // One after the other, each with time to be over.
  if (kind === "long-hold") return 500 + index * (talkMs / faultsOfLongHold) + between(random, [0, 2_000]);
  if (kind === "again") return talkMs - between(random, awayBeforeUpMs);
  switch (moment) {
    case "before":
      return between(random, [0, 400]);
    case "pressed":
    case "released":
      return between(random, [0, 250]);
    case "talking":
      return between(random, [0, Math.max(0, talkMs - 100)]);
    case "answering":
      return between(random, [0, 700]);
  }
}

const between = (random: Random, [least, most]: Range): number =>
  Math.round(least + random() * (most - least));

interface Bag {
  /** The next kind that fits and has had its rest; `null` when there is none. */
  draw(nowMs: number, fits: (kind: FaultKind) => boolean): FaultKind | null;
  /** Every kind has come once. */
  hasDrawnAll(): boolean;
}

/** Every kind comes before any comes again, but for one that does not fit or still has to rest: it comes as soon as it may. */
function createBag(random: Random, kinds: readonly FaultKind[]): Bag {
  const struckAtMs = new Map<FaultKind, number>();
  let waiting: FaultKind[] = [];
  const isRested = (kind: FaultKind, nowMs: number): boolean =>
    nowMs - (struckAtMs.get(kind) ?? Number.NEGATIVE_INFINITY) >= faultRules[kind].restMs;
  return {
    draw(nowMs, fits) {
      const mayCome = (kind: FaultKind): boolean => fits(kind) && isRested(kind, nowMs);
      if (!waiting.some(mayCome)) {
        waiting = [
          ...waiting,
          ...shuffled(
            kinds.filter((kind) => !waiting.includes(kind)),
            random,
          ),
        ];
      }
      const drawn = waiting.find(mayCome);
      if (drawn === undefined) return null;
      waiting = waiting.filter((kind) => kind !== drawn);
      struckAtMs.set(drawn, nowMs);
      return drawn;
    },
    hasDrawnAll: () => kinds.every((kind) => struckAtMs.has(kind)),
  };
}

function shuffled<Item>(items: readonly Item[], random: Random): readonly Item[] {
  return items
    .map((item) => ({ item, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
