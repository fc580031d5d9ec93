/** Owns the acts of a soak: somebody does something while faults strike, as planned; then what must hold is looked at. */
import { monotonicMs } from "../driver/clock.ts";
import { recordLoudspeaker } from "../driver/sound.ts";
import {
  checkAsked,
  checkClosed,
  checkClosedAtRest,
  checkSilence,
  checkSpeech,
  lookAround,
} from "./checks.ts";
import { faultRules } from "./fault-rules.ts";
import { restActMs, type PlannedAct } from "./plan.ts";
import type { ActRecord, Ending } from "./record.ts";
import { note, noteWrongEnd, recordOf, setScene, type Scene } from "./scene.ts";
import { overlapMs, ruleOf } from "./strikes.ts";
import {
  sendAgain,
  speak,
  type,
  untilHeard,
  untilOver,
  untilReconnecting,
  type SpokenTurn,
  type Turn,
} from "./turns.ts";
import { talkKey, type World } from "./world.ts";

/** With a break of an answer that is heard, and a line that breaks once more, somebody may have to ask twice. */
const mostSentAgain = 2;
/** Below this an utterance is none; the recording of one that a lock ends may be as short. */
const tooShortMs = 250;
/** Without a page nobody can type. */
const pageBackMs = 5_000;
/** What was said is wanted for no longer than this. */
const keptMs = 60_000;
/** Of the answer to a question that has interrupted another one. */
const secondAnswerMs = 600;

/** Plays an act to its end, mends what has struck, and looks at what is left. @throws Ended in the middle of it. */
export async function playAct(world: World, act: PlannedAct): Promise<ActRecord> {
  const scene = await setScene(world, act);
  world.answers.plan(act);
  try {
    await scene.strikes.reached("before");
    await perform(scene);
    await scene.strikes.over();
    await lookAround(scene);
    await world.pause(act.breathMs);
  } finally {
    await scene.strikes.breakOff();
    world.answers.recover();
    world.keyboard.up(talkKey);
  }
  const record = await recordOf(scene);
  // A soak may go on for hours: what has been judged is let go of.
  world.server.forget();
  world.answers.forget();
  world.eye.forget();
  world.spoken.forget(monotonicMs() - keptMs);
  return record;
}

async function perform(scene: Scene): Promise<void> {
  const { world, act } = scene;
  switch (act.kind) {
    case "hold":
    case "long-hold":
      return follow(scene, await talk(scene, "hold"));
    case "taps":
    case "short-taps":
      return follow(scene, await talk(scene, "taps"));
    case "barge-in":
      return interrupt(scene, async (first) => {
        if (!(await letItSpeak(scene, first))) return null;
        world.answers.plan({ answerMs: secondAnswerMs, usesTool: act.usesTool });
        const second = await talk(scene, "hold");
        await follow(scene, second);
        return second.downMs;
      });
    case "again":
      return pressAgain(scene);
    case "escape":
      return interrupt(scene, async (turn) => {
        if (!(await letItSpeak(scene, turn))) return null;
        const pressedMs = monotonicMs();
        await world.desktop.xdotool("key", "Escape");
        const ending = await untilOver(world, turn, act.answerMs, scene.strikes);
        scene.endings.push(ending);
        if (ending.tag !== "interrupted") noteWrongEnd(scene, ending, "Esc was pressed");
        return pressedMs;
      });
    case "typed":
      return followTyped(scene, await ask(scene));
    case "typed-over": {
      const first = await ask(scene);
      if (first === null) return;
      if ((await untilHeard(world, first, act.playMs, scene.strikes)) !== "heard") {
        return followTyped(scene, first);
      }
      checkAsked(scene, first.text, { tag: "interrupted" });
      world.answers.plan({ answerMs: secondAnswerMs, usesTool: act.usesTool });
      return followTyped(scene, await ask(scene));
    }
    case "rest": {
      const endMs = monotonicMs() + restActMs;
      await checkClosedAtRest(scene);
      return world.pause(endMs - monotonicMs());
    }
  }
}

/**
 * For turns that are interrupted: what the loudspeaker plays is recorded. @param course from the end of the question on;
 * it tells when the answer was interrupted, `null`: it was not.
 */
async function interrupt(scene: Scene, course: (turn: SpokenTurn) => Promise<number | null>): Promise<void> {
  const { act, world } = scene;
  const areas = act.faults.map(({ kind }) => faultRules[kind].area);
  // Whoever strikes what is listened to disturbs the listening: the sound server moves or ends a recording.
  if (areas.some((area) => area === "loudspeaker" || area === "microphone" || area === "app")) {
    await course(await talk(scene, "hold"));
    return;
  }
  const loudspeaker = await recordLoudspeaker(world.desktop);
  try {
    const pressedMs = await course(await talk(scene, "hold"));
    if (pressedMs !== null) await checkSilence(scene, loudspeaker, pressedMs);
  } finally {
    await loudspeaker.stop();
  }
}

/** Two questions, the second while the first still waits for a line: both belong to the server. */
async function pressAgain(scene: Scene): Promise<void> {
  const { world, act, strikes } = scene;
  const first = await talk(scene, "hold");
  if (first.id === null) return;
  const until = await untilReconnecting(world, first, act.playMs, strikes);
  if (until !== "reconnecting") {
    await checkClosed(scene, first);
    return checkSpeech(scene, { turn: first, ending: await conclude(scene, first, until) });
  }
  const second = await talk(scene, "hold");
  const before = world.eye.glimpses().findLast(({ monotonicMs: atMs }) => atMs <= second.downMs);
  if (before?.phase === "reconnecting") scene.sights.push("pressed-while-reconnecting");
  if (second.id === null) return;
  const ending = await untilOver(world, second, act.answerMs, strikes);
  await checkClosed(scene, second);
  const concluded = await conclude(scene, second, ending);
  await checkSpeech(
    scene,
    { turn: first, ending: { tag: "interrupted" } },
    { turn: second, ending: concluded },
  );
}

async function talk(scene: Scene, gesture: "hold" | "taps"): Promise<SpokenTurn> {
  const turn = await speak(scene.world, gesture, scene.act.talkMs, scene.strikes);
  scene.keysMs.push(turn.upMs);
  if (turn.id === null) note(scene, "states", "the press of the talk key had no effect");
  return turn;
}

/** Lets an answer be heard for a while, to be interrupted. @returns false where there was none, and the turn is over. */
async function letItSpeak(scene: Scene, turn: SpokenTurn): Promise<boolean> {
  if (turn.id === null) return false;
  const until = await untilHeard(scene.world, turn, scene.act.playMs, scene.strikes);
  if (until === "heard") {
    await checkClosed(scene, turn);
    await checkSpeech(scene, { turn, ending: null });
    return true;
  }
  await checkSpeech(scene, { turn, ending: await conclude(scene, turn, until) });
  return false;
}

/** To its end, and once more where something was kept; then what was said is looked for at the server. */
async function follow(scene: Scene, turn: SpokenTurn): Promise<void> {
  if (turn.id === null) return;
  const { world, act, strikes } = scene;
  const ending = await untilOver(world, turn, act.answerMs, strikes);
  await checkClosed(scene, turn);
  await checkSpeech(scene, { turn, ending: await conclude(scene, turn, ending) });
}

interface TypedTurn extends Turn {
  readonly text: string;
}

async function ask(scene: Scene): Promise<TypedTurn | null> {
  const { world, act } = scene;
  scene.questions += 1;
  // In other words each time: one that waits already is not said a second time.
  const text = `Question ${scene.questions} of act ${act.number}?`;
  const turn = await world.until(() => type(world, text), pageBackMs);
  if (turn === null || turn.id === null) {
    note(scene, "states", "a typed question had no effect");
    return null;
  }
  await scene.strikes.reached("released");
  return { ...turn, text };
}

async function followTyped(scene: Scene, turn: TypedTurn | null): Promise<void> {
  if (turn === null) return;
  const { world, act, strikes } = scene;
  checkAsked(
    scene,
    turn.text,
    await conclude(scene, turn, await untilOver(world, turn, act.answerMs, strikes)),
  );
}

/**
 * Judges how a turn ended. Where it failed and something is kept, that is sent again when the faults are over.
 * @returns how it ended in the end.
 */
async function conclude(scene: Scene, turn: Turn | SpokenTurn, ending: Ending): Promise<Ending> {
  const { world, act, strikes } = scene;
  scene.endings.push(ending);
  if (ending.tag === "answered") return ending;
  if (ending.tag !== "failed") {
    checkEnd(scene, turn, ending);
    return ending;
  }
  const excused = strikes.struck().flatMap((strike) => ruleOf(strike).failures as readonly string[]);
  if (!excused.includes(ending.kind)) noteWrongEnd(scene, ending, "nothing that struck excuses it");
  await strikes.over();
  if (!ending.canSendAgain) return ending;
  if (scene.sentAgain >= mostSentAgain) {
    noteWrongEnd(scene, ending, "again, with all faults mended");
    return ending;
  }
  scene.sentAgain += 1;
  const again = await sendAgain(world);
  if (again === null || again.id === null) {
    note(scene, "states", "“Send again” had no effect");
    return ending;
  }
  return conclude(scene, again, await untilOver(world, again, act.answerMs, strikes));
}

function checkEnd(scene: Scene, turn: Turn | SpokenTurn, ending: Ending): void {
  const { act, strikes, world } = scene;
  if (ending.tag === "too-short" && "upMs" in turn) {
    const { startedMs, upMs } = turn;
    const struck = strikes.struck();
    const isShort =
      act.kind === "short-taps" || struck.some((each) => ruleOf(each).endsRecording || ruleOf(each).stopsApp);
    const stoppedMs = struck
      .filter((each) => ruleOf(each).stopsApp)
      .reduce((sum, each) => sum + overlapMs(each, { fromMs: startedMs ?? upMs, toMs: upMs }), 0);
    // What is said to processes that are stopped is recorded by nobody.
    if (isShort && upMs - (startedMs ?? upMs) - stoppedMs < tooShortMs) return;
  }
  if (ending.tag === "stuck") {
    const { phase, notice } = world.eye.present();
    return note(scene, "hangs", `stuck in “${phase}”${notice === null ? "" : ` with “${notice.title}”`}`);
  }
  noteWrongEnd(scene, ending, "an answer was to come");
}
