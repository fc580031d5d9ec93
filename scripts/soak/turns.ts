/**
 * Owns what a person does in one turn, and following it to its end: pressing and talking, typing, interrupting, sending
 * again. It says how a turn ended and never whether that was right.
 */
import { monotonicMs } from "../driver/clock.ts";
import type { TraceMark } from "../driver/trace.ts";
import type { Glimpse } from "./eye.ts";
import { askInWriting, clickNotice } from "./page.ts";
import type { Ending } from "./record.ts";
import type { Strikes } from "./strikes.ts";
import { talkKey, type World } from "./world.ts";

export type Gesture = "hold" | "taps";

export interface Turn {
  /** `null`: the app has not noticed that there is one. */
  readonly id: string | null;
  /** Index of the first mark that can be this turn's. */
  readonly fromMark: number;
  readonly fromMs: number;
}

export interface SpokenTurn extends Turn {
  /** Monotonic milliseconds: the key went down, the first sample was there (`null`: never), the key that ends it went. */
  readonly downMs: number;
  readonly startedMs: number | null;
  readonly upMs: number;
  /** The first utterance that can be this turn's. */
  readonly fromUtterance: number;
}

/** Past the tap window of 500 ms, so that letting go ends the turn. */
const leastHoldMs = 620;
const tapMs = 75;
/** From a key to the app's knowing of it. */
const keyBoundMs = 1_500;
/** A microphone that never delivers is told within three seconds; what is longer is a hang, and told as one. */
const openingBoundMs = 6_000;
/** No turn takes longer without being stuck: so long a question waits for a line, and so long an answer for a loudspeaker. */
const endBoundMs = 25_000;

/** The key goes down, somebody talks, and the key ends it; unless the recording ends by itself. */
export async function speak(
  world: World,
  gesture: Gesture,
  talkMs: number,
  strikes: Strikes,
): Promise<SpokenTurn> {
  const { running, keyboard, server } = world;
  const fromMark = (await running.trace.all()).length;
  const fromUtterance = server.committed.length;
  const downMs = keyboard.down(talkKey);
  await strikes.reached("pressed");
  const tapUp = gesture === "taps" ? world.pause(tapMs).then(() => keyboard.up(talkKey)) : null;
  const pressed = await world.until(
    () => markOf(world, fromMark, ({ name }) => name === "talkPressed"),
    keyBoundMs,
  );
  const id = pressed?.turn ?? null;
  const ofTurn = (name: string) => (mark: TraceMark) => mark.name === name && mark.turn === id;
  const turn = { id, fromMark, fromMs: downMs };
  const started = await world.until(
    async () => (await markOf(world, fromMark, ofTurn("captureStarted"))) ?? over(world, turn),
    openingBoundMs,
  );
  await tapUp;
  const startedMs = started !== null && "name" in started ? started.monotonicMs : null;
  if (startedMs !== null) await strikes.reached("talking");
  const talkedMs = Math.max((startedMs ?? downMs) + talkMs, gesture === "hold" ? downMs + leastHoldMs : 0);
  const isRecordingOver = async (): Promise<boolean> =>
    (await markOf(world, fromMark, ofTurn("talkReleased"))) !== null || over(world, turn) !== null;
  await world.until(
    async () => (monotonicMs() >= talkedMs || (await isRecordingOver()) ? true : null),
    talkMs + openingBoundMs,
  );
  // Nobody taps once more to end what they see has ended.
  const isEndedByItself = gesture === "taps" && (await isRecordingOver());
  const upMs = isEndedByItself ? monotonicMs() : letGo(world, gesture);
  await strikes.reached("released");
  if (gesture === "taps") {
    await world.pause(tapMs);
    keyboard.up(talkKey);
  }
  return { ...turn, downMs, startedMs, upMs, fromUtterance };
}

const letGo = ({ keyboard }: World, gesture: Gesture): number =>
  gesture === "hold" ? keyboard.up(talkKey) : keyboard.down(talkKey);

/** @returns `null` when there is no page to type in. */
export async function type(world: World, text: string): Promise<Turn | null> {
  const { running, eye } = world;
  const fromMark = (await running.trace.all()).length;
  const before = eye.present().turnId;
  const fromMs = monotonicMs();
  return (await askInWriting(world, text)) ? newTurn(world, before, fromMark, fromMs) : null;
}

/** What is kept of a failed turn is sent once more. @returns `null` when there is no button for it. */
export async function sendAgain(world: World): Promise<Turn | null> {
  const { running, eye } = world;
  const fromMark = (await running.trace.all()).length;
  const before = eye.present().turnId;
  const fromMs = monotonicMs();
  const hasClicked = await world.until(
    async () => ((await clickNotice(world, "Send again")) ? true : null),
    keyBoundMs,
  );
  return hasClicked === null ? null : newTurn(world, before, fromMark, fromMs);
}

async function newTurn(world: World, before: string | null, fromMark: number, fromMs: number): Promise<Turn> {
  const seen = await world.until(
    () =>
      world.eye
        .glimpses()
        .find(
          (glimpse) => glimpse.monotonicMs >= fromMs && glimpse.turnId !== null && glimpse.turnId !== before,
        ) ?? null,
    keyBoundMs,
  );
  return { id: seen?.turnId ?? null, fromMark, fromMs };
}

/** Follows a turn to its end. */
export async function untilOver(
  world: World,
  turn: Turn,
  answerMs: number,
  strikes: Strikes,
): Promise<Ending> {
  const ending = await world.until(async () => {
    if (await isHeard(world, turn)) await strikes.reached("answering");
    return over(world, turn);
  }, endBoundMs + answerMs);
  return inFull(world, turn, ending);
}

/** Follows a turn until its answer has been heard for a while. @returns the ending instead, if that comes first. */
export async function untilHeard(
  world: World,
  turn: Turn,
  playMs: number,
  strikes: Strikes,
): Promise<Ending | "heard"> {
  let heardMs: number | null = null;
  const found = await world.until(async () => {
    if (heardMs === null && (await isHeard(world, turn))) {
      heardMs = monotonicMs();
      await strikes.reached("answering");
    }
    if (heardMs !== null && monotonicMs() - heardMs >= playMs && world.eye.present().phase === "speaking") {
      return "heard" as const;
    }
    return over(world, turn);
  }, endBoundMs + playMs);
  return found === "heard" ? found : inFull(world, turn, found);
}

/** Follows a turn until it has waited for a new line for a while. @returns the ending instead, if that comes first. */
export async function untilReconnecting(
  world: World,
  turn: Turn,
  waitMs: number,
  strikes: Strikes,
): Promise<Ending | "reconnecting"> {
  let sinceMs: number | null = null;
  const found = await world.until(async () => {
    if (await isHeard(world, turn)) await strikes.reached("answering");
    const { phase, turnId } = world.eye.present();
    const isWaiting = phase === "reconnecting" && turnId === turn.id;
    sinceMs = isWaiting ? (sinceMs ?? monotonicMs()) : null;
    if (sinceMs !== null && monotonicMs() - sinceMs >= waitMs) return "reconnecting" as const;
    return over(world, turn);
  }, endBoundMs + waitMs);
  return found === "reconnecting" ? found : inFull(world, turn, found);
}

/** @param ending as it was seen; `null`: there was none within the bound. */
async function inFull(world: World, turn: Turn, ending: Ending | null): Promise<Ending> {
  if (ending === null) return { tag: "stuck" };
  return ending.tag === "failed" ? { ...ending, kind: await kindOfFailure(world, turn) } : ending;
}

async function markOf(
  { running }: World,
  from: number,
  fits: (mark: TraceMark) => boolean,
): Promise<TraceMark | null> {
  return (await running.trace.all(from)).find(fits) ?? null;
}

const isHeard = async (world: World, { id, fromMark }: Turn): Promise<boolean> =>
  id !== null &&
  (await markOf(world, fromMark, ({ name, turn }) => name === "firstSampleHeard" && turn === id)) !== null;

async function kindOfFailure(world: World, { id, fromMark }: Turn): Promise<string> {
  const mark = await markOf(world, fromMark, ({ name, turn }) => name === "failed" && turn === id);
  const kind = mark?.["kind"];
  return typeof kind === "string" ? kind : "unknown";
}

/** How the turn ended, as it was seen; `null` while it goes on. */
function over({ eye }: World, { id, fromMs }: Turn): Ending | null {
  if (id === null) return null;
  const seen = eye.glimpses().filter(({ monotonicMs }) => monotonicMs >= fromMs);
  const begun = seen.findIndex(({ turnId }) => turnId === id);
  const end = begun === -1 ? undefined : seen.slice(begun).find((glimpse) => isEnd(glimpse, id));
  if (end === undefined) return null;
  if (end.phase === "failed") {
    return { tag: "failed", kind: "unknown", canSendAgain: end.notice?.action === "send-again" };
  }
  // Another turn has taken its place.
  return { tag: end.phase === "idle" ? end.outcome : "interrupted" };
}

const isEnd = ({ phase, turnId }: Glimpse, id: string): boolean =>
  phase === "idle" || turnId !== id || phase === "failed";
