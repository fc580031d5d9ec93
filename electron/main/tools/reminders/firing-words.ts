/** Owns what a person reads when a timer or a reminder goes off. Pure. */
import type { NoticeView } from "../../../../shared/session-view.ts";
import { isTimer, type Reminder } from "./reminder.ts";
import type { Firing } from "./reminders.ts";
import { durationWords, momentWords } from "./time-words.ts";

export function notificationOf(
  { reminder, isLate }: Omit<Firing, "isNotified">,
  nowMs: number,
): { readonly title: string; readonly body: string } {
  const { durationMs, words } = reminder;
  const ended = durationMs === null ? "" : `${durationWords(durationMs)} are over.`;
  const said = durationMs === null ? words : [words, ended].filter((part) => part !== "").join(" – ");
  return { title: titleOf(reminder), body: isLate ? `${said}\n${lateWords(reminder, nowMs)}` : said };
}

/** The same for the overlay, which has room for one word at a time. */
export function firedNotice(firings: readonly Firing[], nowMs: number): NoticeView | null {
  const [first] = firings;
  if (first === undefined) return null;
  const each = firings.map((firing) => notificationOf(firing, nowMs));
  const title =
    firings.length === 1
      ? [titleOf(first.reminder), first.reminder.words].filter((part) => part !== "").join(": ")
      : `${firings.length} reminders`;
  const said =
    firings.length === 1
      ? singleAdvice(first, nowMs)
      : each.map(({ body }) => body.replaceAll("\n", " ")).join(" · ");
  const isSeen = firings.every(({ isNotified }) => isNotified);
  return {
    title,
    advice: isSeen ? said : `${said} This desktop shows no notifications.`.trimStart(),
    action: null,
    tone: "hint",
  };
}

function singleAdvice({ reminder, isLate }: Firing, nowMs: number): string {
  if (isLate) return lateWords(reminder, nowMs);
  return reminder.durationMs === null ? "" : `${durationWords(reminder.durationMs)} are over.`;
}

const titleOf = (reminder: Reminder): string => (isTimer(reminder) ? "Timer" : "Reminder");

const lateWords = ({ dueAtMs }: Reminder, nowMs: number): string =>
  `Late: it was due at ${momentWords(dueAtMs, nowMs)}, while Parley could not tell you.`;
