/** Owns the system's side of the personal tools: which adapters they get on this desktop. It decides nothing else. */
import { randomUUID } from "node:crypto";
import { homedir, uptime } from "node:os";
import { join } from "node:path";
import { app, BrowserWindow, shell } from "electron";
import type { NoticeView } from "../../shared/session-view.ts";
import type { Settings } from "../../shared/settings.ts";
import { createClipboard } from "./clipboard/clipboard.ts";
import { systemLog } from "./log.ts";
import { createNativeKeys } from "./native-keys.ts";
import { createNotifier } from "./notifications.ts";
import type { ProfileFile } from "./profile-file.ts";
import { talkKeyCodes } from "./talk-key-codes.ts";
import { systemTimers } from "./timer-host.ts";
import { macApps, windowsApps } from "./tools/apps/foreign-apps.ts";
import type { ListApps } from "./tools/apps/installed-app.ts";
import { linuxApps } from "./tools/apps/linux-apps.ts";
import type { ClipboardPort } from "./tools/clipboard/clipboard-port.ts";
import { createPersonalTools, type PersonalTools } from "./tools/personal-tools.ts";
import { createPasteTypist } from "./tools/typing/paste-typist.ts";
import type { Typist } from "./tools/typing/typist.ts";
import { createTypingThread, type TypingThread } from "./x11/typing-thread.ts";

export interface PersonalOptions {
  readonly settings: () => Settings;
  /** `reminders.json` in the profile. */
  readonly remindersFile: ProfileFile;
  readonly now: () => Date;
  readonly platform: string;
  readonly isWayland: boolean;
  readonly environment: NodeJS.ProcessEnv;
  readonly chime: () => void;
  readonly tell: (notice: NoticeView) => void;
}

export interface Personal extends PersonalTools {
  /** Safe to call twice. */
  close(): Promise<void>;
}

const waylandObstacle =
  "In a Wayland session no program may type into another one. Parley can put text on the clipboard instead.";

export function createPersonal(options: PersonalOptions): Personal {
  const { platform, isWayland, settings, environment } = options;
  const log = systemLog("personal");
  const thread =
    platform === "linux" && !isWayland
      ? createTypingThread(
          join(import.meta.dirname, "typing.worker.js"),
          {
            environment: { DISPLAY: environment["DISPLAY"], XAUTHORITY: environment["XAUTHORITY"] },
            processId: process.pid,
          },
          log,
        )
      : null;
  const clipboard = createClipboard(platform, thread);
  const personal = createPersonalTools({
    now: options.now,
    // On Linux of the boot-time clock, on Windows and macOS since the start of the system, sleep included in each.
    elapsedMs: () => uptime() * 1000,
    monotonicMs: () => performance.now(),
    timers: systemTimers,
    newId: () => randomUUID().slice(0, 8),
    remindersFile: options.remindersFile,
    notifier: createNotifier(platform, log),
    chime: options.chime,
    tell: options.tell,
    notesFolder: () => settings().notesFolder || join(app.getPath("documents"), "Parley Notes"),
    clipboard,
    typist: thread === null ? pasteTypist(clipboard, platform) : threadTypist(thread, settings),
    typingObstacle: isWayland ? waylandObstacle : null,
    openExternal: (url) => shell.openExternal(url),
    listApps: appsOf(platform, environment),
    log,
  });
  return {
    ...personal,
    async close() {
      personal.reminders.stop();
      // What was put back is offered by the thread: it ends with it, but for what a clipboard manager takes over.
      await thread?.leave();
      await thread?.close();
    },
  };
}

const threadTypist = (thread: TypingThread, settings: () => Settings): Typist => ({
  target: thread.target,
  type: (text, targetId, signal) =>
    thread.type(text, targetId, talkKeyCodes[settings().talkKey].xKeycode, signal),
});

function pasteTypist(clipboard: ClipboardPort, platform: string): Typist {
  const keys = createNativeKeys(async () => (await import("uiohook-napi")).uIOhook, platform);
  return createPasteTypist({
    clipboard,
    pressPaste: keys.pressPaste,
    areKeysUp: keys.areUp,
    isOwnWindowFocused: () => BrowserWindow.getFocusedWindow() !== null,
    timers: systemTimers,
  });
}

function appsOf(platform: string, environment: NodeJS.ProcessEnv): ListApps {
  switch (platform) {
    case "darwin":
      return macApps(homedir());
    case "win32":
      return windowsApps(environment, (path) => shell.openPath(path));
    default:
      return linuxApps(environment, homedir());
  }
}
