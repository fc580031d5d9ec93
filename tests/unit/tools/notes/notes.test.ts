/** Owns the proof that notes are written whole, never over another, and searched without leaving their folder. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { noteFileName } from "../../../../electron/main/tools/notes/note-file.ts";
import { readNote } from "../../../../electron/main/tools/notes/note-folder.ts";
import { snippet, wordsOf } from "../../../../electron/main/tools/notes/note-search.ts";
import { noteTools } from "../../../../electron/main/tools/notes/note-tools.ts";
import type { ToolOutcome } from "../../../../electron/main/tools/run-tool.ts";
import { callTool, prepareTool, runStopped } from "../../../support/call-tool.ts";

const now = new Date(2026, 10, 23, 14, 5);
let base = "";
let folder = "";
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "parley-notes-"));
  folder = join(base, "Documents", "Parley Notes");
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const tool = (name: string, at = folder) => {
  const tools = noteTools({ folder: () => at, now: () => now, monotonicMs: () => performance.now() });
  const found = tools.find((one) => one.name === name);
  if (found === undefined) throw new Error(`There is no tool ${name}.`);
  return found;
};
const add = (args: unknown, at?: string): Promise<ToolOutcome> => callTool(tool("add_note", at), args);

interface Found {
  readonly source: string;
  readonly data: {
    readonly notes: readonly { readonly file: string; readonly changed: string; readonly text: string }[];
    readonly note?: string;
  };
}
const search = async (query?: string): Promise<Found> =>
  JSON.parse((await callTool(tool("search_notes"), query === undefined ? {} : { query })).output) as Found;

/** @param ageHours how long ago it was changed. */
function write(name: string, text: string, ageHours = 0): string {
  const path = join(folder, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, text);
  const at = new Date(now.getTime() - ageHours * 3_600_000);
  utimesSync(path, at, at);
  return path;
}

describe("add_note", () => {
  it("leaves nothing behind when it is stopped before the note has its name", async () => {
    await expect(runStopped(tool("add_note"), { text: "milk" })).rejects.toThrow("could not be written");
    expect(readdirSync(folder)).toEqual([]);
  });

  it("writes a Markdown file with the title and the text, into a folder that it makes", async () => {
    const outcome = await add({ title: "Shopping", text: "- milk\r\n- bread\n" });
    expect(outcome).toMatchObject({ kind: "done", summary: "2026-11-23 Shopping.md", isForeign: false });
    expect(readdirSync(folder)).toEqual(["2026-11-23 Shopping.md"]);
    expect(readFileSync(join(folder, "2026-11-23 Shopping.md"), "utf8")).toBe(
      "# Shopping\n\n- milk\n- bread\n",
    );
  });

  it("names one without a title by its beginning", async () => {
    expect((await add({ text: "Call the plumber\nabout the tap" })).summary).toBe(
      "2026-11-23 Call the plumber about the tap.md",
    );
  });

  it("never writes over another, even when many come at once", async () => {
    write("2026-11-23 Ideas.md", "mine");
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, (_, index) => add({ title: "Ideas", text: `idea ${index}` })),
    );
    expect(new Set(outcomes.map(({ summary }) => summary)).size).toBe(12);
    expect(readFileSync(join(folder, "2026-11-23 Ideas.md"), "utf8")).toBe("mine");
    const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
    expect(texts.filter((text) => text.startsWith("# Ideas\n\nidea "))).toHaveLength(12);
    // Nothing half-made is left.
    expect(texts).toHaveLength(13);
  });

  it("follows no link that stands where the note would be", async () => {
    const outside = join(base, "outside.txt");
    mkdirSync(folder, { recursive: true });
    symlinkSync(outside, join(folder, "2026-11-23 Ideas.md"));
    expect((await add({ title: "Ideas", text: "x" })).summary).toBe("2026-11-23 Ideas (2).md");
    expect(existsSync(outside)).toBe(false);
  });

  it("is undone by deleting it, but not when it was changed", async () => {
    const first = await add({ title: "One", text: "x" });
    await first.undo?.();
    expect(readdirSync(folder)).toEqual([]);
    await expect(first.undo?.()).rejects.toThrow("changed or moved");

    const second = await add({ title: "Two", text: "x" });
    const path = join(folder, second.summary);
    writeFileSync(path, `${readFileSync(path, "utf8")}more`);
    await expect(second.undo?.()).rejects.toThrow("so it stays");
    expect(existsSync(path)).toBe(true);

    const third = await add({ title: "Three", text: "x" });
    const elsewhere = join(base, "elsewhere.md");
    renameSync(join(folder, third.summary), elsewhere);
    symlinkSync(elsewhere, join(folder, third.summary));
    await expect(third.undo?.()).rejects.toThrow("so it stays");
    expect(existsSync(elsewhere)).toBe(true);
  });

  it("shows the whole text before, and is allowed for this folder only", async () => {
    const text = `${"word ".repeat(2_000)}end`;
    const prepared = await prepareTool(tool("add_note"), { title: "Long", text });
    const other = await prepareTool(tool("add_note", join(base, "other")), { title: "Long", text });
    expect(prepared).toMatchObject({
      use: {
        risk: "write",
        lines: [
          { label: "New note", text: "Long" },
          { label: "In", text: folder },
          { label: "Text", text },
        ],
      },
    });
    expect(existsSync(folder)).toBe(false);
    expect(prepared.kind === "ready" && prepared.use.pattern?.text).not.toBe(
      other.kind === "ready" && other.use.pattern?.text,
    );
  });

  it("says what keeps it from being written", async () => {
    writeFileSync(join(base, "file"), "");
    const outcome = await add({ text: "x" }, join(base, "file"));
    expect(outcome).toMatchObject({ kind: "failed" });
    expect(outcome.summary).toMatch(/^The note could not be written: .+\.$/);
    expect((await add({ text: "  \n" })).summary).toContain("do not fit");
  });

  it("cannot be used with a folder that is no whole path", () => {
    expect(tool("add_note", "notes").obstacle()).toContain("Choose one in the settings");
    expect(tool("add_note").obstacle()).toBeNull();
  });
});

describe("the name of a note", () => {
  it.each([
    ["Shopping", "2026-11-23 Shopping.md"],
    ["../../.ssh/authorized_keys", "2026-11-23 .. .. .ssh authorized_keys.md"],
    ['a<b>c:d"e/f\\g|h?i*j', "2026-11-23 a b c d e f g h i j.md"],
    ["CON", "2026-11-23 CON.md"],
    ["ends in dots...", "2026-11-23 ends in dots.md"],
    ["\u202Egnp.exe\u0000", "2026-11-23 gnp.exe.md"],
    [" \u200B ", "2026-11-23 Note.md"],
    ["Schöne Grüße 漢字 🎉", "2026-11-23 Schöne Grüße 漢字 🎉.md"],
  ])("%j is %s", (title, name) => {
    expect(noteFileName(title, now)).toBe(name);
  });

  it("fits every file system, and cuts no character in two", () => {
    for (const part of ["x", "ü", "漢", "👨‍👩‍👧‍👦", "e\u0301"]) {
      const name = noteFileName(part.repeat(200), now, 150);
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
      expect(name).toMatch(/^2026-11-23 .+ \(150\)\.md$/);
      expect(Buffer.from(name).toString()).toBe(name);
      expect(name).not.toMatch(/\u200D…/u);
    }
  });
});

describe("search_notes", () => {
  it("finds what has all the words, newest first, as data of another origin", async () => {
    write("old.md", "Milk and Brot for the Müller party", 48);
    write("sub/new.md", "Ask Mueller. Party: MUELLER, müller, brot", 1);
    write("other.md", "brot", 2);
    const { source, data } = await search("BROT muller");
    expect(source).toBe("notes");
    expect(data.notes).toEqual([
      {
        file: "sub/new.md",
        changed: "2026-11-23",
        text: "Ask Mueller. Party: MUELLER, müller, brot",
      },
      { file: "old.md", changed: "2026-11-21", text: "Milk and Brot for the Müller party" },
    ]);
  });

  it("finds words in the title, and the newest without words", async () => {
    write("Holiday in Rome.md", "flight at nine", 5);
    write("Work.md", "meeting", 1);
    expect((await search("rome")).data.notes.map(({ file }) => file)).toEqual(["Holiday in Rome.md"]);
    expect((await search()).data.notes.map(({ file }) => file)).toEqual(["Work.md", "Holiday in Rome.md"]);
  });

  it("finds nothing where there is nothing, and no folder", async () => {
    expect((await search("x")).data.notes).toEqual([]);
    write("a.md", "y");
    expect((await search("x")).data).toEqual({ notes: [] });
  });

  it("fits a voice answer, however much there is, and says that there is more", async () => {
    for (let count = 0; count < 40; count += 1)
      write(`note ${count}.md`, `${"filler ".repeat(500)}needle ${"filler ".repeat(500)}`, count);
    const { data } = await search("needle");
    expect(data.notes).toHaveLength(6);
    expect(data.notes.every(({ text }) => text.includes("needle"))).toBe(true);
    expect(data.note).toContain("older ones");
    expect(JSON.stringify(data).length).toBeLessThan(2_400);
  });

  it("tells one that is found alone at length", async () => {
    write("a.md", `needle ${"word ".repeat(1_000)}`);
    expect((await search("needle")).data.notes[0]?.text.length).toBeGreaterThan(1_200);
  });

  it("leaves the folder by no link, opens no pipe, and reads nothing hidden or of another kind", async () => {
    const outside = join(base, "secrets");
    mkdirSync(outside);
    writeFileSync(join(outside, "secret.md"), "needle");
    write("own.md", "needle");
    write(".hidden.md", "needle");
    write(".git/config.md", "needle");
    write("key.pem", "needle");
    symlinkSync(join(outside, "secret.md"), join(folder, "link.md"));
    symlinkSync(outside, join(folder, "linked"));
    symlinkSync(folder, join(folder, "loop"));
    expect((await search("needle")).data.notes.map(({ file }) => file)).toEqual(["own.md"]);
  });

  it("does not follow a folder that becomes a link between listing and reading", async () => {
    const outside = join(base, "secrets");
    mkdirSync(outside);
    writeFileSync(join(outside, "a.md"), "secret");
    const path = write("sub/a.md", "mine");
    expect(await readNote(folder, path, 100)).toBe("mine");
    renameSync(join(folder, "sub"), join(folder, "was"));
    symlinkSync(outside, join(folder, "sub"));
    expect(await readNote(folder, path, 100)).toBeNull();
  });

  it("may be a link itself: the person chose it", async () => {
    write("a.md", "needle");
    const chosen = join(base, "chosen");
    symlinkSync(folder, chosen);
    const outcome = await callTool(tool("search_notes", chosen), { query: "needle" });
    expect(outcome.summary).toBe("1 found");
  });

  it("stops when it is told to", async () => {
    write("a.md", "needle");
    const stop = new AbortController();
    const searching = callTool(tool("search_notes"), { query: "x" }, { signal: stop.signal });
    stop.abort();
    expect((await searching).kind).toBe("stopped");
  });

  it("is asked for: notes are private", () => {
    expect(tool("search_notes").risk).toBe("private-read");
  });
});

describe("what is shown of a note", () => {
  it("is one line around the first word", () => {
    const text = `${"before ".repeat(40)}The Größe matters ${"after ".repeat(40)}`;
    const shown = snippet(text, wordsOf("grosse größe"), 80);
    expect(shown.length).toBeLessThanOrEqual(80);
    expect(shown).toMatch(/^…before .*The Größe matters.*…$/);
  });

  it.each(["🎉", "👨‍👩‍👧‍👦", "漢", "ﬃ"])("cuts no %s in two", (character) => {
    for (let longest = 20; longest < 40; longest += 1) {
      const shown = snippet(`${character.repeat(60)} needle ${character.repeat(60)}`, ["needle"], longest);
      expect(Buffer.from(shown).toString()).toBe(shown);
      expect(shown.length).toBeLessThanOrEqual(longest);
    }
  });
});
