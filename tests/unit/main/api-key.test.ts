import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openApiKeys, type ApiKeysOptions, type SafeStorage } from "../../../electron/main/api-key.ts";
import { openProfileFile } from "../../../electron/main/profile-file.ts";
import { openConf } from "../../support/conf-store.ts";
import { recordingLog } from "../../support/recording-log.ts";

const openAi = "https://api.openai.com";
const elsewhere = "https://example.org";
const canary = "sk-canary-1234567890";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "keys-"));
  path = join(folder, "api-keys.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Turns every byte round: enough to see whether something was encrypted. */
const flip = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte) => byte ^ 0xff));
const keyring: SafeStorage = {
  isEncryptionAvailable: () => true,
  encryptString: (plain) => flip(Buffer.from(plain)),
  decryptString: (encrypted) => flip(encrypted).toString(),
  getSelectedStorageBackend: () => "gnome_libsecret",
};
const basicText: SafeStorage = { ...keyring, getSelectedStorageBackend: () => "basic_text" };
const broken: SafeStorage = {
  ...keyring,
  decryptString: () => {
    throw new Error(`cannot decrypt ${canary}`);
  },
};

const open = (safeStorage: SafeStorage, overrides: Partial<ApiKeysOptions> = {}) =>
  openApiKeys({
    file: openProfileFile(path, openConf),
    safeStorage,
    platform: "linux",
    fromEnvironment: null,
    now: () => new Date(0),
    log: recordingLog(),
    ...overrides,
  });

const inClear = (): boolean =>
  readdirSync(folder).some((name) => readFileSync(join(folder, name)).includes(canary));

describe("with a keyring", () => {
  it("stores a key encrypted, for its user alone, and finds it at the next start", () => {
    expect(open(keyring).store(openAi, ` ${canary}\n`)).toBe("encrypted");
    expect(inClear()).toBe(false);
    expect(statSync(path).mode & 0o077).toBe(0);
    const later = open(keyring);
    expect(later.keyFor(openAi)).toBe(canary);
    expect(later.state(openAi, "api.openai.com")).toEqual({
      source: "stored",
      storage: "encrypted",
      host: "api.openai.com",
    });
  });

  it("hands a key out for exactly the origin it was entered for", () => {
    const keys = open(keyring);
    keys.store(openAi, canary);
    for (const origin of [elsewhere, "http://api.openai.com", `${openAi}:8443`, `${openAi}.evil.org`, ""]) {
      expect(keys.keyFor(origin)).toBeNull();
    }
  });

  it("keeps one key for each origin, and removes one alone", () => {
    const keys = open(keyring);
    keys.store(openAi, canary);
    keys.store(elsewhere, "another-key");
    keys.remove(openAi);
    expect(keys.keyFor(openAi)).toBeNull();
    expect(open(keyring).keyFor(elsewhere)).toBe("another-key");
  });

  it("has no key, and keeps the entry, while the keyring cannot decrypt it", () => {
    open(keyring).store(openAi, canary);
    const log = recordingLog();
    expect(open(broken, { log }).keyFor(openAi)).toBeNull();
    expect(JSON.stringify(log.lines)).not.toContain(canary);
    expect(open(keyring).keyFor(openAi)).toBe(canary);
  });

  it("sets a file aside that it cannot use", () => {
    writeFileSync(path, `{ "keys": "none" }`);
    expect(open(keyring).keyFor(openAi)).toBeNull();
    expect(readdirSync(folder)).toContain("api-keys.json.corrupt-19700101T000000Z");
  });
});

describe("a file that cannot be read", () => {
  const away = (): string => join(folder, "away");
  /** As a program that has it open, or a right that is missing, would have it. */
  const hide = (): void => {
    renameSync(path, away());
    mkdirSync(path);
  };
  const show = (): void => {
    rmSync(path, { recursive: true });
    renameSync(away(), path);
  };

  beforeEach(() => {
    const keys = open(keyring);
    keys.store(openAi, canary);
    keys.store(elsewhere, "another-key");
    hide();
  });

  it("is not written over: a key that is pasted meanwhile is kept for this run", () => {
    // The file that could not be read at the start was taken for an empty one, and the keys of all other origins were lost.
    const keys = open(keyring);
    expect(keys.keyFor(openAi)).toBeNull();
    expect(keys.store(elsewhere, "pasted-key")).toBe("this-run-only");
    expect(keys.keyFor(elsewhere)).toBe("pasted-key");
    expect(readdirSync(folder).toSorted()).toEqual(["api-keys.json", "api-keys.json.last-good", "away"]);
    show();
    expect(open(keyring).keyFor(openAi)).toBe(canary);
  });

  it("is read again as soon as it can be, and a key is added to those in it", () => {
    const log = recordingLog();
    const keys = open(keyring, { log });
    expect([keys.keyFor(openAi), keys.keyFor(openAi)]).toEqual([null, null]);
    expect(log.lines).toHaveLength(1);
    show();
    expect(keys.store("https://third.example", "third-key")).toBe("encrypted");
    expect(keys.keyFor(openAi)).toBe(canary);
    const later = open(keyring);
    expect([later.keyFor(elsewhere), later.keyFor("https://third.example")]).toEqual([
      "another-key",
      "third-key",
    ]);
  });

  it("does not give back a key that was removed meanwhile, and takes the one that was pasted", () => {
    const keys = open(keyring);
    keys.remove(openAi);
    keys.store(elsewhere, "pasted-key");
    show();
    expect([keys.keyFor(openAi), keys.keyFor(elsewhere)]).toEqual([null, "pasted-key"]);
    expect(keys.state(elsewhere, "example.org").source).toBe("stored");
    expect(open(keyring).keyFor(openAi)).toBeNull();
    expect(open(keyring).keyFor(elsewhere)).toBe("pasted-key");
  });
});

describe("without a keyring", () => {
  it.each([
    ["basic_text", basicText],
    ["none", { ...keyring, isEncryptionAvailable: () => false }],
    [
      "one that throws",
      {
        ...keyring,
        isEncryptionAvailable: () => {
          throw new Error("no bus");
        },
      },
    ],
  ])("keeps the key for this run only (%s)", (_name, safeStorage) => {
    const keys = open(safeStorage);
    expect(keys.store(openAi, canary)).toBe("this-run-only");
    expect(keys.keyFor(openAi)).toBe(canary);
    expect(keys.state(openAi, "h")).toMatchObject({ source: "this-run", storage: "this-run-only" });
    expect(readdirSync(folder)).toEqual([]);
    expect(open(safeStorage).keyFor(openAi)).toBeNull();
  });

  it("does not let an older stored key come back", () => {
    open(keyring).store(openAi, "older-key");
    open(basicText).store(openAi, canary);
    expect(open(keyring).keyFor(openAi)).toBeNull();
  });

  it("keeps the key for this run when the file cannot be written", () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    const keys = open(keyring, { file: openProfileFile(join(file, "api-keys.json"), openConf) });
    expect(keys.store(openAi, canary)).toBe("this-run-only");
    expect(keys.keyFor(openAi)).toBe(canary);
  });
});

describe("a key of the environment", () => {
  const fromEnvironment = { key: canary, origin: elsewhere };

  it("is for its origin alone and is never written", () => {
    const keys = open(keyring, { fromEnvironment });
    expect(keys.keyFor(elsewhere)).toBe(canary);
    expect(keys.keyFor(openAi)).toBeNull();
    expect(keys.state(elsewhere, "example.org").source).toBe("environment");
    expect(readdirSync(folder)).toEqual([]);
  });

  it("gives way to a pasted one and is back when that is removed", () => {
    const keys = open(basicText, { fromEnvironment });
    keys.store(elsewhere, "pasted-key");
    expect(keys.keyFor(elsewhere)).toBe("pasted-key");
    keys.remove(elsewhere);
    expect(keys.keyFor(elsewhere)).toBe(canary);
  });

  it("is none for an address that cannot be used", () => {
    expect(open(keyring, { fromEnvironment }).state(null, "").source).toBe("none");
  });
});
