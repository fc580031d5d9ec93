/**
 * Owns the mark by which a program's descendants are found after they have left its process group (`setsid`, daemons,
 * browsers that are started detached): a variable in their environment, which they inherit and Linux shows. One that
 * cleans its environment on purpose is beyond its reach; no other system shows it.
 */
import { randomBytes } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";

export const markVariable = "PARLEY_CHILD";

export const canMark = process.platform === "linux";

export const newMark = (): string => randomBytes(8).toString("hex");

/** One may start another between the look and the end: looked again until there is none, but not for ever. */
const mostRounds = 3;

/** Never rejects: what is gone, or somebody else's, is no matter of ours. */
export async function killMarked(mark: string): Promise<void> {
  for (let round = 0; round < mostRounds; round += 1) {
    const found = await findMarked(mark);
    if (found.length === 0) return;
    for (const pid of found) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has ended by itself meanwhile.
      }
    }
  }
}

async function findMarked(mark: string): Promise<readonly number[]> {
  const wanted = `${markVariable}=${mark}`;
  const names = await readdir("/proc").catch(() => []);
  const looks = names
    .filter((name) => /^\d+$/.test(name))
    .map(async (name) => {
      const environment = await readFile(`/proc/${name}/environ`, "latin1").catch(() => "");
      return environment.split("\0").includes(wanted) ? [Number(name)] : [];
    });
  return (await Promise.all(looks)).flat();
}

/** For a shell, `$1` being the mark: as `killMarked`. */
export const killMarkedScript = [
  "for round in 1 2 3; do",
  `for file in $(grep -lz "^${markVariable}=$1\\$" /proc/[0-9]*/environ 2>/dev/null); do`,
  'pid=${file#/proc/}; kill -s KILL "${pid%/environ}" 2>/dev/null;',
  "done; done",
].join(" ");
