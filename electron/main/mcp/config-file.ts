/**
 * Owns the file `mcp.json` in the profile: the person's own text, read whole, written whole or not at all, and watched
 * for changes from outside. It knows nothing of what the text means.
 */
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  watch,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { errorCode } from "../log.ts";

export type ConfigText =
  /** An absent file reads as an empty text. */
  { readonly kind: "text"; readonly text: string } | { readonly kind: "unreadable"; readonly code: string };

/** As much as a settings window may send. */
const largestFileBytes = 1_000_000;
/** An editor writes in several steps. */
const settleMs = 200;

export function readConfigText(path: string): ConfigText {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return { kind: "text", text: "" };
    // A pipe or a device would never end.
    if (!found.isFile()) return { kind: "unreadable", code: "EINVAL" };
    if (found.size > largestFileBytes) return { kind: "unreadable", code: "EFBIG" };
    return { kind: "text", text: readFileSync(path, "utf8") };
  } catch (error) {
    return { kind: "unreadable", code: errorCode(error) };
  }
}

/** A crash leaves the old text or the new one. @returns `null`, or the code of what kept it from being written. */
export function writeConfigText(path: string, text: string): string | null {
  const bytes = Buffer.from(text);
  // Where it is a link to a file that is kept elsewhere, it stays one.
  const target = realPath(path);
  const temporary = join(dirname(target), `${basename(target)}.tmp-${process.pid}`);
  try {
    const file = openSync(temporary, "w", 0o600);
    try {
      // On a full disk a write may end early and say nothing.
      for (let written = 0; written < bytes.length;) {
        const count = writeSync(file, bytes, written);
        if (count === 0) return "ENOSPC";
        written += count;
      }
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, target);
    return null;
  } catch (error) {
    return errorCode(error);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** @returns the end of the watch. Where the system cannot watch, changes are seen at the next start. */
export function watchConfig(path: string, onChanged: () => void): () => void {
  let settle: NodeJS.Timeout | undefined;
  let target: { readonly path: string; readonly unwatch: () => void } | null = null;

  const changed = (): void => {
    clearTimeout(settle);
    settle = setTimeout(() => {
      followTarget();
      onChanged();
    }, settleMs);
    settle.unref();
  };
  /** Where it is a link, the file that it leads to now is edited elsewhere. */
  function followTarget(): void {
    const real = realPath(path);
    if (real === target?.path) return;
    target?.unwatch();
    target = { path: real, unwatch: real === path ? () => undefined : watchFile(real, changed) };
  }

  const unwatch = watchFile(path, changed);
  followTarget();
  return () => {
    clearTimeout(settle);
    unwatch();
    target?.unwatch();
  };
}

function watchFile(path: string, onChanged: () => void): () => void {
  try {
    // The folder: most editors put a new file in the place of the old one.
    const watcher = watch(dirname(path), { persistent: false }, (_event, name) => {
      if (name === null || name === basename(path)) onChanged();
    });
    watcher.on("error", () => watcher.close());
    return () => watcher.close();
  } catch {
    return () => undefined;
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
