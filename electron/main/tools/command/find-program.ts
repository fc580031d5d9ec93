/**
 * Owns which file a program's name means, and which programs are not run at all. A name is looked for in the PATH alone,
 * never in the folder that commands work in: what lies there may have been put there by anybody. It runs nothing.
 */
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { basename, delimiter, isAbsolute, join, relative } from "node:path";

export type FoundProgram =
  | { readonly kind: "found"; readonly path: string }
  /** A sentence for the model. */
  | { readonly kind: "refused"; readonly reason: string };

/**
 * They run others as somebody else, and ask for a password that nobody can type here, or in a window of their own that
 * looks like the system's. This is no wall (a shell may call them), but a plain word in place of a prompt.
 */
const elevating = new Set(
  "sudo sudoedit sudo-rs su su-rs doas pkexec run0 runuser runas gsudo please calife op super osascript".split(
    " ",
  ),
);

/**
 * @param name a bare name, or an absolute path.
 * @param searchPath the variable PATH.
 * @param folder where commands work.
 */
export function findProgram(name: string, searchPath: string, folder: string): FoundProgram {
  const path = isAbsolute(name) ? usable(name) : isBare(name) ? search(name, searchPath, folder) : null;
  if (path === null) {
    const reason =
      isAbsolute(name) || isBare(name)
        ? `There is no program ${name} on this computer.`
        : "The program must be a bare name such as git, or an absolute path.";
    return { kind: "refused", reason };
  }
  return isElevating(path)
    ? { kind: "refused", reason: "Programs that run others as an administrator are not started." }
    : { kind: "found", path };
}

const isBare = (name: string): boolean => !/[/\\:]/.test(name) && name !== "." && name !== "..";

function search(name: string, searchPath: string, folder: string): string | null {
  const names = process.platform === "win32" ? [`${name}.exe`, `${name}.com`, name] : [name];
  for (const place of searchPath.split(delimiter)) {
    // An empty entry, or one that is no whole path, means the folder that one is in.
    if (!isAbsolute(place) || isWithin(place, folder)) continue;
    for (const candidate of names) {
      const path = usable(join(place, candidate));
      if (path !== null) return path;
    }
  }
  return null;
}

/** @returns the path itself when there is a file that may be run. */
function usable(path: string): string | null {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile() ? path : null;
  } catch {
    return null;
  }
}

function isWithin(place: string, folder: string): boolean {
  try {
    const way = relative(realpathSync(folder), realpathSync(place));
    return way === "" || (!way.startsWith("..") && !isAbsolute(way));
  } catch {
    return false;
  }
}

/** By name, by the name of the file behind a link, or by the mark that makes a program somebody else. */
function isElevating(path: string): boolean {
  const real = realpathSync(path);
  const isNamed = [path, real].some((each) =>
    elevating.has(
      basename(each)
        .toLowerCase()
        .replace(/\.(?:exe|com)$/, ""),
    ),
  );
  return isNamed || (statSync(real).mode & 0o4000) !== 0;
}
