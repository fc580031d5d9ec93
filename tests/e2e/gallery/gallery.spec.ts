/**
 * Owns looking at every state of both windows in the real Electron: it takes the pictures that a person judges and
 * holds what a machine can judge (nothing cut off, the policy kept, the layout reported, the transcript scrolling).
 */
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "@playwright/test";
import type { OverlaySends, Rect } from "../../../shared/ipc-contract.ts";
import { openGallery, type Gallery } from "./gallery.ts";
import { overlayScenes, type OverlayScene } from "./overlay-scenes.ts";
import { settingsScenes } from "./settings-scenes.ts";

const pictures = resolve(import.meta.dirname, "../../../test-results/gallery");
const windowSize = { width: 420, height: 560 };
const looks = [
  { background: "light", colorScheme: "light" },
  { background: "dark", colorScheme: "dark" },
  { background: "busy", colorScheme: "light" },
  { background: "busy", colorScheme: "dark" },
] as const;

let gallery: Gallery;
let opened: Gallery | null = null;

test.beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  opened = await openGallery();
  gallery = opened;
});

test.afterAll(async () => {
  await opened?.close();
});

const layoutOf = (): Promise<OverlaySends["overlay:layout"]> =>
  gallery.page.evaluate(() => (window as unknown as { layout: OverlaySends["overlay:layout"] }).layout);

const callsOf = (): Promise<unknown[]> =>
  gallery.page.evaluate(() => (window as unknown as { calls: unknown[] }).calls);

const holds = (outer: Rect, inner: Rect): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;

async function openScene(scene: OverlayScene, look: (typeof looks)[number] = looks[0]): Promise<void> {
  await gallery.page.emulateMedia({ colorScheme: look.colorScheme });
  await gallery.open("overlay", { scene: scene.name, background: look.background });
  await gallery.page.locator(".card").waitFor();
  if (scene.draft !== undefined) await gallery.page.locator("textarea").fill(scene.draft);
}

/** Words that do not fit: wider than their box without being shortened by an ellipsis. */
const cutOff = (): Promise<string[]> =>
  gallery.page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("#root *")]
      .filter((element) => element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0)
      .filter((element) => !element.closest(".visually-hidden, svg, select, input"))
      .filter((element) => getComputedStyle(element).display !== "inline")
      .filter((element) => getComputedStyle(element).textOverflow !== "ellipsis")
      .map((element) => `${element.className}: ${element.textContent.slice(0, 40)}`),
  );

test.describe("overlay", () => {
  test.beforeAll(() => gallery.resize(windowSize.width, windowSize.height));

  for (const scene of overlayScenes) {
    test(`shows ${scene.name} whole, over any background`, async () => {
      for (const look of looks) {
        await openScene(scene, look);
        // Movement would make two pictures of one state differ.
        await gallery.page.screenshot({
          path: join(pictures, `${scene.name}-${look.background}-${look.colorScheme}.png`),
          animations: "disabled",
        });
        const layout = await layoutOf();
        const card = layout.card;
        expect(card).not.toBeNull();
        if (card === null) return;
        expect(holds({ x: 0, y: 0, ...windowSize }, card)).toBe(true);
        for (const control of layout.controls) expect(holds(card, control)).toBe(true);
        expect(await cutOff()).toEqual([]);
        expect(gallery.complaints).toEqual([]);
      }
    });
  }

  test("keeps to the newest words until the person scrolls up, and goes back on request", async () => {
    const scene = sceneNamed("long-conversation");
    await openScene(scene);
    const box = gallery.page.locator("[data-scroll]");
    const distanceToEnd = (): Promise<number> =>
      box.evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight);
    const grow = (words: string): Promise<void> =>
      gallery.page.evaluate(
        ([view, more]) => {
          const last = view.turns.at(-1);
          if (last === undefined) throw new Error("The scene has no turn.");
          const grown = { ...last, answer: { ...last.answer, text: last.answer.text + more } };
          const show = (window as unknown as { show: (next: typeof view) => void }).show;
          show({ ...view, turns: [...view.turns.slice(0, -1), grown] });
        },
        [scene.view, words] as const,
      );
    expect(await distanceToEnd()).toBeLessThan(2);
    await grow("\nOne more line.\nAnd another.\nAnd a third.");
    await expect(gallery.page.getByText("And a third.")).toBeVisible();
    expect(await distanceToEnd()).toBeLessThan(2);

    await box.evaluate((element) => element.scrollTo({ top: 0 }));
    const latest = gallery.page.getByRole("button", { name: "Latest" });
    await latest.waitFor();
    await gallery.page.screenshot({ path: join(pictures, "long-conversation-scrolled-up.png") });
    await grow("\nMore\nand\nmore\nwords\nwhile\nreading.");
    expect(await box.evaluate((element) => element.scrollTop)).toBe(0);

    await latest.click();
    expect(await distanceToEnd()).toBeLessThan(2);
    await expect(latest).toBeHidden();
    await expect(gallery.page.getByText("It must not appear.")).toHaveCount(0);
  });

  test("reports the scroll area as a control only when it has more to show", async () => {
    await openScene(sceneNamed("long-conversation"));
    const scrolling = await layoutOf();
    await openScene(sceneNamed("answered"));
    const resting = await layoutOf();
    expect(scrolling.controls).toHaveLength(2);
    expect(resting.controls).toHaveLength(1);
  });

  test("reports no card when there is nothing to show", async () => {
    const scene = sceneNamed("answered");
    await openScene(scene);
    await gallery.page.evaluate((view) => {
      const show = (window as unknown as { show: (next: typeof view) => void }).show;
      show({ ...view, outcome: "none" });
    }, scene.view);
    await expect.poll(layoutOf).toEqual({ card: null, controls: [] });
  });

  test("sends with Enter, breaks the line with Shift+Enter, closes with Esc and keeps the draft", async () => {
    await openScene(sceneNamed("text-field-empty"));
    const field = gallery.page.getByRole("textbox", { name: "Your question" });
    await expect(field).toBeFocused();
    await gallery.page.keyboard.press("Enter");
    await gallery.page.keyboard.type("one");
    await gallery.page.keyboard.press("Shift+Enter");
    await gallery.page.keyboard.type("two");
    await gallery.page.keyboard.press("Enter");
    expect(await callsOf()).toEqual(["ask one\ntwo"]);
    await expect(field).toHaveValue("");
    await gallery.page.keyboard.press("Escape");
    expect(await callsOf()).toEqual(["ask one\ntwo", "textFieldClosed"]);
    await expect(field).toHaveCount(0);
  });

  test("offers each failure's own action", async () => {
    for (const [name, button, call] of [
      ["failed-send-again", "Send again", "sendAgain"],
      ["failed-open-settings", "Open settings", "openSettings"],
      ["failed-dismiss", "Dismiss", "dismiss"],
      ["failed-send-again", "Close", "dismiss"],
      ["speaking", "Stop", "stop"],
      ["answered", "Close", "dismiss"],
    ] as const) {
      await openScene(sceneNamed(name));
      await gallery.page.getByRole("button", { name: button }).click();
      expect(await callsOf()).toEqual([call]);
    }
  });

  test("stays legible in high contrast and without motion", async () => {
    for (const name of ["listening-hold", "speaking-with-action", "failed-send-again", "text-field-long"]) {
      await gallery.page.emulateMedia({ forcedColors: "active", reducedMotion: "reduce" });
      await openScene(sceneNamed(name));
      await gallery.page.screenshot({ path: join(pictures, `${name}-high-contrast.png`) });
      const running = await gallery.page.evaluate(() => document.getAnimations().length);
      expect(running).toBe(0);
      await gallery.page.emulateMedia({ forcedColors: "none", reducedMotion: "no-preference" });
    }
  });
});

test.describe("settings", () => {
  test.beforeAll(() => gallery.resize(720, 640));

  for (const scene of settingsScenes) {
    for (const colorScheme of ["light", "dark"] as const) {
      test(`shows ${scene.name} whole (${colorScheme})`, async () => {
        await gallery.page.emulateMedia({ colorScheme });
        await gallery.open("settings", { scene: scene.name });
        await gallery.page.locator(".page").waitFor();
        await gallery.page.screenshot({
          path: join(pictures, `settings-${scene.name}-top-${colorScheme}.png`),
        });
        const parts = ["key", "model", "microphone", "talk", "network"];
        for (const part of parts) {
          await gallery.page.locator(`#section-${part}`).evaluate((element) => element.scrollIntoView());
          await gallery.page.screenshot({
            path: join(pictures, `settings-${scene.name}-${part}-${colorScheme}.png`),
          });
        }
        expect(await cutOff()).toEqual([]);
        expect(gallery.complaints).toEqual([]);
      });
    }
  }

  test("saves a field when it is left, and shows the reason of a refusal beside it", async () => {
    await gallery.open("settings", { scene: "key-stored" });
    await gallery.page.getByLabel("Voice", { exact: true }).fill("cedar");
    await gallery.page.getByLabel("Endpoint").fill("http://example.org/v1");
    await expect(gallery.page.getByText("Saved")).toBeVisible();
    await gallery.page.getByLabel("Endpoint").press("Enter");
    await expect(gallery.page.getByRole("alert").filter({ hasText: "this computer only" })).toBeVisible();
    await expect(gallery.page.getByLabel("Endpoint")).toHaveValue("http://example.org/v1");
    expect(await callsOf()).toEqual([{ voice: "cedar" }, { endpoint: "http://example.org/v1" }]);
    await gallery.page.locator("#section-model").evaluate((element) => element.scrollIntoView());
    await gallery.page.screenshot({ path: join(pictures, "settings-refused.png") });
  });

  test("takes a key, forgets it in the page, and tells what the check found", async () => {
    await gallery.open("settings", { scene: "first-start" });
    const field = gallery.page.getByLabel("New API key");
    await field.fill("sk-not-a-real-key");
    await gallery.page.getByRole("button", { name: "Save" }).click();
    await expect(gallery.page.getByText("is stored, encrypted by your system")).toBeVisible();
    await expect(field).toHaveValue("");
    await gallery.open("settings", { scene: "no-keyring" });
    await gallery.page.getByRole("button", { name: "Check" }).click();
    await expect(gallery.page.getByText("The API key is not accepted")).toBeVisible();
    await gallery.page.screenshot({ path: join(pictures, "settings-checked.png") });
  });

  test("keeps a microphone that is not connected in the list, and saves the chosen one with its name", async () => {
    await gallery.open("settings", { scene: "no-keyring" });
    const list = gallery.page.getByRole("combobox", { name: "Microphone", exact: true });
    await expect(list.locator("option")).toHaveText([
      "System default",
      "Built-in Audio Analog Stereo",
      "Blue Yeti",
      "Jabra Evolve 75 – not connected",
    ]);
    await list.selectOption("Blue Yeti");
    expect(await callsOf()).toEqual([{ microphoneId: "b2", microphoneLabel: "Blue Yeti" }]);
    await gallery.page.getByRole("button", { name: "Test" }).click();
    await expect(gallery.page.getByRole("button", { name: "Stop" })).toBeVisible();
    await gallery.page.screenshot({ path: join(pictures, "settings-microphone-test.png") });
  });
});

function sceneNamed(name: string): OverlayScene {
  const scene = overlayScenes.find((candidate) => candidate.name === name);
  if (scene === undefined) throw new Error(`No scene “${name}”.`);
  return scene;
}
