/** Owns the words for why no file can be found or read as things are. */
import { statSync } from "node:fs";
import { isAbsolute } from "node:path";
import type { PlacePorts } from "./readable-place.ts";

/** @returns a sentence for the person; `null` when there is a folder to look into. */
export function folderObstacle({ readableFolders }: PlacePorts): string | null {
  const folders = readableFolders();
  if (folders.length === 0)
    return "No folder is chosen that may be read. Choose one in the settings, under Tools.";
  return folders.some(isFolder)
    ? null
    : "The folders that may be read are not there. Choose others in the settings, under Tools.";
}

const isFolder = (path: string): boolean =>
  isAbsolute(path) && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
