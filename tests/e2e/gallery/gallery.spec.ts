/**
 * Owns looking at every state of both windows in the real Electron: it takes the pictures that a person judges and
 * holds what a machine can judge (nothing cut off, the policy kept, the layout reported, the transcript scrolling).
 */
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "@playwright/test";
import type { OverlaySends, Rect } from "../../../shared/ipc-contract.ts";
import type { SessionView } from "../../../shared/session-view.ts";
import type { ApprovalView } from "../../../shared/tools.ts";
import { openGallery, type Gallery } from "./gallery.ts";
import { overlayScenes, type OverlayScene } from "./overlay-scenes.ts";
import { settingsScenes, type SettingsScene } from "./settings-scenes.ts";

const pictures = resolve(import.meta.dirname, "../../../test-results/gallery");
const windowSize = { width: 420, height: 560 };
const looks = [
  { background: "light", colorScheme: "light" },
  { background: "dark", colorScheme: "dark" },
  { background: "busy", colorScheme: "light" },
  { background: "busy", colorScheme: "dark" },
] as const;

const fieldParts = ["key", "model", "microphone", "talk", "network", "tools", "servers", "grants", "actions"];
const toolParts = ["tools", "servers", "grants", "actions"];

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

const show = (view: SessionView): Promise<void> =>
  gallery.page.evaluate(
    (next) => (window as unknown as { show: (view: typeof next) => void }).show(next),
    view,
  );

function approvalIn({ approval }: SessionView): ApprovalView {
  if (approval === null) throw new Error("The scene asks nothing.");
  return approval;
}

/** Pictures of one section of the settings, as many as it takes. */
async function pictureWhole(name: string, part: string): Promise<void> {
  const { page } = gallery;
  const section = page.locator(`#section-${part}`);
  await section.evaluate((element) => element.scrollIntoView());
  for (let picture = 1; ; picture += 1) {
    await page.screenshot({ path: join(pictures, `${name}-${picture}.png`) });
    const isLonger = await section.evaluate((element) => {
      const column = element.parentElement;
      if (column === null || element.getBoundingClientRect().bottom <= column.clientHeight) return false;
      const before = column.scrollTop;
      column.scrollBy({ top: column.clientHeight - 80 });
      return column.scrollTop > before;
    });
    if (!isLonger) return;
  }
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
    const topOf = (): Promise<number> => box.evaluate((element) => element.scrollTop);
    /** @param scrolledPx by which the person has scrolled just before, so that the page has not heard of it. */
    const grow = (words: string, scrolledPx = 0): Promise<void> =>
      gallery.page.evaluate(
        ([view, more, byPx]) => {
          if (byPx !== 0) document.querySelector("[data-scroll]")?.scrollBy(0, byPx);
          const last = view.turns.at(-1);
          if (last === undefined) throw new Error("The scene has no turn.");
          const grown = { ...last, answer: { ...last.answer, text: last.answer.text + more } };
          const show = (window as unknown as { show: (next: typeof view) => void }).show;
          show({ ...view, turns: [...view.turns.slice(0, -1), grown] });
        },
        [scene.view, words, scrolledPx] as const,
      );
    const latest = gallery.page.getByRole("button", { name: "Latest" });
    expect(await distanceToEnd()).toBeLessThan(2);
    await grow("\nOne more line.\nAnd another.\nAnd a third.");
    await expect(gallery.page.getByText("And a third.")).toBeVisible();
    expect(await distanceToEnd()).toBeLessThan(2);

    // A slow hand on a trackpad: a few pixels between two words were taken back with each of them.
    const endTop = await topOf();
    await grow("\nOne more line.\nAnd another.\nAnd a third.", -6);
    await latest.waitFor();
    expect(await topOf()).toBe(endTop - 6);
    await latest.click();
    await expect(latest).toBeHidden();
    await box.evaluate((element) => element.scrollBy(0, -6));
    await latest.waitFor();
    const slowTop = await topOf();
    await grow("\nOne more line.\nAnd another.\nAnd a third.\nAnd a fourth.");
    await expect(gallery.page.getByText("And a fourth.")).toBeAttached();
    expect(await topOf()).toBe(slowTop);
    await box.evaluate((element) =>
      element.scrollTo({ top: element.scrollHeight - element.clientHeight - 10 }),
    );
    await expect(latest).toBeHidden();
    expect(await distanceToEnd()).toBeLessThan(2);

    await gallery.page.evaluate(
      ([view]) => {
        document.querySelector("[data-scroll]")?.scrollTo({ top: 0 });
        // Before the page has heard of it.
        (window as unknown as { show: (next: typeof view) => void }).show({ ...view });
      },
      [scene.view] as const,
    );
    await latest.waitFor();
    await gallery.page.screenshot({ path: join(pictures, "long-conversation-scrolled-up.png") });
    await grow("\nMore\nand\nmore\nwords\nwhile\nreading.");
    expect(await topOf()).toBe(0);

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

  test("is not answered before it is armed, nor by a key that nobody aimed at a button", async () => {
    const scene = sceneNamed("asking-not-armed");
    const { page } = gallery;
    const answers = ["Allow once", "Deny", "Allow for this session", "Always"];
    await openScene(scene);
    for (const name of answers) {
      const button = page.getByRole("button", { name });
      await expect(button).toHaveAttribute("aria-disabled", "true");
      // Playwright would wait for a button that says it is disabled; a finger does not.
      await button.click({ force: true });
    }
    await page.keyboard.press("Enter");
    await page.keyboard.press("Space");
    expect(await callsOf()).toEqual([]);

    await show(sceneNamed("asking").view);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Space");
    await page.mouse.click(5, 5);
    await page.keyboard.press("Enter");
    expect(await callsOf()).toEqual([]);
  });

  test("is answered by a click, which leaves the focus where it was, or by a button gone to by keyboard", async () => {
    const { page } = gallery;
    await openScene(sceneNamed("asking"));
    await page.getByRole("button", { name: "Deny" }).click();
    await page.getByRole("button", { name: "Allow once" }).click();
    await page.keyboard.press("Enter");
    expect(await callsOf()).toEqual(["approve question-1 deny", "approve question-1 once"]);

    const session = page.getByRole("button", { name: "Allow for this session" });
    await session.focus();
    await page.keyboard.press("Enter");
    expect((await callsOf()).at(-1)).toBe("approve question-1 session");
    const { view } = sceneNamed("asking");
    await show({ ...view, approval: { ...approvalIn(view), id: "question-2" } });
    await expect(session).not.toBeFocused();
    await page.keyboard.press("Enter");
    expect(await callsOf()).toHaveLength(3);
  });

  test("does not take a key for an answer that was held down since before", async () => {
    const { page } = gallery;
    const { view } = sceneNamed("asking");
    await openScene(sceneNamed("asking-not-armed"));
    await page.getByRole("button", { name: "Allow once" }).focus();
    await page.keyboard.down("Enter");
    await show(view);
    await page.keyboard.down("Enter");
    await page.keyboard.up("Enter");
    expect(await callsOf()).toEqual([]);
    await page.keyboard.press("Enter");
    expect(await callsOf()).toEqual(["approve question-1 once"]);
  });

  test("shows every argument to its last character, by scrolling, with the answers in sight", async () => {
    const { page } = gallery;
    await openScene(sceneNamed("asking-hostile"));
    const details = page.getByRole("region", { name: "What it would do" });
    const box = await details.boundingBox();
    if (box === null) throw new Error("The arguments are not shown.");
    const { controls } = await layoutOf();
    // The wheel reaches only what is reported as a control.
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2, width: 0, height: 0 };
    expect(controls.some((control) => holds(control, middle))).toBe(true);
    await page.mouse.move(middle.x, middle.y);
    await page.mouse.wheel(0, 10_000);
    await expect
      .poll(() => details.evaluate((node) => node.scrollHeight - node.scrollTop - node.clientHeight))
      .toBeLessThan(2);
    await page.screenshot({ path: join(pictures, "asking-hostile-scrolled.png") });
    const text = await details.innerText();
    expect(text).toContain("ملف.txt ← /etc/passwd ‹U+202E›gpj.exe");
    expect(text.trimEnd().endsWith("end")).toBe(true);
    for (const name of ["Allow once", "Deny", "Allow for this session", "Always"]) {
      await expect(page.getByRole("button", { name })).toBeInViewport({ ratio: 1 });
    }
  });

  test("says a question at once to who cannot see it, and once", async () => {
    const { page } = gallery;
    const alert = page.getByRole("alert");
    await openScene(sceneNamed("thinking"));
    await expect(alert).toHaveText("");
    const { view } = sceneNamed("asking-command");
    const unarmed = { ...approvalIn(view), isArmed: false, waiting: 0 };
    await show({ ...view, approval: unarmed });
    const said = await alert.textContent();
    expect(said).toContain("Parley wants to: Run a program");
    expect(said).toContain("Runs a program on this computer");
    expect(said).toContain("Text from elsewhere is part of this conversation");
    expect(said).toContain("two  blanks and a $(subshell) that stays text");
    expect(said).toContain("Ctrl+Alt+Y allows once · Esc denies · or hold Right Ctrl and say yes");
    await expect(alert).toHaveAttribute("aria-live", "assertive");
    await show(view);
    expect(await alert.textContent()).toBe(said);
  });

  test("takes an action back, and reports no button that is scrolled out of sight", async () => {
    const { page } = gallery;
    await openScene(sceneNamed("actions-in-each-state"));
    await page.getByRole("button", { name: "Undo: Add a note" }).click();
    expect(await callsOf()).toEqual(["undo call-2"]);
    const { view } = sceneNamed("actions-many");
    const last = view.turns.at(-1);
    if (last === undefined) throw new Error("The scene has no turn.");
    const actions = Array.from({ length: 60 }, (_, index) => ({
      ...(last.actions[0] as (typeof last.actions)[number]),
      callId: `call-${index}`,
      canUndo: true,
    }));
    await show({ ...view, turns: [{ ...last, actions }] });
    await expect(page.getByRole("button", { name: "Undo" })).toHaveCount(60);
    // The list as a whole, and Stop.
    await expect.poll(async () => (await layoutOf()).controls.length).toBe(2);
    const { card, controls } = await layoutOf();
    if (card === null) throw new Error("There is no card.");
    for (const control of controls) expect(holds(card, control)).toBe(true);
    expect(await cutOff()).toEqual([]);
    await page.screenshot({ path: join(pictures, "actions-sixty.png"), animations: "disabled" });
  });

  test("stays legible in high contrast and without motion", async () => {
    for (const name of [
      "listening-hold",
      "speaking-with-action",
      "actions-in-each-state",
      "failed-send-again",
      "text-field-long",
      "asking",
      "asking-not-armed",
    ]) {
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
        for (const part of scene.tools === undefined ? fieldParts : toolParts) {
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

  test("shows all about tools whole, in a wide window and in the smallest", async () => {
    const { page } = gallery;
    for (const name of ["tools", "tools-hostile"]) {
      for (const width of [720, 480]) {
        await gallery.resize(width, 640);
        await page.emulateMedia({ colorScheme: width === 720 ? "light" : "dark" });
        await gallery.open("settings", { scene: name });
        await page.locator("details").first().waitFor();
        for (const details of await page.locator("details").all()) {
          await details.evaluate((element) => element.setAttribute("open", ""));
        }
        await page.locator(".log").waitFor();
        for (const part of toolParts) await pictureWhole(`settings-${name}-${width}-${part}`, part);
        expect(await cutOff()).toEqual([]);
      }
    }
    await gallery.resize(720, 640);
  });

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
    await gallery.page.getByRole("button", { name: "Save", exact: true }).click();
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

  test("switches a tool and a server, restarts and confirms one, each by keyboard", async () => {
    const { page } = gallery;
    await gallery.open("settings", { scene: "tools" });
    await page.getByRole("switch", { name: "Read the clipboard" }).focus();
    await page.keyboard.press("Space");
    await expect(page.getByRole("switch", { name: "Read the clipboard" })).toBeChecked();

    await page.getByRole("button", { name: "Let filesystem start" }).focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("button", { name: "Let filesystem start" })).toHaveCount(0);

    await page.getByRole("button", { name: "Restart weather-station" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("switch", { name: "browser", exact: true }).focus();
    await page.keyboard.press("Space");
    await expect(page.getByRole("switch", { name: "browser", exact: true })).toBeChecked();

    await page.getByText("Its tools, 1 switched off").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("switch", { name: "Create entities" }).uncheck();
    await expect(page.getByText("Its tools, 2 switched off")).toBeVisible();
    await page.getByRole("button", { name: "Import the servers of VS Code" }).click();
    await expect(page.getByText("Servers that VS Code has")).toHaveCount(0);
    expect(await callsOf()).toEqual([
      { tool: "clipboard_read", isOn: true },
      { server: "filesystem", definitionHash: "0".repeat(64) },
      "restart weather-station",
      { server: "browser", isOn: true },
      { tool: "memory__create_entities", isOn: false },
      "VS Code",
    ]);
  });

  test("adds a folder and takes one off, by keyboard", async () => {
    const { page } = gallery;
    await gallery.open("settings", { scene: "tools" });
    const field = page.getByRole("textbox", { name: "Folders that may be read" });
    await field.fill("/home/anna/Notes");
    await field.press("Enter");
    await expect(field).toHaveValue("");
    await page.getByRole("button", { name: "Remove /home/anna/Notes" }).focus();
    await page.keyboard.press("Enter");
    await expect(page.getByText("/home/anna/Notes")).toHaveCount(0);
    const { settings } = settingsSceneNamed("tools").snapshot;
    expect(await callsOf()).toEqual([
      { readableFolders: [...settings.readableFolders, "/home/anna/Notes"] },
      { readableFolders: settings.readableFolders },
    ]);
    await field.fill(settings.readableFolders[0] ?? "");
    await expect(page.getByRole("button", { name: "Add", exact: true })).toBeDisabled();
  });

  test("keeps a text of mcp.json that is refused, with the line, and says when the file changed meanwhile", async () => {
    const { page } = gallery;
    await gallery.open("settings", { scene: "tools" });
    const file = page.getByLabel("mcp.json", { exact: true });
    const before = await file.inputValue();
    await file.fill("{ broken");
    await file.press("Control+s");
    await expect(page.getByText("Line 4: a comma is missing")).toBeVisible();
    await expect(file).toHaveValue("{ broken");
    await expect(file).toHaveAttribute("aria-invalid", "true");
    await page.getByRole("button", { name: "Discard" }).scrollIntoViewIfNeeded();
    await page.screenshot({ path: join(pictures, "settings-tools-file-refused.png") });
    await page.evaluate(() =>
      (window as unknown as { tellTools: (changes: object) => void }).tellTools({ mcpText: "{}" }),
    );
    await expect(page.getByText("The file has been changed meanwhile")).toBeVisible();
    await expect(file).toHaveValue("{ broken");
    await page.getByRole("button", { name: "Discard" }).click();
    await expect(file).toHaveValue("{}");
    expect(before).not.toBe("{}");
    expect(await callsOf()).toEqual(["{ broken"]);

    await gallery.open("settings", { scene: "first-start" });
    await file.fill('{ "mcpServers": {} } ');
    await page.getByRole("button", { name: "Save mcp.json" }).click();
    await expect(page.getByRole("button", { name: "Save mcp.json" })).toBeDisabled();
    await expect(file).toHaveValue('{ "mcpServers": {} } ');
  });

  test("takes back what was allowed, one by one or all of it that is shown", async () => {
    const { page } = gallery;
    await gallery.open("settings", { scene: "tools" });
    await page.getByRole("button", { name: "Revoke: Read the clipboard" }).click();
    await expect(page.getByText("This session")).toHaveCount(0);
    await page.getByRole("button", { name: "Revoke all" }).click();
    await expect(page.getByText("Nothing. What you answer")).toBeVisible();
    expect(await callsOf()).toEqual(["g1", "g2", "g3"]);
  });

  test("reads the log of actions anew when the window is looked at again", async () => {
    const { page } = gallery;
    await gallery.open("settings", { scene: "tools" });
    const rows = page.locator(".log tbody tr");
    const { actions = [] } = settingsSceneNamed("tools");
    await expect(rows).toHaveCount(actions.length);
    await page.evaluate(() => window.dispatchEvent(new Event("focus")));
    await expect(rows).toHaveCount(actions.length + 1);
    await expect(rows.first()).toContainText("Look up the weather");
  });
});

function sceneNamed(name: string): OverlayScene {
  const scene = overlayScenes.find((candidate) => candidate.name === name);
  if (scene === undefined) throw new Error(`No scene “${name}”.`);
  return scene;
}

function settingsSceneNamed(name: string): SettingsScene {
  const scene = settingsScenes.find((candidate) => candidate.name === name);
  if (scene === undefined) throw new Error(`No scene “${name}”.`);
  return scene;
}
