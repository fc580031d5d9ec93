/**
 * Owns small JSON files in the profile: read, written whole or not at all (electron-store's atomic write), kept once
 * more as the last good ones, set aside when they cannot be used. It knows nothing of what they mean, and never throws
 * for what a disk or a person may do.
 */
import {
  copyFileSync,
  linkSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { errorCode } from "./log.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

export type JsonFile =
  /** An absent file reads as an empty object. */
  | { readonly kind: "object"; readonly value: JsonObject }
  /** There, but no JSON object. `lastGood` is what was last read or written whole, if that is still there. */
  | { readonly kind: "malformed"; readonly lastGood: JsonObject | null }
  /** There, but it may not be read, or the disk fails. */
  | { readonly kind: "unreadable"; readonly code: string };

/** What we use of electron-store. */
export interface Store {
  store: Record<string, unknown>;
}

export interface StoreOptions {
  readonly cwd: string;
  readonly name: string;
  readonly fileExtension: string;
  readonly accessPropertiesByDotNotation: false;
  readonly clearInvalidConfig: false;
  readonly configFileMode: number;
  readonly serialize: (value: JsonObject) => string;
  readonly deserialize: (text: string) => Record<string, unknown>;
}

export interface ProfileFile {
  /** Such as `settings.json`. */
  readonly name: string;
  read(): JsonFile;
  /** A crash leaves the old file or the new one. @returns `null`, or the code of the error that kept it from being written. */
  write(value: JsonObject): string | null;
  /** What was read is good: it comes back if the file is ever damaged. Written by hand, it has no copy yet. */
  remember(value: JsonObject): void;
  /** Keeps a copy as `NAME.corrupt-TIME`. @returns the copy's name, or `null` when it could not be made. */
  setAside(now: Date): string | null;
}

/** A file of ours has a few kB; what is larger is something else, and would only fill the memory. */
const largestFileBytes = 4 * 1024 * 1024;

/** What a write that was killed leaves behind; one that may still be going on is younger. */
const staleAfterMs = 60_000;

const serialize = (value: JsonObject): string => `${JSON.stringify(value, null, 2)}\n`;

/** @param open makes an electron-store; handed in, since that package needs a running Electron. */
export function openProfileFile(path: string, open: (options: StoreOptions) => Store): ProfileFile {
  const lastGoodPath = `${path}.last-good`;
  removeStale(path);

  /** Opening a store reads the file: what is there may be what is being replaced because it cannot be read. */
  const writeWhole = (to: string, value: JsonObject): void => {
    const held = holdOn(to);
    try {
      open({ ...optionsFor(to), deserialize: () => ({}) }).store = { ...value };
      // On a full disk a write may end early and say nothing (atomically 2 takes one `write` for the whole).
      if (readFileSync(to, "utf8") === serialize(value)) return;
      held.putBack();
      throw new TornWrite();
    } finally {
      held.letGo();
    }
  };

  return {
    name: basename(path),
    read() {
      try {
        if (sizeOf(path) > largestFileBytes)
          return { kind: "malformed", lastGood: readLastGood(lastGoodPath) };
        return { kind: "object", value: { ...open(optionsFor(path)).store } };
      } catch (error) {
        return error instanceof SyntaxError
          ? { kind: "malformed", lastGood: readLastGood(lastGoodPath) }
          : { kind: "unreadable", code: errorCode(error) };
      }
    },
    write(value) {
      try {
        writeWhole(path, value);
        // Only now: while one of the two is being written, the other one is whole.
        writeWhole(lastGoodPath, value);
        return null;
      } catch (error) {
        return error instanceof TornWrite ? "ENOSPC" : errorCode(error);
      }
    },
    remember(value) {
      if (Object.keys(value).length === 0) return;
      if (JSON.stringify(readLastGood(lastGoodPath)) === JSON.stringify(value)) return;
      // Where there is no room for it, the next write says so.
      attempt(() => writeWhole(lastGoodPath, value));
    },
    setAside(now) {
      const time = now
        .toISOString()
        .replaceAll(/[-:]/g, "")
        .replace(/\.\d+Z$/, "Z");
      const copy = `${path}.corrupt-${time}`;
      try {
        copyFileSync(path, copy);
        return basename(copy);
      } catch {
        return null;
      }
    },
  };
}

class TornWrite extends Error {}

/** Keeps the present file by a second name, which takes no room: what is torn by a full disk has to be undone on it. */
function holdOn(path: string): { readonly putBack: () => void; readonly letGo: () => void } {
  const present = attempt(() => realpathSync(path));
  if (present === null) return { putBack: () => rmSync(path, { force: true }), letGo: () => undefined };
  // As the library calls its own, so that a kill leaves nothing that is not cleared away.
  const held = `${present}.tmp-held`;
  const letGo = (): void => void attempt(() => rmSync(held, { force: true }));
  letGo();
  attempt(() => linkSync(present, held));
  // Where a file cannot have two names, the last good one comes back at the next start.
  return { putBack: () => void attempt(() => renameSync(held, present)), letGo };
}

function attempt<Result>(call: () => Result): Result | null {
  try {
    return call();
  } catch {
    return null;
  }
}

function optionsFor(path: string): StoreOptions {
  const extension = extname(path);
  return {
    cwd: dirname(path),
    name: basename(path, extension),
    fileExtension: extension.slice(1),
    accessPropertiesByDotNotation: false,
    clearInvalidConfig: false,
    // Only its user may read it.
    configFileMode: 0o600,
    serialize,
    deserialize: parseObject,
  };
}

function readLastGood(path: string): JsonObject | null {
  try {
    return sizeOf(path) > largestFileBytes ? null : parseObject(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/** The half-written files of writes that were killed (`NAME.tmp-…`, as the library calls them). */
function removeStale(path: string): void {
  try {
    const folder = dirname(path);
    for (const name of readdirSync(folder)) {
      if (!name.startsWith(`${basename(path)}.`) || !name.includes(".tmp-")) continue;
      const stale = join(folder, name);
      if (Date.now() - statSync(stale).mtimeMs > staleAfterMs) rmSync(stale, { force: true });
    }
  } catch {
    // Left-overs cost a few kB; whatever is wrong with the folder is told where the file itself is read.
  }
}

/** Some editors begin a file with a byte order mark. @throws SyntaxError for anything but a JSON object. */
function parseObject(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SyntaxError("The file does not hold a JSON object.");
  }
  return value as Record<string, unknown>;
}
