import { describe, expect, it } from "vitest";
import {
  createHotkeyHook,
  type HookState,
  type HotkeyHookOptions,
  type NativeHook,
  type NativeKeyEvent,
} from "../../../electron/main/hotkey-hook.ts";
import { shiftHookCodes, talkKeyCodes } from "../../../electron/main/talk-key-codes.ts";
import { passingTimers } from "../../support/passing-timers.ts";
import { recordingLog } from "../../support/recording-log.ts";

const noFlags = { ctrlKey: false, altKey: false, shiftKey: false, metaKey: false };

/** A keyboard in place of the add-on. */
function fakeNative() {
  const listeners: Record<"keydown" | "keyup", ((event: NativeKeyEvent) => void)[]> = {
    keydown: [],
    keyup: [],
  };
  const calls: string[] = [];
  let timeMs = 0;
  const native: NativeHook = {
    on: (event, listener) => listeners[event].push(listener),
    start: () => calls.push("start"),
    stop: () => calls.push("stop"),
  };
  const press = (event: "keydown" | "keyup", keycode: number, shiftKey = false): void => {
    timeMs += 10;
    stamped(event, keycode, timeMs, shiftKey);
  };
  const stamped = (event: "keydown" | "keyup", keycode: number, time: number, shiftKey = false): void => {
    for (const listener of listeners[event]) {
      listener({ ...noFlags, ctrlKey: true, shiftKey, keycode, time });
    }
  };
  return { native, calls, press, stamped };
}

function build(overrides: Partial<HotkeyHookOptions> = {}) {
  const keyboard = fakeNative();
  const edges: string[] = [];
  const states: HookState[] = [];
  const hook = createHotkeyHook({
    load: () => Promise.resolve(keyboard.native),
    talkKey: "RightCtrl",
    platform: "linux",
    isWayland: false,
    isTrusted: () => true,
    readKeymap: null,
    watchKeyPresses: null,
    timers: passingTimers(),
    nowMs: () => 0,
    onEdge: ({ type }) => edges.push(type),
    onState: (state) => states.push(state),
    log: recordingLog(),
    ...overrides,
  });
  return { hook, keyboard, edges, states };
}

const rightCtrl = talkKeyCodes.RightCtrl.hookCode;
const f9 = talkKeyCodes.F9.hookCode;

describe("the talk key's hook", () => {
  it("tells a press with Shift, and its release as any other", async () => {
    const { hook, keyboard, edges } = build();
    await hook.start();
    const [leftShift = 0] = shiftHookCodes;
    keyboard.press("keydown", leftShift, true);
    keyboard.press("keydown", rightCtrl, true);
    keyboard.press("keyup", leftShift);
    keyboard.press("keyup", rightCtrl);
    expect(edges).toEqual(["otherDown", "talkDownWithShift", "tapUp"]);
  });

  it("reports press and release, and says that it works", async () => {
    const { hook, keyboard, edges, states } = build();
    await hook.start();
    keyboard.press("keydown", rightCtrl);
    keyboard.press("keyup", rightCtrl);
    expect(edges).toEqual(["talkDown", "tapUp"]);
    expect(states.at(-1)).toMatchObject({ isWorking: true });
  });

  it("says what failed when the hook cannot start, and works when it is started again later", async () => {
    let mayStart = false;
    const keyboard = fakeNative();
    const native: NativeHook = {
      ...keyboard.native,
      start() {
        if (!mayStart) throw Object.assign(new Error("no"), { code: "UIOHOOK_ERROR_X_OPEN_DISPLAY" });
      },
    };
    const { hook, edges } = build({ load: () => Promise.resolve(native) });
    await hook.start();
    expect(hook.state()).toMatchObject({ isWorking: false });
    expect(hook.state().explanation).toContain("UIOHOOK_ERROR_X_OPEN_DISPLAY");
    mayStart = true;
    await hook.start();
    keyboard.press("keydown", rightCtrl);
    expect(hook.state().isWorking).toBe(true);
    expect(edges).toEqual(["talkDown"]);
  });

  it("says so when there is no add-on for this system", async () => {
    const { hook } = build({ load: () => Promise.reject(new Error("No native build was found")) });
    await hook.start();
    expect(hook.state().isWorking).toBe(false);
  });

  it("does not touch the keyboard on macOS without permission", async () => {
    const { hook, keyboard } = build({ platform: "darwin", isTrusted: () => false });
    await hook.start();
    expect(keyboard.calls).toEqual([]);
    expect(hook.state().explanation).toContain("Accessibility");
  });

  /**
   * macOS does not stamp in milliseconds: a tap of 80 ms was taken for a hold of 80 million, so that what was said after
   * it was not recorded.
   */
  it.each([
    { unit: "nanoseconds", perMs: 1e6 },
    { unit: "ticks of 24 MHz", perMs: 24_000 },
  ])("tells a tap from a hold on macOS, which stamps in $unit", async ({ perMs }) => {
    let nowMs = 0;
    const { hook, keyboard, edges } = build({ platform: "darwin", talkKey: "F9", nowMs: () => nowMs });
    await hook.start();
    const upSinceMs = 900_000;
    const key = (event: "keydown" | "keyup", keycode: number, atMs: number, heardMs = atMs): void => {
      nowMs = heardMs;
      keyboard.stamped(event, keycode, Math.round((upSinceMs + atMs) * perMs));
    };
    const since = (): readonly string[] => edges.splice(0);
    key("keydown", f9, 1_000);
    key("keyup", f9, 1_080);
    expect(since(), "before its unit is known").toEqual(["talkDown", "tapUp"]);
    key("keydown", f9, 2_000);
    key("keydown", f9, 2_500);
    key("keyup", f9, 3_000);
    expect(since()).toEqual(["talkDown", "tapWindowElapsed", "talkUp"]);
    key("keydown", rightCtrl, 6_000, 6_300);
    key("keyup", rightCtrl, 6_100, 6_400);
    expect(since()).toEqual(["otherDown"]);
    key("keydown", f9, 7_000, 8_600);
    key("keyup", f9, 8_500, 8_600);
    expect(since(), "both ends heard at once").toEqual(["talkDown", "tapWindowElapsed", "talkUp"]);
    key("keydown", f9, 9_000);
    key("keyup", f9, 9_080, 10_000);
    expect(since(), "its end heard late").toEqual(["talkDown", "tapUp"]);
    hook.loseSight();
    since();
    key("keydown", f9, 11_000, 5_000_000);
    key("keyup", f9, 11_080, 5_000_080);
    expect(since(), "after a sleep").toEqual(["talkDown", "tapUp"]);
  });

  it("takes a modifier that goes down again on macOS for a press of its own: it repeats none there", async () => {
    const { hook, keyboard, edges } = build({ platform: "darwin" });
    await hook.start();
    keyboard.press("keydown", rightCtrl);
    keyboard.press("keydown", rightCtrl);
    expect(edges).toEqual(["talkDown", "evidenceLost", "talkDown"]);
  });

  it("tells the limits of Wayland plainly", async () => {
    const { hook } = build({ isWayland: true });
    await hook.start();
    expect(hook.state().isWorking).toBe(false);
    expect(hook.state().explanation).toContain("Wayland");
  });

  it("ends a hold when it stops, so that no recording goes on without it", async () => {
    const { hook, keyboard, edges } = build();
    await hook.start();
    keyboard.press("keydown", rightCtrl);
    hook.stop();
    hook.stop();
    keyboard.press("keyup", rightCtrl);
    expect(edges).toEqual(["talkDown", "evidenceLost"]);
    expect(keyboard.calls).toEqual(["start", "stop"]);
  });

  it("ends a hold when the screen is locked, and takes the next press as new", async () => {
    const { hook, keyboard, edges } = build();
    await hook.start();
    keyboard.press("keydown", rightCtrl);
    hook.loseSight();
    hook.loseSight();
    keyboard.press("keydown", rightCtrl);
    expect(edges).toEqual(["talkDown", "evidenceLost", "talkDown"]);
  });

  it("listens to another key at once, and ends a hold of the old one", async () => {
    const { hook, keyboard, edges } = build();
    await hook.start();
    keyboard.press("keydown", rightCtrl);
    hook.setTalkKey("F9");
    keyboard.press("keydown", f9);
    keyboard.press("keyup", f9);
    expect(edges).toEqual(["talkDown", "evidenceLost", "talkDown", "tapUp"]);
    expect(hook.state().explanation).toContain("F9");
  });

  it("reports the loss once when the system says that the key is up", async () => {
    const timers = passingTimers();
    const readKeymap = () => Promise.resolve(new Uint8Array(32));
    const { hook, keyboard, edges } = build({ timers, readKeymap });
    await hook.start();
    keyboard.press("keydown", rightCtrl);
    await timers.pass(1_000);
    keyboard.press("keyup", rightCtrl);
    expect(edges).toEqual(["talkDown", "evidenceLost"]);
  });
});

/**
 * It took a second hold of more than a second until anybody was told, and a tap was not noticed at all: the system was
 * asked once a second which keys are down.
 */
describe("a hook that has gone deaf", () => {
  async function deafened(native?: NativeHook) {
    const timers = passingTimers();
    const log = recordingLog();
    const watchers = new Set<() => void>();
    let lateByMs = 0;
    const built = build({
      timers,
      log,
      nowMs: () => timers.nowMs() + lateByMs,
      watchKeyPresses(onPress) {
        watchers.add(onPress);
        return () => watchers.delete(onPress);
      },
      ...(native === undefined ? {} : { load: () => Promise.resolve(native) }),
    });
    await built.hook.start();
    await timers.pass(3_000);
    /** As the system tells it, however short it is. */
    const pressUnheard = (): void => {
      for (const tell of watchers) tell();
    };
    const alarms = (): number => log.lines.filter(({ event }) => event === "hotkey-hook-deaf").length;
    return { ...built, timers, watchers, pressUnheard, alarms, stopFor: (ms: number) => (lateByMs += ms) };
  }

  it("is told with its reason within two seconds of the first press that it did not hear, and started anew", async () => {
    const { hook, keyboard, timers, pressUnheard } = await deafened();
    pressUnheard();
    await timers.pass(1_000);
    expect(keyboard.calls).toEqual(["start", "stop", "start"]);
    expect(hook.state()).toMatchObject({
      isWorking: false,
      explanation: expect.stringContaining("did not hear it") as string,
    });
  });

  it("is taken back with the first event that is heard", async () => {
    const { hook, keyboard, timers, edges, states, pressUnheard } = await deafened();
    pressUnheard();
    await timers.pass(1_000);
    keyboard.press("keydown", rightCtrl);
    expect(hook.state().isWorking).toBe(true);
    expect(states.map(({ isWorking }) => isWorking)).toEqual([true, false, true]);
    expect(edges).toEqual(["talkDown"]);
  });

  it("is started anew again for a later press, but not ten times a second for somebody who types", async () => {
    const { hook, keyboard, timers, pressUnheard, alarms } = await deafened();
    for (let key = 0; key < 100; key += 1) {
      pressUnheard();
      await timers.pass(100);
    }
    expect(alarms()).toBeGreaterThan(1);
    expect(alarms()).toBeLessThanOrEqual(5);
    expect(keyboard.calls.at(-1)).toBe("start");
    expect(hook.state().isWorking).toBe(false);
  });

  it("is tried again at the next press where it could not be started anew", async () => {
    const keyboard = fakeNative();
    let starts = 0;
    const native: NativeHook = {
      ...keyboard.native,
      start() {
        starts += 1;
        if (starts === 2) throw Object.assign(new Error("no"), { code: "UIOHOOK_ERROR_X_OPEN_DISPLAY" });
      },
    };
    const { hook, timers, pressUnheard } = await deafened(native);
    pressUnheard();
    await timers.pass(1_000);
    expect(hook.state().explanation).toContain("UIOHOOK_ERROR_X_OPEN_DISPLAY");
    await timers.pass(2_000);
    pressUnheard();
    await timers.pass(1_000);
    expect(starts).toBe(3);
    keyboard.press("keydown", f9);
    expect(hook.state().isWorking).toBe(true);
  });

  it.each([
    { what: "before the system tells it", leadMs: 200 },
    { what: "up to half a second after", leadMs: -490 },
  ])("is not one that hears a press $what", async ({ leadMs }) => {
    const { hook, keyboard, timers, pressUnheard, alarms } = await deafened();
    if (leadMs > 0) keyboard.press("keydown", rightCtrl);
    await timers.pass(Math.max(0, leadMs));
    pressUnheard();
    await timers.pass(Math.max(0, -leadMs));
    if (leadMs < 0) keyboard.press("keydown", rightCtrl);
    await timers.pass(5_000);
    expect(alarms()).toBe(0);
    expect(hook.state().isWorking).toBe(true);
  });

  it("is not one of a process that was stopped meanwhile: it gets its time once it goes on", async () => {
    const { keyboard, timers, pressUnheard, alarms, stopFor } = await deafened();
    pressUnheard();
    stopFor(9_000);
    await timers.pass(500);
    expect(alarms()).toBe(0);
    await timers.pass(300);
    keyboard.press("keydown", rightCtrl);
    await timers.pass(5_000);
    expect(alarms()).toBe(0);
  });

  it("is not watched for once it is stopped", async () => {
    const { hook, timers, watchers, pressUnheard, alarms } = await deafened();
    pressUnheard();
    hook.stop();
    expect(watchers.size).toBe(0);
    await timers.pass(5_000);
    expect(alarms()).toBe(0);
  });
});
