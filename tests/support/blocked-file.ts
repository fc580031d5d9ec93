/** Owns a file on the real disk that cannot be written for a while, whatever rights one has: a folder is in its place. */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** @returns lets it be written again; what was there is there again. */
export function blockFile(path: string): () => void {
  const kept = `${path}.kept`;
  if (existsSync(path)) renameSync(path, kept);
  mkdirSync(path);
  writeFileSync(join(path, "in-the-way"), "");
  return () => {
    rmSync(path, { recursive: true });
    if (existsSync(kept)) renameSync(kept, path);
  };
}
