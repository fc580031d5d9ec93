/**
 * Owns what the tests of several monitors need: where a window of the app really is, by the X server's word, how much
 * of it is on a monitor, and the setting by which a desktop changes the scale while programs run.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { contains, leastShare, shareWithin, type Point } from "../../electron/main/overlay-placement.ts";
import { monotonicMs } from "../../scripts/driver/clock.ts";
import type { RunningApp } from "../../scripts/driver/app.ts";
import type { Desktop, DesktopMonitors, MonitorPlace } from "../../scripts/desktop.mjs";

/** Far above what is measured: a window that takes longer does not come. */
const untilOnBoundMs = 5_700;

/** Lines of `KEY=number`. */
const valuesOf =
  (text: string) =>
  (key: string): number =>
    Number(new RegExp(`^${key}=(-?\\d+)$`, "m").exec(text)?.[1]);

export function monitorsOf(desktop: Desktop): DesktopMonitors {
  if (desktop.monitors === null) throw new Error("This desktop was started without monitors.");
  return desktop.monitors;
}

export type WindowName = "overlay" | "settings" | "safe";

/** As X numbers windows; `null` while it is not shown. */
async function idOf(running: RunningApp, name: WindowName): Promise<string | null> {
  return running.app.evaluate(({ BrowserWindow }, page) => {
    const window = BrowserWindow.getAllWindows().find((each) => each.webContents.getURL().includes(page));
    return window?.isVisible() === true ? String(window.getNativeWindowHandle().readUInt32LE()) : null;
  }, `/${name}.html`);
}

/** In pixels of the screen; `null` while it is not shown. */
export async function placeOf(
  desktop: Desktop,
  running: RunningApp,
  name: WindowName,
): Promise<MonitorPlace | null> {
  const id = await idOf(running, name);
  if (id === null) return null;
  const value = valuesOf(await desktop.xdotool("getwindowgeometry", "--shell", id));
  return { x: value("X"), y: value("Y"), width: value("WIDTH"), height: value("HEIGHT") };
}

export async function moveWindow(
  desktop: Desktop,
  running: RunningApp,
  name: WindowName,
  { x, y }: Point,
): Promise<void> {
  const id = await idOf(running, name);
  if (id === null) throw new Error(`The ${name} window is not shown.`);
  await desktop.xdotool("windowmove", id, String(x), String(y));
}

/** Width and height of what X shows of the overlay. */
export async function shapeOf(desktop: Desktop, running: RunningApp): Promise<readonly number[]> {
  const id = await idOf(running, "overlay");
  if (id === null) throw new Error("The overlay is not shown.");
  const { stdout } = await promisify(execFile)("xwininfo", ["-shape", "-id", id], { env: desktop.env });
  const [, width, height] = /Window shape extents: +(\d+)x(\d+)/.exec(stdout) ?? [];
  return [Number(width), Number(height)];
}

/** Looks until the window is at least 90 % on a monitor, and fits. @returns monotonic milliseconds by then. */
export async function untilOn(
  desktop: Desktop,
  running: RunningApp,
  name: WindowName,
  monitor: MonitorPlace,
  fits: (place: MonitorPlace) => boolean = () => true,
): Promise<number> {
  const startMs = monotonicMs();
  for (;;) {
    const place = await placeOf(desktop, running, name);
    const nowMs = monotonicMs();
    if (place !== null && shareWithin(place, monitor) >= leastShare && fits(place)) return nowMs;
    if (nowMs - startMs > untilOnBoundMs) {
      throw new Error(`The ${name} is at ${JSON.stringify(place)}, not on ${JSON.stringify(monitor)}.`);
    }
  }
}

/** Puts the cursor into the middle of a monitor. */
export async function pointAt(desktop: Desktop, monitor: MonitorPlace): Promise<void> {
  const middle = [monitor.x + monitor.width / 2, monitor.y + 60];
  await desktop.xdotool("mousemove", ...middle.map((each) => String(Math.round(each))));
}

export async function monitorWithCursor(
  desktop: Desktop,
  monitors: readonly MonitorPlace[],
): Promise<MonitorPlace> {
  const value = valuesOf(await desktop.xdotool("getmouselocation", "--shell"));
  const cursor = { x: value("X"), y: value("Y") };
  const found = monitors.find((monitor) => contains(monitor, cursor));
  if (found === undefined) throw new Error(`The cursor is on no monitor, at ${JSON.stringify(cursor)}.`);
  return found;
}

export interface DesktopSettings {
  /** As the person does in the desktop's settings; programs hear of it at once. */
  setScale(factor: number): Promise<void>;
  stop(): Promise<void>;
}

/** Runs what tells X programs the desktop's settings (XSETTINGS), beginning with a scale of 1. */
export async function startDesktopSettings(desktop: Desktop): Promise<DesktopSettings> {
  const file = join(tmpdir(), `parley-xsettings-${process.pid}`);
  // In 1024ths of a dot per inch.
  const write = (factor: number): Promise<void> => writeFile(file, `Xft/DPI ${96 * 1_024 * factor}\n`);
  await write(1);
  const daemon = spawn("xsettingsd", ["-c", file], { env: desktop.env, stdio: ["ignore", "ignore", "pipe"] });
  const ended = once(daemon, "close");
  return {
    async setScale(factor) {
      await write(factor);
      daemon.kill("SIGHUP");
    },
    async stop() {
      daemon.kill("SIGTERM");
      await ended;
    },
  };
}
