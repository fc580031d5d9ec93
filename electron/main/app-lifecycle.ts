/**
 * Owns the life of the process: one instance for each profile, running without windows, one orderly end.
 * It builds nothing by itself; what to do at each point is handed in.
 */
import type { App } from "electron";
import { errorCode, type Log } from "./log.ts";

/** A cleanup that hangs must not keep the person waiting. */
const cleanupBoundMs = 2_000;

export interface LifecycleOptions {
  readonly app: Pick<App, "requestSingleInstanceLock" | "on" | "whenReady" | "quit" | "exit">;
  readonly log: Log;
  readonly onReady: () => Promise<void>;
  readonly onSecondInstance: () => void;
  /** Releases what must not outlive the app. Called once. */
  readonly cleanup: () => Promise<void>;
}

/** @returns false when another instance has this profile; that one is told, this one ends. */
export function runLifecycle({ app, log, onReady, onSecondInstance, cleanup }: LifecycleOptions): boolean {
  if (!app.requestSingleInstanceLock()) {
    app.exit(0);
    return false;
  }
  let state: "running" | "cleaning" | "clean" = "running";

  app.on("second-instance", onSecondInstance);
  // Without a listener Electron quits with the last window; the tray goes on.
  app.on("window-all-closed", () => undefined);
  app.on("before-quit", (event) => {
    if (state === "clean") return;
    event.preventDefault();
    if (state === "cleaning") return;
    state = "cleaning";
    void cleanUp(cleanup, log).finally(() => {
      state = "clean";
      app.quit();
    });
  });

  app
    .whenReady()
    .then(onReady)
    .catch((error: unknown) => {
      log.error("start-failed", { code: errorCode(error) });
      process.stderr.write(`Parley could not start: ${error instanceof Error ? error.message : "unknown"}\n`);
      app.exit(1);
    });
  return true;
}

async function cleanUp(cleanup: () => Promise<void>, log: Log): Promise<void> {
  let bound: NodeJS.Timeout | undefined;
  const tooLate = new Promise<void>((resolve) => {
    bound = setTimeout(() => {
      log.warn("cleanup-took-too-long");
      resolve();
    }, cleanupBoundMs);
  });
  try {
    await Promise.race([cleanup(), tooLate]);
  } catch (error) {
    log.error("cleanup-failed", { code: errorCode(error) });
  } finally {
    clearTimeout(bound);
  }
}
