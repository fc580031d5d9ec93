/** Owns a small disk of its own that can be filled to the last byte, and emptied. Mounting it needs an administrator. */
import { spawnSync } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface SmallDisk {
  /** Takes all the room that is left. */
  fill(): Promise<void>;
  giveRoom(): Promise<void>;
  unmount(): void;
}

/** @returns `null` where this user may not mount. */
export function mountSmallDisk(folder: string, mebibytes: number): SmallDisk | null {
  if (asAdministrator("mount", "-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", folder) !== 0) return null;
  const filler = join(folder, "filler");
  return {
    async fill() {
      const code = await writeFile(filler, Buffer.alloc(mebibytes * 1024 * 1024)).then(
        () => null,
        (error: NodeJS.ErrnoException) => error.code,
      );
      if (code !== "ENOSPC") throw new Error(`The disk should be full, and is not: ${code}`);
    },
    giveRoom: () => rm(filler, { force: true }),
    unmount() {
      asAdministrator("umount", "--lazy", folder);
    },
  };
}

function asAdministrator(command: string, ...args: readonly string[]): number | null {
  const isAdministrator = process.getuid?.() === 0;
  const [program, given] = isAdministrator ? [command, args] : ["sudo", ["-n", command, ...args]];
  return spawnSync(program, given, { stdio: "ignore" }).status;
}
