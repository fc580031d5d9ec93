/** Owns the tools for notes: Markdown files in a folder of the person's choice. It never changes one that is there. */
import { basename, isAbsolute } from "node:path";
import { z } from "zod";
import { errorCode } from "../../log.ts";
import { builtInTool } from "../built-in-tool.ts";
import { oneLine } from "../one-line.ts";
import { ToolFailure, type JsonObject, type Tool } from "../tool.ts";
import { dayOf, noteContent, titleFromText } from "./note-file.ts";
import { createNote, deleteUnchanged, listNotes, readNote, type NoteFile } from "./note-folder.ts";
import { holds, snippet, wordsOf } from "./note-search.ts";

const longestTitle = 200;
const longestText = 50_000;
const mostFiles = 5_000;
/** Of each note; what is longer is searched to here. */
const searchedBytes = 512 * 1024;
const searchBoundMs = 8_000;
const mostFound = 6;
/** Shared by what is found, so that one note is told at length and six in a line or two each. */
const shownChars = 1_500;

const noteParameters = z.object({
  title: z.string().max(longestTitle).optional().describe("A few words; left out, the text's beginning."),
  text: z.string().trim().min(1).max(longestText).describe("The whole note, in Markdown where that helps."),
});

const searchParameters = z.object({
  query: z
    .string()
    .max(200)
    .optional()
    .describe("Words that have to be in the note or its title. Left out: the newest notes."),
});

export interface NotesOptions {
  /** Absolute; it need not exist yet. */
  readonly folder: () => string;
  readonly now: () => Date;
  /** Goes only forward. */
  readonly monotonicMs: () => number;
}

export function noteTools({ folder, now, monotonicMs }: NotesOptions): readonly Tool[] {
  const obstacle = (): string | null =>
    isAbsolute(folder()) ? null : "The folder for notes is not a whole path. Choose one in the settings.";

  return [
    builtInTool({
      name: "add_note",
      title: "Write a note",
      description:
        "Writes a new note into the user's notes folder, as a file of its own. Use it when the user wants something written down, noted or remembered.",
      risk: "write",
      parameters: noteParameters,
      timeBoundMs: 10_000,
      obstacle,
      summarize: (args) => titleOf(args),
      lines: (args) => [
        { label: "New note", text: titleOf(args) },
        { label: "In", text: folder() },
        { label: "Text", text: noteContent("", args.text).trimEnd() },
      ],
      pattern: () => ({ text: `notes in ${folder()}`, words: `adding notes to ${folder()}` }),
      async run(args, { commit }) {
        const content = noteContent(oneLine(args.title ?? ""), args.text);
        const note = { title: titleOf(args), content, at: now() };
        const path = await createNote(folder(), note, commit).catch((error: unknown) => {
          throw new ToolFailure(`The note could not be written: ${reasonOf(error)}`, { cause: error });
        });
        return {
          output: { file: basename(path) },
          summary: basename(path),
          async undo() {
            if (await deleteUnchanged(path, content)) return;
            throw new ToolFailure("The note has been changed or moved since, so it stays.");
          },
        };
      },
    }),
    builtInTool({
      name: "search_notes",
      title: "Search the notes",
      description:
        "Searches the user's notes by words and tells the newest that have all of them, with the text around. Without words it tells the newest notes. One that is found alone is told at length.",
      risk: "private-read",
      parameters: searchParameters,
      timeBoundMs: searchBoundMs + 4_000,
      obstacle,
      summarize: ({ query }) => oneLine(query ?? ""),
      lines: ({ query }) => [
        { label: "Search for", text: query ?? "the newest notes" },
        { label: "In", text: folder() },
      ],
      pattern: () => ({ text: `notes in ${folder()}`, words: `searching the notes in ${folder()}` }),
      async run({ query = "" }, { signal, progress }) {
        const root = folder();
        const { files, isCut } = await listNotes(root, mostFiles, signal).catch((error: unknown) => {
          if (errorCode(error) === "ENOENT") return { files: [], isCut: false };
          throw new ToolFailure(`The notes cannot be read: ${reasonOf(error)}`, { cause: error });
        });
        const words = wordsOf(query);
        const found: { readonly file: NoteFile; readonly text: string }[] = [];
        const endMs = monotonicMs() + searchBoundMs;
        let looked = 0;
        for (const file of files) {
          if (signal.aborted || found.length > mostFound || monotonicMs() > endMs) break;
          looked += 1;
          if (looked % 200 === 0) progress(`${looked} of ${files.length} notes`);
          const text = await readNote(root, file.path, searchedBytes);
          if (text !== null && holds(`${file.name}\n${text}`, words)) found.push({ file, text });
        }
        const shown = found.slice(0, mostFound);
        const each = Math.floor(shownChars / Math.max(shown.length, 1));
        return {
          output: {
            notes: shown.map(({ file, text }) => ({
              file: file.name,
              changed: dayOf(new Date(file.changedAtMs)),
              text: snippet(text, words, each),
            })),
            ...rest({ isMore: found.length > mostFound, isCut: isCut || looked < files.length, looked }),
          },
          summary: `${found.length > mostFound ? `more than ${mostFound}` : found.length} found`,
          source: "notes",
        };
      },
    }),
  ];
}

function rest({
  isMore,
  isCut,
  looked,
}: {
  readonly isMore: boolean;
  readonly isCut: boolean;
  readonly looked: number;
}): JsonObject {
  if (isMore) return { note: "There are older ones that fit: more words find fewer notes." };
  return isCut ? { note: `Only the newest ${looked} notes were searched.` } : {};
}

const titleOf = ({ title = "", text }: z.infer<typeof noteParameters>): string =>
  oneLine(title) === "" ? titleFromText(text) : oneLine(title);

/** What a person can do about it. */
function reasonOf(error: unknown): string {
  const code = errorCode(error);
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return "the disk is full.";
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return "Parley may not use the folder for notes.";
    case "ENOTDIR":
      return "the folder for notes is a file.";
    case "EEXIST":
      return "every name for it is taken. Choose another title.";
    default:
      return `the system reports ${code}.`;
  }
}
