/**
 * Owns the proof that no path leads out of the folders that may be read, nor to keys within them: not by how it is
 * written, not by a link, and not by one that is put there while somebody looks.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findFiles } from "../../../../electron/main/tools/files/find-files.ts";
import { readFile } from "../../../../electron/main/tools/files/read-file.ts";
import type { PlacePorts } from "../../../../electron/main/tools/files/readable-place.ts";
import { callTool } from "../../../support/call-tool.ts";
import { pathEscapes } from "../../../support/path-escapes.ts";

const canary = "canary-5f1c";
const open = "for everybody";

let root = "";
let folder = "";
let ports: PlacePorts;

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "escapes-")));
  folder = join(root, "folder");
  for (const path of ["folder/notes.txt", "folder/sub/deep/notes.txt"]) write(path, open);
  for (const path of [
    "elsewhere/canary.txt",
    "folder-sibling/canary.txt",
    "folder/.ssh/id_ed25519",
    "folder/.gnupg/secring.txt",
    "folder/.env",
    "folder/.env.local",
    "folder/sub/prod.env",
    "folder/.git-credentials",
    "folder/.config/google-chrome/Default/notes.txt",
    "folder/.mozilla/firefox/notes.txt",
    "folder/.local/share/keyrings/notes.txt",
    "folder/passwords.kdbx",
    "folder/server.key",
    "folder/Parley/settings.json",
    "profile/settings.json",
  ]) {
    write(path, canary);
  }
  write("folder/key-in-text.txt", `${"x\n".repeat(9_000)}-----BEGIN OPENSSH PRIVATE KEY-----\n${canary}`);
  for (const [name, target] of [
    ["link-to-file", "../elsewhere/canary.txt"],
    ["link-to-folder", "../elsewhere"],
    ["link-to-link", "link-to-file"],
    ["link-absolute", join(root, "elsewhere/canary.txt")],
    ["link-to-root", "/"],
    ["link-to-itself", "link-to-itself"],
    ["link-to-environment", "/proc/self/environ"],
    ["link-to-zero", "/dev/zero"],
    ["sub/link-up", "../.."],
    ["link-to-profile", "../profile"],
    ["link-inside", "sub/deep/notes.txt"],
  ] as const) {
    symlinkSync(target, join(folder, name));
  }
  linkSync(join(root, "elsewhere/canary.txt"), join(folder, "second-name.txt"));
  execFileSync("mkfifo", [join(folder, "pipe")]);
  ports = {
    readableFolders: () => [folder],
    ownFolders: [join(root, "profile"), join(folder, "Parley")],
    homeFolder: folder,
  };
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** For whoever follows every path. */
function isThere(path: string): boolean {
  try {
    realpathSync(resolve(folder, path));
    return true;
  } catch {
    return false;
  }
}

/** The text that was read, or `null`. */
async function read(path: string, of = ports): Promise<string | null> {
  const outcome = await callTool(readFile(of), { path });
  if (outcome.kind !== "done") return null;
  return (JSON.parse(outcome.output) as { readonly data: { readonly text: string } }).data.text;
}

describe("a path", () => {
  it("is read by what would be found at its end if it were allowed, and through a link that stays inside", async () => {
    const everything = { ...ports, readableFolders: () => [root], ownFolders: [] };
    expect(await read(join(root, "elsewhere/canary.txt"), everything)).toBeNull();
    rmSync(join(folder, "second-name.txt"));
    expect(await read(join(root, "elsewhere/canary.txt"), everything)).toBe(canary);
    linkSync(join(root, "elsewhere/canary.txt"), join(folder, "second-name.txt"));
    expect(await read("link-inside")).toBe(open);
    expect(await read("~/notes.txt")).toBe(open);
    expect(await read(join(folder, "sub/../notes.txt"))).toBe(open);
  });

  it("leads out in none of 1,000 ways to write it", async () => {
    const paths = pathEscapes(folder);
    expect(paths).toHaveLength(1_000);
    let leading = 0;
    for (const path of paths) {
      const outcome = await callTool(readFile(ports), { path });
      expect(outcome.output).not.toContain(canary);
      expect(outcome.kind).toBe("failed");
      if (isThere(path)) leading += 1;
    }
    // Most are spellings that nothing understands; so many do lead somewhere.
    expect(leading).toBeGreaterThan(250);
  });

  it("tells nobody whether a file outside is there", async () => {
    const words = async (path: string): Promise<string> =>
      (await callTool(readFile(ports), { path })).summary;
    const there = await words(join(root, "elsewhere/canary.txt"));
    expect(there).toBe(
      "There is no such file in the folders that may be read. Find it with find_files first.",
    );
    for (const path of [join(root, "elsewhere/nothing.txt"), ".ssh/id_ed25519", ".ssh/nothing", "nothing"]) {
      expect(await words(path)).toBe(there);
    }
  });
});

describe("a search", () => {
  it("finds nothing outside, nothing hidden, nothing forbidden and nothing behind a link", async () => {
    for (const name of ["canary", "notes", "settings", "env", "kdbx", "id_ed25519", "passwd", "txt", "."]) {
      const { output } = await callTool(findFiles(ports), { name });
      const answer = JSON.parse(output) as {
        readonly data?: { readonly files: readonly { readonly path: string }[] };
      };
      for (const { path } of answer.data?.files ?? []) {
        expect(path).toMatch(
          /\/folder\/(?:notes|second-name|key-in-text|sub\/deep\/notes|server)\.(?:txt|key)$/,
        );
      }
    }
  });
});

/**
 * Puts a link in the place of a file or a folder, and takes it away again. `spare` and `evil` are exchanged with `place`
 * by renaming, which is one step for whoever looks. Each stays for up to 2 ms, so that a look may fall into one state
 * as well as across two.
 */
const racer = `
  const { renameSync } = require("node:fs");
  const [place, spare, evil] = process.argv.slice(1);
  const stay = () => { for (const endMs = performance.now() + 2 * Math.random(); performance.now() < endMs;); };
  process.stdout.write("up\\n");
  for (;;) {
    renameSync(place, spare); renameSync(evil, place); stay();
    renameSync(place, evil); renameSync(spare, place); stay();
  }`;

/** Exchanges `place` and `evil` while somebody looks. */
async function whileRacing(place: string, evil: string, look: () => Promise<void>): Promise<void> {
  const child = spawn(process.execPath, ["-e", racer, place, `${place}.spare`, evil], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  try {
    await once(child.stdout, "data");
    await look();
  } finally {
    child.kill("SIGKILL");
    await exited;
  }
}

function justRead(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

describe("a link that is put in its place while somebody looks", () => {
  const attempts = 1_000;
  /** Which states a look falls into is chance: one that has not been met by then is waited for, so long at most. */
  const mostAttempts = 10 * attempts;

  it.each([
    ["of the file", "file.txt", "file.txt"],
    ["of the folder it is in", "swapped", "swapped/file.txt"],
    ["of a folder further up", "outer", "outer/inner/file.txt"],
  ])("%s leads nowhere", async (_what, place, path) => {
    const home = join(root, `race-${place}`);
    mkdirSync(join(home, "folder"), { recursive: true });
    const inPlace = path === place ? "" : path.slice(place.length);
    const write = (text: string, to: string): void => {
      mkdirSync(dirname(to), { recursive: true });
      writeFileSync(to, text);
    };
    write(open, join(home, "folder", path));
    write(canary, join(home, `elsewhere${inPlace}`));
    const evil = join(home, "evil");
    symlinkSync(join(home, "elsewhere"), evil);
    const of = { ...ports, readableFolders: () => [join(home, "folder")], ownFolders: [] };
    const seen = { open: 0, canary: 0, nothing: 0 };
    let naive = 0;
    const isOver = (attempt: number): boolean =>
      attempt >= (Math.min(seen.open, seen.nothing, naive) === 0 ? mostAttempts : attempts);
    await whileRacing(join(home, "folder", place), evil, async () => {
      for (let attempt = 0; !isOver(attempt); attempt += 1) {
        const text = await read(path, of);
        if (text === null) seen.nothing += 1;
        else if (text === open) seen.open += 1;
        else seen.canary += 1;
        // Whoever just looks is led astray often enough.
        if (justRead(join(home, "folder", path)) === canary) naive += 1;
      }
    });
    expect(seen.canary).toBe(0);
    expect(Math.min(seen.open, seen.nothing, naive)).toBeGreaterThan(0);
  });

  it("shows a search no name from elsewhere", async () => {
    const home = join(root, "race-search");
    for (const path of ["folder/swapped/wanted-open.txt", "elsewhere/wanted-canary.txt"]) {
      mkdirSync(dirname(join(home, path)), { recursive: true });
      writeFileSync(join(home, path), "");
    }
    symlinkSync(join(home, "elsewhere"), join(home, "evil"));
    const of = { ...ports, readableFolders: () => [join(home, "folder")], ownFolders: [] };
    let found = 0;
    await whileRacing(join(home, "folder/swapped"), join(home, "evil"), async () => {
      for (let attempt = 0; attempt < (found === 0 ? mostAttempts : attempts); attempt += 1) {
        const { output } = await callTool(findFiles(of), { name: "wanted" });
        expect(output).not.toContain("canary");
        if (output.includes("wanted-open")) found += 1;
      }
    });
    expect(found).toBeGreaterThan(0);
  });
});
