/**
 * Proves that a sleep, a lock or a clock that is set loses no word and leaves nothing behind. The system's words are
 * emitted where Electron tells them, since a machine of tests cannot sleep; the processes that are stopped are real.
 */
import { expect, test } from "@playwright/test";
import type { RunningApp } from "../../scripts/driver/app.ts";
import { monotonicMs } from "../../scripts/driver/clock.ts";
import { theMicrophone } from "../../scripts/driver/microphones.ts";
import { setClock, stopProcesses, tellPower } from "../../scripts/driver/computer.ts";
import { holesIn } from "../../scripts/driver/gap.ts";
import {
  openMicrophones,
  recordMicrophone,
  recordRoom,
  startNoise,
  type Noise,
  type SoundRecording,
} from "../../scripts/driver/sound.ts";
import {
  exactSound,
  holdTalkKey,
  pause,
  press,
  spoken,
  talkKey,
  untilAnswered,
  untilMicrophoneClosed,
  useRig,
} from "../support/e2e-rig.ts";
import { expectWhole } from "../support/e2e-speech.ts";

const rig = useRig({ answer: () => [spoken(400, 131)] });
let noise: Noise;
let microphone: SoundRecording;

/** What opening a microphone may take. */
const openingMs = 120;

test.beforeEach(async () => {
  noise = await startNoise(rig.desktop, 130);
  microphone = await recordMicrophone(rig.desktop);
});
test.afterEach(async () => {
  await microphone.stop();
  await noise.stop();
});

/** A line of the app's log that came after `from` characters of its output. */
const untilLogged = (running: RunningApp, line: string, from: number, timeoutMs = 9_300): Promise<void> =>
  expect
    .poll(() => running.output().slice(from), { message: `“${line}” in the log`, timeout: timeoutMs })
    .toContain(line);

const lines = (running: RunningApp, line: string): number => running.output().split(line).length - 1;

/** Holds the key and expects all of it at the server, first word and last, and an answer. */
async function expectAnsweredPress(running: RunningApp): Promise<void> {
  const committed = rig.server.committed.length;
  const held = await holdTalkKey(rig, running, 700);
  const { pcm } = await rig.server.waitForCommitted(committed);
  const spoken = { downMs: held.downMs, upMs: held.releasedMs };
  const arrival = await expectWhole(pcm, microphone, spoken, `press ${committed}`);
  expect(arrival.lostAtStartMs).toBeLessThanOrEqual(openingMs);
  expect(arrival.afterEndMs).toBeGreaterThanOrEqual(0);
  await untilAnswered(running, held.turn);
  expect((await running.view()).outcome).toBe("answered");
}

/** The line of a first turn stands. @returns how many times it was dialled. */
async function withStandingLine(running: RunningApp): Promise<number> {
  await expectAnsweredPress(running);
  expect(rig.server.connections()).toHaveLength(1);
  return rig.server.attempts();
}

test("asleep while talking: it is sent before, and ready within a second after, on a new line", async () => {
  const running = await rig.launch({ settings: { ...exactSound, microphoneMode: "keep-ready" } });
  const dialled = await withStandingLine(running);
  const [oldLine] = rig.server.connections();
  const committed = rig.server.committed.length;

  const marks = (await running.trace.all()).length;
  await press(rig, running);
  const { mark } = await running.trace.waitFor("captureStarted", { from: marks });
  await pause(1_100);
  await tellPower(running.app, "suspend");
  const utterance = await rig.server.waitForCommitted(committed);
  expect(utterance.pcm.length / 24, "all that was said is sent").toBeGreaterThan(1_050);
  // Nobody saw the key go up.
  rig.keyboard.up(talkKey);
  await untilAnswered(running, mark.turn ?? "");
  expect((await running.view()).outcome).toBe("answered");
  expect(await openMicrophones(rig.desktop), "kept ready for nobody who is asleep").toBe(0);

  const before = (await running.trace.all()).length;
  const resumedMs = monotonicMs();
  await tellPower(running.app, "resume");
  const { mark: ready } = await running.trace.waitFor("sessionReady", { from: before, timeoutMs: 4_300 });
  const readyAfterMs = ready.monotonicMs - resumedMs;
  test.info().annotations.push({ type: "ready after", description: `${readyAfterMs.toFixed(0)} ms` });
  expect(readyAfterMs).toBeLessThan(1_000);
  expect(rig.server.attempts()).toBe(dialled + 1);
  await expect.poll(() => rig.server.connections(), { message: "the old line is closed" }).toHaveLength(1);
  expect(rig.server.connections()[0]).not.toBe(oldLine);
  await expectAnsweredPress(running);
  expect(rig.server.attempts(), "one dial for one awakening").toBe(dialled + 1);
});

test("locked while it listens without a key: the recording ends, is sent and answered", async () => {
  const running = await rig.launch({ settings: exactSound });
  await press(rig, running);
  const { mark } = await running.trace.waitFor("captureStarted");
  rig.keyboard.up(talkKey);
  await running.waitForView((view) => view.phase === "listening" && view.gesture === "tap", "it is latched");
  await pause(900);
  await tellPower(running.app, "lock-screen");
  await untilMicrophoneClosed(rig.desktop, 900);
  const utterance = await rig.server.waitForCommitted(0);
  expect(utterance.pcm.length / 24).toBeGreaterThan(850);
  await untilAnswered(running, mark.turn ?? "");
  const dialled = rig.server.attempts();
  await tellPower(running.app, "unlock-screen");
  await expectAnsweredPress(running);
  expect(rig.server.attempts(), "a lock is no sleep").toBe(dialled);
});

test("locked while the key is held: the recording ends at once, is sent and answered, and the next press works", async () => {
  const running = await rig.launch({ settings: exactSound });
  await press(rig, running);
  const { mark } = await running.trace.waitFor("captureStarted");
  await pause(900);
  const lockedMs = monotonicMs();
  await tellPower(running.app, "lock-screen");
  const { mark: released } = await running.trace.waitFor("talkReleased");
  test.info().annotations.push({
    type: "ended after",
    description: `${(released.monotonicMs - lockedMs).toFixed(0)} ms`,
  });
  await untilMicrophoneClosed(rig.desktop, 900);
  // On the lock screen, where nobody of us sees it.
  rig.keyboard.up(talkKey);
  await untilAnswered(running, mark.turn ?? "");
  await tellPower(running.app, "unlock-screen");
  await expectAnsweredPress(running);
});

test("the answer that plays goes on after a resume", async () => {
  const running = await rig.launch({ settings: exactSound });
  rig.server.answerWith(() => [spoken(2_500, 132)]);
  const held = await holdTalkKey(rig, running, 700);
  await running.trace.waitFor((mark) => mark.name === "responseDone" && mark.turn === held.turn);
  await running.waitForView((view) => view.phase === "speaking", "it speaks");
  await pause(500);
  await tellPower(running.app, "resume");
  await untilAnswered(running, held.turn);
  expect((await running.view()).outcome).toBe("answered");
});

test.describe("with a clock that is set", () => {
  for (const aheadSeconds of [3_600, -3_600]) {
    test(`${aheadSeconds} s: the line is replaced without a word of the system, and the next press is answered`, async () => {
      const running = await rig.launch({ settings: exactSound });
      const dialled = await withStandingLine(running);
      const from = running.output().length;
      const marks = (await running.trace.all()).length;
      await setClock(running.app, aheadSeconds);
      await untilLogged(running, "awakened reason=clock-jump", from);
      await running.trace.waitFor("sessionReady", { from: marks, timeoutMs: 1_700 });
      expect(rig.server.attempts()).toBe(dialled + 1);
      await expectAnsweredPress(running);
      expect(lines(running, "awakened")).toBe(1);
    });
  }

  test("while somebody talks: nothing is cut, and every timer goes on by the monotonic clock", async () => {
    const running = await rig.launch({ settings: exactSound });
    const marks = (await running.trace.all()).length;
    await press(rig, running);
    const { mark } = await running.trace.waitFor("captureStarted", { from: marks });
    await pause(600);
    await setClock(running.app, 7_200);
    // Longer than the watch takes to see it.
    await pause(5_600);
    await setClock(running.app, -7_200);
    await pause(600);
    expect((await running.view()).phase).toBe("listening");
    rig.keyboard.up(talkKey);
    const utterance = await rig.server.waitForCommitted(0);
    expect(utterance.pcm.length / 24).toBeGreaterThan(6_700);
    await untilAnswered(running, mark.turn ?? "");
    expect(rig.server.attempts(), "the line was not touched").toBe(1);
    await untilLogged(running, "awakened reason=clock-jump", 0);
    await expectAnsweredPress(running);
  });
});

test("stopped for nine seconds with all its processes: it notices, and the next press is answered", async () => {
  const running = await rig.launch({ settings: exactSound });
  const dialled = await withStandingLine(running);
  const from = running.output().length;
  const marks = (await running.trace.all()).length;
  const goOn = await stopProcesses(running.app);
  await pause(9_000);
  goOn();
  const continuedMs = monotonicMs();
  await untilLogged(running, "awakened reason=late-tick", from);
  const { mark: ready } = await running.trace.waitFor("sessionReady", { from: marks, timeoutMs: 4_900 });
  const readyAfterMs = ready.monotonicMs - continuedMs;
  test.info().annotations.push({ type: "ready after", description: `${readyAfterMs.toFixed(0)} ms` });
  expect(readyAfterMs).toBeLessThan(1_000);
  expect(rig.server.attempts()).toBe(dialled + 1);
  await expectAnsweredPress(running);
});

/** Every bound was over at once: the microphone was said not to deliver any sound, and the key was held for nothing. */
test("stopped for seven seconds while the microphone opens: it opens then, and what is said after that is answered", async () => {
  const running = await rig.launch({ settings: exactSound });
  await theMicrophone(rig.desktop).suspend(true);
  await press(rig, running);
  await running.waitForView(({ phase }) => phase === "arming", "it opens the microphone");
  const goOn = await stopProcesses(running.app);
  await theMicrophone(rig.desktop).suspend(false);
  await pause(7_000);
  goOn();
  await running.waitForView(({ phase }) => phase === "listening", "it listens");
  await pause(500);
  rig.keyboard.up(talkKey);
  const { pcm } = await rig.server.waitForCommitted(0);
  expect(pcm.length / 24).toBeGreaterThan(450);
  const { mark } = await running.trace.waitFor("captureStarted");
  await untilAnswered(running, mark.turn ?? "");
  await untilMicrophoneClosed(rig.desktop, 400);
});

/** What had piled up arrived without a hole in its stamps: half a second was missing, and nobody was told. */
test("the microphone stands still while all its processes do: how much is missing is told", async () => {
  const room = await recordRoom(rig.desktop);
  const running = await rig.launch({ settings: exactSound });
  await press(rig, running);
  await running.waitForView(({ phase }) => phase === "listening", "it listens");
  await pause(400);
  const goOn = await stopProcesses(running.app);
  await pause(800);
  await theMicrophone(rig.desktop).suspend(true);
  await pause(700);
  await theMicrophone(rig.desktop).suspend(false);
  await pause(1_000);
  goOn();
  const view = await running.waitForView(
    ({ notice }) => notice?.title === "The microphone was interrupted",
    "the interruption is told",
    4_300,
  );
  await pause(300);
  const upMs = rig.keyboard.up(talkKey);
  const { pcm } = await rig.server.waitForCommitted(0);
  await room.reach(upMs + 200);
  const holes = holesIn(pcm, room.samples());
  const [, toldMs] = /About (\d+) ms are missing/.exec(view.notice?.advice ?? "") ?? [];
  test.info().annotations.push({
    type: "missing",
    description: `${holes?.missingMs.toFixed(0)} ms, told ${toldMs} ms`,
  });
  expect(holes?.missingMs).toBeGreaterThan(600);
  expect(Math.abs(Number(toldMs) - (holes?.missingMs ?? 0))).toBeLessThan(60);
  const { mark } = await running.trace.waitFor("captureStarted");
  await untilAnswered(running, mark.turn ?? "");
  await room.stop();
});
