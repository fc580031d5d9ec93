/**
 * Proves that the overlay's page may crash while an answer is heard, and that one which keeps crashing leaves a plain
 * window with a way on, which leaves the keyboard alone, and from which the next press of the talk key starts afresh.
 */
import { expect, test } from "@playwright/test";
import { windowNamed } from "../../scripts/driver/app.ts";
import { monotonicMs } from "../../scripts/driver/clock.ts";
import { overlayProcess } from "../../scripts/driver/computer.ts";
import { heardRuns, seamsOf } from "../../scripts/driver/heard.ts";
import { recordSpeaker } from "../../scripts/driver/loudspeakers.ts";
import { noise } from "../../scripts/driver/signal.ts";
import { openMicrophones, soundOf, startNoise } from "../../scripts/driver/sound.ts";
import { openWindowBelow } from "../support/e2e-below.ts";
import { killPage } from "../support/e2e-crashes.ts";
import { exactSound, pause, spoken, talkKey, useRig } from "../support/e2e-rig.ts";

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
