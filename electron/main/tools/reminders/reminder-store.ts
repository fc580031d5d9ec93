/**
 * Owns `reminders.json` in the profile: those that wait, and no others. What cannot be used of it is set aside, never
 * written over.
 */
import type { Log } from "../../log.ts";
import type { ProfileFile } from "../../profile-file.ts";
import { reminderSchema, type Reminder } from "./reminder.ts";

export interface ReminderStore {
  load(): readonly Reminder[];
  /** @returns `null`, or the code of what kept them from being written. */
  save(reminders: readonly Reminder[]): string | null;
}

export interface ReminderStoreOptions {
  readonly file: ProfileFile;
  readonly now: () => Date;
  readonly log: Log;
}

export function openReminderStore({ file, now, log }: ReminderStoreOptions): ReminderStore {
  /** The file holds what would be lost, for this reason. */
  let obstacle: string | null = null;

  const save = (reminders: readonly Reminder[]): string | null => {
    const failure = obstacle ?? file.write({ reminders });
    if (failure !== null) log.error("reminders-not-saved", { code: failure });
    return failure;
  };

  return {
    load() {
      const found = file.read();
      if (found.kind === "unreadable") {
        log.error("reminders-unreadable", { code: found.code });
        obstacle = found.code;
        return [];
      }
      const value = found.kind === "object" ? found.value : (found.lastGood ?? {});
      const { reminders, isWhole } = readEach(value["reminders"]);
      if (found.kind === "object" && isWhole) return reminders;
      const copy = file.setAside(now());
      log.warn("reminders-set-aside", { kept: reminders.length, isCopied: copy !== null });
      if (copy === null) obstacle = "damaged";
      else save(reminders);
      return reminders;
    },
    save,
  };
}

/** Each for itself: one that is damaged does not cost the others. */
function readEach(list: unknown): { readonly reminders: readonly Reminder[]; readonly isWhole: boolean } {
  if (list === undefined) return { reminders: [], isWhole: true };
  if (!Array.isArray(list)) return { reminders: [], isWhole: false };
  const parsed = list.map((entry) => reminderSchema.safeParse(entry));
  const reminders = parsed.flatMap(({ data }) => (data === undefined ? [] : [data]));
  return { reminders, isWhole: reminders.length === list.length };
}
