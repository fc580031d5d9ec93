/** Owns the tools for timers and reminders. When one goes off is reminders.ts. */
import { z } from "zod";
import { builtInTool } from "../built-in-tool.ts";
import { oneLine } from "../one-line.ts";
import { ForeignFailure, ToolFailure, type JsonObject, type Tool, type Undo } from "../tool.ts";
import { isTimer, longestWords, type Reminder } from "./reminder.ts";
import { mostReminders, type Kept, type Reminders } from "./reminders.ts";
import { durationWords, isoHere, momentWords, parseMoment } from "./time-words.ts";

const yearMs = 366 * 24 * 3_600_000;
const longestTimerMs = yearMs;
const farthestReminderMs = 10 * yearMs;
/** A hundred would be more than anybody listens to, and more than an answer should hold. */
const mostListed = 20;

/** All of them are harmless and can be undone: one “always” is for all. */
const anyTimer = { text: "any timer", words: "setting timers and reminders" };
const boundMs = 5_000;

const words = z.string().max(longestWords).transform(oneLine);

const timerParameters = z.object({
  hours: z.number().min(0).max(8_784).optional(),
  minutes: z.number().min(0).max(527_040).optional(),
  seconds: z.number().min(0).max(31_622_400).optional(),
  label: words.optional().describe("What it is for, in a few of the user's own words, such as “pasta”."),
});

const reminderParameters = z.object({
  text: words.describe("What to remind the user of, in the user's own words."),
  at: z
    .string()
    .max(64)
    .describe(
      "When: ISO 8601 date and time such as 2026-03-01T18:00, in the user's time zone, or with an offset.",
    ),
});

const idParameters = z.object({ id: z.string().max(40).describe("The id, from list_reminders.") });

/** @param wallMs the date, in epoch milliseconds. */
export const reminderTools = (reminders: Reminders, wallMs: () => number): readonly Tool[] => [
  builtInTool({
    name: "set_timer",
    title: "Set a timer",
    description:
      "Sets a timer that rings and shows a notification when its time is over. Use it for anything that is to happen after a duration, such as “in ten minutes”. It survives a restart.",
    risk: "write",
    parameters: timerParameters,
    timeBoundMs: boundMs,
    summarize: (args) => withLabel(durationWords(durationOf(args)), args.label),
    lines: (args) => [
      { label: "Rings after", text: durationWords(durationOf(args)) },
      ...(args.label ? [{ label: "For", text: args.label }] : []),
    ],
    pattern: () => anyTimer,
    run(args) {
      const durationMs = durationOf(args);
      const kept = room(reminders.set({ kind: "timer", durationMs, words: args.label ?? "" }));
      return setResult(reminders, kept, durationWords(durationMs), wallMs());
    },
  }),
  builtInTool({
    name: "set_reminder",
    title: "Set a reminder",
    description:
      "Reminds the user of something at a date and time: it rings and shows a notification. Look up the current time first if you do not know it; for a duration from now use set_timer.",
    risk: "write",
    parameters: reminderParameters,
    timeBoundMs: boundMs,
    summarize: ({ at, text }) => withLabel(momentWords(momentOf(at, wallMs()), wallMs()), said(text)),
    lines: ({ at, text }) => [
      { label: "Reminds at", text: momentWords(momentOf(at, wallMs())) },
      { label: "Of", text: said(text) },
    ],
    pattern: () => anyTimer,
    run({ at, text }) {
      const kept = room(
        reminders.set({ kind: "reminder", dueAtMs: parseMoment(at) ?? wallMs(), words: text }),
      );
      return setResult(reminders, kept, momentWords(kept.reminder.dueAtMs, wallMs()), wallMs());
    },
  }),
  builtInTool({
    name: "list_reminders",
    title: "List timers and reminders",
    description:
      "Lists the timers and reminders that are set, soonest first, each with how long it has to go.",
    risk: "read",
    parameters: z.object({}),
    timeBoundMs: boundMs,
    summarize: () => "",
    run() {
      const all = reminders.list();
      const shown = all.slice(0, mostListed);
      const listed = shown.map((one) => ({
        ...entryOf(one.reminder),
        to_go: durationWords(one.leftMs),
      }));
      return {
        output: {
          now: isoHere(wallMs()),
          reminders: listed,
          ...(all.length > listed.length ? { not_listed: all.length - listed.length } : {}),
        },
        summary: all.length === 0 ? "None is set" : `${all.length} set`,
        ...sourceOf(shown.map(({ reminder }) => reminder)),
      };
    },
  }),
  builtInTool({
    name: "cancel_reminder",
    title: "Cancel a timer or reminder",
    description: "Cancels one timer or reminder by its id; list_reminders tells the ids.",
    risk: "write",
    parameters: idParameters,
    timeBoundMs: boundMs,
    summarize: ({ id }) => describe(found(reminders, id), wallMs()),
    lines: ({ id }) => {
      const reminder = found(reminders, id);
      return [{ label: isTimer(reminder) ? "Timer" : "Reminder", text: describe(reminder, wallMs()) }];
    },
    pattern: () => anyTimer,
    run({ id }) {
      const kept = reminders.cancel(id);
      if (kept === null) throw new ToolFailure("It does not wait any more.");
      const { reminder } = kept;
      return {
        output: { cancelled: entryOf(reminder), ...unsaved(kept) },
        summary: `Cancelled: ${describe(reminder, wallMs())}`,
        ...sourceOf([reminder]),
        undo() {
          const restored = reminders.restore(reminder);
          if (restored === null) throw new ToolFailure("Its time is over by now.");
          if (restored.problem !== null) throw onlyForNow("It waits again", restored.problem);
        },
      };
    },
  }),
];

function durationOf({ hours = 0, minutes = 0, seconds = 0 }: z.infer<typeof timerParameters>): number {
  const durationMs = Math.round((hours * 3_600 + minutes * 60 + seconds) * 1_000);
  if (durationMs < 1_000) throw new ToolFailure("A timer needs a duration: hours, minutes or seconds.");
  if (durationMs > longestTimerMs)
    throw new ToolFailure("A timer runs for a year at most. Use set_reminder with a date.");
  return durationMs;
}

function momentOf(at: string, nowMs: number): number {
  const atMs = parseMoment(at);
  const now = `It is now ${isoHere(nowMs)}, ${momentWords(nowMs)}.`;
  if (atMs === null)
    throw new ToolFailure(
      `“${oneLine(at)}” is no date and time. Write it as in 2026-03-01T18:00, in the user's time zone. ${now}`,
    );
  if (atMs <= nowMs) throw new ToolFailure(`${momentWords(atMs)} is in the past. ${now}`);
  if (atMs - nowMs > farthestReminderMs)
    throw new ToolFailure(`${momentWords(atMs)} is more than ten years away. ${now}`);
  return atMs;
}

function said(text: string): string {
  if (text === "") throw new ToolFailure("A reminder needs a text that says what it is for.");
  return text;
}

function room(kept: Kept | null): Kept {
  if (kept !== null) return kept;
  throw new ToolFailure(
    `${mostReminders} timers and reminders are set, which is the most. Cancel one first.`,
  );
}

function found(reminders: Reminders, id: string): Reminder {
  const reminder = reminders.find(id);
  if (reminder !== null) return reminder;
  const others = reminders.list().map((one) => one.reminder);
  if (others.length === 0) throw new ToolFailure(`${unknownId} None is set.`);
  throw new ForeignFailure(`${unknownId} See which are set.`, source, {
    set: others.slice(0, mostListed).map(entryOf),
  });
}

const unknownId = "No timer or reminder has this id.";

const withLabel = (when: string, label: string | undefined): string => (label ? `${when}: ${label}` : when);

const describe = ({ words: about, durationMs, dueAtMs }: Reminder, nowMs: number): string =>
  withLabel(durationMs === null ? momentWords(dueAtMs, nowMs) : durationWords(durationMs), about);

/** The words of one may be those of a page that told the model to set it: read later, they are still not ours. */
const source = "reminders";
const sourceOf = (told: readonly Reminder[]): { readonly source?: string } =>
  told.some(({ words: about }) => about !== "") ? { source } : {};

const datesOf = (reminder: Reminder): JsonObject => ({
  id: reminder.id,
  kind: isTimer(reminder) ? "timer" : "reminder",
  due: isoHere(reminder.dueAtMs),
});

const entryOf = (reminder: Reminder): JsonObject => ({ ...datesOf(reminder), text: reminder.words });

/** What the person has to be told when the disk did not take it. */
const unsaved = ({ problem }: Kept): JsonObject =>
  problem === null
    ? {}
    : { warning: `It could not be saved (${problem}): it holds only until Parley quits. Tell the user.` };

/** For the person, of an undo. */
const onlyForNow = (what: string, problem: string): ToolFailure =>
  new ToolFailure(`${what}, but that could not be saved (${problem}): it holds only until Parley quits.`);

function setResult(
  reminders: Reminders,
  kept: Kept,
  when: string,
  nowMs: number,
): { output: JsonObject; summary: string; undo: Undo } {
  const { reminder } = kept;
  return {
    // Its words are in the call already.
    output: { set: datesOf(reminder), now: isoHere(nowMs), ...unsaved(kept) },
    summary: withLabel(when, reminder.words),
    undo() {
      const cancelled = reminders.cancel(reminder.id);
      if (cancelled === null) throw new ToolFailure("It has gone off or was cancelled.");
      if (cancelled.problem !== null) throw onlyForNow("It is cancelled", cancelled.problem);
    },
  };
}
