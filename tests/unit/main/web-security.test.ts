import { EventEmitter } from "node:events";
import type { App, Session } from "electron";
import { describe, expect, it } from "vitest";
import { pageOptions } from "../../../electron/main/page-options.ts";
import { hardenApp, hardenSession } from "../../../electron/main/web-security.ts";
import { recordingLog } from "../../support/recording-log.ts";

const strangeUrls = [
  "https://example.org/",
  "http://127.0.0.1:1/",
  "file:///etc/passwd",
  "javascript:alert(1)",
  "data:text/html,<script>1</script>",
  "app://parley.example.org/overlay.html",
  "app://parley@example.org/overlay.html",
  "app://parley/overlay.html",
];

function startApp({ hasNoSandbox = false } = {}) {
  const app = Object.assign(new EventEmitter(), {
    isSandboxed: false,
    commandLine: { hasSwitch: (name: string) => hasNoSandbox && name === "no-sandbox" },
    enableSandbox: () => {
      app.isSandboxed = true;
    },
  });
  const log = recordingLog();
  hardenApp(app as unknown as App, log);
  return { app, log };
}

type OpenHandler = (details: { readonly url: string }) => unknown;

/** A page that has just come up, with what was asked of it. */
function openPage() {
  const { app, log } = startApp();
  const page = Object.assign(new EventEmitter(), {
    openHandler: null as OpenHandler | null,
    setWindowOpenHandler: (handler: OpenHandler) => {
      page.openHandler = handler;
    },
  });
  app.emit("web-contents-created", {}, page);
  const isRefused = (event: string, url: string): boolean => {
    let isPrevented = false;
    page.emit(event, {
      url,
      preventDefault: () => {
        isPrevented = true;
      },
    });
    return isPrevented;
  };
  return { page, log, isRefused };
}

type Handler = (...args: readonly unknown[]) => unknown;

/** A session with the handlers that were installed on it, by the name of their setter. */
function hardened() {
  const handlers = new Map<string, Handler>();
  const installer = (name: string) => (handler: Handler) => handlers.set(name, handler);
  let isSpellChecked = true;
  let spellCheckedLanguages: readonly string[] = ["en-US"];
  const log = recordingLog();
  hardenSession(
    {
      setPermissionRequestHandler: installer("request"),
      setPermissionCheckHandler: installer("check"),
      setDevicePermissionHandler: installer("device"),
      setDisplayMediaRequestHandler: installer("display"),
      setSpellCheckerLanguages: (languages: readonly string[]) => {
        spellCheckedLanguages = languages;
      },
      setSpellCheckerEnabled: (isEnabled: boolean) => {
        isSpellChecked = isEnabled;
      },
      webRequest: { onBeforeRequest: installer("web") },
    } as unknown as Session,
    log,
  );
  const ask = (name: string, ...args: readonly unknown[]): unknown => handlers.get(name)?.(...args);
  /** What a handler that answers through a callback says. */
  const answerOf = (name: string, argumentsWith: (decide: Handler) => readonly unknown[]): unknown => {
    let answer: unknown;
    ask(
      name,
      ...argumentsWith((given) => {
        answer = given;
      }),
    );
    return answer;
  };
  return { ask, answerOf, log, isSpellChecked, spellCheckedLanguages };
}

const ours = "app://parley/overlay.html";

describe("every page", () => {
  it("is sandboxed, unless Chromium itself runs without", () => {
    expect(startApp().app.isSandboxed).toBe(true);
    expect(startApp({ hasNoSandbox: true }).app.isSandboxed).toBe(false);
  });

  it.each(["will-navigate", "will-frame-navigate", "will-redirect"])("goes nowhere: %s", (event) => {
    const { isRefused } = openPage();
    expect(strangeUrls.filter((url) => !isRefused(event, url))).toEqual([]);
  });

  it("attaches no webview and opens no window", () => {
    const { page, isRefused } = openPage();
    expect(isRefused("will-attach-webview", ours)).toBe(true);
    for (const url of strangeUrls) expect(page.openHandler?.({ url })).toEqual({ action: "deny" });
  });

  it("never shows in the log where it wanted to go", () => {
    const { log, isRefused } = openPage();
    isRefused("will-navigate", "https://example.org/?words=secret");
    expect(log.lines).toEqual([{ event: "navigation-refused", fields: {} }]);
  });

  it("is shut in by its preferences", () => {
    expect(pageOptions("a-preload.cjs")).toEqual({
      preload: "a-preload.cjs",
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    });
  });
});

describe("the session of the pages", () => {
  it.each([
    ["the microphone for our own page", "media", { mediaTypes: ["audio"] }, true],
    ["no camera", "media", { mediaTypes: ["audio", "video"] }, false],
    ["no screen", "display-capture", {}, false],
    ["no clipboard", "clipboard-read", {}, false],
  ] as const)("grants %s", (_what, permission, media, expected) => {
    const { answerOf } = hardened();
    const details = { requestingUrl: ours, isMainFrame: true, ...media };
    expect(answerOf("request", (decide) => [null, permission, decide, details])).toBe(expected);
  });

  it("gives the same answer to a check as to a request", () => {
    const { ask } = hardened();
    const check = (permission: string, url: string, mediaType?: string): unknown =>
      ask("check", null, permission, url, { isMainFrame: true, mediaType });
    expect(check("media", "app://parley/", "audio")).toBe(true);
    expect(check("media", "app://parley/", "video")).toBe(false);
    expect(check("media", "app://parley/")).toBe(false);
    expect(check("media", "https://example.org/", "audio")).toBe(false);
    expect(check("geolocation", "app://parley/")).toBe(false);
  });

  it("grants no device, no screen, and no dictionary from the network", () => {
    const { ask, answerOf, isSpellChecked, spellCheckedLanguages } = hardened();
    expect(ask("device", { deviceType: "hid", origin: "app://parley" })).toBe(false);
    expect(answerOf("display", (decide) => [{}, decide])).toEqual({});
    expect(isSpellChecked).toBe(false);
    expect(spellCheckedLanguages).toEqual([]);
  });

  it("loads our own files and nothing else", () => {
    const { answerOf } = hardened();
    const isCancelled = (url: string): unknown =>
      (
        answerOf("web", (decide) => [{ url, resourceType: "xhr" }, decide]) as {
          readonly cancel: boolean;
        }
      ).cancel;
    expect(
      [ours, "app://parley/assets/a.js", "data:image/png;base64,", "blob:app://parley/1"].map(isCancelled),
    ).toEqual([false, false, false, false]);
    const strange = [
      "https://example.org/",
      "http://127.0.0.1/",
      "file:///etc/passwd",
      "app://parley.evil/",
      "ws://x/",
    ];
    expect(strange.map(isCancelled)).toEqual(strange.map(() => true));
  });
});
