/** Owns the proof that `mcp.json` is written whole or not at all, stays where it is kept, and is noticed when it changes. */
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readConfigText, watchConfig, writeConfigText } from "../../../electron/main/mcp/config-file.ts";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mcp-file-"));
  path = join(folder, "mcp.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("a file that is not there is an empty text", () => {
  expect(readConfigText(path)).toEqual({ kind: "text", text: "" });
});

it("a text is kept to the letter, for its user alone, with nothing beside it", () => {
  const text = "// “mine”\r\n{ }\n";
  expect(writeConfigText(path, text)).toBeNull();
  expect(readConfigText(path)).toEqual({ kind: "text", text });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(["mcp.json"]);
});

it("a link to a file that is kept elsewhere stays one", () => {
  const elsewhere = join(folder, "dotfiles.json");
  writeFileSync(elsewhere, "{}");
  symlinkSync(elsewhere, path);
  expect(writeConfigText(path, "{ }")).toBeNull();
  expect(lstatSync(path).isSymbolicLink()).toBe(true);
  expect(readFileSync(elsewhere, "utf8")).toBe("{ }");
});

describe("what cannot be read or written", () => {
  it("is told by its code, and leaves what was there", () => {
    mkdirSync(path);
    expect(readConfigText(path)).toEqual({ kind: "unreadable", code: "EINVAL" });
    expect(writeConfigText(path, "{}")).toMatch(/^E[A-Z]+$/);
    expect(readdirSync(folder)).toEqual(["mcp.json"]);
    expect(writeConfigText(join(folder, "not/there.json"), "{}")).toBe("ENOENT");
  });

  it("is also what is far too large", () => {
    writeFileSync(path, " ".repeat(1_000_001));
    expect(readConfigText(path)).toEqual({ kind: "unreadable", code: "EFBIG" });
  });
});

it("a change from outside is noticed once, also when an editor puts a new file in its place", async () => {
  let changes = 0;
  let unwatch = (): void => undefined;
  const noticed = (): Promise<void> =>
    new Promise((resolve) => {
      unwatch = watchConfig(path, () => {
        changes += 1;
        resolve();
      });
    });
  const first = noticed();
  writeFileSync(path, "{}");
  writeFileSync(path, "{ }");
  await first;
  expect(changes).toBe(1);
  unwatch();
  const second = noticed();
  writeFileSync(join(folder, "mcp.json~"), "{  }");
  renameSync(join(folder, "mcp.json~"), path);
  await second;
  expect(changes).toBe(2);
  unwatch();
});

it("a change of the file that a link leads to is noticed, also of one that it leads to later", async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), "dotfiles-"));
  try {
    for (const name of ["one.json", "two.json"]) writeFileSync(join(elsewhere, name), "{}");
    symlinkSync(join(elsewhere, "one.json"), path);
    let noticed = (): void => undefined;
    const nextChange = (): Promise<void> =>
      new Promise((resolve) => {
        noticed = resolve;
      });
    const unwatch = watchConfig(path, () => noticed());
    const first = nextChange();
    writeFileSync(join(elsewhere, "one.json"), "{ }");
    await first;
    const second = nextChange();
    symlinkSync(join(elsewhere, "two.json"), join(folder, "mcp.json~"));
    renameSync(join(folder, "mcp.json~"), path);
    await second;
    const third = nextChange();
    writeFileSync(join(elsewhere, "two.json"), "{ }");
    await third;
    unwatch();
    expect(readConfigText(path)).toEqual({ kind: "text", text: "{ }" });
  } finally {
    rmSync(elsewhere, { recursive: true, force: true });
  }
});
