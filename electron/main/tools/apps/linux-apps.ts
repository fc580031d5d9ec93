/** Owns which programs a Linux desktop offers: the desktop entries in the folders of XDG, in their order of precedence. */
import { constants } from "node:fs";
import { access, readFile, readdir, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import { parseDesktopEntry, type DesktopEntry, type DesktopSurroundings } from "./desktop-entry.ts";
import type { InstalledApp, ListApps } from "./installed-app.ts";
import { startProgram } from "./start-program.ts";

/** A desktop has a few hundred; an entry has a few kB, most of it translations. */
const mostEntries = 5_000;
const largestEntryBytes = 512 * 1024;
const deepestFolder = 4;

/** What opens a terminal for a program, with how the command is given to it. */
const terminals: readonly (readonly string[])[] = [["xdg-terminal-exec"], ["x-terminal-emulator", "-e"]];

/** @param environment for `XDG_DATA_HOME`, `XDG_DATA_DIRS`, `PATH`, the language; and for what is started. */
export function linuxApps(environment: NodeJS.ProcessEnv, home: string): ListApps {
  const surroundings: DesktopSurroundings = {
    locale: environment["LC_ALL"] || environment["LC_MESSAGES"] || environment["LANG"] || "",
    desktops: (environment["ORIGINAL_XDG_CURRENT_DESKTOP"] ?? environment["XDG_CURRENT_DESKTOP"] ?? "").split(
      ":",
    ),
  };

  async function appOf(id: string, entry: DesktopEntry): Promise<InstalledApp | null> {
    if (entry.isHidden || !entry.isShown) return null;
    if (entry.tryExec !== "" && !(await isProgram(entry.tryExec, environment))) return null;
    if (!(await isProgram(entry.command[0] ?? "", environment))) return null;
    const command = entry.needsTerminal ? await inTerminal(entry.command, environment) : entry.command;
    if (command === null) return null;
    const folder = isAbsolute(entry.folder) ? entry.folder : home;
    return {
      id,
      names: entry.names,
      command: command.map(quoted).join(" "),
      start: () => startProgram(command, { folder, environment }),
    };
  }

  return async (signal) => {
    const seen = new Map<string, InstalledApp | null>();
    for (const folder of dataFolders(environment, home)) {
      for (const path of await entryPaths(folder)) {
        signal.throwIfAborted();
        const id = path.replaceAll("/", "-");
        if (seen.has(id) || seen.size >= mostEntries) continue;
        const text = await readSmall(join(folder, path));
        const entry = text === null ? null : parseDesktopEntry(text, surroundings);
        // Also one that is not shown stands before those of the same id in later folders.
        seen.set(id, entry === null ? null : await appOf(id, entry));
      }
    }
    return [...seen.values()].filter((app) => app !== null);
  };
}

function dataFolders(environment: NodeJS.ProcessEnv, home: string): readonly string[] {
  const own = environment["XDG_DATA_HOME"] || join(home, ".local/share");
  const shared = environment["XDG_DATA_DIRS"] || "/usr/local/share:/usr/share";
  // The specification has paths that are not whole ignored.
  return [own, ...shared.split(delimiter)].filter(isAbsolute).map((folder) => join(folder, "applications"));
}

/** Relative to the folder, with `/`, in a stable order. */
async function entryPaths(folder: string, prefix = "", depth = 0): Promise<readonly string[]> {
  const entries = await readdir(join(folder, prefix), { withFileTypes: true }).catch(() => []);
  const paths: string[] = [];
  for (const entry of entries.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
    const path = `${prefix}${entry.name}`;
    if (entry.isDirectory() && depth < deepestFolder) {
      paths.push(...(await entryPaths(folder, `${path}/`, depth + 1)));
    } else if (entry.name.endsWith(".desktop")) paths.push(path);
  }
  return paths;
}

/** Packages and Flatpak link their entries here, so links are followed; but not to a pipe, which would be waited for. */
async function readSmall(path: string): Promise<string | null> {
  try {
    const found = await stat(path);
    return found.isFile() && found.size <= largestEntryBytes ? await readFile(path, "utf8") : null;
  } catch {
    return null;
  }
}

async function isProgram(name: string, environment: NodeJS.ProcessEnv): Promise<boolean> {
  if (name === "") return false;
  const paths = isAbsolute(name)
    ? [name]
    : (environment["PATH"] ?? "")
        .split(delimiter)
        .filter(isAbsolute)
        .map((folder) => join(folder, name));
  for (const path of paths) if (await isExecutable(path)) return true;
  return false;
}

const isExecutable = (path: string): Promise<boolean> =>
  Promise.all([access(path, constants.X_OK), stat(path)]).then(
    ([, found]) => found.isFile(),
    () => false,
  );

/** `null` where there is no terminal that is known to be one. */
async function inTerminal(
  command: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<readonly string[] | null> {
  for (const terminal of terminals) {
    if (await isProgram(terminal[0] ?? "", environment)) return [...terminal, ...command];
  }
  return null;
}

/** For reading only: shows where an argument begins and ends. */
const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word));
