/**
 * Owns the way from a path that somebody wrote to a file or folder that may be looked into: within the folders that the
 * person has chosen, by its real path, and the very one that was checked. A link that is put in its place between the
 * check and the look leads nowhere. It reads no content.
 */
import { constants } from "node:fs";
import { lstat, open, readlink, realpath, stat, type FileHandle } from "node:fs/promises";
import { isAbsolute, join, relative, sep } from "node:path";
import { isForbidden } from "./forbidden-path.ts";

export interface PlacePorts {
  /** Absolute paths, as the person has chosen them. */
  readonly readableFolders: () => readonly string[];
  /** The app's own, which nobody may read. */
  readonly ownFolders: readonly string[];
  readonly homeFolder: string;
}

/** Real paths. Those that are not there are left out. */
export async function realFolders(folders: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(folders.filter((folder) => isAbsolute(folder)).map(realOf));
  return found.filter((folder): folder is string => folder !== null);
}

const realOf = (path: string): Promise<string | null> => realpath(path).catch(() => null);

/**
 * @param path absolute, below `~`, or below one of the folders.
 * @returns its real path; `null` when it is not there or may not be read: nobody learns which of the two.
 */
export async function findPlace(path: string, ports: PlacePorts): Promise<string | null> {
  if (path.includes("\0")) return null;
  const folders = await realFolders(ports.readableFolders());
  for (const candidate of candidatesOf(path, folders, ports.homeFolder)) {
    const real = await realOf(candidate);
    if (real !== null && (await isReadablePlace(real, folders, ports.ownFolders))) return real;
  }
  return null;
}

function candidatesOf(path: string, folders: readonly string[], homeFolder: string): readonly string[] {
  if (isAbsolute(path)) return [path];
  if (/^~[/\\]/.test(path)) return [join(homeFolder, path.slice(2))];
  return folders.map((folder) => join(folder, path));
}

async function isReadablePlace(
  real: string,
  folders: readonly string[],
  ownFolders: readonly string[],
): Promise<boolean> {
  const own = await realFolders(ownFolders);
  return folders.some((folder) => isWithin(real, folder)) && !isForbidden(real, [...own, ...ownFolders]);
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** Some systems do not know some of them: `undefined` adds nothing. */
const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW, O_DIRECTORY } = constants;

/**
 * Opens what has this real path, and nothing else: the last part must be no link, and what was opened must be what the
 * path means to the system itself. A pipe does not hold it up.
 * @returns `null` when it is gone or another one. The caller closes it.
 */
export async function openPlace(real: string, kind: "file" | "folder"): Promise<FileHandle | null> {
  const flags = O_RDONLY | O_NONBLOCK | O_NOFOLLOW | (kind === "folder" ? O_DIRECTORY : 0);
  const handle = await open(real, flags).catch(() => null);
  if (handle === null) return null;
  if (await isTheOne(handle, real).catch(() => false)) return handle;
  await handle.close();
  return null;
}

/** Linux tells which path a handle has; elsewhere the file is compared with what the path means now, links excluded. */
async function isTheOne(handle: FileHandle, real: string): Promise<boolean> {
  if (process.platform === "linux") return (await readlink(`/proc/self/fd/${handle.fd}`)) === real;
  const [opened, named] = [await handle.stat({ bigint: true }), await lstat(real, { bigint: true })];
  const isSame = opened.dev === named.dev && opened.ino === named.ino;
  return isSame && (await realpath(real)) === real && (await stat(real, { bigint: true })).ino === opened.ino;
}

/** Where the content of an open folder is listed: on Linux by the handle, so that its path does not matter any more. */
export const listingPath = (handle: FileHandle, real: string): string =>
  process.platform === "linux" ? `/proc/self/fd/${handle.fd}` : real;
