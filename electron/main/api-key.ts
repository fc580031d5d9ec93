/**
 * Owns the API keys: stored encrypted by the system, each bound to the origin it was entered for. Where the system has
 * no keyring a key lives in this process only. It never writes one in clear, hands one out for its origin alone, and
 * never writes over a file that it could not read.
 */
import { z } from "zod";
import type { KeyState } from "../../shared/ipc-contract.ts";
import type { EnvironmentKey } from "./environment-key.ts";
import { errorCode, type Log } from "./log.ts";
import type { ProfileFile } from "./profile-file.ts";

/** What we use of Electron's `safeStorage`; usable once the app is ready. */
export interface SafeStorage {
  isEncryptionAvailable(): boolean;
  encryptString(plain: string): Buffer;
  decryptString(encrypted: Buffer): string;
  /** Linux only. */
  getSelectedStorageBackend?(): string;
}

export interface ApiKeys {
  /** @param origin as `originOf` gives it. A pasted key goes before the one of the environment. */
  keyFor(origin: string): string | null;
  /** @returns how it is kept. */
  store(origin: string, key: string): KeyState["storage"];
  /** Forgets what was entered for the origin; a key of the environment stays. */
  remove(origin: string): void;
  state(origin: string | null, host: string): KeyState;
}

export interface ApiKeysOptions {
  readonly file: ProfileFile;
  readonly safeStorage: SafeStorage;
  /** As `process.platform` has it. */
  readonly platform: string;
  readonly fromEnvironment: EnvironmentKey | null;
  readonly now: () => Date;
  readonly log: Log;
}

const fileSchema = z.object({
  keys: z.array(z.object({ origin: z.string(), encrypted: z.base64() })).default([]),
});
type StoredKey = z.infer<typeof fileSchema>["keys"][number];

export function openApiKeys(options: ApiKeysOptions): ApiKeys {
  const { file, safeStorage, platform, fromEnvironment, now, log } = options;
  const ofThisRun = new Map<string, string>();
  /** Origins whose key was removed or replaced while the file could not be read. */
  const changedUnread = new Set<string>();
  let unreadableCode: string | null = null;
  /** `null` while the file cannot be read. */
  let stored = read();

  function read(): readonly StoredKey[] | null {
    const found = file.read();
    if (found.kind === "unreadable") {
      if (found.code !== unreadableCode) log.error("key-file-unreadable", { code: found.code });
      unreadableCode = found.code;
      return null;
    }
    const parsed = found.kind === "object" ? fileSchema.safeParse(found.value) : null;
    if (found.kind === "object" && parsed?.success === true) {
      file.remember(found.value);
      return parsed.data.keys;
    }
    const isCopied = file.setAside(now()) !== null;
    log.warn("key-file-unusable", { isCopied });
    const lastGood = found.kind === "malformed" ? fileSchema.safeParse(found.lastGood) : null;
    if (lastGood?.success !== true) return [];
    if (isCopied) file.write(lastGood.data);
    return lastGood.data.keys;
  }

  /** Whatever kept the file from being read may be over: the keys in it are there again then. */
  function known(): readonly StoredKey[] | null {
    if (stored !== null) return stored;
    stored = read();
    if (stored === null) return null;
    for (const origin of changedUnread) {
      const key = ofThisRun.get(origin);
      if (key !== undefined && encrypt(origin, key)) ofThisRun.delete(origin);
      else forgetStored(origin);
    }
    return stored;
  }

  /** `basic_text` is "encryption" with a password that is the same everywhere: as good as none. */
  function canEncrypt(): boolean {
    try {
      if (!safeStorage.isEncryptionAvailable()) return false;
      return platform !== "linux" || safeStorage.getSelectedStorageBackend?.() !== "basic_text";
    } catch (error) {
      log.warn("keyring-failed", { code: errorCode(error) });
      return false;
    }
  }

  function decrypt(origin: string): string | null {
    const entry = known()?.find((key) => key.origin === origin);
    if (entry === undefined || !canEncrypt()) return null;
    try {
      return safeStorage.decryptString(Buffer.from(entry.encrypted, "base64"));
    } catch (error) {
      // The keyring was replaced or is locked; the entry stays, it may come back.
      log.warn("key-not-decrypted", { code: errorCode(error) });
      return null;
    }
  }

  function write(keys: readonly StoredKey[]): boolean {
    const failure = file.write({ keys });
    if (failure !== null) log.error("key-not-saved", { code: failure });
    else stored = keys;
    return failure === null;
  }

  const without = (origin: string, keys: readonly StoredKey[]): readonly StoredKey[] =>
    keys.filter((key) => key.origin !== origin);

  function encrypt(origin: string, key: string): boolean {
    const before = known();
    if (before === null || !canEncrypt()) return false;
    try {
      const encrypted = safeStorage.encryptString(key).toString("base64");
      return write([...without(origin, before), { origin, encrypted }]);
    } catch (error) {
      log.warn("key-not-encrypted", { code: errorCode(error) });
      return false;
    }
  }

  /** Without an entry of an older key, which would come back at the next start. */
  function forgetStored(origin: string): void {
    const before = known();
    if (before === null) {
      changedUnread.add(origin);
      return;
    }
    const kept = without(origin, before);
    if (before.length > kept.length) write(kept);
  }

  function find(origin: string): { readonly key: string; readonly source: KeyState["source"] } | null {
    const entered = ofThisRun.get(origin);
    if (entered !== undefined) return { key: entered, source: "this-run" };
    const decrypted = decrypt(origin);
    if (decrypted !== null) return { key: decrypted, source: "stored" };
    if (fromEnvironment?.origin === origin) return { key: fromEnvironment.key, source: "environment" };
    return null;
  }

  return {
    keyFor: (origin) => find(origin)?.key ?? null,
    store(origin, key) {
      ofThisRun.delete(origin);
      if (encrypt(origin, key.trim())) return "encrypted";
      forgetStored(origin);
      ofThisRun.set(origin, key.trim());
      return "this-run-only";
    },
    remove(origin) {
      ofThisRun.delete(origin);
      forgetStored(origin);
    },
    state: (origin, host) => ({
      source: (origin === null ? null : find(origin))?.source ?? "none",
      storage: canEncrypt() ? "encrypted" : "this-run-only",
      host,
    }),
  };
}
