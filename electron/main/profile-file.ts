/**
 * Owns small JSON files in the profile: read, written whole or not at all (electron-store's atomic write), set aside
 * when they cannot be used. It knows nothing of what they mean, and never throws for what a disk or a person may do.
 */
import { copyFileSync } from "node:fs";
import { basename, dirname, extname } from "node:path";
import { errorCode } from "./log.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

export type JsonFile =
  /** An absent file reads as an empty object. */
  | { readonly kind: "object"; readonly value: JsonObject }
  /** There, but no JSON object. */
  | { readonly kind: "malformed" }
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
  /** Keeps a copy as `NAME.corrupt-TIME`. @returns the copy's name, or `null` when it could not be made. */
  setAside(now: Date): string | null;
}

/** @param open makes an electron-store; handed in, since that package needs a running Electron. */
export function openProfileFile(path: string, open: (options: StoreOptions) => Store): ProfileFile {
  const extension = extname(path);
  const options: StoreOptions = {
    cwd: dirname(path),
    name: basename(path, extension),
    fileExtension: extension.slice(1),
    accessPropertiesByDotNotation: false,
    clearInvalidConfig: false,
    // Only its user may read it.
    configFileMode: 0o600,
    serialize: (value) => `${JSON.stringify(value, null, 2)}\n`,
    deserialize: parseObject,
  };
  return {
    name: basename(path),
    read() {
      try {
        return { kind: "object", value: { ...open(options).store } };
      } catch (error) {
        return error instanceof SyntaxError
          ? { kind: "malformed" }
          : { kind: "unreadable", code: errorCode(error) };
      }
    },
    write(value) {
      try {
        // Opening reads what is there, which may be what is being replaced because it cannot be read.
        open({ ...options, deserialize: () => ({}) }).store = { ...value };
        return null;
      } catch (error) {
        return errorCode(error);
      }
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

/** Some editors begin a file with a byte order mark. @throws SyntaxError for anything but a JSON object. */
function parseObject(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SyntaxError("The file does not hold a JSON object.");
  }
  return value as Record<string, unknown>;
}
