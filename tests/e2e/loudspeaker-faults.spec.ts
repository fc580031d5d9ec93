/**
 * Proves that the loudspeaker may change, go away and come back, and that its context may be suspended or closed, while
 * an answer is being heard: it goes on with the same sample, within half a second. Without any loudspeaker it goes on as
 * text.
 */
import { expect, test, type Page } from "@playwright/test";
import type { RunningApp } from "../../scripts/driver/app.ts";
import { monotonicMs } from "../../scripts/driver/clock.ts";
import { heardRuns, seamsOf, type HeardRun } from "../../scripts/driver/heard.ts";
import {
  otherSpeaker,
  plugInSpeaker,
  recordSpeaker,
  suspendSpeaker,
  unplugSpeaker,
  useSpeaker,
} from "../../scripts/driver/loudspeakers.ts";
import { plugIn } from "../../scripts/driver/microphones.ts";
import { noise } from "../../scripts/driver/signal.ts";
import { soundOf, startNoise, type SoundRecording } from "../../scripts/driver/sound.ts";
import { describeFailure } from "../../shared/failure.ts";
import { exactSound, holdTalkKey, isIdle, pause, spoken, untilAnswered, useRig } from "../support/e2e-rig.ts";

const rig = useRig();

const lengthMs = 5_000;
/** From the fault, or from the moment at which there is a loudspeaker again, until the answer is heard on. */
const mostGapMs = 500;
/** The edges of what was heard are found to so much. */
const edgeMs = 4;
/** What was on its way to the device, and what it may have played of that. */
const mostDoubledMs = 150;
const loudspeakerFailed = describeFailure({ kind: "loudspeaker-failed" });
/** Chromium says so by itself. */
const expects = /AudioContext encountered an error/;

const note = (type: string, description: string): void =>
  void test.info().annotations.push({ type, description });

const theSpeaker = (): string => soundOf(rig.desktop).speakerSink;

test.beforeEach(async () => {
  await unplugSpeaker(rig.desktop, otherSpeaker);
  await plugInAll();
});

/** What tests have pulled out. */
async function plugInAll(): Promise<void> {
  const { speakerSink, micSink, micSource, pactl } = soundOf(rig.desktop);
  const has = async (what: "sinks" | "sources", name: string): Promise<boolean> =>
    (await pactl("list", "short", what)).includes(`\t${name}\t`);
  for (const sink of [speakerSink, micSink]) {
    if (!(await has("sinks", sink))) await plugInSpeaker(rig.desktop, sink);
  }
  await useSpeaker(rig.desktop, speakerSink);
  if (!(await has("sources", micSource))) await plugIn(rig.desktop);
}

/** Nothing is left that could be played into; the microphone of these tests goes with it. */
async function pullOutAll(): Promise<void> {
  const { speakerSink, micSink } = soundOf(rig.desktop);
  await unplugSpeaker(rig.desktop, micSink);
  await unplugSpeaker(rig.desktop, speakerSink);
}

/** Asks, and lets a long answer of noise be heard for a while. */
async function letItSpeak(running: RunningApp, seed: number): Promise<Int16Array> {
  rig.server.answerWith(() => [spoken(lengthMs, seed)]);
  await running.ask("Tell me something long.");
  await running.trace.waitFor("firstSampleHeard");
  await running.forgetViews();
  await pause(1_200);
  return noise(lengthMs * 24, seed);
}

/** Does something to the context that plays, as the debugger finds it in the page's memory. */
async function meddle(page: Page, how: "suspend" | "close"): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  const { result } = await devtools.send("Runtime.evaluate", { expression: "AudioContext.prototype" });
  const { objects } = await devtools.send("Runtime.queryObjects", {
    prototypeObjectId: result.objectId ?? "",
  });
  await devtools.send("Runtime.callFunctionOn", {
    objectId: objects.objectId ?? "",
    functionDeclaration: `function () { for (const each of this) if (each.state === "running") each.${how}(); }`,
  });
  await devtools.detach();
}

async function untilOver(running: RunningApp): Promise<void> {
  await running.trace.waitFor("drained", { timeoutMs: 12_400 });
  const view = await running.waitForView(isIdle, "idle after the answer", 5_300);
  expect(view.outcome).toBe("answered");
  expect(view.notice, "nothing has to be told").toBeNull();
}

/** Every sample of the answer was heard, in order. @returns the moment at which it was heard on after the fault. */
function expectWhole(runs: readonly HeardRun[], faultMs: number): number {
  const whole = runs.map(
    ({ device, from, to, startMs, endMs }) =>
      `${device} ${(from / 24).toFixed(0)}–${(to / 24).toFixed(0)} ms at ${(startMs - faultMs).toFixed(0)}…${(endMs - faultMs).toFixed(0)}`,
  );
  note("heard", whole.join("; "));
  const seams = seamsOf(runs);
  for (const { missingMs, doubledMs, gapMs } of seams) {
    note(
      "seam",
      `missing ${missingMs.toFixed(1)} ms, doubled ${doubledMs.toFixed(1)} ms, gap ${gapMs.toFixed(0)} ms`,
    );
  }
  console.log(
    `  ${test
      .info()
      .annotations.map(({ description }) => description)
      .join(" | ")}`,
  );
  expect(runs[0]?.from, "from its first sample on").toBeLessThanOrEqual(edgeMs * 24);
  expect(runs.at(-1)?.to, "to its last sample").toBeGreaterThanOrEqual((lengthMs - edgeMs) * 24);
  // What goes on before the loudspeaker is replaced is heard once more afterwards.
  const missingMs = runs.slice(1).map(({ from }, index) => {
    const heardTo = Math.max(...runs.slice(0, index + 1).map(({ to }) => to));
    const isHeardLater = runs.slice(index + 2).some((later) => later.from <= heardTo);
    return isHeardLater ? 0 : (from - heardTo) / 24;
  });
  expect(Math.max(0, ...missingMs), "nothing is missing").toBeLessThanOrEqual(edgeMs);
  expect(Math.max(0, ...seams.map(({ doubledMs }) => doubledMs))).toBeLessThanOrEqual(mostDoubledMs);
  return runs.find(({ startMs }) => startMs > faultMs)?.startMs ?? faultMs;
}

const faults: readonly {
  readonly name: string;
  readonly hasOther: boolean;
  readonly inject: (running: RunningApp) => Promise<void>;
}[] = [
  {
    name: "the system's default loudspeaker changes",
    hasOther: true,
    inject: () => useSpeaker(rig.desktop, otherSpeaker),
  },
  {
    name: "the loudspeaker in use is pulled out and another one takes over",
    hasOther: true,
    inject: () => unplugSpeaker(rig.desktop, theSpeaker()),
  },
  { name: "its context is suspended", hasOther: false, inject: ({ overlay }) => meddle(overlay, "suspend") },
  { name: "its context is closed", hasOther: false, inject: ({ overlay }) => meddle(overlay, "close") },
];

for (const [index, { name, hasOther, inject }] of faults.entries()) {
  test(`${name}: the answer goes on from the same sample`, async () => {
    if (hasOther) {
      await plugInSpeaker(rig.desktop, otherSpeaker);
      await useSpeaker(rig.desktop, theSpeaker());
    }
    const running = await rig.launch({ settings: exactSound });
    const recordings: Record<string, SoundRecording> = {
      [theSpeaker()]: await recordSpeaker(rig.desktop, theSpeaker()),
    };
    if (hasOther) recordings[otherSpeaker] = await recordSpeaker(rig.desktop, otherSpeaker);
    const answer = await letItSpeak(running, 301 + index);
    const faultMs = monotonicMs();
    await inject(running);
    await untilOver(running);
    await pause(300);
    const onMs = expectWhole(heardRuns(answer, recordings), faultMs);
    expect(onMs - faultMs, "it is heard on in time").toBeLessThan(mostGapMs);
    for (const recording of Object.values(recordings)) await recording.stop();
  });
}

test("the loudspeaker stands still for a while: the answer goes on from the same sample", async () => {
  const running = await rig.launch({ settings: exactSound });
  const recording = await recordSpeaker(rig.desktop, theSpeaker());
  const answer = await letItSpeak(running, 311);
  await suspendSpeaker(rig.desktop, theSpeaker(), true);
  await pause(900);
  await suspendSpeaker(rig.desktop, theSpeaker(), false);
  const backMs = monotonicMs();
  await untilOver(running);
  await pause(300);
  const onMs = expectWhole(heardRuns(answer, { speaker: recording }), backMs);
  expect(onMs - backMs).toBeLessThan(mostGapMs);
  await recording.stop();
});

test("the only loudspeaker is pulled out and comes back: the answer goes on from the same sample", async () => {
  const running = await rig.launch({ settings: exactSound, expects });
  const before = await recordSpeaker(rig.desktop, theSpeaker());
  const answer = await letItSpeak(running, 321);
  await pullOutAll();
  await pause(700);
  await plugInSpeaker(rig.desktop, theSpeaker());
  const backMs = monotonicMs();
  const after = await recordSpeaker(rig.desktop, theSpeaker());
  await untilOver(running);
  await pause(300);
  const onMs = expectWhole(heardRuns(answer, { before, after }), backMs);
  expect(onMs - backMs).toBeLessThan(mostGapMs);
  await after.stop();
  await before.stop();
});

test("no loudspeaker is left: the answer goes on as text, says so, and the next one is heard again", async () => {
  const running = await rig.launch({ settings: exactSound, expects });
  await letItSpeak(running, 331);
  const faultMs = monotonicMs();
  await pullOutAll();
  const told = await running.waitForView(
    ({ notice }) => notice?.title === loudspeakerFailed.title,
    "the failure is told",
    4_300,
  );
  note("told after", `${(monotonicMs() - faultMs).toFixed(0)} ms`);
  expect(monotonicMs() - faultMs).toBeLessThan(3_500);
  expect(told.notice?.advice).toBe(loudspeakerFailed.advice);
  await expect(running.overlay.locator(".notice-title")).toHaveText(loudspeakerFailed.title);
  const over = await running.waitForView(isIdle, "the turn ends in order", 2_300);
  expect(over.outcome).toBe("answered");
  expect(over.turns.at(-1)?.answer).toMatchObject({ text: "An answer.", state: "complete" });
  await running.overlay.screenshot({ path: test.info().outputPath("as-text.png") });

  // Also without one from the beginning: the answer is there to be read.
  rig.server.answerWith(() => [spoken(900, 332, "Another answer.")]);
  await running.ask("And now?");
  const read = await running.waitForView(
    ({ phase, turns }) => phase === "idle" && turns.at(-1)?.answer.text === "Another answer.",
    "the second answer, in writing",
    6_300,
  );
  expect(read.turns.at(-1)?.answer.state).toBe("complete");
  expect(read.notice?.title).toBe(loudspeakerFailed.title);

  await plugInAll();
  const recording = await recordSpeaker(rig.desktop, theSpeaker());
  rig.server.answerWith(() => [spoken(900, 333)]);
  const sound = await startNoise(rig.desktop, 334);
  const { turn, upMs } = await holdTalkKey(rig, running, 700);
  await sound.stop();
  await untilAnswered(running, turn);
  await recording.reach(monotonicMs() + 300);
  const [run] = heardRuns(noise(900 * 24, 333), { speaker: recording });
  note("heard again", `${((run?.startMs ?? 0) - upMs).toFixed(0)} ms after the key`);
  expect((run?.to ?? 0) - (run?.from ?? 0), "all of it").toBeGreaterThanOrEqual((900 - 2 * edgeMs) * 24);
  expect((await running.view()).notice).toBeNull();
  await recording.stop();
});
