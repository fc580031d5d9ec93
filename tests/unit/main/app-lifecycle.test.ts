import { EventEmitter } from "node:events";
import { afterEach, describe, expect, it, vi } from "vitest";
import { runLifecycle, type LifecycleOptions } from "../../../electron/main/app-lifecycle.ts";
import { recordingLog } from "../../support/recording-log.ts";

afterEach(() => vi.useRealTimers());

function start(overrides: Partial<LifecycleOptions> = {}, hasLock = true) {
  const events = new EventEmitter();
  const calls: string[] = [];
  const app = {
    requestSingleInstanceLock: () => hasLock,
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
  const log = recordingLog();
  const isFirst = runLifecycle({
    app: app as unknown as LifecycleOptions["app"],
    log,
    onReady: () => Promise.resolve(void calls.push("ready")),
    onSecondInstance: () => calls.push("second"),
    cleanup: () => Promise.resolve(void calls.push("cleanup")),
    ...overrides,
  });
  return { events, calls, quit, isFirst, log };
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

  it("ends although the cleanup fails", async () => {
    const { calls, quit, log } = start({ cleanup: () => Promise.reject(new Error("no")) });
    quit();
    await settle();
    expect(calls).toContain("ended");
    expect(log.lines[0]?.event).toBe("cleanup-failed");
  });

  it("ends although the cleanup throws at once", async () => {
    const { calls, quit } = start({
      cleanup: () => {
        throw new Error("no");
      },
    });
    quit();
    await settle();
    expect(calls).toContain("ended");
  });

  it("ends after two seconds although the cleanup hangs", async () => {
    vi.useFakeTimers();
    const { calls, quit } = start({ cleanup: () => new Promise(() => undefined) });
    quit();
    await vi.advanceTimersByTimeAsync(1_999);
    expect(calls).not.toContain("ended");
    await vi.advanceTimersByTimeAsync(1);
    expect(calls).toContain("ended");
  });

  it("goes on without windows and tells of a second start", async () => {
    const { events, calls } = start();
    expect(events.listenerCount("window-all-closed")).toBe(1);
    events.emit("second-instance");
    expect(calls).toContain("second");
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
