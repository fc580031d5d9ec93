/**
 * Owns the proof that no order of events leaves the session stuck: 100,000 random steps of a person, a microphone, a
 * server, tools, a loudspeaker and time through the real shell. A failure names the seed that repeats it:
 * `PARLEY_WALK_SEED=… npx vitest run tests/unit/session/walk.test.ts`.
 */
import { randomInt } from "node:crypto";
import { describe, expect, it } from "vitest";
import { missedOf, type MustMeet } from "../../support/must-meet.ts";
import { stateText } from "../../support/session-notation.ts";
import { seededRandom } from "../../support/session-random.ts";
import { createWorld } from "../../support/session-world.ts";

const totalSteps = 100_000;
/** What is rare may not have been met by then: the walk goes on for it, so far at most. */
const mostSteps = 3 * totalSteps;
/** Every so often the world becomes quiet, wherever the session happens to be. */
const stepsBetweenRests = 60;
const shownSteps = 25;

const seed = Number(process.env["PARLEY_WALK_SEED"] ?? randomInt(2 ** 31));

const mustMeet: MustMeet = {
  // States.
  idle: 500,
  listening: 1_000,
  finishing: 500,
  looking: 50,
  settling: 50,
  consenting: 30,
  awaiting: 500,
  responding: 500,
  acting: 100,
  failed: 200,
  // What went well.
  commit: 300,
  request: 500,
  "response completed": 200,
  "response called tools": 100,
  "tool output": 100,
  "stopped tool ends": 20,
  "remark asked for": 15,
  "remark ended": 4,
  "consent is heard": 2,
  "words are no consent": 200,
  "transcript is lost": 20,
  truncate: 50,
  delete: 5,
  drained: 200,
  // What went wrong.
  "response abandoned": 50,
  "skipped commit": 5,
  "microphone fails": 20,
  "tail never comes": 5,
  "loudspeaker fails": 20,
  "flush is never answered": 5,
  "connection is refused": 20,
  "connection is lost": 20,
  "response failed": 10,
  "key-up is lost": 50,
  evidence: 50,
  "a stage expires": 20,
  "tap window elapses": 100,
};

describe("100,000 random steps", () => {
  it("keep every promise, and whenever the world grows quiet the session rests and the next press works", () => {
    const world = createWorld(seededRandom(seed));
    const story: string[] = [];
    const missed = (): readonly string[] => missedOf(mustMeet, [world.counts()]);
    const isOver = (step: number): boolean =>
      step >= mostSteps || (step >= totalSteps && missed().length === 0);
    try {
      for (let step = 1; ; step += 1) {
        story.push(`${world.walk()} → ${stateText(world.shell.state())}`);
        if (step % stepsBetweenRests === 0) {
          world.quieten();
          story.push(`(quiet) → ${stateText(world.shell.state())}`);
          world.pressAndEscape();
          if (isOver(step)) break;
        }
      }
    } catch (cause) {
      const last = story.slice(-shownSteps).join("\n  ");
      throw new Error(`Seed ${seed}, step ${story.length}:\n  ${last}\n${String(cause)}`, { cause });
    }
    expect(missed(), `seed ${seed}`).toEqual([]);
  }, 25_000);
});
