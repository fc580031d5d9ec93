/**
 * Owns what must hold whenever a world grows quiet: everything ends by itself, nothing is left open, and the next press
 * brings a whole answer. It never makes anything go wrong.
 */
import { turn } from "./engine-clock.ts";
import type { World } from "./engine-world.ts";
import { stateText } from "./session-notation.ts";
import { promise } from "./session-step.ts";

/** Turns of the event loop in which nothing happens, after which nothing is under way on a local socket. */
const quietTurns = 4;
/** More than any turn takes to its end when nothing new begins. */
const mostRounds = 600;
/** A closing handshake takes a few turns of the loop; a machine that is busy, some more. */
const mostClosingTurns = 3_000;

/** Beyond the window of a tap, so that letting go ends the turn. */
const spokenForMs = 600;

/** As the world's pacing has it, and a little more. */
const longestTranscriptionMs = 700;

/** Main waits no longer for a worklet that does not close its take. */
const longestTailMs = 1_000;

/** Whatever can happen without time passing has happened. */
async function quiesce(world: World): Promise<void> {
  for (let quiet = 0; quiet < quietTurns;) {
    const before = world.server.activity();
    const hasDelivered = world.deliver();
    // What waits for somebody is opened, found, let go.
    world.setCalm(true);
    await turn();
    world.check();
    quiet = hasDelivered || world.server.activity() !== before ? 0 : quiet + 1;
  }
}

const isResting = (world: World): boolean => {
  const { tag } = world.engine.shell.state();
  return tag === "idle" || tag === "failed";
};

/** The person lets go and nothing new goes wrong: the turn comes to its end. */
export async function comeToRest(world: World): Promise<void> {
  world.setCalm(true);
  world.person.letGo();
  for (let round = 0, passMs = 50; !isResting(world); round += 1, passMs *= 1.2) {
    promise(
      round < mostRounds,
      `a quiet world comes to its end, not to ${stateText(world.engine.shell.state())}`,
    );
    await quiesce(world);
    // A latched turn ends with a tap, as people end it.
    if (world.engine.shell.state().tag === "listening") {
      world.person.pressKey();
      world.person.letGo();
    }
    await world.pass(Math.min(passMs, 20_000));
  }
  await quiesce(world);
  // The tail of a take that a typed question has overtaken still comes in.
  if (world.microphone.openTracks() > 0) await world.pass(longestTailMs);
  await quiesce(world);
  const isShut = world.microphone.openTracks() === 0;
  promise(isShut || world.settings().microphoneMode === "keep-ready", "no microphone stays open after use");
}

/** A rested world in which time goes on: every timer elapses, and nothing is left open. */
export async function fallAsleep(world: World): Promise<void> {
  for (let round = 0; ; round += 1) {
    promise(round < mostRounds, "no timer starts itself over and over");
    await quiesce(world);
    const untilMs = world.clock.untilEngineTimerMs();
    if (untilMs === null) break;
    await world.pass(untilMs + 1);
  }
  promise(isResting(world), `a world asleep rests, and is not ${stateText(world.engine.shell.state())}`);
  promise(world.microphone.openTracks() === 0, "the microphone is closed");
  promise(world.openSockets() === 0, "no socket outlives the idle time");
  for (let turns = 0; world.server.connections().length > 0; turns += 1) {
    promise(turns < mostClosingTurns, "the server sees every connection closed");
    await turn();
  }
}

/** Nothing that was planned to go wrong before the world grew quiet is still to come. */
export const isSound = ({ server, openSockets }: World): boolean =>
  openSockets() === server.connections().length && server.isSound();

/** Hold, speak, let go: the question is handed over whole, and the answer is heard to its last sample. */
export async function talkAndListen(world: World): Promise<void> {
  const { engine, person, server, brain, loudspeaker, microphone } = world;
  person.pressKey();
  const pressed = engine.shell.state();
  promise(pressed.tag === "listening", `the next press works, and does not lead to ${stateText(pressed)}`);
  const { turnId } = pressed;
  for (let spokenMs = 0; spokenMs < spokenForMs; spokenMs += 150) {
    await quiesce(world);
    await world.pass(150);
  }
  person.letGo();
  for (let round = 0; !isResting(world); round += 1) {
    promise(
      round < mostRounds,
      `the next press is answered, and does not end in ${stateText(engine.shell.state())}`,
    );
    await quiesce(world);
    await world.pass(100);
  }
  const state = engine.shell.state();
  promise(
    state.tag === "idle" && state.reason === "answered",
    `the next press is answered: ${stateText(state)}`,
  );
  promise(server.lastTake() === microphone.newestTake(), "what was said last was handed over last");
  const answer = brain.lastAnswer();
  promise(answer?.turn === turnId, `the answer is that of ${turnId}`);
  const [known, present] = [brain.lastTools().join(), world.toolNames().join()];
  promise(known === present, `the model knows the tools that there are (${present}), not ${known}`);
  const { given, played } = loudspeaker.heardOf(answer.id);
  const sent = server.sentOf(answer.id);
  promise(
    sent > 0 && given === sent && played === sent,
    `all ${sent} samples are heard, not ${given} or ${played}`,
  );
  await world.pass(longestTranscriptionMs);
  await quiesce(world);
  const shown = engine.shell.view().turns.at(-1);
  promise(shown?.turnId === turnId && shown.answer.text === answer.transcript, "its words are shown");
  const isTranscribed = world.settings().transcriptionModel !== "";
  promise(
    isTranscribed ? shown.question.text.startsWith("What was said") : shown.question.state === "unavailable",
    `the words of the question are shown, not “${shown.question.text}”`,
  );
}
