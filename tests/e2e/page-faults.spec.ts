/**
 * Proves that the overlay's page may crash while an answer is heard, and that one which keeps crashing leaves a plain
 * window with a way on, which leaves the keyboard alone, and from which the next press of the talk key starts afresh.
 * One that hangs is ended and loaded again before it costs more than a second of speech, or leaves a microphone open.
 */
import { expect, test } from "@playwright/test";
import { windowNamed, type RunningApp } from "../../scripts/driver/app.ts";
import { monotonicMs } from "../../scripts/driver/clock.ts";
import { overlayProcess, stopProcesses } from "../../scripts/driver/computer.ts";
import { heardRuns, seamsOf } from "../../scripts/driver/heard.ts";
import { recordSpeaker } from "../../scripts/driver/loudspeakers.ts";
import { noise } from "../../scripts/driver/signal.ts";
import { openMicrophones, soundOf, startNoise } from "../../scripts/driver/sound.ts";
import { openWindowBelow } from "../support/e2e-below.ts";
import { killPage } from "../support/e2e-crashes.ts";
import {
  exactSound,
  isIdle,
  pause,
  press,
  spoken,
  talkKey,
  untilMicrophoneClosed,
  useRig,
} from "../support/e2e-rig.ts";

const rig = useRig();
const lengthMs = 4_000;

test("the page is killed while an answer is heard: it goes on from the same sample", async () => {
  const running = await rig.launch({ settings: exactSound });
  const recording = await recordSpeaker(rig.desktop, soundOf(rig.desktop).speakerSink);
  rig.server.answerWith(() => [spoken(lengthMs, 401)]);
  await running.ask("Tell me something long.");
  await running.trace.waitFor("firstSampleHeard");
  await pause(1_100);
  process.kill(await overlayProcess(running.app), "SIGKILL");
  await running.trace.waitFor("drained", { timeoutMs: 9_400 });
  await recording.reach(monotonicMs() + 300);
  const runs = heardRuns(noise(lengthMs * 24, 401), { speaker: recording });
  const seams = seamsOf(runs);
  test.info().annotations.push({ type: "seams", description: JSON.stringify(seams) });
  expect(seams.length).toBeGreaterThan(0);
  for (const { missingMs, doubledMs, gapMs } of seams) {
    expect(missingMs).toBeLessThanOrEqual(4);
    expect(doubledMs).toBeLessThanOrEqual(150);
    expect(gapMs).toBeLessThan(500);
  }
  await recording.stop();
});

test("a page that keeps crashing leaves a plain window, and the next press starts afresh", async () => {
  const running = await rig.launch({ settings: exactSound });
  const below = await openWindowBelow(rig.desktop);
  for (let crash = 0; crash < 4; crash += 1) await killPage(running);
  const safe = await windowNamed(running.app, "safe");
  await expect(safe.getByRole("heading")).toHaveText("Parley’s window keeps crashing");
  // It comes by itself, in the middle of what somebody types elsewhere.
  const isVisible = (): Promise<boolean | undefined> =>
    running.app.evaluate(
      ({ BrowserWindow }, url) =>
        BrowserWindow.getAllWindows()
          .find((window) => window.webContents.getURL() === url)
          ?.isVisible(),
      safe.url(),
    );
  await expect.poll(isVisible, { timeout: 5_300 }).toBe(true);
  expect(await below.hasFocus()).toBe(true);
  await safe.screenshot({ path: test.info().outputPath("safe.png") });
  expect(await openMicrophones(rig.desktop)).toBe(0);
  const sound = await startNoise(rig.desktop, 402);
  const closed = safe.waitForEvent("close");
  rig.keyboard.down(talkKey);
  await running.trace.waitFor("captureStarted", { timeoutMs: 4_300 });
  await closed;
  await pause(700);
  rig.keyboard.up(talkKey);
  await rig.server.waitForCommitted(0);
  await running.trace.waitFor("drained");
  await sound.stop();
  await below.stop();
});

/** All of its threads, or its own alone: then what captures goes on. */
const hangs: readonly (readonly [string, (running: RunningApp) => unknown])[] = [
  ["is stopped", async ({ app }) => process.kill(await overlayProcess(app), "SIGSTOP")],
  [
    "is blocked",
    ({ overlay }) =>
      void overlay
        .evaluate(() => {
          for (;;);
        })
        .catch(() => undefined),
  ],
];

for (const [how, hang] of hangs) {
  test(`the page ${how} while somebody talks: the microphone is closed as the key goes up, and the next press works`, async () => {
    const running = await rig.launch({ settings: exactSound });
    const sound = await startNoise(rig.desktop, 403);
    rig.keyboard.down(talkKey);
    const { mark } = await running.trace.waitFor("captureStarted");
    await pause(900);
    await hang(running);
    await pause(150);
    const upMs = rig.keyboard.up(talkKey);
    await untilMicrophoneClosed(rig.desktop, 2_000);
    const closedMs = monotonicMs() - upMs;
    test.info().annotations.push({ type: "closed after", description: `${closedMs.toFixed(0)} ms` });
    expect(closedMs).toBeLessThan(1_500);
    // What was said until then is the question.
    const { pcm } = await rig.server.waitForCommitted(0);
    expect(pcm.length / 24).toBeGreaterThan(700);
    await running.trace.waitFor(({ name, turn }) => name === "drained" && turn === mark.turn);
    const from = (await running.trace.all()).length;
    rig.keyboard.down(talkKey);
    const next = await running.trace.waitFor("captureStarted", { from });
    await pause(700);
    rig.keyboard.up(talkKey);
    await rig.server.waitForCommitted(1);
    await running.trace.waitFor(({ name, turn }) => name === "drained" && turn === next.mark.turn);
    await sound.stop();
  });
}

test("the page hangs before a press: the next one records, and nothing is said against the microphone", async () => {
  const running = await rig.launch({ settings: exactSound });
  const sound = await startNoise(rig.desktop, 404);
  process.kill(await overlayProcess(running.app), "SIGSTOP");
  const downMs = rig.keyboard.down(talkKey);
  const { mark } = await running.trace.waitFor("captureStarted", { timeoutMs: 4_700 });
  const lateMs = mark.monotonicMs - downMs;
  test.info().annotations.push({ type: "records after", description: `${lateMs.toFixed(0)} ms` });
  expect(lateMs).toBeLessThan(2_500);
  await pause(900);
  rig.keyboard.up(talkKey);
  const { pcm } = await rig.server.waitForCommitted(0);
  expect(pcm.length / 24).toBeGreaterThan(800);
  await untilMicrophoneClosed(rig.desktop, 1_200);
  await running.trace.waitFor(({ name, turn }) => name === "drained" && turn === mark.turn);
  expect((await running.trace.all()).filter(({ name }) => name === "failed")).toEqual([]);
  await sound.stop();
});

test("a page that is only busy, and a computer that sleeps, are no hanging page", async () => {
  const running = await rig.launch({ settings: exactSound });
  const sound = await startNoise(rig.desktop, 405);
  const pid = await overlayProcess(running.app);
  const keepBusy = (): Promise<void> =>
    running.overlay.evaluate(() => {
      const until = performance.now() + 500;
      while (performance.now() < until);
    });
  await press(rig, running);
  await keepBusy();
  await running.trace.waitFor("captureStarted");
  await keepBusy();
  await keepBusy();
  const busy = keepBusy();
  rig.keyboard.up(talkKey);
  await busy;
  await rig.server.waitForCommitted(0);
  await untilMicrophoneClosed(rig.desktop, 1_300);
  await running.waitForView(isIdle, "answered");
  const from = (await running.trace.all()).length;
  await press(rig, running);
  await running.trace.waitFor("captureStarted", { from });
  const goOn = await stopProcesses(running.app);
  await pause(2_600);
  goOn();
  await pause(700);
  rig.keyboard.up(talkKey);
  await rig.server.waitForCommitted(1);
  await untilMicrophoneClosed(rig.desktop, 1_400);
  await running.waitForView(isIdle, "answered once more");
  expect(await overlayProcess(running.app)).toBe(pid);
  await sound.stop();
});

/** It was only logged: the page stayed away, and no press of the key could bring it back. */
test("a page that cannot be loaded after a crash is loaded once more", async () => {
  const running = await rig.launch({ settings: exactSound });
  await running.app.evaluate(({ BrowserWindow }) => {
    const overlay = BrowserWindow.getAllWindows().find((window) =>
      window.webContents.getURL().endsWith("/overlay.html"),
    );
    if (overlay === undefined) throw new Error("There is no overlay.");
    const load = overlay.loadURL.bind(overlay);
    overlay.loadURL = () => {
      overlay.loadURL = load;
      // Nobody listens there.
      return load("http://127.0.0.1:1/overlay.html");
    };
  });
  await killPage(running);
  const sound = await startNoise(rig.desktop, 406);
  rig.keyboard.down(talkKey);
  await running.trace.waitFor("captureStarted", { timeoutMs: 4_600 });
  await pause(700);
  rig.keyboard.up(talkKey);
  await rig.server.waitForCommitted(0);
  await running.trace.waitFor("drained");
  await sound.stop();
});
