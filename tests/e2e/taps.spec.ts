/** Proves that no way of handling the talk key leaves a recording behind or the next press without effect. */
import { expect, test } from "@playwright/test";
import type { SessionView } from "../../shared/session-view.ts";
import type { RunningApp } from "../../scripts/driver/app.ts";
import { monotonicMs } from "../../scripts/driver/clock.ts";
import { hastenLongTimers, stopProcesses, swallowKeyUps } from "../../scripts/driver/computer.ts";
import { seeded } from "../../scripts/driver/signal.ts";
import { openMicrophones, startNoise, type Noise } from "../../scripts/driver/sound.ts";
import { clickTray, watchTray } from "../support/e2e-tray.ts";
import {
  exactSound,
  holdTalkKey,
  isIdle,
  pause,
  spoken,
  talkKey,
  untilAnswered,
  untilMicrophoneClosed,
  press,
  useRig,
} from "../support/e2e-rig.ts";

const rig = useRig({ answer: () => [spoken(70, 41)] });
let noise: Noise | null = null;

async function launch(settings = {}): Promise<RunningApp> {
  const running = await rig.launch({ settings: { ...exactSound, ...settings } });
  noise = await startNoise(rig.desktop, 40);
  return running;
}

test.afterEach(async () => {
  await noise?.stop();
  noise = null;
});

/** The proof that nothing is stuck: a microphone that is closed, and a next turn that is answered. */
async function expectHealthy(running: RunningApp): Promise<void> {
  await running.waitForView(isIdle, "idle", 11_400);
  await untilMicrophoneClosed(rig.desktop, 1_500);
  const before = rig.server.committed.length;
  const held = await holdTalkKey(rig, running, 650);
  await rig.server.waitForCommitted(before);
  await untilAnswered(running, held.turn);
  await untilMicrophoneClosed(rig.desktop, 1_600);
}

test("a thousand taps, up to twenty a second, end idle and without one protocol error", async () => {
  test.setTimeout(300_000);
  const seed = Date.now() % 1_000_000;
  test.info().annotations.push({ type: "seed", description: String(seed) });
  console.log(`  seed ${seed}`);
  const random = seeded(seed);
  /** Short ones are likelier: people are quick, and the races are there. */
  const between = (low: number, high: number): number => low * (high / low) ** (random() ** 3);
  const running = await launch();
  const lines: string[] = [];
  for (let tap = 0; tap < 1_000; tap += 1) {
    const downMs = between(5, 400);
    const upMs = Math.max(50 - downMs, between(8, 120));
    lines.push(
      `keydown --delay 0 ${talkKey}`,
      `sleep ${(downMs / 1000).toFixed(4)}`,
      `keyup --delay 0 ${talkKey}`,
      `sleep ${(upMs / 1000).toFixed(4)}`,
    );
  }
  await rig.keyboard.play(lines);
  const marks = await running.trace.all();
  const presses = marks.filter(({ name }) => name === "talkPressed").length;
  console.log(`  ${presses} turns begun, ${rig.server.committed.length} committed`);
  expect(marks.filter(({ name }) => name === "failed")).toEqual([]);
  // A tap that ends a turn begins none.
  expect(presses).toBeGreaterThan(400);
  expect(running.output(), "it was heard all the time").not.toContain("hotkey-hook-deaf");
  // An odd tap may have left it listening.
  await rig.desktop.xdotool("key", "Escape");
  await expectHealthy(running);
  expect(rig.server.connections().length).toBeLessThanOrEqual(1);
});

test("another key while it is held means a shortcut: the turn is dropped without a word", async () => {
  const running = await launch();
  await press(rig, running);
  await running.trace.waitFor("captureStarted");
  await running.waitForView((view) => view.phase === "listening", "it listens");
  await pause(200);
  await rig.desktop.xdotool("key", "c");
  const view = await running.waitForView(isIdle, "the turn is dropped");
  expect(view.outcome).toBe("cancelled");
  expect(view.notice).toBeNull();
  await untilMicrophoneClosed(rig.desktop, 1_100);
  rig.keyboard.up(talkKey);
  expect(rig.server.committed).toEqual([]);
  await expectHealthy(running);
});

test("a key that is released while another is held ends the turn", async () => {
  const running = await launch();
  rig.keyboard.down("a");
  await press(rig, running);
  await running.trace.waitFor("captureStarted");
  await pause(700);
  rig.keyboard.up(talkKey);
  await running.waitForView(isIdle, "idle while the other key is still down", 6_600);
  rig.keyboard.up("a");
  await expectHealthy(running);
});

test("Esc while it is held cancels, and letting go afterwards sends nothing", async () => {
  const running = await launch();
  await press(rig, running);
  await running.waitForView((view) => view.phase === "listening", "it listens");
  await pause(650);
  await rig.desktop.xdotool("key", "Escape");
  await running.waitForView(isIdle, "cancelled");
  rig.keyboard.up(talkKey);
  await expectHealthy(running);
  // Only the turn that proves its health.
  expect(rig.server.committed).toHaveLength(1);
});

test("the repeated presses that the system makes of a held key are one press", async () => {
  const running = await launch({ talkKey: "F9" });
  await press(rig, running, "F9");
  await running.trace.waitFor("captureStarted");
  await pause(1_900);
  rig.keyboard.up("F9");
  await rig.server.waitForCommitted(0);
  await running.waitForView(isIdle, "answered");
  const names = (await running.trace.all()).map(({ name }) => name);
  expect(names.filter((name) => name === "talkPressed")).toHaveLength(1);
  expect(names.filter((name) => name === "talkReleased")).toHaveLength(1);
  expect((rig.server.committed[0]?.pcm.length ?? 0) / 24).toBeGreaterThan(1_700);
});

test("a key-up that never reaches the app ends the recording within a second and a half", async () => {
  const running = await launch();
  await press(rig, running);
  await running.trace.waitFor("captureStarted");
  await pause(900);
  await swallowKeyUps(running.app, true);
  const upMs = rig.keyboard.up(talkKey);
  const { mark } = await running.trace.waitFor("talkReleased");
  test
    .info()
    .annotations.push({ type: "noticed", description: `${(mark.monotonicMs - upMs).toFixed(0)} ms` });
  expect(mark.monotonicMs - upMs).toBeLessThan(1_500);
  expect(mark.monotonicMs - upMs, "the release itself was really lost").toBeGreaterThan(30);
  // What was said was meant to be sent.
  await rig.server.waitForCommitted(0);
  await running.waitForView(isIdle, "answered");
  const closedBeforeMs = monotonicMs() + 1_500;
  while ((await openMicrophones(rig.desktop)) > 0) expect(monotonicMs()).toBeLessThan(closedBeforeMs);
});

test("a recording is asked about at its limit, goes on when that is wished, and is sent whole when nobody answers", async () => {
  const running = await launch({ recordingLimitMinutes: 1 });
  await watchTray(running.app);
  // A minute is 5 s then, and the half one for an answer 2.5 s: the smallest limit there is, without the wait.
  await hastenLongTimers(running.app, 12);
  const limitMs = 5_000;
  const isAsked = ({ notice }: SessionView): boolean => notice?.action === "keep-recording";
  const isKept = (view: SessionView): boolean => view.phase === "listening" && view.notice === null;
  const downMs = await press(rig, running);
  const keepGoing = [
    () => running.overlay.getByRole("button", { name: "Keep recording" }).click(),
    () => clickTray(running.app, "Keep recording"),
  ];
  for (const answer of keepGoing) {
    const { phase } = await running.waitForView(isAsked, "it is asked", 9_700);
    expect(phase, "nothing is cut meanwhile").toBe("listening");
    await answer();
    await running.forgetViews();
    await running.waitForView(isKept, "it goes on", 1_900);
  }
  await running.waitForView(isAsked, "it is asked once more", 9_800);
  const { mark } = await running.trace.waitFor("responseRequested", { timeoutMs: 9_600 });
  const tookMs = mark.monotonicMs - downMs;
  test.info().annotations.push({ type: "sent after", description: `${tookMs.toFixed(0)} ms` });
  await hastenLongTimers(running.app, 1);
  expect(tookMs).toBeGreaterThan(3 * limitMs + 2_400);
  const { pcm } = await rig.server.waitForCommitted(0);
  expect(pcm.length / 24, "all of it").toBeGreaterThan(3 * limitMs + 2_000);
  await untilMicrophoneClosed(rig.desktop, 1_700);
  rig.keyboard.up(talkKey);
  await running.waitForView(isIdle, "answered", 9_900);
  await expectHealthy(running);
});

test("the app stopped in its tracks while the key goes up: the recording ends as it wakes", async () => {
  const running = await launch();
  await press(rig, running);
  await running.trace.waitFor("captureStarted");
  await pause(800);
  const goOn = await stopProcesses(running.app);
  rig.keyboard.up(talkKey);
  await pause(1_000);
  const awakeMs = monotonicMs();
  goOn();
  const { mark } = await running.trace.waitFor("talkReleased");
  expect(mark.monotonicMs - awakeMs).toBeLessThan(1_500);
  await rig.server.waitForCommitted(0);
  await expectHealthy(running);
  expect(running.output(), "late is not deaf").not.toContain("hotkey-hook-deaf");
});

test("the app stopped in its tracks for all of a hold: it is no tap, and is sent as the app wakes", async () => {
  const running = await launch();
  const goOn = await stopProcesses(running.app);
  // The key alone: whatever is asked of the app is not answered before it goes on.
  rig.keyboard.down(talkKey);
  await pause(900);
  rig.keyboard.up(talkKey);
  await pause(300);
  goOn();
  await running.trace.waitFor("talkReleased", { timeoutMs: 4_400 });
  await expectHealthy(running);
  expect(running.output(), "late is not deaf").not.toContain("hotkey-hook-deaf");
});
