/**
 * Proves that the overlay is always on a display that exists, on the one with the cursor: displays are unplugged, moved,
 * shrunk, scaled and gone for a moment, on a real X server, while an answer is shown. (X knows no negative origins.)
 */
import { expect, test } from "@playwright/test";
import { windowNamed, type RunningApp } from "../../scripts/driver/app.ts";
import { monotonicMs } from "../../scripts/driver/clock.ts";
import type { MonitorPlace } from "../../scripts/desktop.mjs";
import { killPage } from "../support/e2e-crashes.ts";
import {
  monitorWithCursor,
  monitorsOf,
  moveWindow,
  placeOf,
  pointAt,
  shapeOf,
  startDesktopSettings,
  untilOn,
  type WindowName,
} from "../support/e2e-displays.ts";
import { exactSound, pause, press, spoken, talkKey, useRig, type Rig } from "../support/e2e-rig.ts";
import { openSettings } from "../support/e2e-settings.ts";

const size = { width: 1_280, height: 800 };
const left: MonitorPlace = { x: 0, y: 0, ...size };
const right: MonitorPlace = { x: size.width, y: 0, ...size };

const longAnswer = () => [spoken(20_000, 511, "Long enough for a display to go and to come back.")];
const isWhole = ({ width, height }: MonitorPlace): boolean => width === 480 && height === 560;

/** Starts the app and lets it answer, with the cursor and so the overlay on the right monitor. */
async function answerOnTheRight(rig: Rig): Promise<RunningApp> {
  await monitorsOf(rig.desktop).arrange(left, right);
  await pointAt(rig.desktop, right);
  const running = await rig.launch({ settings: exactSound });
  await running.ask("Tell me something long.");
  await running.waitForView((view) => view.phase === "speaking", "it speaks");
  await untilOn(rig.desktop, running, "overlay", right, isWhole);
  return running;
}

/** The goal is 500 ms, and about 90 is what it takes; the rest is for a machine that is busy with other things. */
const followBoundMs = 2_300;

/**
 * Changes something and waits for the overlay where it belongs then; the time that this took is noted.
 *
 * @param change resolves to the monitor.
 */
async function follow(
  rig: Rig,
  running: RunningApp,
  what: string,
  change: () => Promise<MonitorPlace>,
  fits = isWhole,
): Promise<void> {
  const fromMs = monotonicMs();
  const monitor = await change();
  const tookMs = (await untilOn(rig.desktop, running, "overlay", monitor, fits)) - fromMs;
  test.info().annotations.push({ type: what, description: `${Math.round(tookMs)} ms of 500` });
  expect(tookMs, what).toBeLessThan(followBoundMs);
}

test.describe("on a desktop of two displays", () => {
  const rig = useRig({ desktop: { monitors: 2, ...size }, answer: longAnswer });
  /** X itself moves the cursor when there is no display left under it. */
  const arranged =
    (...monitors: readonly MonitorPlace[]) =>
    async (): Promise<MonitorPlace> => {
      await monitorsOf(rig.desktop).arrange(...monitors);
      return monitorWithCursor(rig.desktop, monitors);
    };

  test("the overlay leaves a display that is unplugged in the middle of an answer, and rests when it is back", async () => {
    const running = await answerOnTheRight(rig);
    await follow(rig, running, "unplugged", arranged(left));
    await rig.desktop.screenshot(test.info().outputPath("unplugged.png"));
    expect((await running.view()).phase).toBe("speaking");

    const place = await placeOf(rig.desktop, running, "overlay");
    await monitorsOf(rig.desktop).arrange(left, right);
    await pointAt(rig.desktop, right);
    await pause(430);
    expect(await placeOf(rig.desktop, running, "overlay"), "nobody asked for it there").toEqual(place);
  });

  for (const { what, monitors } of [
    { what: "moved below the other", monitors: [left, { ...right, x: 0, y: size.height }] },
    { what: "swapped with a smaller one", monitors: [{ ...right, width: 1_024, height: 600 }, left] },
    { what: "shrunk", monitors: [left, { ...right, width: 800, height: 450 }] },
  ]) {
    test(`the overlay is on the display with the cursor when its own is ${what}`, async () => {
      const running = await answerOnTheRight(rig);
      await follow(rig, running, what, arranged(...monitors));
    });
  }

  test("the overlay is as small as the only display, and whole again when that has grown", async () => {
    const running = await answerOnTheRight(rig);
    const isSmall = ({ width, height }: MonitorPlace): boolean => width === 400 && height < 300;
    await follow(rig, running, "small", arranged({ ...left, width: 400, height: 300 }), isSmall);
    await rig.desktop.screenshot(test.info().outputPath("small.png"));
    await follow(rig, running, "grown", arranged(left));
  });

  test("the overlay is whole again when there was no display for a moment, or for a while", async () => {
    const running = await answerOnTheRight(rig);
    await monitorsOf(rig.desktop).arrange(null, null);
    await follow(rig, running, "after a moment", arranged(left));
    await monitorsOf(rig.desktop).arrange(null, null);
    await pause(210);
    await follow(rig, running, "after a while", arranged(left, right));
    expect((await running.view()).phase).toBe("speaking");
  });

  test("the text field goes along with half a question in it, and keeps the keyboard", async () => {
    const running = await answerOnTheRight(rig);
    await rig.desktop.xdotool("key", "ctrl+alt+space");
    const field = running.overlay.getByRole("textbox");
    await field.waitFor({ state: "visible" });
    await expect(field).toBeFocused();
    await rig.desktop.xdotool("type", "--delay", "15", "what is ");
    await expect(field).toHaveValue("what is ");
    await follow(rig, running, "unplugged with the text field open", arranged(left));
    await rig.desktop.xdotool("type", "--delay", "15", "left?");
    await expect(field).toHaveValue("what is left?");
  });

  test("a hidden overlay stays hidden, and is shown on the display with the cursor", async () => {
    await monitorsOf(rig.desktop).arrange(left, right);
    await pointAt(rig.desktop, right);
    const running = await rig.launch({ settings: { ...exactSound, overlayHideSeconds: 1 } });
    rig.server.answerWith(() => [spoken(200, 512)]);
    const isHidden = async (): Promise<boolean> => (await placeOf(rig.desktop, running, "overlay")) === null;
    await running.ask("A short one?");
    await untilOn(rig.desktop, running, "overlay", right, isWhole);
    await expect.poll(isHidden, { timeout: 4_100 }).toBe(true);
    await monitorsOf(rig.desktop).arrange(left);
    await pause(230);
    expect(await isHidden()).toBe(true);

    await monitorsOf(rig.desktop).arrange(left, right);
    await pointAt(rig.desktop, right);
    await running.ask("Another one?");
    await untilOn(rig.desktop, running, "overlay", right, isWhole);
    await pointAt(rig.desktop, left);
    await press(rig, running);
    await running.waitForView((view) => view.phase === "listening", "it listens");
    await untilOn(rig.desktop, running, "overlay", left, isWhole);
    rig.keyboard.up(talkKey);
  });

  test("a new scale leaves the overlay its place and size, and its controls under the pointer", async () => {
    const settings = await startDesktopSettings(rig.desktop);
    try {
      const running = await answerOnTheRight(rig);
      const scaled = (factor: number) => async (): Promise<MonitorPlace> => {
        await settings.setScale(factor);
        return right;
      };
      // As much of 480 × 560 as there is room for.
      const isDouble = ({ width, height }: MonitorPlace): boolean => width === 960 && height > 700;
      await follow(rig, running, "scale 1.5", scaled(1.5), ({ width }) => width === 720);
      await follow(rig, running, "scale 2", scaled(2), isDouble);
      await rig.desktop.screenshot(test.info().outputPath("scaled.png"));

      const place = await placeOf(rig.desktop, running, "overlay");
      const stop = await running.overlay.getByRole("button", { name: "Stop" }).boundingBox();
      if (place === null || stop === null) throw new Error("It is not shown.");
      const at = [place.x + 2 * (stop.x + stop.width / 2), place.y + 2 * (stop.y + stop.height / 2)];
      await rig.desktop.xdotool("mousemove", "--sync", ...at.map((each) => String(Math.round(each))));
      await pause(290);
      await rig.desktop.xdotool("click", "1");
      await running.waitForView((view) => view.outcome === "interrupted", "a click on Stop ends the answer");
    } finally {
      await settings.stop();
    }
  });

  test("neither the settings nor the plain window stay where a display was", async () => {
    await monitorsOf(rig.desktop).arrange(left, right);
    const running = await rig.launch({ settings: exactSound });
    const comesBack = async (name: WindowName): Promise<void> => {
      await monitorsOf(rig.desktop).arrange(left, right);
      await moveWindow(rig.desktop, running, name, { x: right.x + 200, y: 40 });
      await untilOn(rig.desktop, running, name, right);
      await monitorsOf(rig.desktop).arrange(left);
      await untilOn(rig.desktop, running, name, left, ({ y }) => y > 0);
      await rig.desktop.screenshot(test.info().outputPath(`${name}.png`));
    };
    await openSettings(running);
    await comesBack("settings");
    for (let crash = 0; crash < 4; crash += 1) await killPage(running);
    const plain = await windowNamed(running.app, "safe");
    await plain.getByRole("heading").waitFor();
    await comesBack("safe");
  });
});

test.describe("on a desktop without a compositor", () => {
  const rig = useRig({ desktop: { monitors: 2, compositor: false, ...size }, answer: longAnswer });

  test("the outline of the overlay is cut anew for a new scale, and goes along", async () => {
    const settings = await startDesktopSettings(rig.desktop);
    try {
      const running = await answerOnTheRight(rig);
      const card = running.overlay.locator(".card");
      /** How much less or more than the card is shown, in our pixels: it is cut one within it on each side. */
      const difference = async (scale: number): Promise<number> => {
        const box = await card.boundingBox();
        const [width = 0, height = 0] = await shapeOf(rig.desktop, running);
        if (box === null) throw new Error("There is no card.");
        return Math.max(...[box.width - width / scale, box.height - height / scale].map(Math.abs));
      };
      await expect.poll(() => difference(1), { timeout: 2_100 }).toBeLessThanOrEqual(3);
      await settings.setScale(2);
      await untilOn(rig.desktop, running, "overlay", right, ({ width }) => width === 960);
      await expect.poll(() => difference(2), { timeout: 2_200 }).toBeLessThanOrEqual(3);
      await monitorsOf(rig.desktop).arrange(left);
      await untilOn(rig.desktop, running, "overlay", left, ({ width }) => width === 960);
      await expect.poll(() => difference(2), { timeout: 2_300 }).toBeLessThanOrEqual(3);
      await rig.desktop.screenshot(test.info().outputPath("outline.png"));
    } finally {
      await settings.stop();
    }
  });
});
