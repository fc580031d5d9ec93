/**
 * Proves that text typed into another program arrives whole, by real keys on a real display, in a text field of another
 * app and in a terminal, and that the clipboard is as it was before.
 */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { expect, test } from "@playwright/test";
import type { ElectronApplication, Page } from "playwright";
import { systemTimers } from "../../electron/main/timer-host.ts";
import { createX11Typing, type X11Typing } from "../../electron/main/x11/typing.ts";
import type { TypingOutcome } from "../../electron/main/tools/typing/typist.ts";
import { projectDir } from "../../scripts/driver/app.ts";
import { openClipboardManager, type ClipboardManager } from "../support/e2e-clipboard-manager.ts";
import { openBareWindow } from "../support/e2e-bare-window.ts";
import { useRig } from "../support/e2e-rig.ts";
import { openSelectionOwner, type OwnerScript, type SelectionOwner } from "../support/e2e-selection-owner.ts";

const rig = useRig({ desktop: { audio: false } });

const rightCtrl = 105;
const never = new AbortController().signal;
const typed: TypingOutcome = { kind: "typed", isSure: true };

/** What a keyboard here cannot make, in every direction, with what a program might take for more than text. */
const everything = [
  "Grüße, naïve café — “quotes” 100 € \\ $HOME `x` %s",
  "Привет, мир! 漢字かな交じり文 한국어",
  "שלום עולם مرحبا بالعالم",
  "👩‍👩‍👧‍👦 🏳️‍🌈 🎉 e\u0301 ﬃ",
  "\ta tab, and the end",
].join("\n");

let typing: X11Typing;
let field: { readonly app: ElectronApplication; readonly page: Page } | null = null;
let owner: SelectionOwner | null = null;
let manager: ClipboardManager | null = null;
const children: ChildProcess[] = [];

test.beforeEach(() => {
  typing = createX11Typing({ environment: rig.desktop.env, processId: 0, timers: systemTimers });
});
test.afterEach(async () => {
  typing.close();
  owner?.close();
  owner = null;
  manager?.close();
  manager = null;
  await field?.app.close();
  field = null;
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
});

/** Another program with a text field that has the keyboard. */
async function openField(): Promise<{ readonly app: ElectronApplication; readonly page: Page }> {
  const app = await openBareWindow(rig.desktop.env);
  const page = await app.firstWindow();
  await page.setContent("<title>Letter</title><textarea autofocus rows=20></textarea>");
  field = { app, page };
  await targetOf(/Letter$/);
  await page.locator("textarea").focus();
  return field;
}

/** Waits until the program with this label has the keyboard. @returns what it is known by. */
async function targetOf(label: RegExp): Promise<string> {
  let id = "";
  await expect
    .poll(async () => {
      const target = await typing.target();
      if (target.kind !== "program") return target.kind;
      id = target.id;
      return target.label;
    })
    .toMatch(label);
  return id;
}

const type = async (text: string, signal = never): Promise<TypingOutcome> => {
  const target = await typing.target();
  if (target.kind !== "program") throw new Error(`No program has the keyboard: ${target.kind}`);
  return typing.type(text, target.id, rightCtrl, signal);
};

/** Something was copied in a program that hands it over in its own way. */
async function copyIn(script: OwnerScript): Promise<SelectionOwner> {
  owner = await openSelectionOwner(rig.desktop.env, script);
  return owner;
}

async function startManager(): Promise<ClipboardManager> {
  manager = await openClipboardManager(rig.desktop.env);
  return manager;
}

/** A program that takes the keys, and nothing else. */
async function openTester(): Promise<void> {
  children.push(spawn("xev", ["-event", "keyboard"], { env: rig.desktop.env, stdio: "ignore" }));
  await targetOf(/Event Tester$/);
}

/** Somebody has copied or selected this, in a form that only its own kind of program knows. */
async function copy(form: string, content: string, selection = "clipboard"): Promise<void> {
  const owner = spawn("xclip", ["-quiet", "-selection", selection, "-t", form], {
    env: rig.desktop.env,
    stdio: ["pipe", "ignore", "ignore"],
  });
  children.push(owner);
  owner.stdin.end(content);
  // It says that it waits before the display has heard of it.
  await expect.poll(() => pasted("TARGETS", selection).catch(() => "")).toContain(form);
}

async function pasted(form: string, selection = "clipboard"): Promise<string> {
  const { stdout } = await promisify(execFile)("xclip", ["-o", "-selection", selection, "-t", form], {
    env: rig.desktop.env,
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout;
}

test("text arrives whole in a text field, and what was copied before is there again, in its own form", async () => {
  const { page } = await openField();
  // Longer than one request of X holds, so that it goes in pieces, both ways.
  const copied = `copy\nfile:///home/someone/${"x".repeat(700_000)}`;
  await copy("x-special/gnome-copied-files", copied);
  const startedMs = performance.now();
  expect(await type(everything)).toEqual(typed);
  test.info().annotations.push({
    type: "typed and restored after",
    description: `${(performance.now() - startedMs).toFixed(0)} ms`,
  });
  await expect(page.locator("textarea")).toHaveValue(everything);
  expect(await pasted("x-special/gnome-copied-files")).toBe(copied);
});

test("every form of what was copied comes back: text, HTML and a picture", async () => {
  const { app, page } = await openField();
  await app.evaluate(({ clipboard, nativeImage }) => {
    const picture = nativeImage.createFromBitmap(Buffer.alloc(64 * 48 * 4, 0x7f), { width: 64, height: 48 });
    (clipboard as unknown as { write(forms: object): void }).write({
      text: "mine",
      html: "<b>mine</b>",
      image: picture,
    });
  });
  expect(await type("one")).toEqual(typed);
  // And once more, when it is offered from here already.
  expect(await type(" two")).toEqual(typed);
  await expect(page.locator("textarea")).toHaveValue("one two");
  const forms = await app.evaluate(({ clipboard }) => {
    const { readText, readHTML, readImage } = clipboard as unknown as Record<string, () => unknown>;
    const image = readImage?.() as { getSize(): unknown };
    return { text: readText?.(), html: String(readHTML?.()), size: image.getSize() };
  });
  expect(forms).toMatchObject({ text: "mine", size: { width: 64, height: 48 } });
  expect(forms.html).toContain("<b>mine</b>");
});

test("an empty clipboard is empty again, and a long text arrives", async () => {
  const { page } = await openField();
  const long = Array.from({ length: 900 }, (_, line) => `${line}: Zeile mit Wörtern 🎉`)
    .join("\n")
    .slice(0, 20_000);
  expect(await type(long)).toEqual(typed);
  await expect(page.locator("textarea")).toHaveValue(long);
  await expect(pasted("UTF8_STRING")).rejects.toThrow("not available");
});

test("a selection is replaced, with a layout without Latin letters and Caps Lock on", async () => {
  const { page } = await openField();
  await page.locator("textarea").fill("what was here");
  await page.locator("textarea").selectText();
  await promisify(execFile)("setxkbmap", ["ru"], { env: rig.desktop.env });
  await rig.keyboard.play(["key Caps_Lock"]);
  try {
    expect(await type("Neu")).toEqual(typed);
    await expect(page.locator("textarea")).toHaveValue("Neu");
  } finally {
    await rig.keyboard.play(["key Caps_Lock"]);
    await promisify(execFile)("setxkbmap", ["us"], { env: rig.desktop.env });
  }
});

test("a talk key that is still held is waited for; Esc while it is leaves everything as it was", async () => {
  const { page } = await openField();
  await copy("UTF8_STRING", "mine");
  await rig.keyboard.play(["keydown Control_R"]);
  const stop = new AbortController();
  const stopped = type("not this", stop.signal);
  const waiting = type("this");
  await typing.target();
  stop.abort();
  expect(await stopped).toEqual({ kind: "stopped" });
  await expect(page.locator("textarea")).toHaveValue("");
  await rig.keyboard.play(["keyup Control_R"]);
  expect(await waiting).toEqual(typed);
  await expect(page.locator("textarea")).toHaveValue("this");
  expect(await pasted("UTF8_STRING")).toBe("mine");
});

test("the talk key is not pressed, whichever it is", async () => {
  const { page } = await openField();
  const leftCtrl = 37;
  const target = await typing.target();
  await page.evaluate(() => {
    const pressed: string[] = [];
    Object.assign(globalThis, { pressed });
    addEventListener("keydown", ({ code }) => pressed.push(code));
  });
  for (const talkKeycode of [rightCtrl, leftCtrl]) {
    expect(await typing.type("x", target.kind === "program" ? target.id : "", talkKeycode, never)).toEqual(
      typed,
    );
  }
  expect(await page.evaluate(() => (globalThis as unknown as { pressed: string[] }).pressed)).toEqual([
    "ControlLeft",
    "KeyV",
    "ControlRight",
    "KeyV",
  ]);
});

test("in a terminal it arrives as well, and what was selected is there again", async () => {
  const path = test.info().outputPath("typed.txt");
  children.push(
    spawn("xterm", ["-u8", "-T", "Shell", "-e", "sh", "-c", 'cat > "$1"', "sh", path], {
      env: { ...rig.desktop.env, LC_ALL: "C.UTF-8" },
      stdio: "ignore",
    }),
  );
  await targetOf(/^XTerm – Shell$/);
  expect(await typing.target()).toMatchObject({ isTerminal: true });
  await copy("UTF8_STRING", "selected", "primary");
  await copy("UTF8_STRING", "mine");
  const line = "ls ~; Ünï 漢字 🎉\n";
  expect(await type(line)).toEqual(typed);
  await expect.poll(() => readFileSync(path, "utf8")).toBe(line);
  expect(await pasted("UTF8_STRING")).toBe("mine");
  expect(await pasted("UTF8_STRING", "primary")).toBe("selected");
});

/** Keeps the keys from pasting, as a program that is busy does. */
async function hangAtPaste({ app, page }: Awaited<ReturnType<typeof openField>>) {
  await page.evaluate(() => {
    const pressed = new Promise<void>((resolve) => {
      addEventListener("keydown", (event) => {
        if (event.code !== "KeyV") return;
        event.preventDefault();
        resolve();
      });
    });
    const taken = new Promise<string>((resolve) => {
      addEventListener("paste", ({ clipboardData }) => resolve(clipboardData?.getData("text") ?? ""));
    });
    Object.assign(globalThis, { pressed, taken });
  });
  return {
    untilPressed: () => page.evaluate("pressed"),
    /** It comes to it. @returns what it takes. */
    async paste() {
      await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.paste());
      return page.evaluate<string>("taken");
    },
  };
}

test("Esc after the keys were pressed: a program that is busy still pastes the text, and nothing else", async () => {
  // What was on the clipboard was put back at once, and pasted: a password, or in a terminal a command.
  const opened = await openField();
  await copy("UTF8_STRING", "mine");
  const { untilPressed, paste } = await hangAtPaste(opened);
  const stop = new AbortController();
  const outcome = type("this", stop.signal);
  await untilPressed();
  stop.abort();
  expect(await paste()).toBe("this");
  expect(await outcome).toEqual(typed);
  await expect(opened.page.locator("textarea")).toHaveValue("this");
  expect(await pasted("UTF8_STRING")).toBe("mine");
});

test("a program that takes nothing in time is told of, and what it takes too late is nothing", async () => {
  const { paste } = await hangAtPaste(await openField());
  await copy("UTF8_STRING", "mine");
  expect(await type("lost")).toEqual({ kind: "not-taken" });
  expect(await paste()).toBe("");
  await expect.poll(() => pasted("UTF8_STRING").catch(() => ""), { timeout: 6_100 }).toBe("mine");
});

test("a program that has lost the keyboard gets nothing", async () => {
  await openTester();
  expect(await typing.type("x", "1", rightCtrl, never)).toEqual({ kind: "moved" });
});

test("what the person copies while it is typed stays", async () => {
  await copy("UTF8_STRING", "mine");
  await openTester();
  const typingOn = type("lost");
  await expect.poll(() => pasted("UTF8_STRING")).toBe("lost");
  await copy("UTF8_STRING", "newer");
  await typingOn;
  expect(await pasted("UTF8_STRING")).toBe("newer");
});

for (const [what, script] of [
  ["does not tell what it has", { list: "unanswered", forms: { UTF8_STRING: "mine" } }],
  ["hands over nothing of it", { list: "told", forms: { UTF8_STRING: null } }],
] as const) {
  test(`what was copied in a program that ${what} stays there, and nothing is typed`, async () => {
    // It was taken for an empty clipboard, which is what it then was.
    const { isOwner } = await copyIn(script);
    await openTester();
    expect(await type("lost")).toEqual({ kind: "not-kept" });
    expect(await typing.keep()).toBeNull();
    expect(await isOwner()).toBe(true);
  });
}

test("a program that hands over what was copied a byte at a time holds up nobody for long", async () => {
  // Each piece came in time, so that it went on for hours, and everything else waited for it.
  const { untilTransferring, isOwner } = await copyIn({
    list: "told",
    forms: { UTF8_STRING: { pieces: Array.from("x".repeat(1_000)), pauseMs: 310 } },
  });
  await openTester();
  const stop = new AbortController();
  const stopped = type("stopped", stop.signal);
  await untilTransferring;
  const stoppedMs = performance.now();
  stop.abort();
  expect(await stopped).toEqual({ kind: "stopped" });
  expect(performance.now() - stoppedMs).toBeLessThan(290);
  const startedMs = performance.now();
  expect(await type("lost")).toEqual({ kind: "not-kept" });
  expect(performance.now() - startedMs).toBeLessThan(4_300);
  expect(await isOwner()).toBe(true);
});

test("a form that was given up on does not get into the next one", async () => {
  const text = Array.from({ length: 8 }, (_, piece) => `${piece}: Zeile\n`);
  const { close } = await copyIn({
    list: "told",
    forms: {
      "image/png": { pieces: ["a", "b", "c"], pauseMs: 1_010 },
      UTF8_STRING: { pieces: text, pauseMs: 90 },
    },
  });
  const kept = await typing.keep();
  close();
  expect(await typing.putBack(kept ?? 0)).toBe(true);
  expect(await pasted("UTF8_STRING")).toBe(text.join(""));
});

test("text of a program that is too old to list its forms comes back", async () => {
  const { close } = await copyIn({ list: "refused", forms: { STRING: "mine" } });
  const kept = await typing.keep();
  close();
  expect(await typing.putBack(kept ?? 0)).toBe(true);
  expect(await pasted("STRING")).toBe("mine");
});

test("what was put back is handed on when the app ends, in all its forms", async () => {
  // Only text was, to Chromium, and that let it end with the app: files and pictures were lost in any case.
  const files = {
    "x-special/gnome-copied-files": "copy\nfile:///home/someone/a",
    "text/uri-list": "file:///home/someone/a",
  };
  // Two that are handed over in pieces at the same time, of which one ends before the other.
  const pieces = (letter: string, count: number) =>
    Array.from({ length: count }, () => letter.repeat(50_000));
  const [png, bmp] = [pieces("p", 4), pieces("b", 8)];
  const { close } = await copyIn({
    list: "told",
    forms: {
      ...files,
      "image/png": { pieces: png, pauseMs: 0 },
      "image/bmp": { pieces: bmp, pauseMs: 0 },
    },
  });
  const { saved } = await startManager();
  const kept = await typing.keep();
  close();
  expect(await typing.putBack(kept ?? 0)).toBe(true);
  await typing.leave();
  expect(Object.fromEntries(saved)).toEqual({
    ...files,
    "image/png": png.join(""),
    "image/bmp": bmp.join(""),
  });
});

test("the app ends while a text is offered: what was copied before is handed on, and not that text", async () => {
  const { saved } = await startManager();
  await copy("UTF8_STRING", "mine");
  await openTester();
  const outcome = type("lost");
  await expect.poll(() => pasted("UTF8_STRING"), { intervals: [30] }).toBe("lost");
  const startedMs = performance.now();
  await typing.leave();
  expect(performance.now() - startedMs).toBeLessThan(1_200);
  expect(saved.get("UTF8_STRING")).toBe("mine");
  expect(await outcome).not.toEqual(typed);
});

test("Parley's own text field is never typed into", async () => {
  const running = await rig.launch();
  const own = createX11Typing({
    environment: rig.desktop.env,
    processId: running.app.process().pid ?? 0,
    timers: systemTimers,
  });
  await rig.desktop.xdotool("key", "ctrl+alt+space");
  await expect.poll(async () => (await own.target()).kind).toBe("own");
  own.close();
});

test("the thread that offers what was copied answers while the app's own thread waits for it", async () => {
  const running = await rig.launch();
  await copy("UTF8_STRING", "mine");
  const told = await running.app.evaluate(async ({ clipboard }, folder) => {
    const { Worker } = process.getBuiltinModule("node:worker_threads");
    const { DISPLAY, XAUTHORITY } = process.env;
    const worker = new Worker(`${folder}/out/main/typing.worker.js`, {
      workerData: { environment: { DISPLAY, XAUTHORITY }, processId: process.pid },
    });
    let id = 0;
    const ask = (request: object): Promise<unknown> =>
      new Promise((resolve) => {
        worker.once("message", ({ result }: { result: unknown }) => resolve(result));
        worker.postMessage({ ...request, id: (id += 1) }, []);
      });
    const { readText, writeText } = clipboard as unknown as {
      readText(): string;
      writeText(text: string): void;
    };
    const kept = await ask({ what: "keep" });
    writeText("theirs");
    const between = readText();
    const isBack = await ask({ what: "putBack", kept });
    const startedMs = performance.now();
    const after = readText();
    const tookMs = performance.now() - startedMs;
    await worker.terminate();
    return { between, isBack, after, tookMs };
  }, projectDir);
  expect(told).toMatchObject({ between: "theirs", isBack: true, after: "mine" });
  // Chromium waits for a second for an owner that does not answer.
  expect(told.tookMs).toBeLessThan(500);
});
