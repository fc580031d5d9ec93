/** Proves that a microphone that is missing, lost, denied or dead says so by name, and that none is open unseen. */
import { expect, test } from "@playwright/test";
import type { RunningApp } from "../../scripts/driver/app.ts";
import { monotonicMs } from "../../scripts/driver/clock.ts";
import { microphoneName, plugIn, unplug } from "../../scripts/driver/microphones.ts";
import { openMicrophones, startNoise } from "../../scripts/driver/sound.ts";
import { describeFailure, type Failure } from "../../shared/failure.ts";
import {
  exactSound,
  holdTalkKey,
  isAnswered,
  isIdle,
  press,
  pause,
  talkKey,
  untilAnswered,
  untilMicrophoneClosed,
  useRig,
} from "../support/e2e-rig.ts";

const rig = useRig();

/** Expects the failure in the overlay. @returns whether what was said is kept. */
async function expectFailure(running: RunningApp, failure: Failure): Promise<void> {
  const { title } = describeFailure(failure);
  const view = await running.waitForView((each) => each.phase === "failed", `the failure “${title}”`, 9_700);
  expect(view.notice?.title).toBe(title);
  await expect(running.overlay.locator(".notice-title")).toHaveText(title);
}

async function expectNextPressWorks(running: RunningApp): Promise<void> {
  const committed = rig.server.committed.length;
  const noise = await startNoise(rig.desktop, 61);
  const held = await holdTalkKey(rig, running, 650);
  await rig.server.waitForCommitted(committed);
  await untilAnswered(running, held.turn);
  await noise.stop();
}

test("without any microphone it says so; plugged in, the next press works", async () => {
  await unplug(rig.desktop);
  const running = await rig.launch({ settings: exactSound });
  await press(rig, running);
  await expectFailure(running, { kind: "microphone-missing", device: null });
  rig.keyboard.up(talkKey);
  await plugIn(rig.desktop);
  await expectNextPressWorks(running);
});

test("a microphone that is pulled out while talking is named, and what was said before can be sent", async () => {
  const running = await rig.launch({ settings: exactSound });
  const noise = await startNoise(rig.desktop, 62);
  await press(rig, running);
  await running.waitForView((view) => view.phase === "listening", "it listens");
  await pause(900);
  await unplug(rig.desktop);
  await expectFailure(running, { kind: "microphone-lost", device: microphoneName });
  expect(await openMicrophones(rig.desktop), "closed while the key is still down").toBe(0);
  rig.keyboard.up(talkKey);
  await noise.stop();
  await running.overlay.getByRole("button", { name: "Send again" }).click();
  const { pcm } = await rig.server.waitForCommitted(0);
  expect(pcm.length / 24).toBeGreaterThan(800);
  await running.waitForView(isAnswered, "what was said before is answered");
  await plugIn(rig.desktop);
  await expectNextPressWorks(running);
});

test("a microphone that delivers nothing but digital silence is named", async () => {
  const running = await rig.launch({ settings: exactSound });
  // Nobody plays anything into it.
  await holdTalkKey(rig, running, 900);
  const view = await running.waitForView((each) => each.phase === "failed", "the silence is noticed");
  expect(view.notice?.title).toContain("delivers only silence");
  expect(view.notice?.title).toContain(microphoneName);
  expect(rig.server.committed).toEqual([]);
  await expectNextPressWorks(running);
});

test("a denied permission says where to allow it; allowed, the next press works", async () => {
  const running = await rig.launch({ settings: exactSound });
  await running.app.evaluate(({ session }) => {
    session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
    session.defaultSession.setPermissionCheckHandler(() => false);
  });
  await press(rig, running);
  await expectFailure(running, { kind: "microphone-denied", device: null });
  rig.keyboard.up(talkKey);
  await running.app.evaluate(({ session }) => {
    session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(true));
    session.defaultSession.setPermissionCheckHandler(() => true);
  });
  await expectNextPressWorks(running);
});

test("opened on press, it is closed whenever nobody talks", async () => {
  const running = await rig.launch({ settings: exactSound });
  expect(await openMicrophones(rig.desktop), "before the first press").toBe(0);
  const noise = await startNoise(rig.desktop, 63);
  await press(rig, running);
  const { mark } = await running.trace.waitFor("captureStarted");
  expect(await openMicrophones(rig.desktop), "while talking").toBe(1);
  await pause(700);
  rig.keyboard.up(talkKey);
  const closedAfterMs = await untilMicrophoneClosed(rig.desktop, 300);
  test.info().annotations.push({ type: "closed after", description: `${closedAfterMs.toFixed(0)} ms` });
  await untilAnswered(running, mark.turn ?? "");
  expect(await openMicrophones(rig.desktop), "afterwards").toBe(0);
  await noise.stop();
});

test("kept ready, it is open for the time that was set and then closed", async () => {
  const readyMs = 5_000;
  const running = await rig.launch({
    settings: { ...exactSound, microphoneMode: "keep-ready", keepReadySeconds: readyMs / 1000 },
  });
  expect(await openMicrophones(rig.desktop), "before the first press").toBe(0);
  const noise = await startNoise(rig.desktop, 64);
  const held = await holdTalkKey(rig, running, 650);
  await untilAnswered(running, held.turn);
  expect(await openMicrophones(rig.desktop), "ready for the next press").toBe(1);
  await untilMicrophoneClosed(rig.desktop, readyMs + 2_000);
  const openMs = monotonicMs() - held.upMs;
  expect(openMs).toBeGreaterThan(readyMs - 250);
  expect(openMs).toBeLessThan(readyMs + 1_500);
  await running.waitForView(isIdle, "idle");
  await noise.stop();
});
