/** Owns what must hold in an act, whatever strikes: each check notes what it finds wrong, and how it was where it was right. */
import { monotonicMs } from "../driver/clock.ts";
import type { Committed } from "../driver/server.ts";
import type { SoundRecording } from "../driver/sound.ts";
import { faultRules, type FaultKind, type FaultRule } from "./fault-rules.ts";
import { hangsIn } from "./hangs.ts";
import { shownIn } from "./page.ts";
import type { Ending } from "./record.ts";
import { lossOf, lossOfTyped } from "./lost.ts";
import { judge, whenSaid } from "./said.ts";
import { note, type Scene } from "./scene.ts";
import { inForce, ruleOf } from "./strikes.ts";
import type { SpokenTurn } from "./turns.ts";

/** A loudspeaker's buffers, and a machine that has other things to do. */
const silentWithinMs = 150;
/** Quieter than this is no sound. */
const silence = 12;
/** From the end of a recording, or of its keeping ready, until the microphone is let go of. */
const closingMs = 1_000;
/** Anything that is drawn is drawn within this. */
const drawnWithinMs = 1_500;

/** Something that was said, and how its turn ended in the end; `null`: it goes on. */
export interface Said {
  readonly turn: SpokenTurn;
  readonly ending: Ending | null;
}

/** What is said belongs to the server, whole. @param said one after the other, in one act. */
export async function checkSpeech(scene: Scene, ...said: readonly [Said, ...Said[]]): Promise<void> {
  const { committed } = scene.world.server;
  const [first] = said;
  const earlier = committed.slice(0, first.turn.fromUtterance);
  // Over several lines it may come several times, and so may the one that it has interrupted.
  const arrived = committed
    .slice(first.turn.fromUtterance)
    .filter((each, at, all) => ![...earlier, ...all.slice(0, at)].some((known) => isSame(each, known)));
  const sorted = await sortOut(scene.world.spoken, arrived, said);
  for (const utterance of sorted.ofNobody) {
    note(scene, "speech", `${lengthOf(utterance)} ms arrived that nobody said`);
  }
  for (const [at, each] of said.entries()) await checkTurn(scene, each, sorted.byTurn[at] ?? []);
}

interface Sorted {
  readonly byTurn: readonly (readonly Committed[])[];
  readonly ofNobody: readonly Committed[];
}

/** Whose is what? Of one turn all there is, of several by the moment at which it was spoken. */
async function sortOut(
  spoken: SoundRecording,
  arrived: readonly Committed[],
  said: readonly [Said, ...Said[]],
): Promise<Sorted> {
  if (said.length === 1) return { byTurn: [arrived], ofNobody: [] };
  const span = { downMs: said[0].turn.downMs, upMs: (said.at(-1) ?? said[0]).turn.upMs };
  const placed = await Promise.all(
    arrived.map(async (each) => ({ each, atMs: await whenSaid(each.pcm, spoken, span) })),
  );
  const ofTurn = ({ turn }: Said, atMs: number | null): boolean =>
    atMs !== null && atMs >= turn.downMs && atMs <= turn.upMs;
  return {
    byTurn: said.map((turn) => placed.filter(({ atMs }) => ofTurn(turn, atMs)).map(({ each }) => each)),
    ofNobody: placed.filter(({ atMs }) => !said.some((turn) => ofTurn(turn, atMs))).map(({ each }) => each),
  };
}

/** @param utterances of this turn, each once. */
async function checkTurn(
  scene: Scene,
  { turn, ending }: Said,
  utterances: readonly Committed[],
): Promise<void> {
  const { world, strikes } = scene;
  const marks = (await world.running.trace.all(turn.fromMark)).filter((mark) => mark.turn === turn.id);
  const released = marks.find(({ name }) => name === "talkReleased")?.monotonicMs;
  const failed = marks.find(({ name }) => name === "failed")?.monotonicMs;
  const endedMs = Math.min(turn.upMs, released ?? failed ?? turn.upMs);
  const during = inForce(strikes.struck(), turn.downMs, endedMs + onItsWayMs);
  const missingMs = during.reduce((sum, strike) => {
    const mostMs = missingMsOf(ruleOf(strike), strike);
    return sum + (strike.fromMs > endedMs ? Math.min(mostMs, onItsWayMs) : mostMs);
  }, 0);
  const deafFromMs = Math.min(
    ...during.map((strike) => (ruleOf(strike).deafens ? strike.fromMs : Number.POSITIVE_INFINITY)),
  );
  const last = utterances.at(-1);
  if (last === undefined) {
    const loss = lossOf({ startedMs: turn.startedMs, endedMs, deafFromMs, missingMs, ending });
    if (loss !== null) note(scene, "speech", loss);
    return;
  }
  if (turn.startedMs === null) return;
  if (utterances.length > 1) {
    note(scene, "speech", `sent again as something else: ${utterances.map(lengthOf).join(", ")} ms`);
  }
  const opening = inForce(strikes.struck(), turn.downMs, turn.startedMs);
  const told = marks.filter(({ name }) => name === "captureSwitched").map((mark) => Number(mark["lostMs"]));
  const { faults, ...judged } = await judge(
    {
      pcm: last.pcm,
      downMs: turn.downMs,
      startedMs: turn.startedMs,
      // A recording that failed has all that there was a microphone for.
      upMs: released === undefined ? Math.min(endedMs, deafFromMs) : endedMs,
      excuses: {
        missingMs,
        foreignMs: opening.concat(during).some((strike) => isOfMicrophone(ruleOf(strike))) ? movedMs : 0,
        isSlowToOpen: opening.some((strike) => isOfMicrophone(ruleOf(strike))),
      },
      toldMs: told.length === 0 ? null : told.reduce((sum, ms) => sum + ms, 0),
    },
    world.spoken,
  );
  scene.said.push(judged);
  for (const fault of faults) note(scene, "speech", fault);
}

/** What is asked in writing is asked of the model. */
export function checkAsked(scene: Scene, text: string, ending: Ending): void {
  const loss = scene.world.answers.asked.has(text) ? null : lossOfTyped(ending);
  if (loss !== null) note(scene, "speech", loss);
}

/** What was said just before the key was let go of is still on its way through a page that is killed then. */
const onItsWayMs = 40;

/** A sound server that moves a stream to another device gives it up to two buffers of nothing. */
const movedMs = 60;

const isOfMicrophone = ({ area, missingMs }: FaultRule): boolean => area === "microphone" || missingMs > 0;

const missingMsOf = (
  { missingMs, stopsApp }: FaultRule,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): number => missingMs + (stopsApp ? Math.min(toMs, monotonicMs()) - fromMs : 0);

const isSame = (a: Committed, b: Committed): boolean =>
  a.pcm.length === b.pcm.length && Buffer.from(a.pcm.buffer).equals(Buffer.from(b.pcm.buffer));
const lengthOf = ({ pcm }: Committed): number => Math.round(pcm.length / 24);

/** The sound server sees no microphone in use any more, soon after the end of a recording. */
export async function checkClosed(scene: Scene, turn: SpokenTurn): Promise<void> {
  const { world } = scene;
  const marks = await world.running.trace.all(turn.fromMark);
  const ended = marks.find(
    (mark) => mark.turn === turn.id && (mark.name === "talkReleased" || mark.name === "failed"),
  );
  // One that was kept ready until just now may have been open for longer.
  world.microphoneDueMs = Math.max(ended?.monotonicMs ?? turn.upMs, world.microphoneUsedSinceMs);
  // Nobody waits for one that is kept ready; that it is closed at last is seen at rest.
  if (world.microphoneUse.settings.microphoneMode !== "keep-ready") await checkDue(scene);
}

/** The same of a microphone that is kept ready: nobody talks for longer than that. */
export async function checkClosedAtRest(scene: Scene): Promise<void> {
  const { microphones, microphoneUse } = scene.world;
  if (microphoneUse.settings.microphoneMode !== "keep-ready" || microphones.open() === 0) return;
  await checkDue(scene);
  if (microphones.open() === 0) scene.sights.push("kept-ready-closed");
}

async function checkDue(scene: Scene): Promise<void> {
  const { world } = scene;
  const { microphones, microphoneDueMs: fromMs, microphoneUse } = world;
  const isClosed = (): true | null => (microphones.open() === 0 ? true : null);
  const boundMs = microphoneUse.keptMs + closingMs;
  await world.until(isClosed, Math.max(0, boundMs - world.awakeMs(fromMs, monotonicMs())));
  const tookMs = world.awakeMs(fromMs, isClosed() === null ? monotonicMs() : microphones.sinceMs());
  scene.closedAfterMs.push(Math.max(0, tookMs - microphoneUse.keptMs));
  if (tookMs > boundMs) {
    note(scene, "microphones", `the microphone is open ${Math.round(tookMs)} ms after the recording`);
  }
}

/** Of what was playing nothing is heard soon after the press, until the next answer begins. */
export async function checkSilence(
  scene: Scene,
  loudspeaker: SoundRecording,
  pressedMs: number,
): Promise<void> {
  const marks = await scene.world.running.trace.all(scene.fromMark);
  // Where a lock ends the next recording as soon as it has begun, its answer is there before the half second is over.
  const next = marks.find(({ name, monotonicMs: atMs }) => name === "firstSampleHeard" && atMs > pressedMs);
  const untilMs = Math.min(pressedMs + 500, next?.monotonicMs ?? Number.POSITIVE_INFINITY);
  await loudspeaker.reach(untilMs);
  const from = loudspeaker.indexAt(pressedMs - 40);
  const last = loudspeaker
    .slice(from, loudspeaker.indexAt(untilMs))
    .findLastIndex((sample) => Math.abs(sample) > silence);
  if (last === -1) return;
  const afterMs = loudspeaker.momentOf(from + last) - pressedMs;
  scene.silentAfterMs.push(Math.max(0, afterMs));
  if (afterMs > silentWithinMs) {
    note(scene, "silence", `the answer is heard ${Math.round(afterMs)} ms after it was interrupted`);
  }
}

/** With all faults mended: nothing goes on, what can be read is what is so, nothing has crashed, nobody was left waiting. */
export async function lookAround(scene: Scene): Promise<void> {
  const { world, act } = scene;
  const { eye } = world;
  await eye.look();
  const isQuiet = await world.until(
    () => (["idle", "failed"].includes(eye.present().phase) ? true : null),
    drawnWithinMs,
  );
  if (isQuiet === null) {
    note(scene, "states", `it is “${eye.present().phase}” when all is over`);
    await world.desktop.xdotool("key", "Escape");
    await world.pause(500);
  }
  const isDrawn = await world.until(async () => {
    const shown = await shownIn(world);
    const { phase, outcome, notice } = eye.present();
    const isEmpty = phase === "idle" && outcome === "none" && notice === null;
    const isRight =
      shown !== null && shown.phase === (isEmpty ? null : phase) && shown.notice === (notice?.title ?? null);
    return isRight ? true : null;
  }, drawnWithinMs);
  if (isDrawn === null) {
    const shown = JSON.stringify(await shownIn(world));
    note(scene, "states", `the overlay shows ${shown} and should show “${eye.present().phase}”`);
  }
  if (act.kind === "rest" && world.microphones.open() > 0) {
    note(scene, "microphones", "the microphone is open, and nobody has talked for seconds");
  }
  for (const hang of hangsIn({
    glimpses: eye.glimpses(),
    toMs: monotonicMs(),
    awakeMs: world.awakeMs,
    keysMs: scene.keysMs,
    longestAnswerMs: act.answerMs,
  })) {
    note(scene, "hangs", hang);
  }
  for (const crash of crashesIn(scene)) note(scene, "crashes", crash);
}

function crashesIn({ world, strikes }: Scene): readonly string[] {
  const { running, eye, server, crashes } = world;
  const struck = strikes.struck().map(({ planned }) => planned.kind);
  // What an app that stood still asks for crosses with what has happened meanwhile.
  const wasStopped = strikes.struck().some((strike) => ruleOf(strike).stopsApp);
  const refused = server.refused.filter(
    ({ code, isCrossing }) => !isCrossing && !(wasStopped && code === "response_cancel_not_active"),
  );
  return [
    ...crashes.look({
      killed: struck.flatMap((kind) => killedBy[kind] ?? []),
      logged: struck.flatMap((kind) => faultRules[kind].logged),
    }),
    ...refused.map(({ code, message }) => `the server had to refuse: ${code} ${message}`),
    ...(running.app.process().exitCode === null ? [] : ["the app has ended"]),
    ...(eye.blindness() === null ? [] : [`the app does not answer: ${eye.blindness()}`]),
  ];
}

const killedBy: Partial<Record<FaultKind, string>> = { "page-killed": "page", "graphics-killed": "GPU" };
