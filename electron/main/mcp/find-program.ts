/** Owns finding the program of a server on the PATH, so that one that is not there can be named. It runs nothing. */
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";

export type FoundProgram =
  | { readonly kind: "found"; readonly path: string }
  | { readonly kind: "missing" }
  | { readonly kind: "not-executable"; readonly path: string };

/** Where package managers put programs, and where an app that was started from the desktop is not told to look. */
const furtherFolders = ["/usr/local/bin", "/opt/homebrew/bin"];

/** The PATH for servers: ours, and on macOS the folders that only shells know. */
export const pathFor = (path: string, platform: string): string =>
  platform === "darwin" ? [...new Set([...path.split(delimiter), ...furtherFolders])].join(delimiter) : path;

/** @param command a bare name, or a path; a relative one counts from `folder`. */
export function findProgram(command: string, folder: string, path: string, platform: string): FoundProgram {
  if (command.includes("/") || (platform === "win32" && command.includes("\\")))
    return judge(resolve(folder, command));
  // On Windows, a bare name has one of these; those of scripts (.cmd) can only be run by a shell.
  const names =
    platform === "win32" && !/\.\w+$/.test(command) ? [`${command}.exe`, `${command}.com`] : [command];
  let refused: FoundProgram = { kind: "missing" };
  for (const directory of path.split(delimiter).filter(isAbsolute)) {
    for (const name of names) {
      const found = judge(join(directory, name));
      if (found.kind === "found") return found;
      if (found.kind === "not-executable") refused = found;
    }
  }
  return refused;
}

function judge(path: string): FoundProgram {
  try {
    if (!statSync(path).isFile()) return { kind: "not-executable", path };
  } catch {
    return { kind: "missing" };
  }
  try {
    accessSync(path, constants.X_OK);
    return { kind: "found", path };
  } catch {
    return { kind: "not-executable", path };
  }
}
