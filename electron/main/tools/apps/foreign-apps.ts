/** Owns which programs macOS and Windows offer: bundles in Applications, links in the Start menu. */
import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import type { ListApps } from "./installed-app.ts";

const deepestFolder = 3;
const mostApps = 5_000;

/** A bundle is started by its whole path, so that no other of the same name is. */
export function macApps(home: string): ListApps {
  const folders = ["/Applications", join(home, "Applications"), "/System/Applications"];
  return async (signal) => {
    const paths = await find(folders, ".app", signal);
    return paths.map((path) => ({
      id: path,
      names: [basename(path, ".app")],
      command: path,
      start: async () => void (await promisify(execFile)("/usr/bin/open", ["-a", path])),
    }));
  };
}

/** @param openPath hands a file to the system; it resolves with the reason when that fails, else with nothing. */
export function windowsApps(
  environment: NodeJS.ProcessEnv,
  openPath: (path: string) => Promise<string>,
): ListApps {
  const folders = [environment["APPDATA"], environment["ProgramData"]]
    .filter((folder) => folder !== undefined)
    .map((folder) => join(folder, "Microsoft", "Windows", "Start Menu", "Programs"));
  return async (signal) => {
    const paths = await find(folders, ".lnk", signal);
    return paths
      .filter((path) => !/\bunins|\buninstall/i.test(basename(path)))
      .map((path) => ({
        id: path,
        names: [basename(path, ".lnk")],
        command: path,
        async start() {
          const problem = await openPath(path);
          if (problem !== "") throw new Error(problem);
        },
      }));
  };
}

/** What ends in this way is found whole and not looked into; the first of a name counts. */
async function find(
  folders: readonly string[],
  ending: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const paths = new Map<string, string>();
  const walk = async (folder: string, depth: number): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      signal.throwIfAborted();
      const path = join(folder, entry.name);
      if (entry.name.toLowerCase().endsWith(ending)) {
        if (!paths.has(entry.name) && paths.size < mostApps) paths.set(entry.name, path);
      } else if (entry.isDirectory() && depth < deepestFolder) await walk(path, depth + 1);
    }
  };
  for (const folder of folders) await walk(folder, 0);
  return [...paths.values()];
}
