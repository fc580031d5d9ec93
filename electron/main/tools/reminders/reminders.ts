/**
 * Owns the timers and reminders that wait, and letting each go off once: with a chime, a notification and a word in the
 * overlay. One is taken off the disk before it is told, so that no crash can make it go off twice.
 */
import type { Log } from "../../log.ts";
import type { TimerHost } from "../../session/ports.ts";
import type { ReminderStore } from "./reminder-store.ts";
import { dated, leftMs, waitFor, type Moment, type Reminder, type Waiting } from "./reminder.ts";

/**
 * Looked at anew this often while one waits: a clock that was set is noticed without anybody's word, and no system
 * timer has to be longer than it can be (2^31 ms).
 */
export const longestArmMs = 60_000;
/** The clock that nobody sets is told in hundredths of a second on Linux. */
const earlyMs = 10;
/** Beyond this it is told when it should have gone off. */
const lateAfterMs = 60_000;
/** Smaller changes of the clock are not worth a write. */
const shiftWorthWritingMs = 2_000;
export const mostReminders = 100;

export interface Firing {
  readonly reminder: Reminder;
  /** It should have gone off at `reminder.dueAtMs`, a good while ago. */
  readonly isLate: boolean;
  /** The system took the notification. */
  readonly isNotified: boolean;
}

export interface Notifier {
  /** @returns whether the system can show it. */
  notify(notification: {
    readonly title: string;
    readonly body: string;
    readonly onClick: () => void;
  }): boolean;
}

export interface RemindersOptions extends Notifier {
  readonly store: ReminderStore;
  readonly now: () => Moment;
  readonly timers: TimerHost;
  readonly newId: () => string;
  /** The words of a notification. */
  readonly describe: (firing: Omit<Firing, "isNotified">) => {
    readonly title: string;
    readonly body: string;
  };
  readonly chime: () => void;
  /** Those that went off together. */
  readonly onFired: (firings: readonly Firing[]) => void;
  /** The person has clicked on a notification. */
  readonly onClick: (firing: Firing) => void;
  readonly log: Log;
}

export type Wish =
  | { readonly kind: "timer"; readonly words: string; readonly durationMs: number }
  | { readonly kind: "reminder"; readonly words: string; readonly dueAtMs: number };

/** `problem`: it holds until Parley quits, but could not be saved for this reason. */
export interface Kept {
  readonly reminder: Reminder;
  readonly problem: string | null;
}

export interface Reminders {
  /** Reads what was set before; what was missed meanwhile goes off now. Call it once, when it can be seen and heard. */
  start(): void;
  /** @returns `null` when there are too many already. */
  set(wish: Wish): Kept | null;
  /** Those that wait, soonest first. */
  list(): readonly { readonly reminder: Reminder; readonly leftMs: number }[];
  find(id: string): Reminder | null;
  /** @returns `null` when it does not wait (any more). */
  cancel(id: string): Kept | null;
  /** Takes a cancel back. @returns `null` when it cannot go off in time any more. */
  restore(reminder: Reminder): Kept | null;
  /** The computer has slept, or its clock was set. */
  recheck(): void;
  stop(): void;
}

export function createReminders(options: RemindersOptions): Reminders {
  const { store, now, timers, log } = options;
  const waiting = new Map<string, Waiting>();
  let isStarted = false;
  let disarm = (): void => undefined;

  let isUnsaved = false;

  function save(): string | null {
    const problem = store.save([...waiting.values()].map(({ reminder }) => reminder));
    isUnsaved = problem !== null;
    return problem;
  }

  /** What was set before is read before anything is written. */
  function load(): void {
    if (isStarted) return;
    isStarted = true;
    const moment = now();
    for (const reminder of store.load()) waiting.set(reminder.id, waitFor(reminder, moment));
  }

  function look(): void {
    disarm();
    const moment = now();
    const due = [...waiting.values()]
      .filter((one) => leftMs(one, moment) <= earlyMs)
      .toSorted((one, other) => leftMs(one, moment) - leftMs(other, moment))
      .map((one) => ({
        reminder: dated(one, moment).reminder,
        isLate: leftMs(one, moment) < -lateAfterMs,
      }));
    for (const { reminder } of due) waiting.delete(reminder.id);
    const isShifted = followClock(moment);
    if (due.length > 0 || isShifted) save();
    arm(moment);
    if (due.length > 0) tell(due);
  }

  /** On the disk a timer has only a date: it has to be that of the clock as it is now. */
  function followClock(moment: Moment): boolean {
    let isShifted = false;
    for (const [id, one] of waiting) {
      const next = dated(one, moment);
      if (Math.abs(next.reminder.dueAtMs - one.reminder.dueAtMs) <= shiftWorthWritingMs) continue;
      waiting.set(id, next);
      isShifted = true;
    }
    return isShifted;
  }

  function arm(moment: Moment): void {
    const soonestMs = Math.min(...[...waiting.values()].map((one) => leftMs(one, moment)));
    disarm = waiting.size === 0 ? none : timers.start(Math.min(Math.max(soonestMs, 1), longestArmMs), look);
  }

  function tell(due: readonly Omit<Firing, "isNotified">[]): void {
    log.info("reminders-fired", { count: due.length, late: due.filter(({ isLate }) => isLate).length });
    const firings = due.map((one) => {
      const onClick = (): void => options.onClick({ ...one, isNotified: true });
      return { ...one, isNotified: options.notify({ ...options.describe(one), onClick }) };
    });
    options.chime();
    options.onFired(firings);
  }

  function put(reminder: Reminder): string | null {
    waiting.set(reminder.id, waitFor(reminder, now()));
    const problem = save();
    look();
    return problem;
  }

  return {
    start() {
      load();
      look();
    },
    set(wish) {
      load();
      if (waiting.size >= mostReminders) return null;
      const { wallMs } = now();
      const isTimed = wish.kind === "timer";
      const reminder: Reminder = {
        id: options.newId(),
        words: wish.words,
        setAtMs: Math.round(wallMs),
        dueAtMs: Math.round(isTimed ? wallMs + wish.durationMs : wish.dueAtMs),
        durationMs: isTimed ? wish.durationMs : null,
      };
      return { reminder, problem: put(reminder) };
    },
    list() {
      load();
      const moment = now();
      return [...waiting.values()]
        .map((one) => ({ reminder: dated(one, moment).reminder, leftMs: leftMs(one, moment) }))
        .toSorted((one, other) => one.leftMs - other.leftMs);
    },
    find(id) {
      load();
      return waiting.get(id)?.reminder ?? null;
    },
    cancel(id) {
      load();
      const one = waiting.get(id);
      if (one === undefined) return null;
      waiting.delete(id);
      const problem = save();
      look();
      return { reminder: dated(one, now()).reminder, problem };
    },
    restore(reminder) {
      if (reminder.dueAtMs <= now().wallMs || waiting.size >= mostReminders) return null;
      return { reminder, problem: put(reminder) };
    },
    recheck() {
      if (isStarted) look();
    },
    stop() {
      disarm();
      disarm = none;
      // The last chance: what was cancelled would come back, and what was set would not.
      if (isUnsaved) save();
      isUnsaved = false;
      isStarted = false;
      waiting.clear();
    },
  };
}

const none = (): void => undefined;
