/**
 * Owns the life of the process: one instance for each profile, which a later one hands its command over to, running
 * without windows, one orderly end, also with the end of the system's session. It builds nothing by itself; what to do
 * at each point is handed in.
 */
import type { App } from "electron";
import { z } from "zod";
import { commandSchema, needsRunning, usage, type Command, type CommandLine } from "./command-line.ts";
import { errorCode, type Log } from "./log.ts";

/** A cleanup that hangs must not keep the person waiting: with it, all is over within 2 s. */
const cleanupBoundMs = 1_500;

/** What a script that called us can tell apart. */
export const exitCodes = { done: 0, notStarted: 1, mistake: 2 } as const;

const handOverSchema = z.object({ command: commandSchema });

export interface LifecycleOptions {
  readonly app: Pick<
    App,
    "requestSingleInstanceLock" | "releaseSingleInstanceLock" | "on" | "whenReady" | "quit" | "exit"
  >;
  /** Electron's `powerMonitor`: Linux and macOS say there that they are about to shut down. */
  readonly power: {
    on(event: "shutdown", listener: (event: { preventDefault(): void }) => void): unknown;
  };
  readonly commandLine: CommandLine;
  /** Where whoever called us reads. */
  readonly terminal: { readonly say: (text: string) => void; readonly complain: (text: string) => void };
  readonly log: Log;
  readonly onReady: () => Promise<void>;
  /** What our own command line asks for, and what each later start does; none before `onReady` has come to its end. */
  readonly onCommand: (command: Command) => void;
  /** Each releases something that must not outlive the app, in this order, one after the other. Asked for once. */
  readonly cleanups: () => readonly Cleanup[];
}

export type Cleanup = () => Promise<void> | void;

/** @returns whether this is the instance that runs; where it is not, it ends. */
export function runLifecycle(options: LifecycleOptions): boolean {
  const { app, power, log, onReady, onCommand, cleanups, terminal } = options;
  const own = claim(options);
  if (own === null) return false;
  let state: "running" | "cleaning" | "clean" = "running";
  /** `null`: they are carried out as they come. */
  let waiting: Command[] | null = own.kind === "open" ? [] : [own];
  const take = (command: Command): void => {
    log.info("command", { kind: command.kind });
    if (waiting === null) onCommand(command);
    else waiting.push(command);
  };

  const obeyWaiting = (): void => {
    const early = waiting ?? [];
    waiting = null;
    for (const command of early) onCommand(command);
  };

  const watchShutdown = (): void => {
    power.on("shutdown", (event) => {
      // Without this the system does not wait, and ends us in the middle of the cleanup.
      event.preventDefault();
      log.info("session-ends");
      app.quit();
    });
  };

  app.on("second-instance", (_event, _argv, _directory, handedOver) => {
    const parsed = handOverSchema.safeParse(handedOver);
    if (!parsed.success) log.warn("unknown-command");
    take(parsed.success ? parsed.data.command : { kind: "open" });
  });
  // Without a listener Electron quits with the last window; the tray goes on.
  app.on("window-all-closed", () => undefined);
  app.on("before-quit", (event) => {
    if (state === "clean") return;
    event.preventDefault();
    if (state === "cleaning") return;
    state = "cleaning";
    void cleanUp(cleanups(), log).finally(() => {
      state = "clean";
      app.quit();
    });
  });

  // Windows says it to windows, and of nothing else comes a `before-quit` there. It may end us as soon as this returns:
  // by then every cleanup has begun that does not wait for another one. A mere question whether the session may end
  // (`query-session-end`) is none yet: another program may refuse.
  app.on("browser-window-created", (_event, window) => {
    window.on("session-end", () => {
      log.info("session-ends");
      app.quit();
    });
  });

  app
    .whenReady()
    .then(onReady)
    // Not before: Electron 33 has Linux wait only for a listener that is not its first one, of whatever event.
    .then(watchShutdown)
    .then(obeyWaiting)
    .catch((error: unknown) => {
      log.error("start-failed", { code: errorCode(error) });
      terminal.complain(`Parley could not start: ${error instanceof Error ? error.message : "unknown"}`);
      app.exit(exitCodes.notStarted);
    });
  return true;
}

/** @returns the command to begin with; `null` when this process ends, its command handed over or refused. */
function claim({ app, commandLine, terminal }: LifecycleOptions): Command | null {
  if (commandLine.kind === "help") {
    terminal.say(usage);
    app.exit(exitCodes.done);
    return null;
  }
  if (commandLine.kind === "mistake") {
    terminal.complain(commandLine.words);
    app.exit(exitCodes.mistake);
    return null;
  }
  const { command } = commandLine;
  if (!app.requestSingleInstanceLock({ command })) {
    app.exit(exitCodes.done);
    return null;
  }
  if (needsRunning(command)) {
    app.releaseSingleInstanceLock();
    terminal.complain("Parley is not running: there is nothing to stop.");
    app.exit(exitCodes.notStarted);
    return null;
  }
  return command;
}

/** One that fails is no reason to leave the next one out, which may be the microphone's. */
async function cleanEach(cleanups: readonly Cleanup[], log: Log): Promise<void> {
  for (const cleanup of cleanups) {
    try {
      await cleanup();
    } catch (error) {
      log.error("cleanup-failed", { code: errorCode(error) });
    }
  }
}

async function cleanUp(cleanups: readonly Cleanup[], log: Log): Promise<void> {
  let bound: NodeJS.Timeout | undefined;
  const tooLate = new Promise<void>((resolve) => {
    bound = setTimeout(() => {
      log.warn("cleanup-took-too-long");
      resolve();
    }, cleanupBoundMs);
  });
  await Promise.race([cleanEach(cleanups, log), tooLate]);
  clearTimeout(bound);
}
