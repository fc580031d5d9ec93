import { EventEmitter } from "node:events";
import { afterEach, describe, expect, it, vi } from "vitest";
import { runLifecycle, type LifecycleOptions } from "../../../electron/main/app-lifecycle.ts";
import type { Command, CommandLine } from "../../../electron/main/command-line.ts";
import { recordingLog } from "../../support/recording-log.ts";

afterEach(() => vi.useRealTimers());

function start(overrides: Partial<LifecycleOptions> = {}, hasLock = true) {
  const events = new EventEmitter();
  const calls: string[] = [];
  const said: string[] = [];
  const handOvers: unknown[] = [];
  const app = {
    requestSingleInstanceLock: (handedOver: unknown) => {
      handOvers.push(handedOver);
      return hasLock;
    },
    releaseSingleInstanceLock: () => calls.push("unlock"),
    on: (name: string, listener: () => void) => events.on(name, listener),
    whenReady: () => Promise.resolve(),
    quit: () => quit(),
    exit: (code: number) => calls.push(`exit ${code}`),
  };
  /** As Electron does: asks everybody first, ends if nobody objects. */
  function quit(): void {
    let isPrevented = false;
    events.emit("before-quit", { preventDefault: () => (isPrevented = true) });
    if (!isPrevented) calls.push("ended");
  }
  const power = new EventEmitter();
  const log = recordingLog();
  const isFirst = runLifecycle({
    app: app as unknown as LifecycleOptions["app"],
    power,
    commandLine: { kind: "command", command: { kind: "open" } },
    terminal: { say: (text) => said.push(text), complain: (text) => said.push(`! ${text}`) },
    log,
    onReady: () => Promise.resolve(void calls.push("ready")),
    onCommand: (command) => calls.push(`command ${Object.values(command).join(" ")}`),
    cleanups: () => [() => Promise.resolve(void calls.push("cleanup"))],
    ...overrides,
  });
  /** As Electron does; its own reading of the command line is not looked at. */
  const startAgain = (handedOver: unknown): boolean =>
    events.emit("second-instance", {}, ["--talk", "stop"], "/", handedOver);
  return { events, power, calls, quit, isFirst, log, said, handOvers, startAgain };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("the life of the process", () => {
  it("cleans up once and then ends, however often it is asked to", async () => {
    const { calls, quit } = start();
    await settle();
    quit();
    quit();
    await settle();
    expect(calls).toEqual(["ready", "cleanup", "ended"]);
  });

  // One that failed kept all after it from running: the microphone open, the settings unsaved.
  it("cleans up everything and ends although a part of it fails or throws at once", async () => {
    const { calls, quit, log } = start({
      cleanups: () => [
        () => Promise.reject(new Error("no")),
        () => {
          throw new Error("no");
        },
        () => void calls.push("the rest"),
      ],
    });
    quit();
    await settle();
    expect(calls).toEqual(["ready", "the rest", "ended"]);
    expect(log.lines.map(({ event }) => event)).toEqual(["cleanup-failed", "cleanup-failed"]);
  });

  it("ends within two seconds although a part of the cleanup hangs", async () => {
    vi.useFakeTimers();
    const { calls, quit } = start({ cleanups: () => [() => new Promise(() => undefined)] });
    quit();
    await vi.advanceTimersByTimeAsync(1_400);
    expect(calls).not.toContain("ended");
    await vi.advanceTimersByTimeAsync(500);
    expect(calls).toContain("ended");
  });

  /** It quit, but did not ask the system to wait: that ended it in the middle of the cleanup. */
  it("asks the system to wait with its shutdown, cleans up and ends", async () => {
    const { power, calls } = start();
    await settle();
    let isDelayed = false;
    power.emit("shutdown", { preventDefault: () => (isDelayed = true) });
    expect(isDelayed, "before the listener returns").toBe(true);
    await settle();
    expect(calls).toEqual(["ready", "cleanup", "ended"]);
  });

  /** Nothing was cleaned up there at a log-out: `before-quit` does not come. */
  it("cleans up at once and ends when Windows tells a window that the session ends, but not when it only asks", async () => {
    const { events, calls } = start();
    await settle();
    const window = new EventEmitter();
    events.emit("browser-window-created", {}, window);
    window.emit("query-session-end", { reasons: ["logoff"] });
    await settle();
    expect(calls).toEqual(["ready"]);
    window.emit("session-end", { reasons: ["logoff"] });
    expect(calls, "before the listener returns").toEqual(["ready", "cleanup"]);
    await settle();
    expect(calls).toEqual(["ready", "cleanup", "ended"]);
  });

  it("goes on without windows", () => {
    expect(start().events.listenerCount("window-all-closed")).toBe(1);
  });

  it("ends at once when the profile is in use, and builds nothing", async () => {
    const { calls, isFirst } = start({}, false);
    await settle();
    expect(isFirst).toBe(false);
    expect(calls).toEqual(["exit 0"]);
  });

  it("ends with an error when it cannot start", async () => {
    const { calls } = start({ onReady: () => Promise.reject(new Error("no practice server")) });
    await settle();
    expect(calls).toEqual(["exit 1"]);
  });
});

describe("commands", () => {
  const commandLine = (command: Command): CommandLine => ({ kind: "command", command });

  it("of later starts are carried out in their order, those of the time before the start once it is over", async () => {
    let finishStart = (): void => undefined;
    const { calls, startAgain } = start({
      commandLine: commandLine({ kind: "talk", verb: "start" }),
      onReady: () => new Promise((resolve) => (finishStart = resolve)),
    });
    await settle();
    startAgain({ command: { kind: "talk", verb: "stop" } });
    startAgain({ command: { kind: "open" } });
    expect(calls).toEqual([]);
    finishStart();
    await settle();
    startAgain({ command: { kind: "cancel" } });
    expect(calls).toEqual(["command talk start", "command talk stop", "command open", "command cancel"]);
  });

  it("are none where nothing was asked for", async () => {
    const { calls } = start();
    await settle();
    expect(calls).toEqual(["ready"]);
  });

  it.each([[undefined], [null], [{}], [{ command: { kind: "talk", verb: "shout" } }], [{ command: "quit" }]])(
    "that nobody knows (%j) are noted, and mean what a plain start means",
    async (handedOver) => {
      const { calls, startAgain, log } = start();
      await settle();
      startAgain(handedOver);
      expect(calls.at(-1)).toBe("command open");
      expect(log.lines.map(({ event }) => event)).toEqual(["unknown-command", "command"]);
    },
  );

  it("that mean nothing without a Parley that runs start none, and say so", async () => {
    const { calls, said, isFirst } = start({ commandLine: commandLine({ kind: "cancel" }) });
    await settle();
    expect(isFirst).toBe(false);
    expect(calls).toEqual(["unlock", "exit 1"]);
    expect(said).toEqual(["! Parley is not running: there is nothing to stop."]);
  });

  it("that are mistaken disturb nobody: the profile is not even asked for", async () => {
    const { calls, said, handOvers } = start({ commandLine: { kind: "mistake", words: "What?" } });
    await settle();
    expect(calls).toEqual(["exit 2"]);
    expect(said).toEqual(["! What?"]);
    expect(handOvers).toEqual([]);
  });

  it("are handed over to the instance that runs", async () => {
    const command = { kind: "talk", verb: "toggle" } as const;
    const { calls, handOvers } = start({ commandLine: commandLine(command) }, false);
    await settle();
    expect(handOvers).toEqual([{ command }]);
    expect(calls).toEqual(["exit 0"]);
  });
});
