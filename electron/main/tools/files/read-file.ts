/**
 * Owns the tool that reads a text file: which files are text, how much of one the model is given. Which files may be
 * read at all is readable-place.ts. It never writes, and never reads a file that has a second name elsewhere.
 */
import type { FileHandle } from "node:fs/promises";
import { basename } from "node:path";
import { z } from "zod";
import { parseArguments, schemaOf } from "../built-in-tool.ts";
import { excerptNote, excerptOf } from "../excerpt.ts";
import { ToolFailure, type Tool, type ToolResult, type ToolUse } from "../tool.ts";
import { decodePage } from "../web/charset.ts";
import { folderObstacle } from "./folder-obstacle.ts";
import { holdsKey } from "./forbidden-path.ts";
import { findPlace, openPlace, type PlacePorts } from "./readable-place.ts";

/** A book is 1 MB. What is larger is data. */
const largestBytes = 8 * 1024 * 1024;
/** Some thousand words: two minutes of reading aloud. */
const longestPartChars = 6_000;

const parameters = z.object({
  path: z
    .string()
    .min(1)
    .max(4_096)
    .describe("Path of the file as find_files told it, or below one of the chosen folders."),
  offset: z
    .int()
    .min(0)
    .max(largestBytes)
    .default(0)
    .describe("Where to go on in a long file: the offset that the last call named."),
});

export function readFile(ports: PlacePorts): Tool {
  return {
    name: "read_file",
    title: "Read a file",
    description:
      "Reads a text file in the folders that the user has chosen. Use it when the user asks what is in a file; find_files finds its path.",
    origin: { kind: "built-in" },
    risk: "private-read",
    schema: schemaOf(parameters),
    timeBoundMs: 10_000,
    obstacle: () => folderObstacle(ports),
    prepare: (raw) => prepare(parseArguments(parameters, raw), ports),
  };
}

const notThere = "There is no such file in the folders that may be read. Find it with find_files first.";

/** The real path is what the person sees, and what is opened. */
async function prepare({ path, offset }: z.infer<typeof parameters>, ports: PlacePorts): Promise<ToolUse> {
  const real = await findPlace(path, ports);
  if (real === null) throw new ToolFailure(notThere);
  return {
    summary: basename(real),
    lines: [
      { label: "File", text: real },
      ...(offset === 0 ? [] : [{ label: "From character", text: String(offset) }]),
    ],
    thumbnail: null,
    risk: "private-read",
    pattern: { text: real, words: "this file" },
    run: () => run(real, offset, ports),
  };
}

async function run(real: string, offset: number, ports: PlacePorts): Promise<ToolResult> {
  // Since the question the folders may be other ones, and the file may be.
  if ((await findPlace(real, ports)) !== real) throw new ToolFailure(notThere);
  const handle = await openPlace(real, "file");
  if (handle === null) throw new ToolFailure(notThere);
  let bytes: Buffer;
  try {
    bytes = await read(handle);
  } finally {
    await handle.close();
  }
  if (isBinary(bytes)) throw new ToolFailure(`${basename(real)} is no text.`);
  const text = decodePage(bytes, "", false);
  if (holdsKey(real, text)) throw new ToolFailure("The file holds a key, which is never read.");
  if (offset > 0 && offset >= text.length) {
    throw new ToolFailure(`The file has ${text.length} characters: there is nothing at offset ${offset}.`);
  }
  const part = excerptOf(text, offset, longestPartChars);
  const note = excerptNote(part);
  return {
    output: {
      path: real,
      text: part.text,
      ...(part.nextOffset === null ? {} : { next_offset: part.nextOffset }),
      ...(note === "" ? {} : { note }),
    },
    summary: basename(real),
    source: `file ${basename(real)}`,
  };
}

async function read(handle: FileHandle): Promise<Buffer> {
  const found = await handle.stat();
  if (!found.isFile()) throw new ToolFailure("That is no file.");
  // The other name may be one that must not be read, and nobody can tell.
  if (found.nlink > 1)
    throw new ToolFailure("The file has a second name elsewhere (a hard link), so it is not read.");
  if (found.size > largestBytes) throw new ToolFailure("The file is larger than 8 MB, so it is not read.");
  // Not to the end: it may grow meanwhile.
  const bytes = Buffer.alloc(found.size);
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

/** How much of a file is looked at to tell text from data. */
const lookedAtBytes = 64 * 1024;

function isBinary(bytes: Buffer): boolean {
  const head = bytes.subarray(0, lookedAtBytes);
  const isWide = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  if (isWide) return false;
  if (head.includes(0) || head.toString("latin1", 0, 5) === "%PDF-") return true;
  // Tab, line ends, page ends and the escapes of coloured logs are in texts too.
  const controls = head.reduce((sum, byte) => sum + (byte < 32 && !layout.has(byte) ? 1 : 0), 0);
  return controls > head.length / 50;
}
const layout = new Set([9, 10, 12, 13, 27]);
