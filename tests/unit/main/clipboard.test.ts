/**
 * Owns the proof of both of Electron's interfaces to the clipboard, by what each is documented to do. The one that this
 * machine's Electron has is proven end to end as well.
 */
import { Blob } from "node:buffer";
import type { NativeImage } from "electron";
import { describe, expect, it } from "vitest";
import { itemClipboard } from "../../../electron/main/clipboard/item-clipboard.ts";
import { syncClipboard } from "../../../electron/main/clipboard/sync-clipboard.ts";
import { pathsOfUriList } from "../../../electron/main/clipboard/uri-list.ts";

const imageOf = (size: { width: number; height: number } | null): NativeImage =>
  ({ isEmpty: () => size === null, getSize: () => size }) as unknown as NativeImage;

type Forms = Record<string, string | NativeImage>;

function sync(forms: Forms, platform = "linux") {
  let present = forms;
  const text = (name: string): string => (typeof present[name] === "string" ? present[name] : "");
  const system = syncClipboard(
    {
      availableFormats: () => Object.keys(present),
      readText: () => text("text/plain") || text("text"),
      readHTML: () => text("html"),
      readRTF: () => text("rtf"),
      readImage: () => (present["image/png"] ?? present["image"] ?? imageOf(null)) as NativeImage,
      readBuffer: (format) => Buffer.from(text(format), format === "FileNameW" ? "utf16le" : "utf8"),
      read: text,
      writeText: (written) => {
        present = { "text/plain": written };
      },
      write: (written) => {
        present = { ...written };
      },
      clear: () => {
        present = {};
      },
    },
    platform,
  );
  return { system, present: () => present };
}

describe("the clipboard of earlier Electrons", () => {
  it("tells text, a picture and files", async () => {
    expect(await sync({ "text/plain": "words" }).system.read()).toEqual({
      text: "words",
      picture: null,
      files: [],
    });
    const picture = imageOf({ width: 4, height: 3 });
    expect((await sync({ "image/png": picture }).system.read()).picture).toEqual({ width: 4, height: 3 });
    const linux = { "text/uri-list": "file:///a%20b\r\nfile:///c" };
    expect((await sync(linux).system.read()).files).toEqual(["/a b", "/c"]);
    const windows = { "text/uri-list": "", FileNameW: "C:\\a.txt\0rest" };
    expect((await sync(windows, "win32").system.read()).files).toEqual(["C:\\a.txt"]);
    const mac = { "text/uri-list": "", "public.file-url": "file:///Users/a" };
    expect((await sync(mac, "darwin").system.read()).files).toEqual(["/Users/a"]);
  });

  it("puts back what can be written together, and nothing where there was nothing", async () => {
    const picture = imageOf({ width: 4, height: 3 });
    const full = sync({ text: "words", html: "<b>words</b>", rtf: "{\\rtf1}", image: picture });
    const restore = await full.system.keep();
    await full.system.writeText("other");
    await restore();
    expect(full.present()).toEqual({ text: "words", html: "<b>words</b>", rtf: "{\\rtf1}", image: picture });
    const empty = sync({});
    const restoreNothing = await empty.system.keep();
    await empty.system.writeText("other");
    await restoreNothing();
    expect(empty.present()).toEqual({});
  });
});

describe("the clipboard of later Electrons", () => {
  function items(...forms: readonly Record<string, string>[]) {
    let present: readonly Record<string, unknown>[] = forms.map((form) =>
      Object.fromEntries(Object.entries(form).map(([type, text]) => [type, new Blob([text])])),
    );
    const system = itemClipboard<Record<string, unknown>>(
      {
        read: () =>
          Promise.resolve(
            present.map((form) => ({
              types: [...Object.keys(form), "electron application/bookmark", "gone"],
              getType: (type) =>
                type === "gone"
                  ? Promise.reject(new Error("gone"))
                  : Promise.resolve(form[type] ?? { url: "x" }),
            })),
          ),
        readText: async () => (await (present[0]?.["text/plain"] as Blob | undefined)?.text()) ?? "",
        writeText: (text) => {
          present = [{ "text/plain": new Blob([text]) }];
          return Promise.resolve();
        },
        write: (written) => {
          present = written;
          return Promise.resolve();
        },
        clear: () => {
          present = [];
        },
      },
      (form) => form,
      (png) => (png.length === 3 ? { width: 4, height: 3 } : null),
    );
    const told = async (): Promise<readonly Record<string, string>[]> =>
      Promise.all(
        present.map(async (form) =>
          Object.fromEntries(
            await Promise.all(
              Object.entries(form).map(async ([type, blob]) => [type, await (blob as Blob).text()] as const),
            ),
          ),
        ),
      );
    return { system, told };
  }

  it("tells text, a picture and files", async () => {
    const { system } = items({ "text/plain": "words", "image/png": "png", "text/uri-list": "file:///a" });
    expect(await system.read()).toEqual({ text: "words", picture: { width: 4, height: 3 }, files: ["/a"] });
    expect(await items().system.read()).toEqual({ text: "", picture: null, files: [] });
  });

  it("puts back every form that can be had, and nothing where there was nothing", async () => {
    const forms = { "text/plain": "words", "text/html": "<b>words</b>", "application/x-own": "own" };
    const { system, told } = items(forms);
    const restore = await system.keep();
    await system.writeText("other");
    expect(await told()).toEqual([{ "text/plain": "other" }]);
    await restore();
    expect(await told()).toEqual([forms]);
    const empty = items();
    const restoreNothing = await empty.system.keep();
    await empty.system.writeText("other");
    await restoreNothing();
    expect(await empty.told()).toEqual([]);
  });
});

describe("a list of files", () => {
  it("is read as paths, without comments; other addresses stay", () => {
    expect(pathsOfUriList("# x\r\nfile:///a%C3%A4\r\n\r\nhttps://example.com/b\r\nfile://host/c\0")).toEqual([
      "/aä",
      "https://example.com/b",
      "file://host/c",
    ]);
    expect(pathsOfUriList("")).toEqual([]);
  });
});
