/**
 * Owns `actions.jsonl` in the profile: what each tool call was and came to, only ever added to. It holds no arguments
 * and no results. What the disk does not take is still listed until the app quits.
 */
import { appendFileSync, readFileSync, renameSync, statSync } from "node:fs";
import { z } from "zod";
import type { ActionEntry } from "../../../shared/tools.ts";
import { errorCode, type Log } from "../log.ts";

/** Some 8,000 calls; then it goes on in a new file, and the one before is kept. */
const largestFileBytes = 4 * 1024 * 1024;
/** More are not read by anybody. */
const listedEntries = 500;

const storedEntry = z.object({
  atMs: z.number(),
  turnId: z.string(),
  // Lines of earlier versions have none.
  callId: z.string().default(""),
  tool: z.string(),
  title: z.string(),
  server: z.string().nullable(),
  argumentHash: z.string(),
  decision: z.enum([
    "harmless",
    "asked-for",
    "granted-session",
    "granted-always",
    "allowed-click",
    "allowed-key",
    "allowed-voice",
    "denied",
    "unanswered",
    "refused",
  ]),
  outcome: z.enum(["started", "done", "failed", "stopped", "not-run"]),
  resultBytes: z.number(),
  durationMs: z.number(),
});

export interface ActionLog {
  add(entry: ActionEntry): void;
  /** Newest first, one for each call: how it ended, as soon as that is known. */
  list(): readonly ActionEntry[];
}

export function openActionLog(path: string, log: Log): ActionLog {
  const previous = `${path}.1`;
  let recent = onePerCall([...readEntries(previous), ...readEntries(path)]);

  function readEntries(from: string): readonly ActionEntry[] {
    let text: string;
    try {
      text = readFileSync(from, "utf8");
    } catch (error) {
      if (errorCode(error) !== "ENOENT") log.warn("actions-unreadable", { code: errorCode(error) });
      return [];
    }
    return text.split("\n").flatMap((line) => {
      const entry = readEntry(line);
      return entry === null ? [] : [entry];
    });
  }

  return {
    add(entry) {
      recent = onePerCall([...recent, entry]);
      try {
        if (sizeOf(path) > largestFileBytes) renameSync(path, previous);
        // A line that a crash cut off before must not swallow this one.
        appendFileSync(path, `\n${JSON.stringify(entry)}`, { mode: 0o600 });
      } catch (error) {
        log.error("action-not-written", { code: errorCode(error) });
      }
    },
    list: () => recent.toReversed(),
  };
}

/** @param entries oldest first. The end of a call stands for its start. */
function onePerCall(entries: readonly ActionEntry[]): readonly ActionEntry[] {
  const keyOf = ({ turnId, callId }: ActionEntry): string => `${turnId} ${callId}`;
  const ended = new Set(entries.filter(({ outcome }) => outcome !== "started").map(keyOf));
  return entries
    .filter((entry) => entry.outcome !== "started" || !ended.has(keyOf(entry)))
    .slice(-listedEntries);
}

function readEntry(line: string): ActionEntry | null {
  if (line === "") return null;
  try {
    const parsed = storedEntry.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : null;
  } catch {
    // Cut off by a crash: there is nothing in it to read.
    return null;
  }
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
