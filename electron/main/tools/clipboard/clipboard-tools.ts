/** Owns the tools for the clipboard. It is looked at only within a call, and what was there can be had back. */
import { z } from "zod";
import { builtInTool } from "../built-in-tool.ts";
import { oneLine, shortened } from "../one-line.ts";
import { ToolFailure, type JsonObject, type Tool } from "../tool.ts";
import type { ClipboardPort } from "./clipboard-port.ts";

const boundMs = 5_000;
/** More than this is no voice answer; the rest is had by asking on. */
const shownChars = 1_600;
const mostFilesShown = 20;
const longestText = 100_000;

const readParameters = z.object({
  from: z
    .int()
    .min(0)
    .optional()
    .describe("Where in a long text to begin, in characters, as an earlier call has told."),
});

const writeParameters = z.object({
  text: z.string().min(1).max(longestText).describe("The text, exactly as it is to be pasted."),
});

export const clipboardTools = (clipboard: ClipboardPort): readonly Tool[] => [
  builtInTool({
    name: "clipboard_read",
    title: "Read the clipboard",
    description:
      "Reads the text that the user has copied. Use it when the user speaks of what they copied or of their clipboard.",
    risk: "private-read",
    parameters: readParameters,
    timeBoundMs: boundMs,
    summarize: () => "",
    lines: () => [{ label: "Read", text: "what is on the clipboard" }],
    pattern: () => ({ text: "clipboard", words: "reading the clipboard" }),
    async run({ from = 0 }) {
      const { text, files, picture } = await clipboard.read();
      const source = "clipboard";
      // Programs put the names of copied files there as text too; they are files all the same.
      if (files.length > 0) return { output: filesOutput(files), summary: countWords(files.length), source };
      if (text !== "") {
        const { shown, next } = part(text, from);
        return {
          output: {
            kind: "text",
            text: shown,
            characters: text.length,
            ...(next === null
              ? {}
              : { note: `It goes on: read again with from ${next} if the rest is needed.` }),
          },
          summary: `${text.length} characters`,
          source,
        };
      }
      if (picture !== null) {
        return {
          output: {
            kind: "image",
            ...picture,
            note: "A picture on the clipboard cannot be read by this tool.",
          },
          summary: `A picture, ${picture.width} × ${picture.height}`,
        };
      }
      return { output: { kind: "empty" }, summary: "Nothing that can be read" };
    },
  }),
  builtInTool({
    name: "clipboard_write",
    title: "Put text on the clipboard",
    description: "Puts text on the clipboard in place of what is there, for the user to paste.",
    risk: "write",
    parameters: writeParameters,
    timeBoundMs: boundMs,
    summarize: ({ text }) => shortened(oneLine(text), 80),
    lines: ({ text }) => [{ label: "Text", text }],
    async run({ text }, { commit }) {
      const restore = await clipboard.replace(text, commit);
      return {
        output: { characters: text.length },
        summary: `${text.length} characters`,
        async undo() {
          if ((await clipboard.read()).text !== text)
            throw new ToolFailure("Something else has been copied since, so it stays.");
          await restore();
        },
      };
    },
  }),
];

/** A part that ends between two characters, and where the next one begins; `null` at the end. */
function part(text: string, from: number): { readonly shown: string; readonly next: number | null } {
  const begin = isPairSplit(text, from) ? from - 1 : from;
  const end = begin + shownChars;
  if (end >= text.length) return { shown: text.slice(begin), next: null };
  const cut = isPairSplit(text, end) ? end - 1 : end;
  return { shown: text.slice(begin, cut), next: cut };
}

/** Is this place between the two halves of a character beyond the first 65,536? */
const isPairSplit = (text: string, at: number): boolean =>
  at > 0 && at < text.length && (text.codePointAt(at - 1) ?? 0) > 0xff_ff;

function filesOutput(files: readonly string[]): JsonObject {
  const shown = files.slice(0, mostFilesShown).map((name) => shortened(oneLine(name), 200));
  return {
    kind: "files",
    files: shown,
    ...(files.length > shown.length ? { not_listed: files.length - shown.length } : {}),
  };
}

const countWords = (count: number): string => (count === 1 ? "A file" : `${count} files`);
