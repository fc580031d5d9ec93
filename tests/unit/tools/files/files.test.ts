/** Owns the proof that files are found and read as a person expects, in bounded time and size. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findFiles } from "../../../../electron/main/tools/files/find-files.ts";
import { isForbidden } from "../../../../electron/main/tools/files/forbidden-path.ts";
import { readFile } from "../../../../electron/main/tools/files/read-file.ts";
import type { PlacePorts } from "../../../../electron/main/tools/files/readable-place.ts";
import type { ToolOutcome } from "../../../../electron/main/tools/run-tool.ts";
import { callTool, prepareTool } from "../../../support/call-tool.ts";

let root = "";
let folders: readonly string[] = [];
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "files-")));
  folders = [root];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const ports: PlacePorts = { readableFolders: () => folders, ownFolders: [], homeFolder: "/nowhere" };

/** @param day of March 2026 on which it was written. */
function write(path: string, content: string | Buffer = "", day = 1): string {
  const whole = join(root, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, content);
  const time = new Date(Date.UTC(2026, 2, day, 8, 30));
  utimesSync(whole, time, time);
  return whole;
}

interface Read {
  readonly path: string;
  readonly text: string;
  readonly next_offset?: number;
  readonly note?: string;
}
const read = (path: string, rest: object = {}): Promise<ToolOutcome> =>
  callTool(readFile(ports), { path, ...rest });
const dataOf = (outcome: ToolOutcome): Read => (JSON.parse(outcome.output) as { readonly data: Read }).data;

interface Found {
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly modified: string }[];
  readonly note?: string;
}
const find = (name: string): Promise<ToolOutcome> => callTool(findFiles(ports), { name });
async function foundBy(name: string): Promise<readonly string[]> {
  const answer = JSON.parse((await find(name)).output) as Found & { readonly data?: Found };
  return (answer.data ?? answer).files.map(({ path }) => path.slice(root.length + 1));
}

describe("read_file", () => {
  it("reads a text as data of the file", async () => {
    const path = write("notes/plan.txt", "Buy milk.\n");
    const outcome = await read("notes/plan.txt");
    expect(outcome).toMatchObject({ kind: "done", isForeign: true, summary: "plan.txt" });
    expect(JSON.parse(outcome.output)).toMatchObject({
      source: "file plan.txt",
      data: { path, text: "Buy milk.\n" },
    });
  });

  it("asks with the real path, which is all that “always” covers", async () => {
    const path = write("real/plan.txt", "x");
    symlinkSync("real", join(root, "link"));
    expect(await prepareTool(readFile(ports), { path: "link/../link/plan.txt", offset: 7 })).toMatchObject({
      use: {
        risk: "private-read",
        lines: [
          { label: "File", text: path },
          { label: "From character", text: "7" },
        ],
        pattern: { text: path, words: "this file" },
      },
    });
  });

  it("reads a long text in parts that together are the whole", async () => {
    const whole = Array.from({ length: 3_000 }, (_, index) => `Line ${index} is here.`).join("\n");
    write("long.txt", whole);
    let text = "";
    let offset: number | undefined = 0;
    while (offset !== undefined) {
      const part: Read = dataOf(await read("long.txt", { offset }));
      expect(part.text.length).toBeLessThanOrEqual(6_000);
      expect(part.note).toContain(`of ${whole.length}`);
      text += part.text;
      offset = part.next_offset;
    }
    expect(text).toBe(whole);
    expect((await read("long.txt", { offset: 7_000_000 })).summary).toMatch(/nothing at offset 7000000/);
  });

  it.each([
    ["UTF-8", Buffer.from("Grüße 日本"), "Grüße 日本"],
    ["UTF-8 with a mark", Buffer.from("\ufeffGrüße"), "Grüße"],
    ["UTF-16 with a mark", Buffer.from("\ufeffGrüße", "utf16le"), "Grüße"],
    ["an old encoding", Buffer.from("Gr\xfc\xdfe", "latin1"), "Grüße"],
    ["nothing at all", Buffer.from(""), ""],
    ["colours of a terminal", Buffer.from("\u001b[31mred\u001b[0m"), "\u001b[31mred\u001b[0m"],
  ])("reads a text in %s", async (_what, bytes, text) => {
    write("a.txt", bytes);
    expect(dataOf(await read("a.txt")).text).toBe(text);
  });

  it.each([
    ["a picture", Buffer.from("89504e470d0a1a0a0000000d49484452", "hex")],
    ["a PDF", Buffer.from("%PDF-1.7\n1 0 obj\n")],
    ["a program", Buffer.from("\x7fELF\x02\x01\x01\0\0\0", "latin1")],
    ["data without a zero", Buffer.from(Array.from({ length: 3_000 }, (_, index) => (index % 255) + 1))],
    ["text with a zero in it", Buffer.from("text\0text")],
  ])("says that %s is no text", async (_what, bytes) => {
    write("thing.bin", bytes);
    expect((await read("thing.bin")).summary).toBe("thing.bin is no text.");
  });

  it("reads no more than 8 MB", async () => {
    write("big.log", Buffer.alloc(8 * 1024 * 1024 + 1, "x"));
    expect((await read("big.log")).summary).toBe("The file is larger than 8 MB, so it is not read.");
    write("fits.log", Buffer.alloc(8 * 1024 * 1024, "x"));
    expect(dataOf(await read("fits.log")).note).toContain("of 8388608");
  });

  it("takes no pipe, socket, folder or device for a file, and waits for none", async () => {
    execFileSync("mkfifo", [join(root, "pipe")]);
    mkdirSync(join(root, "place"));
    const server = createServer().listen(join(root, "socket"));
    for (const path of ["pipe", "place", "socket"]) expect((await read(path)).kind).toBe("failed");
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });

  it("looks anew between the question and the answer", async () => {
    write("plan.txt", "x");
    const prepared = await prepareTool(readFile(ports), { path: "plan.txt" });
    if (prepared.kind !== "ready") throw new Error("It was refused.");
    const run = () =>
      prepared.use.run({
        signal: new AbortController().signal,
        progress: () => undefined,
        commit: (step) => step(),
      });
    await expect(run()).resolves.toMatchObject({ summary: "plan.txt" });
    folders = ["/nowhere"];
    await expect(run()).rejects.toThrow(/no such file/);
    folders = [root];
    rmSync(join(root, "plan.txt"));
    symlinkSync("/etc/hostname", join(root, "plan.txt"));
    await expect(run()).rejects.toThrow(/no such file/);
  });
});

describe("find_files", () => {
  it("finds by words in any order and case, newest first", async () => {
    write("a/Invoice March 2026.pdf", "abc", 3);
    write("b/march-invoice.txt", "", 9);
    write("b/Märchen.txt", "", 5);
    expect(await foundBy("MARCH invoice")).toEqual(["b/march-invoice.txt", "a/Invoice March 2026.pdf"]);
    expect(await foundBy(".pdf")).toEqual(["a/Invoice March 2026.pdf"]);
    expect(await foundBy("MA\u0308RCHEN")).toEqual(["b/Märchen.txt"]);
    expect(await foundBy("nothing like it")).toEqual([]);
    const outcome = await find(".pdf");
    expect(outcome).toMatchObject({ summary: "1 file", isForeign: true });
    expect(outcome.output).toContain('"bytes":3,"modified":"2026-03-03T08:30"');
  });

  it("tells the newest of many, and how many there are", async () => {
    for (let day = 1; day <= 25; day += 1) write(`many/note ${day}.md`, "", day);
    const outcome = await find("note");
    const { files, note } = (JSON.parse(outcome.output) as { readonly data: Found }).data;
    expect(files).toHaveLength(20);
    expect(files[0]?.path).toBe(join(root, "many/note 25.md"));
    expect(note).toBe("These are the newest 20 of 25.");
    expect(outcome.output.length).toBeLessThan(3_000);
  });

  it("looks into nothing hidden, follows no link, and stops where only programs put things", async () => {
    write(".hidden/wanted.txt");
    write("open/.wanted.txt");
    write(`${"deep/".repeat(12)}wanted.txt`);
    write(`${"deeper/".repeat(13)}wanted.txt`);
    write("open/wanted.txt");
    symlinkSync("open", join(root, "link"));
    symlinkSync("..", join(root, "open/loop"));
    symlinkSync("wanted.txt", join(root, "open/wanted-link.txt"));
    expect((await foundBy("wanted")).toSorted()).toEqual([
      `${"deep/".repeat(12)}wanted.txt`,
      "open/wanted.txt",
    ]);
    expect((await find("wanted")).output).toContain("not all folders were searched");
  });

  it("finds a file once, though folders lie in each other, and goes past those that cannot be read", async () => {
    write("a/b/wanted.txt");
    write("closed/wanted.txt");
    chmodSync(join(root, "closed"), 0o000);
    folders = [root, join(root, "a"), "relative", "/no/such/folder"];
    const found = await foundBy("wanted");
    chmodSync(join(root, "closed"), 0o755);
    expect(found.filter((path) => !path.startsWith("closed"))).toEqual(["a/b/wanted.txt"]);
  });

  it("says how far it is, and ends when it is stopped", async () => {
    for (let index = 0; index < 21; index += 1) {
      mkdirSync(join(root, `folder ${index}`));
      for (let file = 0; file < 100; file += 1)
        writeFileSync(join(root, `folder ${index}`, `${file}.txt`), "");
    }
    const lines: string[] = [];
    await callTool(findFiles(ports), { name: "7.txt" }, { progress: (line) => void lines.push(line) });
    expect(lines).toEqual(["Looked at 2021 names, found 200"]);
    const stop = new AbortController();
    const stopped = callTool(findFiles(ports), { name: "7.txt" }, { signal: stop.signal });
    stop.abort();
    expect(await stopped).toMatchObject({ kind: "stopped" });
  });
});

it("is no use to anybody until a folder is chosen, and is there", () => {
  for (const tool of [findFiles(ports), readFile(ports)]) {
    folders = [root];
    expect(tool.obstacle()).toBeNull();
    expect(tool.risk).toBe("private-read");
    folders = [];
    expect(tool.obstacle()).toBe(
      "No folder is chosen that may be read. Choose one in the settings, under Tools.",
    );
    folders = ["/no/such/folder", "relative"];
    expect(tool.obstacle()).toBe(
      "The folders that may be read are not there. Choose others in the settings, under Tools.",
    );
  }
});

describe("what must not be read", () => {
  it.each([
    "/home/anna/.ssh/config",
    "/home/anna/.SSH/config",
    "/home/anna/.ssh./config",
    "/home/anna/.ssh::$DATA",
    "/home/anna/Documents/.gnupg/x/y",
    "/home/anna/.local/share/keyrings/login.keyring",
    "/home/anna/.config/google-chrome/Default/Login Data",
    "/home/anna/snap/firefox/common/x",
    "/Users/anna/Library/Application Support/Google/Chrome/Default/History",
    "/Users/anna/Library/Keychains/login.keychain-db",
    "C:\\Users\\Anna\\AppData\\Local\\Google\\Chrome\\User Data",
    "/home/anna/project/.env",
    "/home/anna/project/.env.production",
    "/home/anna/project/prod.env",
    "/home/anna/project/secrets.yaml",
    "/home/anna/project/id_rsa",
    "/home/anna/project/id_ed25519.old",
    "/home/anna/project/server.pem",
    "/home/anna/Passwords.KDBX",
    "/home/anna/.bash_history",
    "/home/anna/.aws/credentials",
    "/home/anna/.git-credentials",
    "/home/anna/.config/gh/hosts.yml",
    "/etc/shadow",
    "/proc/self/environ",
    "/dev/sda",
    "/run/secrets/key",
    "/home/anna/.config/Parley/settings.json",
    "/home/anna/.CONFIG/parley/logs/x",
  ])("is %s", (path) => {
    expect(isForbidden(path, ["/home/anna/.config/Parley"])).toBe(true);
  });

  it.each([
    "/home/anna/Documents/plan.txt",
    "/home/anna/Documents/Signal processing/notes.txt",
    "/home/anna/Recipes/Cookies/chocolate.md",
    "/home/anna/src/chromium/README.md",
    "/home/anna/photos/id_card.txt",
    "/home/anna/ansible/hosts.yml",
    "/home/anna/environment.md",
    "/home/anna/The secret garden.txt",
    "/home/anna/.config/Parley-notes/a.md",
    "/home/anna/Talk.key",
    "/run/media/anna/USB/plan.txt",
    "/srv/device/plan.txt",
    "C:\\Users\\Anna\\Documents\\plan.txt",
  ])("is not %s", (path) => {
    expect(isForbidden(path, ["/home/anna/.config/Parley"])).toBe(false);
  });
});
