/** Proves that the overlay is in nobody's way: no focus taken, no click swallowed, gone when it has been read. */
import { expect, test } from "@playwright/test";
import type { Locator } from "@playwright/test";
import type { RunningApp } from "../../scripts/driver/app.ts";
import { startNoise, type Noise } from "../../scripts/driver/sound.ts";
import { openWindowBelow, type WindowBelow } from "../support/e2e-below.ts";
import { exactSound, holdTalkKey, pause, spoken, untilAnswered, useRig } from "../support/e2e-rig.ts";

const rig = useRig({ answer: () => [spoken(1_500, 91, "An answer of some length, to be read.")] });
let below: WindowBelow;
let noise: Noise;

test.beforeEach(async () => {
  await rig.desktop.xdotool("mousemove", "20", "20");
  below = await openWindowBelow(rig.desktop);
  noise = await startNoise(rig.desktop, 90);
});
test.afterEach(async () => {
  await noise.stop();
  await below.stop();
});

const isShown = (running: RunningApp): Promise<boolean> =>
  running.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().some(
      (window) => window.webContents.getURL().includes("/overlay.html") && window.isVisible(),
    ),
  );

/** Where a piece of the page is on the screen: its middle. */
async function onScreen(running: RunningApp, piece: Locator): Promise<readonly [string, string]> {
  const box = await piece.boundingBox();
  if (box === null) throw new Error("It is not shown.");
  const bounds = await running.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()
      .find((window) => window.webContents.getURL().includes("/overlay.html"))
      ?.getBounds(),
  );
  if (bounds === undefined) throw new Error("There is no overlay.");
  const middle = (from: number, length: number): string => String(Math.round(from + length / 2));
  return [middle(bounds.x + box.x, box.width), middle(bounds.y + box.y, box.height)];
}

test("never takes the focus from the program in use", async () => {
  const running = await rig.launch({ settings: exactSound });
  await expect.poll(() => below.hasFocus()).toBe(true);
  const focus: boolean[] = [];
  const held = holdTalkKey(rig, running, 900);
  await running.waitForView((view) => view.phase === "listening", "it listens");
  await expect.poll(() => isShown(running)).toBe(true);
  focus.push(await below.hasFocus());
  const { turn } = await held;
  await running.waitForView((view) => view.phase === "speaking", "it speaks");
  focus.push(await below.hasFocus());
  await untilAnswered(running, turn);
  focus.push(await below.hasFocus());
  expect(focus).toEqual([true, true, true]);
});

test("lets clicks through to the program below, except on its controls", async () => {
  const running = await rig.launch({ settings: exactSound });
  rig.server.answerWith(() => [spoken(9_000, 92)]);
  await holdTalkKey(rig, running, 650);
  await running.waitForView((view) => view.phase === "speaking", "it speaks");
  const clicks = (): number => below.events.filter((event) => event === "ButtonPress").length;

  const [wordsX, wordsY] = await onScreen(running, running.overlay.locator(".status-words"));
  const before = clicks();
  await rig.desktop.xdotool("mousemove", "--sync", wordsX, wordsY);
  await pause(300);
  await rig.desktop.xdotool("click", "1");
  await expect
    .poll(clicks, { message: "a click on the card's words reaches the program below" })
    .toBe(before + 1);
  expect((await running.view()).phase).toBe("speaking");

  const [stopX, stopY] = await onScreen(running, running.overlay.getByRole("button", { name: "Stop" }));
  await rig.desktop.xdotool("mousemove", "--sync", stopX, stopY);
  await pause(300);
  await rig.desktop.xdotool("click", "1");
  const view = await running.waitForView((each) => each.phase === "idle", "a click on Stop ends the answer");
  expect(view.outcome).toBe("interrupted");
  expect(clicks(), "and does not reach the program below").toBe(before + 1);
  expect(await below.hasFocus()).toBe(true);
});

test("hides some seconds after the answer, and not while the pointer rests on it", async () => {
  const running = await rig.launch({ settings: { ...exactSound, overlayHideSeconds: 1 } });
  const first = await holdTalkKey(rig, running, 650);
  await untilAnswered(running, first.turn);
  expect(await isShown(running), "right after the answer it can be read").toBe(true);
  await expect.poll(() => isShown(running), { timeout: 2_900 }).toBe(false);

  const second = await holdTalkKey(rig, running, 650);
  await untilAnswered(running, second.turn);
  const [x, y] = await onScreen(running, running.overlay.locator(".card"));
  await rig.desktop.xdotool("mousemove", "--sync", x, y);
  await pause(3_100);
  expect(await isShown(running), "somebody reads").toBe(true);
  await rig.desktop.xdotool("mousemove", "--sync", "20", "20");
  await expect.poll(() => isShown(running), { timeout: 3_900 }).toBe(false);
});

test("the text field opens by its shortcut, takes what is typed, and Esc gives the keyboard back", async () => {
  const running = await rig.launch({ settings: exactSound });
  await expect.poll(() => below.hasFocus()).toBe(true);
  await rig.desktop.xdotool("key", "ctrl+alt+space");
  const field = running.overlay.getByRole("textbox");
  await field.waitFor({ state: "visible" });
  await expect.poll(() => below.hasFocus()).toBe(false);
  await rig.desktop.xdotool("type", "--delay", "15", "who are you?");
  await expect(field).toHaveValue("who are you?");
  await rig.desktop.xdotool("key", "Return");
  const view = await running.waitForView(
    (each) => each.turns.at(-1)?.answer.state === "complete",
    "it is answered",
  );
  expect(view.turns.at(-1)?.question).toEqual({ kind: "typed", text: "who are you?", state: "final" });
  await running.waitForView((each) => each.phase === "idle", "the answer has ended");

  await rig.desktop.xdotool("key", "Escape");
  await field.waitFor({ state: "detached" });
  await expect.poll(() => below.hasFocus(), { message: "the program has the keyboard again" }).toBe(true);
  await rig.desktop.xdotool("key", "z");
  await expect.poll(() => below.events).toContain("KeyPress z");
});
