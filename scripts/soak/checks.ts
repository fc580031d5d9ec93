/** Owns what must hold in an act, whatever strikes: each check notes what it finds wrong, and how it was where it was right. */
import { monotonicMs } from "../driver/clock.ts";
import type { Committed } from "../driver/server.ts";
import type { SoundRecording } from "../driver/sound.ts";
import { faultRules, type FaultKind, type FaultRule } from "./fault-rules.ts";
import { hangsIn } from "./hangs.ts";
import { shownIn } from "./page.ts";
import { judge } from "./said.ts";
import { note, type Scene } from "./scene.ts";
import { inForce, ruleOf } from "./strikes.ts";
import type { SpokenTurn } from "./turns.ts";

/** A loudspeaker's buffers, and a machine that has other things to do. */
const silentWithinMs = 150;
/** Quieter than this is no sound. */
const silence = 12;
/** Anything that is drawn is drawn within this. */
const drawnWithinMs = 1_500;

/** What is said belongs to the server, whole. */
export async function checkSpeech(scene: Scene, turn: SpokenTurn): Promise<void> {
  const { world, strikes } = scene;
  const marks = (await world.running.trace.all(turn.fromMark)).filter((mark) => mark.turn === turn.id);
  const released = marks.find(({ name }) => name === "talkReleased")?.monotonicMs;
  if (turn.startedMs === null || released === undefined) return;
  const { committed } = world.server;
  const earlier = committed.slice(0, turn.fromUtterance);
  const utterances = committed.slice(turn.fromUtterance);
  const last = utterances.at(-1);
  if (last === undefined) {
    if (scene.endings.at(-1)?.tag === "answered") note(scene, "speech", "answered without having been heard");
    return;
  }
  // Over several lines it may come several times, and so may the one that it has interrupted.
  if (utterances.some((each) => ![last, ...earlier].some((known) => isSame(each, known)))) {
    note(scene, "speech", `sent again as something else: ${utterances.map(lengthOf).join(", ")} ms`);
  }
  const upMs = Math.min(turn.upMs, released);
  const during = inForce(strikes.struck(), turn.downMs, upMs);
  const opening = inForce(strikes.struck(), turn.downMs, turn.startedMs);
  const told = marks.filter(({ name }) => name === "captureSwitched").map((mark) => Number(mark["lostMs"]));
  const { faults, ...said } = await judge(
    {
      pcm: last.pcm,
      downMs: turn.downMs,
      startedMs: turn.startedMs,
      upMs,
      excuses: {
        missingMs: during.reduce((sum, strike) => sum + missingMsOf(ruleOf(strike), strike), 0),
        foreignMs: opening.concat(during).some((strike) => isOfMicrophone(ruleOf(strike))) ? movedMs : 0,
        isSlowToOpen: opening.some((strike) => isOfMicrophone(ruleOf(strike))),
      },
      toldMs: told.length === 0 ? null : told.reduce((sum, ms) => sum + ms, 0),
    },
    world.spoken,
  );
  scene.said.push(said);
  for (const fault of faults) note(scene, "speech", fault);
}

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
  const { microphones, microphoneUse } = world;
  if (microphoneUse.settings.microphoneMode === "keep-ready") return;
  const marks = await world.running.trace.all(turn.fromMark);
  const ended = marks.find(
    (mark) => mark.turn === turn.id && (mark.name === "talkReleased" || mark.name === "failed"),
  );
  // One that was kept ready until just now may have been open for longer.
  const fromMs = Math.max(ended?.monotonicMs ?? turn.upMs, world.microphoneUsedSinceMs);
  const isClosed = (): true | null => (microphones.open() === 0 ? true : null);
  const leftMs = microphoneUse.closedWithinMs - world.awakeMs(fromMs, monotonicMs());
  await world.until(isClosed, Math.max(0, leftMs));
  const tookMs = world.awakeMs(fromMs, isClosed() === null ? monotonicMs() : microphones.sinceMs());
  scene.closedAfterMs.push(Math.max(0, tookMs));
  if (tookMs > microphoneUse.closedWithinMs) {
    note(scene, "microphones", `the microphone is open ${Math.round(tookMs)} ms after the recording`);
  }
}

/** Of what was playing nothing is heard soon after the press; the next answer comes later than that. */
export async function checkSilence(
  scene: Scene,
  loudspeaker: SoundRecording,
  pressedMs: number,
): Promise<void> {
  await loudspeaker.reach(pressedMs + 500);
  const from = loudspeaker.indexAt(pressedMs - 40);
  const last = loudspeaker
    .slice(from, loudspeaker.indexAt(pressedMs + 500))
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
