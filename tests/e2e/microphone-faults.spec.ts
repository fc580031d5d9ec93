/**
 * Proves that a microphone may go away, fall silent or stop while somebody talks, and that the page behind it may
 * crash: the recording goes on, what is missing is short and told, and no microphone stays open.
 */
import { expect, test } from "@playwright/test";
import type { RunningApp } from "../../scripts/driver/app.ts";
import { monotonicMs } from "../../scripts/driver/clock.ts";
import { holesIn } from "../../scripts/driver/gap.ts";
import {
  microphoneName,
  otherName,
  plugInOther,
  theMicrophone,
  theOther,
  unplugOther,
} from "../../scripts/driver/microphones.ts";
import {
  openMicrophoneNames,
  openMicrophones,
  recordMicrophone,
  recordRoom,
  startNoise,
} from "../../scripts/driver/sound.ts";
import type { SoundRecording } from "../../scripts/driver/sound.ts";
import { describeFailure, type Failure } from "../../shared/failure.ts";
import type { SessionView } from "../../shared/session-view.ts";
import {
  exactSound,
  holdTalkKey,
  pause,
  press,
  talkKey,
  untilAnswered,
  untilMicrophoneClosed,
  useRig,
} from "../support/e2e-rig.ts";
import { expectWhole } from "../support/e2e-speech.ts";

const rig = useRig();

/** What switching may cost, and how far what is told may be from what is measured: two buffers of the sound server. */
const mostLostMs = 250;
const toldErrorMs = 60;

/** Chromium's name for it on Linux, where there is more than one. */
const systemsChoice = "Default";

/** Chosen by name: ids are made anew for every profile. */
const chosen = { ...exactSound, microphoneId: "from-another-profile", microphoneLabel: otherName };

test.beforeEach(async () => {
  await unplugOther(rig.desktop);
  await theMicrophone(rig.desktop).suspend(false);
  await theMicrophone(rig.desktop).mute(false);
});

const note = (type: string, description: string): void =>
  void test.info().annotations.push({ type, description });

const untilNotice = (running: RunningApp, failure: Failure): Promise<SessionView> => {
  const { title } = describeFailure(failure);
  return running.waitForView((view) => view.notice?.title === title, `“${title}”`, 4_300);
};

/** Presses the key and talks for a while with the microphone that is expected. @returns what else hears it. */
async function beginTalking(running: RunningApp, label: string, forMs = 900): Promise<SoundRecording> {
  const recording = await recordRoom(rig.desktop);
  await press(rig, running);
  await running.waitForView(
    (view) => view.phase === "listening" && view.deviceLabel === label,
    `it listens with ${label}`,
  );
  await pause(forMs);
  return recording;
}

/** The answer to what was said has played out: nothing of the turn is left to go wrong. */
async function untilTurnIsOver(running: RunningApp): Promise<void> {
  const { mark } = await running.trace.waitFor("captureStarted");
  await untilAnswered(running, mark.turn ?? "");
}

/** Of what was spoken between its first and its last sample. */
function whatIsMissing(utterance: Int16Array, recording: SoundRecording) {
  const holes = holesIn(utterance, recording.samples());
  if (holes === null) throw new Error("The utterance is not what was spoken.");
  return holes;
}

interface Said {
  readonly missingMs: number;
  readonly toldMs: number;
}

/** Talks on, lets go, and expects the utterance with one short hole that was told. */
async function finishTalking(running: RunningApp, recording: SoundRecording): Promise<Said> {
  await pause(900);
  const upMs = rig.keyboard.up(talkKey);
  const { pcm } = await rig.server.waitForCommitted(0);
  const closedMs = await untilMicrophoneClosed(rig.desktop, 400);
  const { mark } = await running.trace.waitFor("captureSwitched");
  await recording.reach(upMs + 200);
  const { missingMs, foreignMs } = whatIsMissing(pcm, recording);
  await recording.stop();
  const toldMs = Number(mark["lostMs"]);
  note("missing", `${missingMs.toFixed(0)} ms, told ${toldMs} ms; closed after ${closedMs.toFixed(0)} ms`);
  // The piece in which the two microphones meet is of neither.
  expect(foreignMs, "nothing foreign in between").toBeLessThanOrEqual(40);
  expect(missingMs).toBeLessThanOrEqual(mostLostMs);
  expect(Math.abs(toldMs - missingMs), "what is told is what is missing").toBeLessThanOrEqual(toldErrorMs);
  await untilAnswered(running, mark.turn ?? "");
  return { missingMs, toldMs };
}

test("the chosen microphone is pulled out in the middle of a word: it goes on with the other one", async () => {
  await plugInOther(rig.desktop);
  const running = await rig.launch({ settings: chosen });
  const noise = await startNoise(rig.desktop, 71);
  const recording = await beginTalking(running, otherName);
  await unplugOther(rig.desktop);
  const view = await untilNotice(running, { kind: "microphone-lost", device: otherName });
  expect(view.phase).toBe("listening");
  expect(view.notice?.advice).toMatch(/^Go on talking: now listening with “Microphone”\./);
  await expect(running.overlay.locator(".notice-title")).toHaveText(`“${otherName}” was disconnected`);
  await finishTalking(running, recording);
  await noise.stop();
});

test("the chosen microphone stops without a word: it goes on with the other one", async () => {
  await plugInOther(rig.desktop);
  const running = await rig.launch({ settings: chosen });
  const noise = await startNoise(rig.desktop, 72);
  const recording = await beginTalking(running, otherName);
  await theOther(rig.desktop).suspend(true);
  const view = await untilNotice(running, { kind: "microphone-stuck", device: otherName });
  expect(view.phase).toBe("listening");
  expect(view.notice?.advice).toContain("About");
  await finishTalking(running, recording);
  await noise.stop();
});

/** It was tried again under its own name, which Linux does not tell from the choice: some 300 ms were missing. */
for (const afterMs of [0, 900]) {
  test(`the system's choice stops ${afterMs} ms after its opening: no time goes to the same one under its own name`, async () => {
    await plugInOther(rig.desktop);
    const running = await rig.launch({ settings: exactSound });
    const noise = await startNoise(rig.desktop, 80);
    const recording = await beginTalking(running, systemsChoice, afterMs);
    await theMicrophone(rig.desktop).suspend(true);
    const view = await untilNotice(running, { kind: "microphone-stuck", device: systemsChoice });
    expect(view.deviceLabel).toBe(otherName);
    await finishTalking(running, recording);
    await noise.stop();
  });
}

/** What was said half a minute ago began the next question: the last moments were those before it had stopped. */
test("a microphone that is kept ready stops while nobody talks: nothing old gets into the next question", async () => {
  await plugInOther(rig.desktop);
  const running = await rig.launch({ settings: { ...chosen, microphoneMode: "keep-ready" } });
  const noise = await startNoise(rig.desktop, 81);
  const first = await holdTalkKey(rig, running, 700);
  await rig.server.waitForCommitted(0);
  await untilAnswered(running, first.turn);
  await theOther(rig.desktop).suspend(true);
  const recording = await recordRoom(rig.desktop);
  await pause(700);
  const next = await holdTalkKey(rig, running, 1_200);
  const { pcm } = await rig.server.waitForCommitted(1);
  await recording.reach(next.releasedMs + 200);
  const { foreignMs } = whatIsMissing(pcm, recording);
  expect(foreignMs).toBeLessThanOrEqual(40);
  await untilAnswered(running, next.turn);
  await recording.stop();
  await noise.stop();
});

test("the only microphone stops and comes back: it goes on, and says how much is missing", async () => {
  const running = await rig.launch({ settings: exactSound });
  const noise = await startNoise(rig.desktop, 73);
  await press(rig, running);
  await running.waitForView((view) => view.phase === "listening", "it listens");
  await pause(700);
  await theMicrophone(rig.desktop).suspend(true);
  await pause(450);
  await theMicrophone(rig.desktop).suspend(false);
  const view = await running.waitForView(
    ({ notice }) => notice?.title === "The microphone was interrupted",
    "the interruption is told",
    4_300,
  );
  const [, lost] = /About (\d+) ms are missing/.exec(view.notice?.advice ?? "") ?? [];
  expect(Number(lost)).toBeGreaterThan(350);
  expect(Number(lost)).toBeLessThan(900);
  await pause(300);
  rig.keyboard.up(talkKey);
  await rig.server.waitForCommitted(0);
  await untilMicrophoneClosed(rig.desktop, 400);
  await untilTurnIsOver(running);
  await noise.stop();
});

test("the only microphone never delivers a sample: it is named within three seconds", async () => {
  await theMicrophone(rig.desktop).suspend(true);
  const running = await rig.launch({ settings: exactSound });
  const downMs = await press(rig, running);
  const view = await running.waitForView(({ phase }) => phase === "failed", "the failure", 4_300);
  note("told after", `${(monotonicMs() - downMs).toFixed(0)} ms`);
  expect(monotonicMs() - downMs).toBeLessThan(3_000);
  expect(view.notice?.title).toBe(
    describeFailure({ kind: "microphone-stuck", device: microphoneName }).title,
  );
  expect(await openMicrophones(rig.desktop), "closed, with the key still down").toBe(0);
  rig.keyboard.up(talkKey);
  await theMicrophone(rig.desktop).suspend(false);
  const noise = await startNoise(rig.desktop, 74);
  const held = await holdTalkKey(rig, running, 650);
  await rig.server.waitForCommitted(0);
  await untilAnswered(running, held.turn);
  await noise.stop();
});

test("the chosen microphone never delivers a sample: another one is used, and both are named", async () => {
  await plugInOther(rig.desktop);
  await theOther(rig.desktop).suspend(true);
  const running = await rig.launch({ settings: chosen });
  const noise = await startNoise(rig.desktop, 75);
  const downMs = await press(rig, running);
  const view = await untilNotice(running, { kind: "microphone-stuck", device: otherName });
  note("goes on after", `${(monotonicMs() - downMs).toFixed(0)} ms`);
  expect(monotonicMs() - downMs).toBeLessThan(2_000);
  expect(view.phase).toBe("listening");
  await pause(700);
  rig.keyboard.up(talkKey);
  const { pcm } = await rig.server.waitForCommitted(0);
  expect(pcm.some((sample) => sample !== 0)).toBe(true);
  await untilMicrophoneClosed(rig.desktop, 400);
  await untilTurnIsOver(running);
  await noise.stop();
});

/** Press after press it was given a second to deliver: of a shorter question nothing arrived. */
test("the chosen microphone still delivers nothing at the next press: a short question is heard at once, and it is used again when it works", async () => {
  await plugInOther(rig.desktop);
  await theOther(rig.desktop).suspend(true);
  const running = await rig.launch({ settings: chosen });
  const noise = await startNoise(rig.desktop, 82);
  const recording = await recordRoom(rig.desktop);
  const first = await holdTalkKey(rig, running, 300);
  await rig.server.waitForCommitted(0);
  await untilAnswered(running, first.turn);
  for (const [index, works] of [
    [1, false],
    [2, true],
  ] as const) {
    await theOther(rig.desktop).suspend(!works);
    const from = (await running.trace.all()).length;
    const downMs = await press(rig, running);
    const view = await running.waitForView(({ phase }) => phase === "listening", "it listens");
    expect(view.deviceLabel).toBe(works ? otherName : systemsChoice);
    await pause(620 - (monotonicMs() - downMs));
    const upMs = rig.keyboard.up(talkKey);
    const { mark } = await running.trace.waitFor("talkReleased", { from });
    const { pcm } = await rig.server.waitForCommitted(index);
    const arrival = await expectWhole(pcm, recording, { downMs, upMs }, `question ${index}`);
    expect(arrival.lostAtStartMs).toBeLessThan(mostLostMs);
    await untilAnswered(running, mark.turn ?? "");
  }
  await recording.stop();
  await noise.stop();
});

/** It had to be opened at the next press: what was said until then would have been missing. */
test("the chosen microphone is plugged in again while another one is kept ready for it: the next press has it from before the key", async () => {
  const running = await rig.launch({ settings: { ...chosen, microphoneMode: "keep-ready" } });
  const noise = await startNoise(rig.desktop, 83);
  const first = await holdTalkKey(rig, running, 700);
  await rig.server.waitForCommitted(0);
  await untilAnswered(running, first.turn);
  expect(await openMicrophoneNames(rig.desktop)).toEqual([microphoneName]);
  await plugInOther(rig.desktop);
  await expect.poll(() => openMicrophoneNames(rig.desktop), { timeout: 4_300 }).toEqual([otherName]);
  const recording = await recordRoom(rig.desktop);
  // Half of it is what the microphone has delivered before the key.
  await pause(700);
  const held = await holdTalkKey(rig, running, 700);
  const { pcm } = await rig.server.waitForCommitted(1);
  const spoken = { downMs: held.downMs, upMs: held.upMs };
  const arrival = await expectWhole(pcm, recording, spoken, "from before the key");
  expect(arrival.lostAtStartMs).toBeLessThanOrEqual(0);
  expect((await running.view()).notice).toBeNull();
  await untilAnswered(running, held.turn);
  await recording.stop();
  await noise.stop();
});

test("a saved microphone that is not connected is named, and what is said is heard by the system's", async () => {
  const running = await rig.launch({
    settings: { ...exactSound, microphoneId: "0123456789abcdef", microphoneLabel: "Desk microphone" },
  });
  const recording = await recordMicrophone(rig.desktop);
  const noise = await startNoise(rig.desktop, 76);
  const downMs = await press(rig, running);
  const view = await untilNotice(running, { kind: "microphone-missing", device: "Desk microphone" });
  expect(view.notice?.title).toBe("“Desk microphone” is not connected");
  expect(view.notice?.advice).toBe(`Go on talking: now listening with “${microphoneName}”.`);
  await pause(700);
  const upMs = rig.keyboard.up(talkKey);
  const { pcm } = await rig.server.waitForCommitted(0);
  const arrival = await expectWhole(pcm, recording, { downMs, upMs }, "the utterance");
  expect(arrival.lostAtStartMs).toBeLessThan(mostLostMs);
  expect(arrival.afterEndMs).toBeGreaterThanOrEqual(0);
  await untilMicrophoneClosed(rig.desktop, 400);
  await untilTurnIsOver(running);
  await recording.stop();
  await noise.stop();
});

test("the system's default changes while somebody talks: nothing is lost, and the next press uses the new one", async () => {
  await plugInOther(rig.desktop);
  const running = await rig.launch({ settings: exactSound });
  const noise = await startNoise(rig.desktop, 77);
  const recording = await recordMicrophone(rig.desktop);
  const held = holdTalkKey(rig, running, 1_500);
  await running.waitForView((view) => view.phase === "listening", "it listens");
  await pause(600);
  await theOther(rig.desktop).makeDefault();
  const { turn, releasedMs } = await held;
  const { pcm } = await rig.server.waitForCommitted(0);
  await recording.reach(releasedMs + 200);
  const { missingMs, foreignMs } = whatIsMissing(pcm, recording);
  note("missing", `${missingMs.toFixed(0)} ms`);
  expect(Math.abs(missingMs)).toBeLessThanOrEqual(mostLostMs);
  expect(foreignMs).toBeLessThanOrEqual(40);
  await untilAnswered(running, turn);
  await theMicrophone(rig.desktop).mute(true);
  const next = await holdTalkKey(rig, running, 700);
  const second = await rig.server.waitForCommitted(1);
  expect(
    second.pcm.some((sample) => sample !== 0),
    "the new default is heard, the old one is mute",
  ).toBe(true);
  await untilAnswered(running, next.turn);
  await untilMicrophoneClosed(rig.desktop, 400);
  await recording.stop();
  await noise.stop();
});

for (const [how, sound] of [
  ["untreated", exactSound],
  ["with all its treatment", {}],
] as const) {
  test(`a microphone is muted in the middle of a sentence (${how}): it is told within two seconds, and taken back`, async () => {
    const running = await rig.launch({ settings: sound });
    const noise = await startNoise(rig.desktop, 78);
    await press(rig, running);
    await running.waitForView((view) => view.phase === "listening", "it listens");
    await pause(900);
    const mutedMs = monotonicMs();
    await theMicrophone(rig.desktop).mute(true);
    const view = await untilNotice(running, { kind: "microphone-silent", device: microphoneName });
    const toldMs = monotonicMs() - mutedMs;
    note("told after", `${toldMs.toFixed(0)} ms`);
    expect(view.phase).toBe("listening");
    expect(toldMs).toBeLessThan(2_000);
    await theMicrophone(rig.desktop).mute(false);
    await running.waitForView(({ notice }) => notice === null, "the notice is gone", 2_300);
    await pause(300);
    rig.keyboard.up(talkKey);
    await rig.server.waitForCommitted(0);
    await untilMicrophoneClosed(rig.desktop, 400);
    await untilTurnIsOver(running);
    await noise.stop();
  });
}

/** The test's own eye in the page crashed with it. */
const untilNoticeInNewPage = (running: RunningApp): Promise<string> =>
  running.app.evaluate(({ BrowserWindow }) => {
    const overlay = BrowserWindow.getAllWindows().find((window) =>
      window.webContents.getURL().endsWith("/overlay.html"),
    );
    const look = `new Promise((resolve) => {
      const title = () => document.querySelector(".notice-title")?.textContent;
      const watch = new MutationObserver(() => title() && resolve(title()));
      watch.observe(document, { subtree: true, childList: true, characterData: true });
      if (title()) resolve(title());
    })`;
    return overlay?.webContents.executeJavaScript(look) ?? "";
  });

test("the overlay's page crashes while somebody talks: the recording goes on within half a second", async () => {
  const running = await rig.launch({ settings: exactSound });
  const noise = await startNoise(rig.desktop, 79);
  const recording = await beginTalking(running, microphoneName);
  await running.app.evaluate(({ BrowserWindow }) => {
    for (const window of BrowserWindow.getAllWindows()) window.webContents.forcefullyCrashRenderer();
  });
  const { mark: gone } = await running.trace.waitFor("captureInterrupted");
  const { mark: back } = await running.trace.waitFor("captureSwitched");
  note("back after", `${(back.monotonicMs - gone.monotonicMs).toFixed(0)} ms`);
  expect(await untilNoticeInNewPage(running)).toBe("The microphone was interrupted");
  await pause(900);
  const upMs = rig.keyboard.up(talkKey);
  const { pcm } = await rig.server.waitForCommitted(0);
  await untilMicrophoneClosed(rig.desktop, 400);
  await recording.reach(upMs + 200);
  const { missingMs, foreignMs } = whatIsMissing(pcm, recording);
  note("missing", `${missingMs.toFixed(0)} ms, told ${Number(back["lostMs"])} ms`);
  expect(foreignMs).toBeLessThanOrEqual(40);
  expect(missingMs).toBeLessThanOrEqual(500);
  expect(Math.abs(Number(back["lostMs"]) - missingMs)).toBeLessThanOrEqual(toldErrorMs);
  await running.trace.waitFor(({ name, turn }) => name === "drained" && turn === gone.turn);
  await recording.stop();
  await noise.stop();
});
