/** Owns the proof that what was set goes off once and at the right time, whatever becomes of the app and the clocks. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mostReminders } from "../../../../electron/main/tools/reminders/reminders.ts";
import { blockFile } from "../../../support/blocked-file.ts";
import { reminderRig, type ReminderRig } from "../../../support/reminder-rig.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-reminders-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function started(rig = reminderRig(folder)): ReminderRig {
  rig.reminders.start();
  return rig;
}
const setTimer = ({ reminders }: ReminderRig, durationMs: number, words = "tea"): string =>
  reminders.set({ kind: "timer", durationMs, words })?.reminder.id ?? "";
const setReminder = ({ reminders, computer }: ReminderRig, inMs: number, words = "call"): string =>
  reminders.set({ kind: "reminder", dueAtMs: computer.wallMs() + inMs, words })?.reminder.id ?? "";
const firedIds = ({ fired }: ReminderRig): readonly string[] =>
  fired.flat().map(({ reminder }) => reminder.id);
const saved = (): readonly { readonly id: string; readonly dueAtMs: number }[] =>
  (JSON.parse(readFileSync(join(folder, "reminders.json"), "utf8")) as { reminders: [] }).reminders;

describe("timers and reminders", () => {
  it("go off once, at their time, with chime, notification and word", () => {
    const rig = started();
    const timer = setTimer(rig, 10 * minuteMs);
    const reminder = setReminder(rig, 20 * minuteMs);
    rig.computer.runs(10 * minuteMs - 100);
    expect(rig.fired).toEqual([]);
    rig.computer.runs(200);
    expect(firedIds(rig)).toEqual([timer]);
    rig.computer.runs(hourMs);
    expect(firedIds(rig)).toEqual([timer, reminder]);
    expect(rig.notified).toEqual(["Timer | tea – 10 minutes are over.", "Reminder | call"]);
    expect(rig.chimes()).toBe(2);
    expect(rig.fired.flat().map(({ isLate, isNotified }) => [isLate, isNotified])).toEqual([
      [false, true],
      [false, true],
    ]);
    expect(rig.reminders.list()).toEqual([]);
    expect(saved()).toEqual([]);
  });

  it("cost no wake-up while none waits", () => {
    const rig = started();
    expect(rig.computer.waiting()).toBe(0);
    setTimer(rig, minuteMs);
    expect(rig.computer.waiting()).toBe(1);
    rig.computer.runs(2 * minuteMs);
    expect(rig.computer.waiting()).toBe(0);
  });

  it("go off after longer than a system timer can run", () => {
    const rig = started();
    const timer = setTimer(rig, 30 * dayMs);
    expect(30 * dayMs).toBeGreaterThan(2 ** 31);
    rig.computer.stands(30 * dayMs - minuteMs);
    rig.reminders.recheck();
    expect(rig.fired).toEqual([]);
    rig.computer.runs(minuteMs);
    expect(firedIds(rig)).toEqual([timer]);
  });

  it("that are due together ring once, soonest first", () => {
    const rig = started();
    const later = setReminder(rig, 20_000, "later");
    const sooner = setReminder(rig, 10_000, "sooner");
    rig.computer.sleepsAsLinux(30_000);
    rig.reminders.recheck();
    expect(firedIds(rig)).toEqual([sooner, later]);
    expect([rig.fired.length, rig.chimes(), rig.notified.length]).toEqual([1, 1, 2]);
  });

  it("may be set from what one tells", () => {
    let again: ReminderRig | null = null;
    const rig = started(
      reminderRig(folder, {
        onFired: () => {
          if (again !== null && again.fired.length < 3) setTimer(again, minuteMs);
        },
      }),
    );
    again = rig;
    setTimer(rig, minuteMs);
    rig.computer.runs(5 * minuteMs);
    expect(rig.fired).toHaveLength(3);
  });

  it("are never more than can be kept", () => {
    const rig = started();
    for (let count = 0; count < mostReminders; count += 1) setTimer(rig, hourMs);
    expect(rig.reminders.set({ kind: "timer", durationMs: 1_000, words: "" })).toBeNull();
  });

  it("that are cancelled do not go off; that can be taken back while there is time", () => {
    const rig = started();
    const id = setTimer(rig, 10 * minuteMs);
    rig.computer.runs(4 * minuteMs);
    const cancelled = rig.reminders.cancel(id);
    expect(rig.reminders.cancel(id)).toBeNull();
    expect(saved()).toEqual([]);
    rig.computer.runs(2 * minuteMs);
    expect(cancelled && rig.reminders.restore(cancelled.reminder)).toMatchObject({ problem: null });
    // As if it had never been cancelled.
    expect(rig.reminders.list()[0]?.leftMs).toBe(4 * minuteMs);
    rig.reminders.cancel(id);
    rig.computer.runs(5 * minuteMs);
    expect(cancelled && rig.reminders.restore(cancelled.reminder)).toBeNull();
    expect(rig.fired).toEqual([]);
  });
});

describe("a sleep", () => {
  it("counts for a timer as for a reminder", () => {
    const rig = started();
    const ids = [setTimer(rig, 10 * minuteMs), setReminder(rig, 11 * minuteMs)];
    rig.computer.runs(2 * minuteMs);
    rig.computer.sleepsAsLinux(6 * minuteMs);
    rig.reminders.recheck();
    expect(rig.fired).toEqual([]);
    rig.computer.runs(2 * minuteMs + 100);
    expect(firedIds(rig)).toEqual(ids.slice(0, 1));
    rig.computer.runs(minuteMs);
    expect(firedIds(rig)).toEqual(ids);
  });

  it("that lasted too long makes them late, and they say so", () => {
    const rig = started();
    const dueAt = new Date(rig.computer.wallMs() + 10 * minuteMs);
    setTimer(rig, 10 * minuteMs);
    rig.computer.sleepsAsLinux(hourMs);
    rig.reminders.recheck();
    const time = `${String(dueAt.getHours()).padStart(2, "0")}:${String(dueAt.getMinutes()).padStart(2, "0")}`;
    expect(rig.notified).toEqual([
      expect.stringContaining(`\nLate: it was due at ${time}, while Parley could not tell you.`) as string,
    ]);
    expect(rig.fired[0]?.[0]?.isLate).toBe(true);
  });

  it("of which nobody says a word is noticed within a minute", () => {
    const rig = started();
    setTimer(rig, 3 * hourMs);
    rig.computer.sleepsAsLinux(4 * hourMs);
    rig.computer.runs(minuteMs);
    expect(rig.fired).toHaveLength(1);
  });
});

describe("a clock that is set", () => {
  it.each([-3 * hourMs, 3 * hourMs])("by %i ms changes no timer", (byMs) => {
    const rig = started();
    const id = setTimer(rig, 10 * minuteMs);
    rig.computer.runs(4 * minuteMs);
    rig.computer.setsItsClock(byMs);
    rig.reminders.recheck();
    rig.computer.runs(6 * minuteMs - 200);
    expect(rig.fired).toEqual([]);
    rig.computer.runs(400);
    expect(firedIds(rig)).toEqual([id]);
    expect(rig.fired[0]?.[0]?.isLate).toBe(false);
  });

  it("is followed by a reminder, forwards and backwards", () => {
    const rig = started();
    const id = setReminder(rig, 2 * hourMs);
    rig.computer.setsItsClock(-hourMs);
    rig.reminders.recheck();
    rig.computer.runs(2 * hourMs + minuteMs);
    expect(rig.fired).toEqual([]);
    rig.computer.setsItsClock(hourMs);
    rig.reminders.recheck();
    expect(firedIds(rig)).toEqual([id]);
  });

  it("does not make a timer another one after a restart", () => {
    const rig = started();
    const id = setTimer(rig, 10 * minuteMs);
    rig.computer.setsItsClock(3 * hourMs);
    rig.reminders.recheck();
    const second = started(rig.restart());
    expect(second.fired).toEqual([]);
    second.computer.runs(10 * minuteMs + 100);
    expect(firedIds(second)).toEqual([id]);
  });

  it("while Parley does not run makes no timer longer than it was", () => {
    const rig = started();
    setTimer(rig, 10 * minuteMs);
    rig.reminders.stop();
    rig.computer.setsItsClock(-dayMs);
    const second = started(rig.restart());
    second.computer.runs(10 * minuteMs + 100);
    expect(second.fired).toHaveLength(1);
  });
});

describe("a restart", () => {
  it("keeps what waits", () => {
    const rig = started();
    const ids = [setTimer(rig, 10 * minuteMs), setReminder(rig, 20 * minuteMs)];
    rig.computer.runs(4 * minuteMs);
    const second = started(rig.restart());
    expect(second.reminders.list().map(({ leftMs }) => leftMs)).toEqual([6 * minuteMs, 16 * minuteMs]);
    second.computer.runs(20 * minuteMs);
    expect(firedIds(second)).toEqual(ids);
    expect(rig.fired).toEqual([]);
  });

  it("tells what was missed, once, and late; the next one does not tell it again", () => {
    const rig = started();
    const ids = [setTimer(rig, 10 * minuteMs), setReminder(rig, 20 * minuteMs)];
    rig.reminders.stop();
    rig.computer.runs(5 * hourMs);
    const second = started(rig.restart());
    expect(firedIds(second)).toEqual(ids);
    expect(second.fired.flat().every(({ isLate }) => isLate)).toBe(true);
    const third = started(second.restart());
    third.computer.runs(hourMs);
    expect(third.fired).toEqual([]);
  });

  it("right after one went off tells it no second time: it is off the disk before it is told", () => {
    let atTelling: readonly unknown[] | null = null;
    const rig = started(
      reminderRig(folder, {
        onFired: () => {
          atTelling = saved();
        },
      }),
    );
    setTimer(rig, minuteMs);
    rig.computer.runs(2 * minuteMs);
    expect(atTelling).toEqual([]);
  });
});

describe("a file", () => {
  const path = (): string => join(folder, "reminders.json");

  it("that is damaged comes back as it was last whole, and is kept aside", () => {
    const rig = started();
    const id = setTimer(rig, hourMs);
    rig.reminders.stop();
    writeFileSync(path(), '{"reminders": [');
    const second = started(rig.restart());
    expect(second.reminders.list().map(({ reminder }) => reminder.id)).toEqual([id]);
    expect(readdirSync(folder).some((name) => name.includes(".corrupt-"))).toBe(true);
  });

  it("with one entry that cannot be used keeps the others", () => {
    const rig = started();
    const id = setTimer(rig, hourMs);
    rig.reminders.stop();
    const damaged = { id: "other", words: 7 };
    writeFileSync(path(), JSON.stringify({ reminders: [damaged, ...saved()] }));
    const second = started(rig.restart());
    expect(second.reminders.list().map(({ reminder }) => reminder.id)).toEqual([id]);
    expect(readdirSync(folder).some((name) => name.includes(".corrupt-"))).toBe(true);
    expect(saved().map((entry) => entry.id)).toEqual([id]);
  });

  it("that cannot be read or written lets a timer run all the same, and says why", () => {
    // A file where its folder should be: nobody gets past that, whatever they may do.
    writeFileSync(join(folder, "blocked"), "");
    const blocked = started(reminderRig(join(folder, "blocked")));
    const kept = blocked.reminders.set({ kind: "timer", durationMs: minuteMs, words: "" });
    expect(kept?.problem).toMatch(/^E/);
    blocked.computer.runs(2 * minuteMs);
    expect(blocked.fired).toHaveLength(1);
  });
});

describe("what the disk does not take", () => {
  const path = (): string => join(folder, "reminders.json");

  it("is told, and written with the next change", () => {
    const rig = started();
    const id = setTimer(rig, hourMs);
    const unblock = blockFile(path());
    expect(rig.reminders.cancel(id)?.problem).toMatch(/^E/);
    unblock();
    expect(saved().map((entry) => entry.id)).toEqual([id]);
    const other = setTimer(rig, hourMs);
    expect(saved().map((entry) => entry.id)).toEqual([other]);
  });

  it("is written when the app quits", () => {
    const rig = started();
    const id = setTimer(rig, hourMs);
    const unblock = blockFile(path());
    rig.reminders.cancel(id);
    unblock();
    expect(started(rig.restart()).reminders.list()).toEqual([]);
  });
});

describe("a notification", () => {
  it("that the desktop cannot show is told of, so that the overlay can say it", () => {
    const rig = started(reminderRig(folder, { showsNotifications: false }));
    setTimer(rig, 1_000);
    rig.computer.runs(2_000);
    expect(rig.fired[0]?.[0]?.isNotified).toBe(false);
  });
});
