/**
 * Owns the folder of notes on the disk: a new file at a time, whole or not at all, never over another; and reading
 * what is in it, never by way of a link out of it.
 */
import { constants } from "node:fs";
import { type FileHandle, link, lstat, mkdir, open, readdir, realpath, stat, unlink } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { join, sep } from "node:path";
import { errorCode } from "../../log.ts";
import type { Commit } from "../tool.ts";
import { noteExtension, noteFileName } from "./note-file.ts";

/** Who has that many notes of one name on one day has another problem. */
const mostCopies = 200;
const deepestFolder = 8;

export interface NewNote {
  readonly title: string;
  readonly content: string;
  readonly at: Date;
}

/**
 * Writes a new note. The text is on the disk before the file has its name.
 * @param commit takes the step that gives it the name.
 * @returns the file's path. Rejects with the system's error.
 */
export async function createNote(folder: string, note: NewNote, commit: Commit): Promise<string> {
  await mkdir(folder, { recursive: true });
  const draft = join(folder, `.parley-${randomBytes(6).toString("hex")}.tmp`);
  await writeNew(draft, note.content);
  try {
    return await commit(() => giveFreeName(folder, draft, note));
  } finally {
    await unlink(draft).catch(ignoreMissing);
  }
}

async function giveFreeName(folder: string, draft: string, { title, content, at }: NewNote): Promise<string> {
  for (let copy = 1; copy <= mostCopies; copy += 1) {
    const path = join(folder, noteFileName(title, at, copy));
    if (await giveName(draft, path, content)) return path;
  }
  throw Object.assign(new Error("Every name is taken: choose another title."), { code: "EEXIST" });
}

/** A second name fails where there is a file already, unlike a rename, which would replace it. */
async function giveName(draft: string, path: string, content: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === "EEXIST") return false;
    // A file system without second names (FAT, some shares): there the file is made in its place.
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EISDIR"].includes(code)) throw error;
  }
  try {
    await writeNew(path, content);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** Only where there is nothing yet; what could not be written whole is taken away. */
async function writeNew(path: string, content: string): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(content, "utf8");
    await file.sync();
  } catch (error) {
    await unlink(path).catch(ignoreMissing);
    throw error;
  } finally {
    await file.close();
  }
}

function ignoreMissing(error: unknown): void {
  if (errorCode(error) !== "ENOENT") throw error;
}

/** @returns whether it was there as it was written; if not, it stays. */
export async function deleteUnchanged(path: string, content: string): Promise<boolean> {
  const present = await readFileNoFollow(path, Buffer.byteLength(content) + 1).catch(() => null);
  if (present === null || present.toString("utf8") !== content) return false;
  await unlink(path);
  return true;
}

export interface NoteFile {
  readonly path: string;
  /** In the folder, with `/`. */
  readonly name: string;
  readonly changedAtMs: number;
}

export interface Listing {
  /** Newest first. */
  readonly files: readonly NoteFile[];
  /** There were more than were looked at. */
  readonly isCut: boolean;
}

/** Notes in the folder and the folders in it. Links and what begins with a dot are passed over. */
export async function listNotes(folder: string, most: number, signal: AbortSignal): Promise<Listing> {
  const files: NoteFile[] = [];
  let isCut = false;
  const walk = async (path: string, prefix: string, depth: number): Promise<void> => {
    // A folder that may not be read hides its notes, and no others.
    for (const entry of await readdir(path, { withFileTypes: true }).catch(() => [])) {
      if (signal.aborted) return;
      if (entry.name.startsWith(".")) continue;
      const inner = join(path, entry.name);
      if (entry.isDirectory()) {
        if (depth < deepestFolder) await walk(inner, `${prefix}${entry.name}/`, depth + 1);
        continue;
      }
      if (!entry.isFile() || !entry.name.toLowerCase().endsWith(noteExtension)) continue;
      if (files.length >= most) {
        isCut = true;
        return;
      }
      const found = await lstat(inner).catch(() => null);
      if (found !== null) files.push({ path: inner, name: prefix + entry.name, changedAtMs: found.mtimeMs });
    }
  };
  await walk(await realpath(folder), "", 0);
  return { files: files.toSorted((one, other) => other.changedAtMs - one.changedAtMs), isCut };
}

/** The beginning of a note; `null` when it cannot be read or is not (any more) a file in the folder. */
export async function readNote(folder: string, path: string, mostBytes: number): Promise<string | null> {
  try {
    return (await readFileNoFollow(path, mostBytes, await realpath(folder))).toString("utf8");
  } catch {
    return null;
  }
}

/**
 * A folder on the way may have become a link since it was listed: what was opened has to be what is in the folder now.
 * @param root real path that the file has to be in.
 */
async function readFileNoFollow(path: string, mostBytes: number, root?: string): Promise<Buffer> {
  // A pipe in its place would be waited for.
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const opened = await file.stat();
    if (!opened.isFile()) throw new Error("It is no file.");
    if (root !== undefined) {
      const real = await realpath(path);
      const present = await stat(real);
      if (!real.startsWith(root + sep) || present.ino !== opened.ino || present.dev !== opened.dev)
        throw new Error("It is not in the folder.");
    }
    return await readUpTo(file, mostBytes);
  } finally {
    await file.close();
  }
}

async function readUpTo(file: FileHandle, mostBytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(mostBytes);
  let length = 0;
  while (length < mostBytes) {
    const { bytesRead } = await file.read(buffer, length, mostBytes - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}
