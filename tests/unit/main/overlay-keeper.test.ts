import { describe, expect, it } from "vitest";
import type { Displays } from "../../../electron/main/displays.ts";
import {
  createOverlayKeeper,
  lookAfterMs,
  type OverlayKeeper,
} from "../../../electron/main/overlay-keeper.ts";
import { mostAttempts, placeOverlay, type DisplayArea } from "../../../electron/main/overlay-placement.ts";
import type { Rect } from "../../../shared/ipc-contract.ts";
import { passingTimers, type PassingTimers } from "../../support/passing-timers.ts";
import { recordingLog } from "../../support/recording-log.ts";

const display = (id: number, x: number): DisplayArea => {
  const bounds = { x, y: 0, width: 1_280, height: 800 };
  return { id, bounds, workArea: bounds, scaleFactor: 1 };
};
const first = display(1, 0);
const second = display(2, 1_280);

/** A desktop of two displays with the overlay on the second, whose parts are changed by the test. */
interface Desk {
  readonly timers: PassingTimers;
  readonly keeper: OverlayKeeper;
  readonly asked: readonly Rect[];
  displays: readonly DisplayArea[];
  cursor: { x: number; y: number };
  isVisible: boolean;
  /** Where somebody else puts the window whenever we have put it somewhere. */
  wantedElsewhere: Rect | null;
  placedCount: number;
  tellChange(): void;
  moveWindow(bounds: Rect): void;
  closeWindow(): void;
}

async function deskWithOverlay(): Promise<Desk> {
  const timers = passingTimers();
  const listeners = new Set<() => void>();
  const windowListeners: (() => void)[] = [];
  const closeListeners: (() => void)[] = [];
  const asked: Rect[] = [];
  let bounds: Rect = { x: 0, y: 0, width: 480, height: 560 };
  let isClosed = false;
  const moveWindow = (next: Rect): void => {
    bounds = next;
    for (const listener of windowListeners) listener();
  };
  const displays: Displays = {
    all: () => desk.displays,
    cursor: () => Promise.resolve(desk.cursor),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    mayHaveChanged: () => desk.tellChange(),
  };
  const keeper = createOverlayKeeper({
    window: {
      getBounds: () => bounds,
      setBounds(next) {
        asked.push(next);
        moveWindow(desk.wantedElsewhere ?? next);
      },
      isVisible: () => desk.isVisible,
      isDestroyed: () => isClosed,
      on: (_event, listener) => windowListeners.push(listener),
      once: (_event, listener) => closeListeners.push(listener),
    },
    displays,
    timers,
    log: recordingLog(),
    onPlaced: () => (desk.placedCount += 1),
  });
  const desk: Desk = {
    timers,
    keeper,
    asked,
    displays: [first, second],
    cursor: { x: 1_500, y: 300 },
    isVisible: false,
    wantedElsewhere: null,
    placedCount: 0,
    tellChange() {
      for (const listener of listeners) listener();
    },
    moveWindow,
    closeWindow() {
      isClosed = true;
      for (const listener of closeListeners) listener();
    },
  };
  await keeper.bring();
  desk.isVisible = true;
  await timers.pass(lookAfterMs);
  expect(asked.splice(0)).toEqual([placeOverlay(second.workArea)]);
  desk.placedCount = 0;
  return desk;
}

describe("keeping the overlay on a display", () => {
  it("moves it once for a burst of events, and has its shape cut anew", async () => {
    const desk = await deskWithOverlay();
    desk.displays = [first];
    for (let event = 0; event < 5; event += 1) desk.tellChange();
    await desk.timers.pass(lookAfterMs);
    await desk.timers.pass(10 * lookAfterMs);
    expect(desk.asked).toEqual([placeOverlay(first.workArea)]);
    expect(desk.placedCount).toBe(1);
  });

  it("goes where the displays are at the end of a burst that goes on and on", async () => {
    const desk = await deskWithOverlay();
    desk.displays = [];
    desk.tellChange();
    await desk.timers.pass(lookAfterMs);
    expect(desk.asked).toEqual([]);
    desk.displays = [display(7, 4_000)];
    desk.tellChange();
    await desk.timers.pass(lookAfterMs);
    desk.displays = [first];
    desk.tellChange();
    await desk.timers.pass(lookAfterMs);
    expect(desk.asked.at(-1)).toEqual(placeOverlay(first.workArea));
  });

  it("looks by the events alone: a cursor that moves changes nothing", async () => {
    const desk = await deskWithOverlay();
    desk.cursor = { x: 10, y: 10 };
    desk.tellChange();
    await desk.timers.pass(lookAfterMs);
    expect(desk.asked).toEqual([]);
  });

  it("fetches it back when the system has moved it off, and rests when it is let be", async () => {
    const desk = await deskWithOverlay();
    desk.moveWindow({ x: 2_400, y: 700, width: 480, height: 560 });
    await desk.timers.pass(10 * lookAfterMs);
    expect(desk.asked).toEqual([placeOverlay(second.workArea)]);
  });

  it("does not quarrel for ever with a window manager that wants it elsewhere", async () => {
    const desk = await deskWithOverlay();
    desk.wantedElsewhere = { x: 9_000, y: 9_000, width: 480, height: 560 };
    desk.displays = [first];
    desk.tellChange();
    await desk.timers.pass(100 * lookAfterMs);
    expect(desk.asked).toHaveLength(mostAttempts);
  });

  it("leaves a hidden one alone, which is put in place when it is shown", async () => {
    const desk = await deskWithOverlay();
    desk.isVisible = false;
    desk.displays = [first];
    desk.tellChange();
    await desk.timers.pass(lookAfterMs);
    expect(desk.asked).toEqual([]);
    await desk.keeper.bring();
    expect(desk.asked).toEqual([placeOverlay(first.workArea)]);
  });

  it("leaves one alone that was hidden between the event and the look", async () => {
    const desk = await deskWithOverlay();
    desk.displays = [first];
    desk.tellChange();
    desk.isVisible = false;
    await desk.timers.pass(lookAfterMs);
    expect(desk.asked).toEqual([]);
  });

  it("brings a visible one to the display with the cursor, and leaves it on that display", async () => {
    const desk = await deskWithOverlay();
    await desk.keeper.bring();
    expect(desk.asked).toEqual([]);
    desk.cursor = { x: 10, y: 10 };
    await desk.keeper.bring();
    expect(desk.asked).toEqual([placeOverlay(first.workArea)]);
  });

  it("asks nothing of a window that is gone", async () => {
    const desk = await deskWithOverlay();
    desk.displays = [first];
    desk.tellChange();
    desk.closeWindow();
    desk.tellChange();
    await desk.keeper.bring();
    await desk.timers.pass(lookAfterMs);
    expect(desk.asked).toEqual([]);
  });
});
