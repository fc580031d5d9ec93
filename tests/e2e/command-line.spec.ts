/** Proves that a script, a pedal or a compositor can drive Parley: by its command line, with the words of the docs. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import type { RunningApp } from "../../scripts/driver/app.ts";
import { openMicrophones, startNoise } from "../../scripts/driver/sound.ts";
import { runParley, type Ended } from "../../scripts/driver/starts.ts";
import {
  exactSound,
  isAnswered,
  isIdle,
  pause,
  spoken,
  untilMicrophoneClosed,
  useRig,
} from "../support/e2e-rig.ts";

const rig = useRig({ answer: () => [spoken(4_000, 211)] });
let profileDir = "";

test.beforeEach(async () => {
  profileDir = await mkdtemp(join(tmpdir(), "parley-profile-"));
});
test.afterEach(() => rm(profileDir, { recursive: true, force: true }));

const command = (...args: readonly string[]): Promise<Ended> =>
  runParley(rig.desktop.env, profileDir, ...args);

const launch = (args: readonly string[] = []): Promise<RunningApp> =>
  rig.launch({ profileDir, args, settings: exactSound });

const windows = (running: RunningApp): Promise<number> =>
  running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);

test("start and stop are a turn, and twice start is no second one", async () => {
  const running = await launch();
  const noise = await startNoise(rig.desktop, 212);
  const started = await command("--talk", "start");
  expect(started).toMatchObject({ code: 0, stdout: "" });
  const { mark } = await running.trace.waitFor("captureStarted");
  test.info().annotations.push({
    type: "from the start of the command to the recording",
    description: `${(mark.monotonicMs - started.startMs).toFixed(0)} ms`,
  });
  expect((await command("--talk", "start")).code).toBe(0);
  expect(await openMicrophones(rig.desktop)).toBe(1);
  await pause(300);
  expect((await command("--talk", "stop")).code).toBe(0);
  await running.waitForView(isAnswered, "the answer");
  expect(rig.server.committed).toHaveLength(1);
  expect((await running.trace.all()).filter(({ name }) => name === "talkPressed")).toHaveLength(1);
  await untilMicrophoneClosed(rig.desktop, 1_000);
  // Nothing is being recorded: there is nothing to stop, and nothing goes wrong.
  expect((await command("--talk", "stop")).code).toBe(0);
  expect(isIdle(await running.view())).toBe(true);
  expect(await windows(running)).toBe(1);
  await noise.stop();
});

test("toggle interrupts the answer and records, as the key does; cancel throws it away", async () => {
  const running = await launch();
  const noise = await startNoise(rig.desktop, 213);
  await command("--talk", "toggle");
  await running.trace.waitFor("captureStarted");
  await pause(300);
  await command("--talk", "toggle");
  await running.trace.waitFor("firstSampleHeard");
  await command("--talk=toggle");
  await running.waitForView(({ phase, isBargeIn }) => phase === "listening" && isBargeIn, "the barge-in");
  expect((await command("--cancel")).code).toBe(0);
  await running.waitForView(({ phase, outcome }) => phase === "idle" && outcome === "cancelled", "the rest");
  await untilMicrophoneClosed(rig.desktop, 1_000);
  expect(rig.server.committed).toHaveLength(1);
  await noise.stop();
});

test("cancel stops an answer", async () => {
  const running = await launch();
  await running.ask("Say something long.");
  await running.trace.waitFor("firstSampleHeard");
  await command("--cancel");
  await running.waitForView(({ outcome }) => outcome === "interrupted", "the end");
});

test("a mistake is told to whoever made it, and disturbs nobody", async () => {
  const running = await launch();
  expect(await command("--talk", "loudly")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("“--talk” needs one of start, look, stop, toggle."),
  });
  expect(await command("--talk", "start", "--cancel")).toMatchObject({ code: 2 });
  expect((await running.trace.all()).filter(({ name }) => name === "talkPressed")).toHaveLength(0);
  expect(await windows(running)).toBe(1);
});

test("with no Parley running, what ends something says so, and what begins something starts one", async () => {
  for (const args of [["--talk", "stop"], ["--cancel"]]) {
    expect(await command(...args)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Parley is not running: there is nothing to stop."),
    });
  }
  expect(await command("--help")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("--talk toggle"),
  });
  const noise = await startNoise(rig.desktop, 214);
  const running = await launch(["--talk", "start"]);
  await running.trace.waitFor("captureStarted");
  await command("--talk", "stop");
  await running.waitForView(isAnswered, "the answer");
  expect(rig.server.committed).toHaveLength(1);
  await noise.stop();
});
