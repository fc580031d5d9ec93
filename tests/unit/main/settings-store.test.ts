import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSettings, type SettingsStoreOptions } from "../../../electron/main/settings-store.ts";
import { defaultSettings, type Settings } from "../../../shared/settings.ts";
import { openProfileFile } from "../../../electron/main/profile-file.ts";
import { openConf } from "../../support/conf-store.ts";
import { recordingLog } from "../../support/recording-log.ts";

let folder = "";
let path = "";
const now = new Date("2026-03-04T05:06:07.890Z");
const asideName = "settings.json.corrupt-20260304T050607Z";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "settings-"));
  path = join(folder, "settings.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (overrides: Partial<SettingsStoreOptions> = {}) =>
  openSettings({
    file: openProfileFile(path, openConf),
    platform: "linux",
    now: () => now,
    log: recordingLog(),
    ...overrides,
  });
const onDisk = (): unknown => JSON.parse(readFileSync(path, "utf8"));

describe("reading the settings file", () => {
  it("uses the defaults without one, and writes none", () => {
    expect(open().read()).toEqual(defaultSettings("linux"));
    expect(readdirSync(folder)).toEqual([]);
  });

  it("takes what the file says and defaults for the rest, by platform", () => {
    writeFileSync(path, `\uFEFF{ "voice": "cedar" }`);
    expect(open({ platform: "darwin" }).read()).toMatchObject({ voice: "cedar", talkKey: "RightAlt" });
    expect(open().notice()).toBeNull();
  });

  it.each(["{ not json", "[1]", "null", "", "\u0000"])("sets %j aside and says so", (content) => {
    writeFileSync(path, content);
    const store = open();
    expect(store.read()).toEqual(defaultSettings("linux"));
    expect(store.notice()).toContain(asideName);
    expect(readFileSync(join(folder, asideName), "utf8")).toBe(content);
    expect(open().notice()).toBeNull();
  });

  it("replaces only the values that are not valid, names them, and keeps the file as it was", () => {
    const content = JSON.stringify({ voice: "", keepReadySeconds: 1, talkKey: "F9", future: { a: 1 } });
    writeFileSync(path, content);
    const store = open();
    expect(store.read()).toEqual({ ...defaultSettings("linux"), talkKey: "F9" });
    expect(store.notice()).toContain("voice, keepReadySeconds");
    expect(readFileSync(join(folder, asideName), "utf8")).toBe(content);
    expect(onDisk()).toEqual({ talkKey: "F9", future: { a: 1 } });
  });

  it("keeps its hands off a file that it cannot read", () => {
    mkdirSync(path);
    const store = open();
    expect(store.notice()).toContain("EISDIR");
    // It holds all the same, from memory.
    expect(store.change({ voice: "ash" })).toMatchObject({ kind: "changed", settings: { voice: "ash" } });
    expect(readdirSync(folder)).toEqual(["settings.json"]);
  });

  it.each(["", "{ not", "\u0000"])(
    "goes on with the last good ones where the file is %j, and says so",
    (content) => {
      open().change({ voice: "ash" });
      writeFileSync(path, content);
      const store = open();
      expect(store.read().voice).toBe("ash");
      expect(store.notice()).toBe(
        `settings.json was damaged. Your last good settings are used. The file as it was is kept as ${asideName}.`,
      );
      expect(onDisk()).toEqual({ voice: "ash" });
      expect(open().notice()).toBeNull();
    },
  );
});

describe("settings that were written by hand", () => {
  it("come back too where the file is damaged before the app has written it once", () => {
    writeFileSync(path, `{ "voice": "cedar", "future": 1 }`);
    open();
    writeFileSync(path, "");
    expect(open().read().voice).toBe("cedar");
    expect(onDisk()).toEqual({ voice: "cedar", future: 1 });
  });

  it("are not taken for good ones where a value is not", () => {
    writeFileSync(path, `{ "voice": "cedar", "keepReadySeconds": 1 }`);
    open();
    writeFileSync(path, "");
    expect(open().read()).toEqual({ ...defaultSettings("linux"), voice: "cedar" });
  });
});

describe("changing a setting", () => {
  it("writes only what was chosen, readable for its user alone", () => {
    const store = open();
    expect(store.change({ voice: "ash" })).toMatchObject({ kind: "changed", settings: { voice: "ash" } });
    expect(onDisk()).toEqual({ voice: "ash" });
    expect(readdirSync(folder)).toEqual(["settings.json", "settings.json.last-good"]);
    expect(open().read().voice).toBe("ash");
  });

  it("keeps unknown names and what was written by hand meanwhile", () => {
    writeFileSync(path, `{ "future": 1 }`);
    const store = open();
    writeFileSync(path, `{ "future": 2, "model": "other" }`);
    store.change({ voice: "ash" });
    expect(onDisk()).toEqual({ future: 2, model: "other", voice: "ash" });
    expect(store.read().model).toBe("other");
  });

  it("refuses a value out of bounds and an unknown name, and changes nothing", () => {
    const store = open();
    expect(store.change({ overlayHideSeconds: 0 })).toMatchObject({
      kind: "refused",
      field: "overlayHideSeconds",
    });
    expect(store.change({ bogus: 1 } as Partial<Settings>).kind).toBe("refused");
    expect(readdirSync(folder)).toEqual([]);
  });

  it("refuses what the further rules refuse", () => {
    const store = open({ check: () => ({ field: "endpoint", reason: "No." }) });
    expect(store.change({ endpoint: "x" })).toEqual({ kind: "refused", field: "endpoint", reason: "No." });
    expect(store.read().endpoint).toBe("");
  });

  it("holds from memory what the disk does not take, says so, and writes it all when it does", () => {
    const real = openProfileFile(path, openConf);
    let failure: string | null = "ENOSPC";
    const heard: string[] = [];
    const store = open({ file: { ...real, write: (value) => failure ?? real.write(value) } });
    store.onChange(({ voice }) => heard.push(voice));
    expect(store.change({ voice: "ash" })).toMatchObject({ kind: "changed", settings: { voice: "ash" } });
    expect([heard, store.read().voice]).toEqual([["ash"], "ash"]);
    expect(store.notice()).toBe(
      "Your settings hold until you quit, but they cannot be saved. The disk is full. Free some space; the next change saves them all.",
    );
    store.change({ model: "other" });
    expect(store.read()).toMatchObject({ voice: "ash", model: "other" });
    failure = null;
    store.flush();
    expect(onDisk()).toEqual({ voice: "ash", model: "other" });
    expect(store.notice()).toBeNull();
  });

  it("goes on with what was read last while the file cannot be read, and loses nothing of it", () => {
    // A virus scanner or a backup had the file open for a moment: the defaults were in force from the next change on,
    // and what was said went to their endpoint.
    writeFileSync(path, `{ "endpoint": "https://voice.example", "future": 1 }`);
    const store = open();
    store.change({ model: "other" });
    const heard: Settings[] = [];
    store.onChange((settings) => heard.push(settings));
    const away = join(folder, "away");
    renameSync(path, away);
    mkdirSync(path);

    store.change({ voice: "ash" });
    const chosen = { endpoint: "https://voice.example", model: "other", voice: "ash" };
    expect(store.read()).toEqual({ ...defaultSettings("linux"), ...chosen });
    expect(heard).toEqual([store.read()]);
    expect(store.notice()).toBe(
      "settings.json cannot be read (EISDIR). Your settings stay as they were. What you change now holds until you quit, and is saved once it can be.",
    );

    rmSync(path, { recursive: true });
    renameSync(away, path);
    store.change({ overlayHideSeconds: 30 });
    expect(onDisk()).toEqual({ ...chosen, future: 1, overlayHideSeconds: 30 });
    expect(store.notice()).toBeNull();
  });

  it("tells listeners of real changes until they leave", () => {
    const store = open();
    const heard: string[] = [];
    const leave = store.onChange(({ voice }) => heard.push(voice));
    store.change({ voice: "ash" });
    store.change({ voice: "ash" });
    leave();
    store.change({ voice: "sage" });
    expect(heard).toEqual(["ash"]);
  });

  it("leaves no half-written file behind", () => {
    const store = open();
    store.change({ voice: "ash" });
    chmodSync(path, 0o600);
    store.change({ voice: "sage" });
    expect(readdirSync(folder)).toEqual(["settings.json", "settings.json.last-good"]);
  });
});
