/**
 * Owns the proof that no order of events brings the whole engine off its way: 100,000 random steps of taps, holds,
 * questions, server events and failures, with everything real but the devices, against the strict server over real
 * sockets. A failure names the seed: `PARLEY_WALK_SEED=… npx vitest run tests/protocol/engine-walk.test.ts` makes the
 * same choices again; what the sockets interleave is not in the seed.
 */
import { randomInt } from "node:crypto";
import { expect, it } from "vitest";
import { turns } from "../support/engine-clock.ts";
import { comeToRest, fallAsleep, isSound, talkAndListen } from "../support/engine-quiet.ts";
import { createWorld, type World } from "../support/engine-world.ts";
import { missedOf, type MustMeet } from "../support/must-meet.ts";
import { stateText } from "../support/session-notation.ts";
import { seededRandom, type Random } from "../support/session-random.ts";

const totalSteps = 100_000;
/** What is rare may not have been met by then: the walk goes on for it, so far at most. */
const mostSteps = 3 * totalSteps;
/** Side by side, so that one works while another waits for its socket. */
const worldCount = 8;
const stepsBetweenRests = 100;
const shownSteps = 40;

const totalTaps = 1_000;
/** A person does not tap faster than 20 times a second. */
const leastTapPeriodMs = 50;

const seed = Number(process.env["PARLEY_WALK_SEED"] ?? randomInt(2 ** 31));

const mustMeet: MustMeet = {
  // States.
  idle: 1_000,
  listening: 2_000,
  finishing: 800,
  settling: 30,
  looking: 20,
  consenting: 12,
  awaiting: 1_000,
  responding: 700,
  acting: 30,
  failed: 150,
  // What went over the wire.
  "input_audio_buffer.commit": 800,
  "conversation.item.truncate": 60,
  "conversation.item.delete": 80,
  "response.create": 1_500,
  "response.cancel": 600,
  "response completed": 1_000,
  "response cancelled": 500,
  "response failed": 15,
  "response incomplete": 10,
  "tool output": 120,
  "tool stopped": 2,
  "tools told": 50,
  "remark asked for": 3,
  "remark completed": 1,
  "picture shown": 60,
  "picture taken out": 40,
  "person answers aloud": 30,
  "decision allowed-voice": 1,
  "decision allowed-click": 10,
  "decision denied": 2,
  // What went wrong.
  "connection-ended": 200,
  "server falls silent": 8,
  "line breaks": 50,
  "server closes": 25,
  "session expires": 10,
  noise: 200,
  "repeated event": 250,
  "trailing sound": 250,
  "page crashes or loads": 60,
  "microphone is pulled out": 25,
  "microphone is refused": 20,
  "loudspeaker fails": 20,
  "loudspeaker hangs or not": 50,
  "computer wakes up": 60,
  "session-renewed": 60,
  "transport-ended unresponsive": 8,
  "redial-planned": 60,
  "network changes": 60,
  "key-up is lost": 150,
  "settings change": 150,
};

/** Runs a life in a world of its own; when a promise breaks, its last steps are told with the seed. */
async function live(
  index: number,
  life: (world: World, random: Random, tell: (what: string) => void) => Promise<void>,
): Promise<World> {
  const random = seededRandom(seed + index);
  const world = await createWorld(random);
  const story: string[] = [];
  let told = 0;
  try {
    await life(world, random, (what) => {
      told += 1;
      story.push(`${what} → ${stateText(world.engine.shell.state())}`);
      if (story.length > shownSteps) story.shift();
    });
    await comeToRest(world);
    await fallAsleep(world);
    await talkAndListen(world);
  } catch (cause) {
    const steps = story.join("\n  ");
    throw new Error(`Seed ${seed}, world ${index}, step ${told}:\n  ${steps}\n${String(cause)}`, { cause });
  } finally {
    await world.close();
  }
  return world;
}

it("keeps every promise of the wire for 100,000 random steps, and always comes to rest and answers the next press", async () => {
  const worlds: World[] = [];
  const missed = (): readonly string[] =>
    missedOf(
      mustMeet,
      worlds.flatMap(({ counts, server }) => [counts, server.counts]),
    );
  await Promise.all(
    Array.from({ length: worldCount }, (_, index) =>
      live(index, async (world, random, tell) => {
        worlds.push(world);
        const isOver = (step: number): boolean =>
          step >= mostSteps / worldCount || (step >= totalSteps / worldCount && missed().length === 0);
        for (let step = 1; ; step += 1) {
          tell(await world.walk());
          if (step % stepsBetweenRests !== 0) continue;
          await comeToRest(world);
          tell("(rest)");
          if (!isSound(world) || random.chance(0.2)) await fallAsleep(world);
          await talkAndListen(world);
          tell("(talk)");
          world.setCalm(false);
          if (isOver(step)) return;
        }
      }),
    ),
  );
  expect(missed(), `seed ${seed}`).toEqual([]);
}, 180_000);

it("is not brought off its way by 1,000 taps of 5 to 400 ms, up to 20 a second", async () => {
  const world = await live(worldCount, async ({ person, pass, setCalm, deliver }, random, tell) => {
    setCalm(true);
    for (let tap = 1; tap <= totalTaps; tap += 1) {
      // Everything works, and takes its time: a microphone that is asked for opens with this or a later tap.
      if (random.chance(0.5)) setCalm(true);
      const downMs = random.whole(5, 400);
      person.pressKey();
      await pass(downMs);
      deliver();
      person.letGo();
      tell(`tap of ${downMs} ms`);
      await pass(Math.max(leastTapPeriodMs - downMs, random.whole(0, 300)));
      await turns(random.whole(0, 3));
    }
  });
  expect(world.server.counts.get("input_audio_buffer.commit")).toBeGreaterThan(totalTaps / 20);
}, 40_000);
