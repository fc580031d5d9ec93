/** Proves that a newcomer without a key gets through the first minute: practice, its tour, its tool. */
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { projectDir, type RunningApp } from "../../scripts/driver/app.ts";
import { envelope, locate } from "../../scripts/driver/signal.ts";
import { recordLoudspeaker } from "../../scripts/driver/sound.ts";
import { readWav } from "../../scripts/driver/wav.ts";
import { exactSound, isAnswered, talkKey, untilAnswered, press, useRig } from "../support/e2e-rig.ts";

const rig = useRig();
const question = join(projectDir, "scripts/demo/question.wav");

const launch = (): Promise<RunningApp> =>
  rig.launch({ settings: exactSound, withEnv: { OPENAI_API_KEY: undefined, OPENAI_BASE_URL: undefined } });

/** Speaks the question and hears the answer out, or until it has begun. @returns the turn's id. */
async function speak(running: RunningApp, until: "answered" | "begun"): Promise<string> {
  const from = (await running.trace.all()).length;
  await press(rig, running);
  const { mark } = await running.trace.waitFor("captureStarted", { from });
  await rig.desktop.speak(question);
  rig.keyboard.up(talkKey);
  const turn = mark.turn ?? "";
  if (until === "answered") await untilAnswered(running, turn, 40_700);
  else await running.trace.waitFor((each) => each.name === "firstSampleHeard" && each.turn === turn);
  return turn;
}

test("the tour: it plays back what it heard, a tool acts, and a long answer can be interrupted", async () => {
  test.setTimeout(128_000);
  const running = await launch();
  const recording = await recordLoudspeaker(rig.desktop);

  const first = await speak(running, "answered");
  expect((await running.view()).destination).toEqual({ kind: "practice" });
  await expect(running.overlay.getByText("Practice – nothing leaves this computer")).toHaveCount(1);
  const { samples } = await readWav(question);
  const window = 480;
  const mirror = locate(envelope(samples, window), envelope(recording.samples(), window), 60);
  expect(mirror.score, "the newcomer's own voice comes out of the loudspeaker").toBeGreaterThan(0.85);
  expect((await running.view()).turns.find((turn) => turn.turnId === first)?.answer.text).toContain(
    "This is what I heard",
  );

  const second = await speak(running, "answered");
  const tool = (await running.view()).turns.find((turn) => turn.turnId === second);
  expect(tool?.actions).toMatchObject([{ name: "get_current_time", state: "done" }]);
  expect(tool?.answer.text).toMatch(/it is/i);

  const third = await speak(running, "begun");
  const fourth = await speak(running, "begun");
  const view = await running.waitForView(({ turns }) => {
    const last = turns.at(-1);
    return last?.turnId === fourth && last.answer.text.includes("You interrupted me");
  }, "the next answer says that it knows");
  expect(view.turns.find(({ turnId }) => turnId === third)?.answer.state).toBe("interrupted");
  await recording.stop();
});

test("a typed question about the time makes the tool act, and the answer is built on its result", async () => {
  const running = await launch();
  await running.ask("What time is it in Tokyo?");
  const view = await running.waitForView(isAnswered, "the answer has been spoken", 31_300);
  const turn = view.turns.at(-1);
  expect(turn?.actions).toMatchObject([{ name: "get_current_time", summary: "Asia/Tokyo", state: "done" }]);
  await expect(running.overlay.locator(".actions")).toContainText("Asia/Tokyo");
  const shown = /(\d\d):(\d\d)/.exec(turn?.actions[0]?.result ?? "");
  const hours = [
    "twelve",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
  ];
  const hour = Number(shown?.[1]);
  const isWhole = shown?.[2] === "00" && hour % 12 === 0;
  expect(turn?.answer.text).toContain("In Tokyo");
  expect(turn?.answer.text).toContain(
    isWhole ? (hour === 0 ? "midnight" : "noon") : `it is ${hours[hour % 12]}`,
  );
});

test("any other typed question is answered with what practice can do", async () => {
  const running = await launch();
  await running.ask("Why is the sky blue?");
  const view = await running.waitForView(isAnswered, "the answer has been spoken", 31_400);
  expect(view.turns.at(-1)?.answer.text).toContain("In practice I can tell you the time");
});
