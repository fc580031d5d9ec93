/** Owns the proof that a profile file is never half a file, whatever happens to the process or the disk. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "vite";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { openProfileFile } from "../../../electron/main/profile-file.ts";
import { openConf } from "../../support/conf-store.ts";
import { numberOf } from "../../support/profile-values.ts";
import { seededRandom } from "../../support/session-random.ts";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "profile-"));
  path = join(folder, "settings.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = () => openProfileFile(path, openConf);

/** The real code as one file, for processes that are killed or limited. */
let bundle = "";
beforeAll(async () => {
  bundle = mkdtempSync(join(tmpdir(), "profile-writer-"));
  await build({
    configFile: false,
    logLevel: "error",
    build: { ssr: join(import.meta.dirname, "../../support/profile-writer.ts"), outDir: bundle },
    ssr: { noExternal: true },
  });
});
afterAll(() => rmSync(bundle, { recursive: true, force: true }));
const writer = (): string => join(bundle, "profile-writer.js");

describe("a profile file that is damaged", () => {
  it.each(["", "{", "\u0000\u0000\u0000", '{"voice": "ash"', "x".repeat(5 * 1024 * 1024)])(
    "gives back what was last written whole (%#)",
    (content) => {
      open().write({ voice: "ash" });
      writeFileSync(path, content);
      expect(open().read()).toEqual({ kind: "malformed", lastGood: { voice: "ash" } });
    },
  );

  it("gives back nothing where the copy is damaged too", () => {
    open().write({ voice: "ash" });
    writeFileSync(path, "{");
    writeFileSync(`${path}.last-good`, "[");
    expect(open().read()).toEqual({ kind: "malformed", lastGood: null });
  });

  it("is cleared of what killed writes have left behind, and of nothing else", () => {
    const stale = `${path}.tmp-1700000000abcdef`;
    const fresh = `${path}.tmp-1700000001abcdef`;
    const other = join(folder, "notes.tmp-1");
    for (const name of [stale, fresh, other]) writeFileSync(name, "half");
    for (const name of [stale, other]) utimesSync(name, new Date(0), new Date(0));
    open();
    expect(readdirSync(folder).toSorted()).toEqual(["notes.tmp-1", "settings.json.tmp-1700000001abcdef"]);
  });
});

describe("a disk that is full", () => {
  const mount = (target: string): boolean =>
    spawnSync("mount", ["-t", "tmpfs", "-o", "size=128k", "tmpfs", target]).status === 0;

  it("leaves the file as it was, to the last byte it has, and says so", async () => {
    const disk = join(folder, "disk");
    mkdirSync(disk);
    const isMounted = mount(disk);
    try {
      const onDisk = join(disk, "settings.json");
      const file = openProfileFile(onDisk, openConf);
      expect(file.write({ voice: "ash" })).toBeNull();
      // A real full disk where one may be mounted; elsewhere a value that no file of ours may have.
      if (isMounted) fillUp(disk);
      const failure = isMounted ? file.write({ filler: "x".repeat(20_000) }) : "ENOSPC";
      expect(failure).toBe("ENOSPC");
      for (const path of [onDisk, `${onDisk}.last-good`]) {
        const found = openProfileFile(path, openConf).read();
        expect(found).toEqual({ kind: "object", value: { voice: "ash" } });
      }
      // The library takes away what it could not finish without waiting for that.
      await vi.waitFor(() => {
        expect(readdirSync(disk).filter((name) => name.includes(".tmp-"))).toEqual([]);
      });
    } finally {
      if (isMounted) spawnSync("umount", [disk]);
    }
  });

  it.skipIf(process.platform === "win32")(
    "leaves the file as it was also where the system takes a part of a write, and no more",
    async () => {
      // Blocks of 512 or 1,024 bytes, as the shell has them; it needs no right to mount a disk. The values grow.
      const limits = ["-c", 'ulimit -f 12; exec "$@"', "sh", process.execPath, writer(), path, "20"];
      const limited = spawn("sh", limits, { stdio: ["ignore", "ignore", "pipe"] });
      let complaint = "";
      limited.stderr.on("data", (bytes: Buffer) => {
        complaint += bytes.toString("utf8");
      });
      await once(limited, "close");
      const [, refused, code] = /^the write of (\d+) failed: (\w+)\n$/.exec(complaint) ?? [];
      expect([limited.exitCode, code]).toEqual([3, "ENOSPC"]);
      expect(Number(refused)).toBeGreaterThan(20);
      const found = open().read();
      expect(found.kind === "object" ? numberOf(found.value) : found).toBe(Number(refused) - 1);
      expect(readdirSync(folder).toSorted()).toEqual(["settings.json", "settings.json.last-good"]);
    },
    31_000,
  );

  function fillUp(disk: string): void {
    // Leaves some of the last page, so that a short write would go through.
    for (const bytes of [4_096, 1_000]) {
      for (let index = 0; ; index += 1) {
        try {
          writeFileSync(join(disk, `filler-${bytes}-${index}`), "x".repeat(bytes));
        } catch {
          break;
        }
      }
    }
  }
});

/** Each costs the start of a process: a night can have more of them (`PROFILE_KILLS=2000`). */
const kills = Number(process.env["PROFILE_KILLS"] ?? 400);

describe("a process that is killed while it writes", () => {
  it(
    `${kills} times at random moments leaves the old file or the new one, never anything else`,
    async () => {
      const lanes = 4;
      let changed = 0;
      let inTheMiddle = 0;
      const lane = async (seed: number): Promise<void> => {
        const random = seededRandom(seed);
        const own = join(folder, `lane-${seed}`);
        mkdirSync(own);
        const file = join(own, "settings.json");
        let newest = 0;
        for (let kill = 0; kill < kills / lanes; kill += 1) {
          const child = spawn(process.execPath, [writer(), file, String(newest + 1)], {
            stdio: ["ignore", "pipe", "inherit"],
          });
          // In one of its first writes, however fast they are here, and then at a moment of that one.
          let writes = random.whole(1, 3);
          while (writes > 0) {
            const [said] = (await once(child.stdout, "data")) as [Buffer];
            writes -= said.length;
          }
          const moments = random.whole(0, 800);
          for (let moment = 0; moment < moments; moment += 1)
            await new Promise((resolve) => setImmediate(resolve));
          child.kill("SIGKILL");
          const [code] = (await once(child, "exit")) as [number | null];
          expect(code).toBeNull();
          if (readdirSync(own).some((name) => name.includes(".tmp-"))) inTheMiddle += 1;
          for (const name of readdirSync(own)) if (name.includes(".tmp-")) rmSync(join(own, name));
          const found = openProfileFile(file, openConf).read();
          const number = found.kind === "object" ? numberOf(found.value) : null;
          const isFirst = newest === 0 && statSync(file, { throwIfNoEntry: false }) === undefined;
          expect(number !== null || isFirst).toBe(true);
          if ((number ?? 0) > newest) changed += 1;
          newest = number ?? newest;
        }
      };
      await Promise.all(Array.from({ length: lanes }, (_, index) => lane(71 + index)));
      // The kills came in the middle of writes, and writes came through between kills.
      expect(inTheMiddle).toBeGreaterThan(kills / 10);
      expect(changed).toBeGreaterThan(kills / 4);
      expect(readFileSync(join(folder, "lane-71/settings.json"), "utf8").length).toBeGreaterThan(5_000);
    },
    23_000 + kills * 450,
  );
});
