/** Owns which personal tools there are: time, notes, clipboard, typing, opening. It plugs them together and no more. */
import type { Log } from "../log.ts";
import type { ProfileFile } from "../profile-file.ts";
import type { TimerHost } from "../session/ports.ts";
import type { NoticeView } from "../../../shared/session-view.ts";
import type { ListApps } from "./apps/installed-app.ts";
import { openApp } from "./apps/open-app.ts";
import type { ClipboardPort } from "./clipboard/clipboard-port.ts";
import { clipboardTools } from "./clipboard/clipboard-tools.ts";
import { noteTools } from "./notes/note-tools.ts";
import { openUrl } from "./open-url.ts";
import { firedNotice, notificationOf } from "./reminders/firing-words.ts";
import { openReminderStore } from "./reminders/reminder-store.ts";
import { reminderTools } from "./reminders/reminder-tools.ts";
import { createReminders, type Firing, type Notifier, type Reminders } from "./reminders/reminders.ts";
import type { Tool } from "./tool.ts";
import type { Typist } from "./typing/typist.ts";
import { typeText } from "./typing/type-text.ts";

export interface PersonalPorts {
  /** The date; anybody may set it. */
  readonly now: () => Date;
  /** Since some start, in milliseconds; it goes on in sleep, and nobody sets it. */
  readonly elapsedMs: () => number;
  /** Goes only forward; it may stand still in sleep. */
  readonly monotonicMs: () => number;
  readonly timers: TimerHost;
  readonly newId: () => string;
  /** `reminders.json` in the profile. */
  readonly remindersFile: ProfileFile;
  readonly notifier: Notifier;
  /** A short pleasant sound. */
  readonly chime: () => void;
  /** A word in the overlay that passes. */
  readonly tell: (notice: NoticeView) => void;
  /** Absolute. */
  readonly notesFolder: () => string;
  readonly clipboard: ClipboardPort;
  readonly typist: Typist;
  /** Why nothing can be typed on this desktop; `null` where it can. */
  readonly typingObstacle: string | null;
  readonly openExternal: (url: string) => Promise<void>;
  readonly listApps: ListApps;
  readonly log: Log;
}

export interface PersonalTools {
  readonly tools: readonly Tool[];
  /** To be started when the overlay can show something, rechecked after a sleep or a set clock, stopped at the end. */
  readonly reminders: Reminders;
}

export function createPersonalTools(ports: PersonalPorts): PersonalTools {
  const { now, log } = ports;
  const wallMs = (): number => now().getTime();
  const tellFired = (firings: readonly Firing[]): void => {
    const notice = firedNotice(firings, wallMs());
    if (notice !== null) ports.tell(notice);
  };
  const reminders = createReminders({
    store: openReminderStore({ file: ports.remindersFile, now, log }),
    now: () => ({ wallMs: wallMs(), elapsedMs: ports.elapsedMs() }),
    timers: ports.timers,
    newId: ports.newId,
    describe: (firing) => notificationOf(firing, wallMs()),
    notify: (notification) => ports.notifier.notify(notification),
    chime: ports.chime,
    onFired: tellFired,
    onClick: (firing) => tellFired([firing]),
    log,
  });
  return {
    reminders,
    tools: [
      ...reminderTools(reminders, wallMs),
      ...noteTools({ folder: ports.notesFolder, now, monotonicMs: ports.monotonicMs }),
      ...clipboardTools(ports.clipboard),
      typeText(ports.typist, ports.typingObstacle),
      openUrl(ports.openExternal),
      openApp(ports.listApps),
    ],
  };
}
