/** Owns the proof that the personal tools can be declared together, and what each of them may do. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openProfileFile } from "../../../electron/main/profile-file.ts";
import { createPersonalTools, type PersonalTools } from "../../../electron/main/tools/personal-tools.ts";
import { createRegistry } from "../../../electron/main/tools/registry.ts";
import { callTool } from "../../support/call-tool.ts";
import { openConf } from "../../support/conf-store.ts";
import { recordingLog } from "../../support/recording-log.ts";
import { sleepingComputer } from "../../support/sleeping-computer.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-personal-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function personal() {
  const computer = sleepingComputer();
  const told: string[] = [];
  const clicks: (() => void)[] = [];
  const made: PersonalTools = createPersonalTools({
    now: () => new Date(computer.wallMs()),
    elapsedMs: computer.uptimeMs,
    monotonicMs: computer.monotonicMs,
    timers: computer.timers,
    newId: () => "id-1",
    remindersFile: openProfileFile(join(folder, "reminders.json"), openConf),
    notifier: {
      notify({ onClick }) {
        clicks.push(onClick);
        return true;
      },
    },
    chime: () => void told.push("chime"),
    tell: ({ title, advice }) => void told.push(`${title} | ${advice}`),
    notesFolder: () => join(folder, "notes"),
    clipboard: {
      read: () => Promise.resolve({ text: "", picture: null, files: [] }),
      replace: () => Promise.resolve(() => Promise.resolve()),
    },
    typist: {
      target: () => Promise.resolve({ kind: "none" }),
      type: () => Promise.resolve({ kind: "unavailable" }),
    },
    typingObstacle: null,
    openExternal: () => Promise.resolve(),
    listApps: () => Promise.resolve([]),
    log: recordingLog(),
  });
  return { ...made, computer, told, clicks };
}

it("are declared as the server takes them, each with the risk that was decided for it", () => {
  const { tools } = personal();
  for (const { name, parameters } of createRegistry({ builtIn: tools }).declarations()) {
    expect(name).toMatch(/^[a-z_]{1,64}$/);
    expect(parameters).toMatchObject({ type: "object" });
    expect(JSON.parse(JSON.stringify(parameters))).toEqual(parameters);
  }
  expect(Object.fromEntries(tools.map(({ name, risk }) => [name, risk]))).toEqual({
    set_timer: "write",
    set_reminder: "write",
    list_reminders: "read",
    cancel_reminder: "write",
    add_note: "write",
    search_notes: "private-read",
    clipboard_read: "private-read",
    clipboard_write: "write",
    type_text: "execute",
    open_url: "send",
    open_app: "execute",
  });
});

it("tell in the overlay what goes off, and once more when the notification is clicked on", async () => {
  const { tools, reminders, computer, told, clicks } = personal();
  reminders.start();
  const [setTimer] = tools;
  if (setTimer === undefined) throw new Error("There is no tool.");
  await callTool(setTimer, { minutes: 3, label: "eggs" });
  computer.runs(181_000);
  expect(told).toEqual(["chime", "Timer: eggs | 3 minutes are over."]);
  clicks[0]?.();
  expect(told.at(-1)).toBe("Timer: eggs | 3 minutes are over.");
});
