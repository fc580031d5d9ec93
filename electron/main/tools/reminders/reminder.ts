/**
 * Owns what a timer and a reminder are, and when one is due. Pure.
 *
 * A timer is of a duration: it runs on a clock that nobody sets and that goes on while the computer sleeps. A reminder
 * is of a moment on the person's clock, and follows that clock when it is set.
 */
import { z } from "zod";

export const longestWords = 500;

export const reminderSchema = z.object({
  id: z.string().min(1).max(40),
  /** What it is about; empty for a timer without a name. */
  words: z.string().max(longestWords),
  setAtMs: z.int(),
  /** The date, in epoch milliseconds; for a timer as the clock stood when it was last looked at. */
  dueAtMs: z.int(),
  /** Of a timer; `null` for a reminder. */
  durationMs: z.int().positive().nullable(),
});

export type Reminder = z.infer<typeof reminderSchema>;

/** One moment as two clocks show it. */
export interface Moment {
  /** The date, in epoch milliseconds; anybody may set it. */
  readonly wallMs: number;
  /** Since some start; it goes on in sleep, and nobody sets it. */
  readonly elapsedMs: number;
}

/** One that waits, with its end on the clock that nobody sets; `null` for a reminder. */
export interface Waiting {
  readonly reminder: Reminder;
  readonly endsAtElapsedMs: number | null;
}

/** Begins to wait for what was set now, or read from the disk: there only the date tells how much is left. */
export function waitFor(reminder: Reminder, now: Moment): Waiting {
  const { durationMs, dueAtMs } = reminder;
  if (durationMs === null) return { reminder, endsAtElapsedMs: null };
  // A clock that was set back while Parley did not run makes no timer longer than it was.
  const leftMs = Math.min(dueAtMs - now.wallMs, durationMs);
  return { reminder: { ...reminder, dueAtMs: now.wallMs + leftMs }, endsAtElapsedMs: now.elapsedMs + leftMs };
}

/** Negative when it is overdue. */
export const leftMs = ({ reminder, endsAtElapsedMs }: Waiting, now: Moment): number =>
  endsAtElapsedMs === null ? reminder.dueAtMs - now.wallMs : endsAtElapsedMs - now.elapsedMs;

/** With the date of a timer as the clock shows it now. */
export const dated = (waiting: Waiting, now: Moment): Waiting => ({
  ...waiting,
  reminder: { ...waiting.reminder, dueAtMs: Math.round(now.wallMs + leftMs(waiting, now)) },
});

export const isTimer = ({ durationMs }: Reminder): boolean => durationMs !== null;
