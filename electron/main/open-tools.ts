/**
 * Owns the system's side of all tools: which adapters our own get on this desktop, where servers and grants are kept,
 * and how all of it begins and ends. What a tool may do is not decided here.
 */
import { app, globalShortcut, powerMonitor } from "electron";
import type { NoticeView } from "../../shared/session-view.ts";
import type { ToolsSnapshot } from "../../shared/tools.ts";
import { createChildren } from "./child-process.ts";
import type { EngineDeps } from "./conversation-engine.ts";
import { systemLog } from "./log.ts";
import type { FindRoute } from "./network/route.ts";
import { createPersonal } from "./personal.ts";
import { createScreenLock } from "./power/screen-lock.ts";
import type { PowerFact } from "./power/sleep-watch.ts";
import type { Profile } from "./profile.ts";
import { screenCapture } from "./screen-capture.ts";
import { systemTimers } from "./timer-host.ts";
import { createToolKit, type ToolKit } from "./tool-kit.ts";
import { getCurrentTime } from "./tools/get-current-time.ts";
import { createReachingTools } from "./tools/reaching-tools.ts";
import { lookAtScreen, seeScreen } from "./tools/screen/look-at-screen.ts";
import type { X11Desktop } from "./x11/desktop.ts";

export interface OpenToolsOptions {
  /** The profile's folder. */
  readonly folder: string;
  readonly profile: Pick<Profile, "settings" | "file">;
  readonly platform: string;
  readonly isWayland: boolean;
  /** On an X desktop, `null` elsewhere. */
  readonly x11: X11Desktop | null;
  readonly findRoute: FindRoute;
  readonly now: () => Date;
  readonly chime: () => void;
  /** A word in the overlay that passes. */
  readonly tell: (notice: NoticeView) => void;
  /** Are the person's words written down, so that a yes can be read? */
  readonly canSay: () => boolean;
  /** Can the overlay be drawn? */
  readonly isOverlayThere: () => boolean;
  /** Something that the settings window shows has changed. */
  readonly onChanged: (snapshot: ToolsSnapshot) => void;
}

export interface Tools extends Omit<ToolKit, "forEngine" | "close" | "awakened"> {
  readonly forEngine: ToolKit["forEngine"] & Pick<EngineDeps, "lookAtScreen">;
  /** The computer slept, was locked, or was woken up. */
  powerChanged(fact: PowerFact): void;
  /** One after the other; each may fail by itself. */
  readonly cleanups: readonly (() => Promise<void>)[];
}

export function openTools(options: OpenToolsOptions): Tools {
  const { folder, profile, platform, findRoute, now } = options;
  const { settings, file } = profile;
  const environment = process.env;
  const home = app.getPath("home");
  const nowMs = (): number => performance.now();
  const children = createChildren();
  const takeScreenshot = screenCapture(options.x11);
  const screenLock = createScreenLock(powerMonitor);

  const personal = createPersonal({
    settings: settings.read,
    remindersFile: file("reminders.json"),
    now,
    platform,
    isWayland: options.isWayland,
    environment,
    chime: options.chime,
    tell: options.tell,
  });
  const reaching = createReachingTools({
    settings: settings.read,
    findRoute,
    children,
    environment,
    locale: () => app.getSystemLocale(),
    timers: systemTimers,
    homeFolder: home,
    ownFolders: [folder],
    pageReaderFile: new URL("page-reader.js", import.meta.url),
  });
  const kit = createToolKit({
    folder,
    grantsFile: file("grants.json"),
    settings,
    own: [getCurrentTime(Date.now), lookAtScreen(takeScreenshot), ...personal.tools, ...reaching],
    mcp: {
      folder,
      trustFile: file("mcp-trust.json"),
      home,
      environment,
      platform,
      now,
      children,
      findRoute,
      version: app.getVersion(),
      nowMs,
      log: systemLog("mcp"),
    },
    globalShortcut,
    platform,
    timers: systemTimers,
    nowMs,
    wallMs: () => Date.now(),
    canSay: options.canSay,
    isReachable: () => !screenLock.isLocked() && options.isOverlayThere(),
    onChanged: options.onChanged,
    log: systemLog("tools"),
  });

  return {
    ...kit,
    forEngine: {
      ...kit.forEngine,
      lookAtScreen: async () => [(await seeScreen(takeScreenshot)).image],
    },
    start() {
      kit.start();
      personal.reminders.start();
    },
    powerChanged(fact) {
      screenLock.powerChanged(fact);
      if (fact.type === "leaving") kit.nobodyThere();
      if (fact.type === "awakened") {
        personal.reminders.recheck();
        kit.awakened();
      }
    },
    cleanups: [() => kit.close(), () => personal.close(), () => children.endAll()],
  };
}
