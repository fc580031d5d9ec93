/** Proves that what is said while the key is down arrives at the server whole, whatever the microphone mode. */
import { execFileSync } from "node:child_process";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { continuity, envelope, follow, locate } from "../../scripts/driver/signal.ts";
import { recordMicrophone, sayInto, startNoise } from "../../scripts/driver/sound.ts";
import { readWav } from "../../scripts/driver/wav.ts";
import { expectWhole } from "../support/e2e-speech.ts";
import { exactSound, holdTalkKey, pause, talkKey, untilAnswered, press, useRig } from "../support/e2e-rig.ts";

const rig = useRig();

/** The first word must not be clipped: the microphone may take this long to open, and no longer. */
const openingMs = 120;

test("clips neither first nor last word, with the microphone opened on each press", async () => {
  const running = await rig.launch({ settings: exactSound });
  const microphone = await recordMicrophone(rig.desktop);
  const noise = await startNoise(rig.desktop, 1);
  for (const [index, holdMs] of [900, 640, 1_337, 701, 2_003].entries()) {
    const held = await holdTalkKey(rig, running, holdMs);
    const { pcm } = await rig.server.waitForCommitted(index);
    const arrival = await expectWhole(
      pcm,
      microphone,
      { downMs: held.downMs, upMs: held.releasedMs },
      `press ${index}`,
    );
    expect(arrival.lostAtStartMs).toBeLessThanOrEqual(openingMs);
    expect(arrival.afterEndMs).toBeGreaterThanOrEqual(0);
    await untilAnswered(running, held.turn);
  }
  await noise.stop();
  await microphone.stop();
});

test("loses nothing at the start and sends what was said before, with the microphone kept ready", async () => {
  const running = await rig.launch({ settings: { ...exactSound, microphoneMode: "keep-ready" } });
  const microphone = await recordMicrophone(rig.desktop);
  const noise = await startNoise(rig.desktop, 2);
  for (const [index, holdMs] of [700, 655, 1_213, 805].entries()) {
    const held = await holdTalkKey(rig, running, holdMs);
    const { pcm } = await rig.server.waitForCommitted(index);
    const spoken = { downMs: held.downMs, upMs: held.releasedMs };
    const arrival = await expectWhole(pcm, microphone, spoken, `press ${index}`);
    // The first press opens it.
    expect(arrival.lostAtStartMs).toBeLessThanOrEqual(index === 0 ? openingMs : -250);
    expect(arrival.afterEndMs).toBeGreaterThanOrEqual(0);
    await untilAnswered(running, held.turn);
  }
  await noise.stop();
  await microphone.stop();
});

test("sends everything between two taps", async () => {
  const running = await rig.launch({ settings: exactSound });
  const microphone = await recordMicrophone(rig.desktop);
  const noise = await startNoise(rig.desktop, 3);
  const downMs = await press(rig, running);
  await pause(83);
  rig.keyboard.up(talkKey);
  await running.waitForView((view) => view.phase === "listening" && view.gesture === "tap", "it listens on");
  await pause(1_500);
  await press(rig, running);
  const { mark } = await running.trace.waitFor("talkReleased");
  await pause(71);
  rig.keyboard.up(talkKey);
  const { pcm } = await rig.server.waitForCommitted(0);
  const arrival = await expectWhole(pcm, microphone, { downMs, upMs: mark.monotonicMs }, "between the taps");
  expect(arrival.lostAtStartMs).toBeLessThanOrEqual(openingMs);
  expect(arrival.afterEndMs).toBeGreaterThanOrEqual(0);
  await noise.stop();
  await microphone.stop();
});

/** What had not come through the microphone yet when the key went down again was missing, and nobody was told. */
test("loses nothing of what was said before the key went up when it goes down again at once", async () => {
  const running = await rig.launch({ settings: { ...exactSound, microphoneMode: "keep-ready" } });
  const microphone = await recordMicrophone(rig.desktop);
  const noise = await startNoise(rig.desktop, 6);
  const first = await press(rig, running);
  await running.trace.waitFor("captureStarted");
  await pause(900);
  await rig.keyboard.play([`keyup --delay 0 ${talkKey}`, "sleep 0.008", `keydown --delay 0 ${talkKey}`]);
  const { mark: up } = await running.trace.waitFor("talkReleased");
  const { mark: again } = await running.trace.waitFor(
    ({ name, turn }) => name === "talkPressed" && turn !== up.turn,
  );
  await pause(900);
  rig.keyboard.up(talkKey);
  const released = await running.trace.waitFor(
    ({ name, turn }) => name === "talkReleased" && turn === again.turn,
  );
  const { mark: committed } = await running.trace.waitFor(
    ({ name, turn }) => name === "committed" && turn === up.turn,
  );
  expect(committed.monotonicMs, "the tail was still on its way").toBeGreaterThan(again.monotonicMs);
  for (const [index, spoken] of [
    { downMs: first, upMs: up.monotonicMs },
    { downMs: again.monotonicMs, upMs: released.mark.monotonicMs },
  ].entries()) {
    const { pcm } = await rig.server.waitForCommitted(index);
    const arrival = await expectWhole(pcm, microphone, spoken, `press ${index}`);
    expect(arrival.afterEndMs).toBeGreaterThanOrEqual(0);
    // The second one begins where the first one ends: no sample belongs to both, none to neither.
    if (index === 1) expect(arrival.lostAtStartMs).toBeLessThanOrEqual(10);
  }
  await untilAnswered(running, again.turn ?? "");
  await noise.stop();
  await microphone.stop();
});

test("keeps what is said while the server takes two seconds to be ready", async () => {
  rig.server.setFaults({ sessionCreatedDelayMs: 900, sessionUpdatedDelayMs: 1_100 });
  const running = await rig.launch({ settings: exactSound });
  const microphone = await recordMicrophone(rig.desktop);
  const noise = await startNoise(rig.desktop, 4);
  const held = await holdTalkKey(rig, running, 800);
  await running.waitForView((view) => view.phase === "reconnecting", "it says that it connects");
  const { pcm, monotonicMs } = await rig.server.waitForCommitted(0);
  expect(monotonicMs - held.upMs, "the key was up long before the session was ready").toBeGreaterThan(500);
  const spoken = { downMs: held.downMs, upMs: held.releasedMs };
  const arrival = await expectWhole(pcm, microphone, spoken, "said before the session");
  expect(arrival.lostAtStartMs).toBeLessThanOrEqual(openingMs);
  expect(arrival.afterEndMs).toBeGreaterThanOrEqual(0);
  const ready =
    rig.server.sent.find(({ event }) => event.type === "session.updated")?.monotonicMs ?? Number.NaN;
  const early = rig.server.client.filter(
    ({ event, monotonicMs: at }) => event.type === "input_audio_buffer.append" && at < ready,
  );
  expect(early, "no audio before the session is confirmed").toEqual([]);
  await untilAnswered(running, held.turn);
  await noise.stop();
  await microphone.stop();
});

test("keeps on sending while the page is blocked", async () => {
  const running = await rig.launch({ settings: exactSound });
  const microphone = await recordMicrophone(rig.desktop);
  const noise = await startNoise(rig.desktop, 5);
  const downMs = await press(rig, running);
  const { mark } = await running.trace.waitFor("firstFrameSent");
  const blockedFrom = rig.server.client.length;
  for (let time = 0; time < 3; time += 1) {
    await running.overlay.evaluate(() => {
      const until = performance.now() + 500;
      while (performance.now() < until);
    });
  }
  const appends = rig.server.client.slice(blockedFrom).map(({ monotonicMs }) => monotonicMs);
  const upMs = rig.keyboard.up(talkKey);
  const { pcm } = await rig.server.waitForCommitted(0);
  await expectWhole(pcm, microphone, { downMs, upMs }, "said while the page was blocked");
  const gaps = appends.slice(1).map((at, index) => at - (appends[index] ?? at));
  test.info().annotations.push({ type: "longest gap", description: `${Math.max(...gaps).toFixed(1)} ms` });
  expect(appends.length, "frames came in the meantime").toBeGreaterThan(40);
  expect(Math.max(...gaps)).toBeLessThan(150);
  await untilAnswered(running, mark.turn ?? "");
  await noise.stop();
  await microphone.stop();
});

test.describe("a voice", () => {
  const words = "The quick brown fox jumps over the lazy dog, and nobody minds.";
  const wav = join(tmpdir(), `parley-voice-${process.pid}.wav`);

  test.beforeAll(() => {
    execFileSync("espeak-ng", ["-w", `${wav}.22k`, words]);
    execFileSync("sox", ["-t", "wav", `${wav}.22k`, "-r", "24000", "-c", "1", "-b", "16", wav, "vol", "0.8"]);
  });
  test.afterAll(async () => {
    await rm(wav, { force: true });
    await rm(`${wav}.22k`, { force: true });
  });

  async function sayIt(): Promise<{ readonly said: Int16Array; readonly arrived: Int16Array }> {
    const running = await rig.launch({ settings: settingsNow });
    await press(rig, running);
    await running.waitForView((view) => view.phase === "listening", "it listens");
    await sayInto(rig.desktop, (await readWav(wav)).samples);
    const { mark } = await running.trace.waitFor("captureStarted");
    rig.keyboard.up(talkKey);
    const { pcm } = await rig.server.waitForCommitted(0);
    await untilAnswered(running, mark.turn ?? "");
    return { said: (await readWav(wav)).samples, arrived: pcm };
  }
  let settingsNow = {};

  test("arrives as it was spoken, without processing", async () => {
    settingsNow = exactSound;
    const { said, arrived } = await sayIt();
    const { lag, score } = locate(said, arrived);
    expect(lag, "the first word is there").toBeGreaterThanOrEqual(0);
    expect(lag + said.length, "the last word is there").toBeLessThanOrEqual(arrived.length);
    expect(score).toBeGreaterThan(0.9);
    // Windows of 20 ms; pauses between words correlate with nothing.
    const steps = follow(said, arrived, lag, { windowSamples: 480 }).filter((step) =>
      isLoud(said, step.at, 480),
    );
    expect(steps.length).toBeGreaterThan(60);
    const { broken, jumps } = continuity(steps);
    expect(broken).toEqual([]);
    expect(jumps).toEqual([]);
  });

  test("stays intelligible with echo cancellation, noise suppression and gain control", async () => {
    settingsNow = {};
    const { said, arrived } = await sayIt();
    const window = 240;
    const { score } = locate(envelope(said, window), envelope(arrived, window), 100);
    expect(score, "the loudness over time is that of the words").toBeGreaterThan(0.75);
  });
});

function isLoud(pcm: Int16Array, from: number, samples: number): boolean {
  let power = 0;
  for (let at = from; at < from + samples; at += 1) power += (pcm[at] ?? 0) ** 2;
  return Math.sqrt(power / samples) > 800;
}
