import type { IpcMain, WebContents } from "electron";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { handleInvokes, handleSends, isTrusted, sendTo } from "../../../electron/main/ipc.ts";
import { recordingLog } from "../../support/recording-log.ts";

const secret = "sk-canary-ipc";
type Listener = (event: unknown, ...args: unknown[]) => unknown;

function page(isDestroyed = false) {
  const sent: unknown[][] = [];
  const contents = {
    isDestroyed: () => isDestroyed,
    send: (...message: unknown[]) => sent.push(message),
  };
  return { contents: contents as unknown as WebContents, sent };
}

const mainFrame = { parent: null, origin: "app://parley" };
const eventOf = (sender: WebContents, senderFrame: unknown = mainFrame) =>
  ({ sender, senderFrame }) as Parameters<typeof isTrusted>[0];

function door(expected: WebContents | null) {
  const listeners = new Map<string, Listener>();
  const register = (channel: string, listener: Listener): void => void listeners.set(channel, listener);
  const log = recordingLog();
  const ipcMain = { on: register, handle: register } as unknown as Pick<IpcMain, "on" | "handle">;
  return { listeners, log, door: { ipcMain, expects: () => expected, log } };
}

const schemas = { "thing:said": z.object({ text: z.string().max(5) }), "thing:done": z.null() };

describe("who is trusted", () => {
  const own = page().contents;

  it("is the main frame of the expected window at our origin", () => {
    expect(isTrusted(eventOf(own), own)).toBe(true);
  });

  it.each([
    ["another window", eventOf(page().contents)],
    ["a frame inside the page", eventOf(own, { ...mainFrame, parent: mainFrame })],
    ["another origin", eventOf(own, { ...mainFrame, origin: "https://example.org" })],
    ["an origin that looks like ours", eventOf(own, { ...mainFrame, origin: "app://parley.example.org" })],
    ["an opaque origin", eventOf(own, { ...mainFrame, origin: "null" })],
    ["a frame that has gone", eventOf(own, null)],
  ])("is not %s", (_name, event) => {
    expect(isTrusted(event, own)).toBe(false);
  });

  it("is nobody without a window, or with a destroyed one", () => {
    const gone = page(true).contents;
    expect(isTrusted(eventOf(own), null)).toBe(false);
    expect(isTrusted(eventOf(gone), gone)).toBe(false);
  });
});

describe("what a page sends", () => {
  function setUp() {
    const own = page().contents;
    const { listeners, log, door: opened } = door(own);
    const heard: unknown[] = [];
    handleSends(opened, schemas, {
      "thing:said": (payload) => heard.push(payload),
      "thing:done": (payload) => heard.push(payload),
    });
    const send = (channel: string, event: unknown, ...args: unknown[]) =>
      listeners.get(channel)?.(event, ...args);
    return { own, heard, log, send };
  }

  it("reaches the handler, parsed", () => {
    const { own, heard, send } = setUp();
    send("thing:said", eventOf(own), { text: "hi", extra: 1 });
    send("thing:done", eventOf(own), null);
    expect(heard).toEqual([{ text: "hi" }, null]);
  });

  it.each([
    ["schema", [{ text: secret }]],
    ["schema", [null]],
    ["arguments", []],
    ["arguments", [{ text: "hi" }, secret]],
  ])("is dropped for its %s with one line without its payload", (reason, args) => {
    const { own, heard, log, send } = setUp();
    send("thing:said", eventOf(own), ...args);
    expect(heard).toEqual([]);
    expect(log.lines).toEqual([{ event: "message-refused", fields: { channel: "thing:said", reason } }]);
    expect(JSON.stringify(log.lines)).not.toContain(secret);
  });

  it("is not even parsed when it comes from somebody else", () => {
    const { heard, log, send } = setUp();
    send("thing:said", eventOf(page().contents), { text: secret });
    expect(heard).toEqual([]);
    expect(log.lines).toEqual([
      { event: "message-refused", fields: { channel: "thing:said", reason: "sender" } },
    ]);
  });
});

describe("what a page asks", () => {
  const questions = { "thing:ask": z.object({ count: z.int() }) };

  it("is answered, and refused without a reason", async () => {
    const own = page().contents;
    const { listeners, door: opened } = door(own);
    handleInvokes<typeof questions, { "thing:ask": number }>(opened, questions, {
      "thing:ask": ({ count }) => Promise.resolve(count + 1),
    });
    const ask = async (event: unknown, payload: unknown) => listeners.get("thing:ask")?.(event, payload);
    await expect(ask(eventOf(own), { count: 1 })).resolves.toBe(2);
    await expect(ask(eventOf(own), { count: secret })).rejects.toThrow("This message is not accepted.");
    await expect(ask(eventOf(page().contents), { count: 1 })).rejects.toThrow("not accepted");
  });
});

describe("what main sends", () => {
  it("reaches the window while it is there and is dropped when not", () => {
    const own = page();
    let target: WebContents | null = own.contents;
    const send = sendTo<{ "a:b": number }>(() => target);
    send("a:b", 1);
    target = null;
    send("a:b", 2);
    target = page(true).contents;
    send("a:b", 3);
    expect(own.sent).toEqual([["a:b", 1]]);
  });
});
