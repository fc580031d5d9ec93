/**
 * Owns what a computer does to a running app: it sleeps, is locked, has its clock set, stops or kills processes, and
 * loses what the keyboard said. The system's words are emitted where Electron tells them, since no machine sleeps for
 * a test; the processes are real.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import type { ElectronApplication } from "playwright";
import { projectDir } from "./app.ts";

export type PowerEvent = "suspend" | "resume" | "lock-screen" | "unlock-screen";

/**
 * As Electron tells it: between two pieces of work. The debugger that carries the word interrupts whatever runs, and
 * told in the middle of Electron's giving the tray its menu it ended the app (SIGSEGV, with a panel).
 */
export const tellPower = (app: ElectronApplication, event: PowerEvent): Promise<void> =>
  app.evaluate(
    ({ powerMonitor }, name) =>
      new Promise<void>((resolve) => {
        setImmediate(() => {
          (powerMonitor as NodeJS.EventEmitter).emit(name);
          resolve();
        });
      }),
    event,
  );

/** The wall clock as main reads it. The system's own belongs to everybody on this machine; the monotonic one is left alone. */
export const setClock = (app: ElectronApplication, aheadSeconds: number): Promise<void> =>
  app.evaluate((_electron, aheadMs) => {
    const clock = Date as DateConstructor & { trueNow?: () => number };
    const trueNow = (clock.trueNow ??= Date.now);
    Date.now = () => trueNow() + aheadMs;
  }, aheadSeconds * 1_000);

type Timed = typeof globalThis & { trueSetTimeout?: typeof setTimeout };

/**
 * What main waits for at length, from half a minute on, comes earlier by so many times; what is short keeps its length.
 * 1: as ever. Timers count in slices of a twentieth, so that a stopped process is not taken for a patient one.
 */
export const hastenLongTimers = (app: ElectronApplication, times: number): Promise<void> =>
  app.evaluate((_electron, given) => {
    const main = globalThis as Timed;
    const start = (main.trueSetTimeout ??= main.setTimeout);
    const hastened = (task: () => void, delayMs = 0): NodeJS.Timeout =>
      start(task, delayMs < 30_000 / 20 ? delayMs : delayMs / given);
    main.setTimeout = given === 1 ? start : (Object.assign(hastened, start) as typeof setTimeout);
  }, times);

/** Every process of the app, with what it is for. */
export const processesOf = (
  app: ElectronApplication,
): Promise<readonly { readonly pid: number; readonly type: string; readonly name: string }[]> =>
  app.evaluate((electron) =>
    electron.app.getAppMetrics().map(({ pid, type, name }) => ({ pid, type, name: name ?? "" })),
  );

/** Stops all of the app's processes where they are. @returns what lets them go on. */
export async function stopProcesses(app: ElectronApplication): Promise<() => void> {
  const pids = (await processesOf(app)).map(({ pid }) => pid);
  const signal = (name: NodeJS.Signals): void => {
    for (const pid of pids) process.kill(pid, name);
  };
  signal("SIGSTOP");
  return () => signal("SIGCONT");
}

/** The real process of the overlay's page; 0 while it has none. */
export const overlayProcess = (app: ElectronApplication): Promise<number> =>
  app.evaluate(({ webContents }) => {
    const page = webContents.getAllWebContents().find((each) => each.getURL().endsWith("/overlay.html"));
    return page === undefined || page.isCrashed() || page.isLoading() ? 0 : page.getOSProcessId();
  });

const hookPath = createRequire(join(projectDir, "package.json")).resolve("uiohook-napi");

type Hook = { emit: (name: string, ...rest: unknown[]) => boolean; trueEmit?: Hook["emit"] };

/** The hook goes deaf for releases, as when another program swallows the event; or hears them again. */
export const swallowKeyUps = (app: ElectronApplication, isSwallowing: boolean): Promise<void> =>
  app.evaluate(
    (_electron, { path, isDeaf }) => {
      const load = process.getBuiltinModule("module").createRequire(path);
      const { uIOhook } = load(path) as { uIOhook: Hook };
      const emit = (uIOhook.trueEmit ??= uIOhook.emit.bind(uIOhook));
      uIOhook.emit = (name, ...rest) =>
        !(isDeaf && (name === "keyup" || name === "input")) && emit(name, ...rest);
    },
    { path: hookPath, isDeaf: isSwallowing },
  );
