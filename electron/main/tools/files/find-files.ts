/**
 * Owns the tool that finds files by their names: where it looks, for how long, and what it tells of what it found. It
 * follows no link, looks into nothing hidden, and reads no file.
 */
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { builtInTool } from "../built-in-tool.ts";
import type { Tool, ToolContext } from "../tool.ts";
import { folderObstacle } from "./folder-obstacle.ts";
import { isForbidden } from "./forbidden-path.ts";
import { listingPath, openPlace, realFolders, type PlacePorts } from "./readable-place.ts";

/** Deeper, there is what programs have put there. */
const deepestLevel = 12;
const mostNames = 300_000;
const searchBoundMs = 8_000;
/** More than anybody wants to hear; the newest of them are told. */
const mostFound = 2_000;
const toldFiles = 20;
/** How often the card says how far it is. */
const toldNames = 2_000;

const parameters = z.object({
  name: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .describe(
      "Words that all occur in the file's name, in any order and case, such as “invoice march .pdf”.",
    ),
});

export function findFiles(ports: PlacePorts): Tool {
  return builtInTool({
    name: "find_files",
    title: "Find files",
    description:
      "Finds files by words in their names, newest first, in the folders that the user has chosen. Use it when the user looks for a file or before reading one.",
    risk: "private-read",
    parameters,
    timeBoundMs: searchBoundMs + 4_000,
    summarize: ({ name }) => name,
    obstacle: () => folderObstacle(ports),
    async run({ name }, context) {
      const search = await searchFor(wordsOf(name), ports, context);
      const newest = search.found.toSorted((one, other) => other.modifiedMs - one.modifiedMs);
      const told = newest.slice(0, toldFiles);
      const notes = [
        newest.length > told.length ? `These are the newest ${told.length} of ${newest.length}.` : "",
        search.isComplete ? "" : "There was too much to look through: not all folders were searched.",
      ].filter((note) => note !== "");
      return {
        output: {
          files: told.map(({ path, bytes, modified }) => ({ path, bytes, modified })),
          ...(notes.length === 0 ? {} : { note: notes.join(" ") }),
        },
        summary: newest.length === 1 ? "1 file" : `${newest.length} files`,
        ...(told.length === 0 ? {} : { source: "names of files" }),
      };
    },
  });
}

const plain = (text: string): string => text.normalize("NFC").toLowerCase();
const wordsOf = (name: string): readonly string[] => plain(name).split(/\s+/);

interface FoundFile {
  readonly path: string;
  readonly bytes: number;
  readonly modified: string;
  readonly modifiedMs: number;
}

interface Search {
  readonly found: readonly FoundFile[];
  readonly isComplete: boolean;
}

async function searchFor(
  words: readonly string[],
  { readableFolders, ownFolders }: PlacePorts,
  { signal, progress }: ToolContext,
): Promise<Search> {
  const own = [...ownFolders, ...(await realFolders(ownFolders))];
  const untilMs = performance.now() + searchBoundMs;
  const found = new Map<string, FoundFile>();
  const seen = new Set<string>();
  let looked = 0;
  // Level by level: what is near the top is what a person put there.
  let level = await realFolders(readableFolders());
  for (let depth = 0; level.length > 0 && depth <= deepestLevel; depth += 1) {
    const below: string[] = [];
    for (const folder of level) {
      if (seen.has(folder) || isForbidden(folder, own)) continue;
      seen.add(folder);
      const isOver = looked > mostNames || found.size >= mostFound || performance.now() > untilMs;
      if (isOver || signal.aborted) return { found: [...found.values()], isComplete: false };
      const { names, folders, files } = await look(folder, words);
      for (const name of folders) below.push(join(folder, name));
      for (const file of files) {
        const path = join(folder, file.name);
        if (!isForbidden(path, own)) found.set(path, { ...file, path });
      }
      const before = looked;
      looked += names;
      if (Math.floor(before / toldNames) < Math.floor(looked / toldNames)) {
        progress(`Looked at ${looked} names, found ${found.size}`);
      }
    }
    level = below;
  }
  return { found: [...found.values()], isComplete: level.length === 0 };
}

interface Looked {
  /** How many there are, wanted or not. */
  readonly names: number;
  readonly folders: readonly string[];
  readonly files: readonly (Omit<FoundFile, "path"> & { readonly name: string })[];
}

const nothing: Looked = { names: 0, folders: [], files: [] };

/** What is in a folder and not hidden. One that cannot be read, or is not the one any more, has nothing in it. */
async function look(folder: string, words: readonly string[]): Promise<Looked> {
  const handle = await openPlace(folder, "folder");
  if (handle === null) return nothing;
  try {
    return await list(listingPath(handle, folder), words);
  } finally {
    await handle.close();
  }
}

async function list(place: string, words: readonly string[]): Promise<Looked> {
  const entries = await readdir(place, { withFileTypes: true }).catch(() => []);
  // A name that is no text could not be opened by what we would tell.
  const shown = entries.filter(({ name }) => !name.startsWith(".") && !name.includes("\ufffd"));
  const folders = shown.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const wanted = shown.filter((entry) => entry.isFile() && isWanted(entry.name, words));
  const files = await Promise.all(wanted.map(({ name }) => describe(place, name)));
  return { names: entries.length, folders, files: files.filter((file) => file !== null) };
}

function isWanted(name: string, words: readonly string[]): boolean {
  const text = plain(name);
  return words.every((word) => text.includes(word));
}

async function describe(place: string, name: string): Promise<Looked["files"][number] | null> {
  const found = await lstat(join(place, name)).catch(() => null);
  if (found === null || !found.isFile()) return null;
  const modified = found.mtime.toISOString().slice(0, 16);
  return { name, bytes: found.size, modified, modifiedMs: found.mtimeMs };
}
