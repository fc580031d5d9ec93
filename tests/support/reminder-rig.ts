/** Owns reminders on a computer whose clocks a test moves, in a profile on the real disk, with what was told of them. */
import { join } from "node:path";
import { openProfileFile } from "../../electron/main/profile-file.ts";
import { notificationOf } from "../../electron/main/tools/reminders/firing-words.ts";
import { openReminderStore } from "../../electron/main/tools/reminders/reminder-store.ts";
import {
  createReminders,
  type Firing,
  type Reminders,
} from "../../electron/main/tools/reminders/reminders.ts";
import { openConf } from "./conf-store.ts";
import { recordingLog, type RecordingLog } from "./recording-log.ts";
import { sleepingComputer, type SleepingComputer } from "./sleeping-computer.ts";

export interface ReminderRig {
  readonly reminders: Reminders;
  readonly computer: SleepingComputer;
  /** Title and body of each notification, in order. */
  readonly notified: string[];
  readonly clicks: (() => void)[];
  /** What went off together. */
  readonly fired: (readonly Firing[])[];
  readonly chimes: () => number;
  readonly log: RecordingLog;
  /** Another run of the app in the same profile; the first one must have ended. */
  restart(): ReminderRig;
}

export interface ReminderRigOptions {
  readonly computer?: SleepingComputer;
  readonly showsNotifications?: boolean;
  readonly onFired?: () => void;
}

let ids = 0;

/** @param folder of the profile. */
export function reminderRig(folder: string, options: ReminderRigOptions = {}): ReminderRig {
  const computer = options.computer ?? sleepingComputer();
  const log = recordingLog();
  const file = openProfileFile(join(folder, "reminders.json"), openConf);
  const notified: string[] = [];
  const clicks: (() => void)[] = [];
  const fired: (readonly Firing[])[] = [];
  let chimes = 0;
  const reminders = createReminders({
    store: openReminderStore({ file, now: () => new Date(computer.wallMs()), log }),
    now: () => ({ wallMs: computer.wallMs(), elapsedMs: computer.uptimeMs() }),
    timers: computer.timers,
    newId: () => `id-${(ids += 1)}`,
    describe: (firing) => notificationOf(firing, computer.wallMs()),
    notify({ title, body, onClick }) {
      notified.push(`${title} | ${body}`);
      clicks.push(onClick);
      return options.showsNotifications ?? true;
    },
    chime: () => void (chimes += 1),
    onFired(firings) {
      fired.push(firings);
      options.onFired?.();
    },
    onClick: () => undefined,
    log,
  });
  return {
    reminders,
    computer,
    notified,
    clicks,
    fired,
    chimes: () => chimes,
    log,
    restart() {
      reminders.stop();
      return reminderRig(folder, { ...options, computer });
    },
  };
}
