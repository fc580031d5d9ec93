/** Proves that the loudspeaker plays the answer that was sent, whole, and is silent when it is interrupted. */
import { expect, test } from "@playwright/test";
import type { RunningApp } from "../../scripts/driver/app.ts";
import type { DrivenServer } from "../../scripts/driver/server.ts";
import { monotonicMs } from "../../scripts/driver/clock.ts";
import type { TraceMark } from "../../scripts/driver/trace.ts";
import { followPlaying, locate, seeded } from "../../scripts/driver/signal.ts";
import { recordLoudspeaker, startNoise } from "../../scripts/driver/sound.ts";
import {
  exactSound,
  holdTalkKey,
  pause,
  spoken,
  talkKey,
  untilAnswered,
  press,
  useRig,
} from "../support/e2e-rig.ts";

const rig = useRig();

/** Quieter than this is no sound: a null device is digitally silent, a resampler rings a little. */
const silence = 12;
const sampleRateHz = 24_000;

const answerOf = (ms: number, seed: number): Int16Array => {
  const step = spoken(ms, seed);
  return step.kind === "speech" ? step.pcm : new Int16Array(0);
};

/**
 * Another program that takes the processor at the wrong moment can make the device wait or skip, and no player can help
 * it. So an answer is played again when that happened, a few times: what Parley itself does wrong comes every time.
 */
const attempts = 5;

/** Asks until the answer came out of the loudspeaker whole; the player may never run dry. */
async function expectPlayedWhole(
  running: RunningApp,
  answer: Int16Array,
  meanwhile: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const recording = await recordLoudspeaker(rig.desktop);
  const noise = await startNoise(rig.desktop, 11);
  const seen: {
    readonly pausedMs: number;
    readonly faults: readonly string[];
    readonly isToItsEnd: boolean;
  }[] = [];
  const isWhole = (): boolean => {
    const last = seen.at(-1);
    return last !== undefined && last.pausedMs === 0 && last.faults.length === 0 && last.isToItsEnd;
  };
  do {
    const held = await holdTalkKey(rig, running, 650);
    const isHeard = (mark: TraceMark): boolean => mark.name === "firstSampleHeard" && mark.turn === held.turn;
    await running.trace.waitFor(isHeard);
    await meanwhile();
    await untilAnswered(running, held.turn);
    await recording.reach(monotonicMs() + 150);
    const marks = await running.trace.all();
    const drained = marks.find(({ name, turn }) => name === "drained" && turn === held.turn);
    expect(drained?.["underruns"], "the player never ran dry").toBe(0);
    const heard = recording.samples().subarray(recording.indexAt(held.upMs));
    const { pausedSamples, faults, reached } = followPlaying(answer, heard, placeOf(answer, heard));
    const isToItsEnd = reached > answer.length - 1_440;
    seen.push({ pausedMs: Math.round(pausedSamples / 24), faults, isToItsEnd });
  } while (!isWhole() && seen.length < attempts);
  test.info().annotations.push({ type: "played", description: JSON.stringify(seen) });
  expect(isWhole(), `the answer that was sent, without a gap: ${JSON.stringify(seen)}`).toBe(true);
  await noise.stop();
  await recording.stop();
}

/** Where an answer begins: one of its first pieces of 50 ms tells, even where the device paused in another. */
const placeOf = (answer: Int16Array, heard: Int16Array): number => {
  const pieceSamples = 1_200;
  const found = [0, 1, 2, 3].map((piece) => {
    const at = piece * pieceSamples;
    const { lag, score } = locate(answer.subarray(at, at + pieceSamples), heard);
    return { lag: lag - at, score };
  });
  const best = found.toSorted((a, b) => b.score - a.score)[0] ?? { lag: 0, score: 0 };
  expect(best.score, "the loudspeaker plays the answer that was sent").toBeGreaterThan(0.8);
  // The earliest that is sure: a pause moves all that comes after it.
  return found.find(({ score }) => score > 0.8)?.lag ?? best.lag;
};

for (const { name, pacing } of [
  { name: "sent at once", pacing: {} },
  { name: "sent in uneven pieces over time", pacing: { speedup: 6, thinkMs: 180 } },
]) {
  test(`plays the whole answer that was ${name}`, async () => {
    const server = await rig.serve({ pacing });
    server.answerWith(() => [spoken(2_600, 21)]);
    const running = await rig.launch({ settings: exactSound });
    await expectPlayedWhole(running, answerOf(2_600, 21));
  });
}

test("plays on without a gap while the page is blocked", async () => {
  rig.server.answerWith(() => [spoken(2_600, 22)]);
  const running = await rig.launch({ settings: exactSound });
  const blockPage = async (): Promise<void> => {
    for (let time = 0; time < 3; time += 1) {
      await running.overlay.evaluate(() => {
        const until = performance.now() + 500;
        while (performance.now() < until);
      });
    }
  };
  await expectPlayedWhole(running, answerOf(2_600, 22), blockPage);
});

/** So many that can be measured; a device that skips now and then costs some of the others. */
const clearInterruptions = 6;
const mostInterruptions = 10;

/** What was heard of an answer in a stretch of the recording, by what sounded and not by how long it took. */
function heardOf(answer: Int16Array, heard: Int16Array, from: number, to: number) {
  const part = heard.subarray(from, to);
  const { reached, end, faults } = followPlaying(answer, part, placeOf(answer, part));
  const last = part.findLastIndex((sample) => Math.abs(sample) > silence);
  // After the last piece that is known comes less than another one, with the fade.
  const playedMs = ((reached + last + 1 - end) * 1000) / sampleRateHz;
  return { playedMs, isClear: faults.length === 0 && last - end < 960, endIndex: from + last };
}

test("is silent at once when interrupted, and the model remembers exactly what was heard", async () => {
  test.setTimeout(122_000);
  const lengthMs = 4_000;
  let asked = 0;
  rig.server.answerWith(() => {
    asked += 1;
    return [spoken(lengthMs, 100 + asked)];
  });
  const running = await rig.launch({ settings: exactSound });
  const recording = await recordLoudspeaker(rig.desktop);
  const noise = await startNoise(rig.desktop, 13);
  const seed = Date.now() % 100_000;
  const random = seeded(seed);
  test.info().annotations.push({ type: "seed", description: String(seed) });

  const silentAfterMs: number[] = [];
  const offMs: number[] = [];
  let heardUntil = 0;
  await holdTalkKey(rig, running, 650);
  while (silentAfterMs.length < mostInterruptions && offMs.length < clearInterruptions) {
    await nthMark(running, "firstSampleHeard", silentAfterMs.length);
    await pause(120 + random() * 2_200);
    const fromEvent = rig.server.client.length;
    const answer = answerOf(lengthMs, 100 + asked);
    const { downMs } = await holdTalkKey(rig, running, 640);
    const truncate = await rig.server.waitForClient("conversation.item.truncate", { from: fromEvent });
    await recording.reach(downMs + 500);
    const to = recording.indexAt(downMs + 500);
    const played = heardOf(answer, recording.samples(), heardUntil, to);
    heardUntil = to;
    silentAfterMs.push(recording.momentOf(played.endIndex) - downMs);
    // Where the device skipped, nobody can tell from outside how much was heard.
    if (played.isClear) offMs.push(truncate.event.audio_end_ms - played.playedMs);
  }
  await nthMark(running, "firstSampleHeard", silentAfterMs.length);
  await rig.desktop.xdotool("key", "Escape");
  await running.waitForView((view) => view.phase === "idle", "Esc ended the last answer");
  await noise.stop();
  await recording.stop();

  const round = (values: readonly number[]): string => values.map((value) => value.toFixed(1)).join(", ");
  test.info().annotations.push({ type: "silent after", description: `${round(silentAfterMs)} ms` });
  test
    .info()
    .annotations.push({ type: "audio_end_ms minus really played", description: `${round(offMs)} ms` });
  console.log(
    `  silent after ${round(silentAfterMs)} ms; audio_end_ms minus really played ${round(offMs)} ms`,
  );
  expect(Math.max(...silentAfterMs), "nothing of the old answer is heard afterwards").toBeLessThan(150);
  expect(offMs.length, "interruptions that could be measured").toBe(clearInterruptions);
  expect(Math.max(...offMs.map(Math.abs))).toBeLessThanOrEqual(15);
});

/** The mark with this name and number, counted from 0. */
async function nthMark(running: RunningApp, name: string, number: number): Promise<void> {
  let seen = -1;
  for (let from = 0; seen < number;) {
    const { index } = await running.trace.waitFor(name, { from, timeoutMs: 12_300 });
    seen += 1;
    from = index + 1;
  }
}

/** Asks by voice and resolves when the answer is being heard for `playMs`. */
async function letItSpeak(running: RunningApp, playMs: number): Promise<string> {
  const noise = await startNoise(rig.desktop, 14);
  const held = await holdTalkKey(rig, running, 650);
  await running.trace.waitFor((mark) => mark.name === "firstSampleHeard" && mark.turn === held.turn);
  await noise.stop();
  await pause(playMs);
  return held.turn;
}

test("a tap interrupts too, and listens on", async () => {
  rig.server.answerWith(() => [spoken(5_000, 31)]);
  const running = await rig.launch({ settings: exactSound });
  const first = await letItSpeak(running, 700);
  await press(rig, running);
  await pause(64);
  rig.keyboard.up(talkKey);
  await running.trace.waitFor("silenced");
  const view = await running.waitForView(
    (each) => each.phase === "listening" && each.gesture === "tap",
    "it listens after the tap",
  );
  expect(view.isBargeIn).toBe(true);
  expect(view.turns.find((turn) => turn.turnId === first)?.answer.state).toBe("interrupted");
  await rig.server.waitForClient("conversation.item.truncate");
  await rig.desktop.xdotool("key", "Escape");
  await running.waitForView((each) => each.phase === "idle", "Esc cancels what is being said");
});

test("Esc silences it, and the model is told what was heard", async () => {
  rig.server.answerWith(() => [spoken(5_000, 32)]);
  const running = await rig.launch({ settings: exactSound });
  const recording = await recordLoudspeaker(rig.desktop);
  const turn = await letItSpeak(running, 900);
  await running.forgetViews();
  const pressedMs = monotonicMs();
  await rig.desktop.xdotool("key", "Escape");
  const view = await running.waitForView((each) => each.phase === "idle", "Esc ends the answer");
  expect(view.outcome).toBe("interrupted");
  const { event } = await rig.server.waitForClient("conversation.item.truncate");
  await recording.reach(pressedMs + 1_500);
  const heard = recording.samples();
  const late = heard.subarray(recording.indexAt(pressedMs + 200));
  expect(late.findIndex((sample) => Math.abs(sample) > silence)).toBe(-1);
  const played = heardOf(answerOf(5_000, 32), heard, 0, heard.length);
  expect(Math.abs(event.audio_end_ms - played.playedMs)).toBeLessThanOrEqual(15);
  const shown = (await running.view()).turns.find((each) => each.turnId === turn);
  expect(shown?.answer.state).toBe("interrupted");
  await recording.stop();
});

test("a question typed while it speaks is asked after the memory of the old answer has been cut", async () => {
  rig.server.answerWith(() => [spoken(5_000, 33)]);
  const running = await rig.launch({ settings: exactSound });
  await letItSpeak(running, 800);
  rig.server.answerWith(() => [spoken(200, 34, "Typed answer.")]);
  const from = rig.server.client.length;
  await running.ask("And now?");
  await running.waitForView((view) => view.turns.at(-1)?.answer.text === "Typed answer.", "the typed answer");
  expect(
    orderOf(rig.server, from, ["conversation.item.truncate", "conversation.item.create", "response.create"]),
  ).toEqual(["conversation.item.truncate", "conversation.item.create", "response.create"]);
  await running.waitForView((view) => view.phase === "idle" && view.outcome === "answered", "it is answered");
});

const orderOf = (server: DrivenServer, from: number, types: readonly string[]): readonly string[] =>
  server.client
    .slice(from)
    .map(({ event }) => event.type)
    .filter((type) => types.includes(type));
