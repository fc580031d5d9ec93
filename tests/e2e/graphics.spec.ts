/**
 * Proves that a graphics process that crashes costs nobody a word: the answer that plays goes on, and after the second
 * crash Parley looks plainer, says so, and draws in software from the next start on.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import type { RunningApp } from "../../scripts/driver/app.ts";
import { monotonicMs } from "../../scripts/driver/clock.ts";
import { noise } from "../../scripts/driver/signal.ts";
import { soundOf, startNoise } from "../../scripts/driver/sound.ts";
import { heardRuns, seamsOf } from "../../scripts/driver/heard.ts";
import { recordSpeaker } from "../../scripts/driver/loudspeakers.ts";
import { exactSound, holdTalkKey, pause, spoken, untilAnswered, useRig } from "../support/e2e-rig.ts";

const rig = useRig();
const lengthMs = 6_000;

/** The real process that draws; 0 while there is none. */
const graphicsPid = (running: RunningApp): Promise<number> =>
  running.app.evaluate(({ app }) => app.getAppMetrics().find(({ type }) => type === "GPU")?.pid ?? 0);

/** Is what the pages draw put together by the graphics process? */
const compositing = (running: RunningApp): Promise<string> =>
  running.app.evaluate(({ app }) => app.getGPUFeatureStatus().gpu_compositing);

/** Kills it, and waits until another one draws. */
async function killGraphics(running: RunningApp, crashes: number): Promise<void> {
  await expect.poll(() => graphicsPid(running), { timeout: 5_400 }).toBeGreaterThan(0);
  process.kill(await graphicsPid(running), "SIGKILL");
  await expect
    .poll(() => running.output().match(/graphics-process-gone/g)?.length, { timeout: 5_600 })
    .toBe(crashes);
}

test("the graphics process is killed twice: the answer goes on, it is told, and the next start draws in software", async () => {
  const profileDir = await mkdtemp(join(tmpdir(), "parley-profile-"));
  const running = await rig.launch({ profileDir, settings: exactSound });
  const recording = await recordSpeaker(rig.desktop, soundOf(rig.desktop).speakerSink);
  rig.server.answerWith(() => [spoken(lengthMs, 411)]);
  await running.ask("Tell me something long.");
  await running.trace.waitFor("firstSampleHeard");
  await pause(600);
  await killGraphics(running, 1);
  expect((await running.view()).notice, "once may be an accident").toBeNull();
  await killGraphics(running, 2);
  const view = await running.waitForView(({ notice }) => notice !== null, "the notice", 3_700);
  expect(view.notice).toEqual({
    title: "The graphics processor keeps crashing",
    advice: "Parley goes on in a plainer look, and draws without it from the next start on.",
    action: null,
  });
  await expect(running.overlay.locator(".notice-title")).toBeVisible();
  await running.trace.waitFor("drained", { timeoutMs: 12_600 });
  await recording.reach(monotonicMs() + 300);
  const runs = heardRuns(noise(lengthMs * 24, 411), { speaker: recording });
  test.info().annotations.push({ type: "seams", description: JSON.stringify(seamsOf(runs)) });
  for (const { missingMs, gapMs } of seamsOf(runs)) {
    expect(missingMs).toBeLessThanOrEqual(4);
    expect(gapMs).toBeLessThan(500);
  }
  // Its first and last milliseconds are faded, and an edge is found to 2 ms.
  expect((runs.at(-1)?.to ?? 0) - (runs[0]?.from ?? 0)).toBeGreaterThanOrEqual((lengthMs - 14) * 24);
  await recording.stop();
  await rig.close(running);

  // Chromium's own stand-in for a graphics processor, where there is none: it would be used, if nothing was remembered.
  const args = ["--ignore-gpu-blocklist", "--use-gl=angle", "--use-angle=swiftshader"];
  const next = await rig.launch({ profileDir, args, settings: exactSound });
  expect(await compositing(next)).toBe("disabled_software");
  rig.server.answerWith(() => [spoken(300, 412)]);
  const sound = await startNoise(rig.desktop, 413);
  const held = await holdTalkKey(rig, next, 700);
  await untilAnswered(next, held.turn);
  await sound.stop();
  await rig.close(next);
  await rm(profileDir, { recursive: true, force: true });
});

/**
 * It was no crash for us when it ended by itself, so that a driver that makes it do so was never given up. Nothing here
 * makes the real one end so: it is told where Electron tells it.
 */
test("a graphics process that ends by itself with an error counts like one that is killed", async () => {
  const running = await rig.launch({ settings: exactSound });
  await killGraphics(running, 1);
  await running.app.evaluate(({ app }) => {
    const details = { type: "GPU", reason: "abnormal-exit", exitCode: 7 };
    (app as NodeJS.EventEmitter).emit("child-process-gone", {}, details);
  });
  await running.waitForView(
    ({ notice }) => notice?.title === "The graphics processor keeps crashing",
    "the notice",
    3_800,
  );
});
