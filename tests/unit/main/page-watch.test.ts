import { beforeEach, describe, expect, it } from "vitest";
import {
  createPageWatch,
  hungAfterTicks,
  pageTickLateMs,
  pageTickMs,
  unloadedAfterTicks,
  type PageWatch,
} from "../../../electron/main/page-watch.ts";
import { manualTimers, type ManualTimers } from "../../support/session-timers.ts";

let timers: ManualTimers;
let nowMs: number;
let asks: number[];
let hangs: number;
let watch: PageWatch;

beforeEach(() => {
  timers = manualTimers();
  nowMs = 40_000;
  asks = [];
  hangs = 0;
  watch = createPageWatch({
    timers,
    nowMs: () => nowMs,
    send: (ask) => void asks.push(ask),
    onHung: () => void (hangs += 1),
  });
});

function pass(ticks: number, lateMs = 0): void {
  for (let tick = 0; tick < ticks; tick += 1) {
    nowMs += pageTickMs + lateMs;
    timers.fire(pageTickMs);
  }
}
const answer = (): void => watch.answered(asks.at(-1) ?? 0);

describe("a page that does not answer", () => {
  /**
   * A page hung while somebody talked. The key went up, and nothing closed the microphone any more; before a press, each
   * one ended after four seconds with the advice to unplug a microphone that worked.
   */
  it("hangs after a second, and that is told again as long as it is there", () => {
    watch.ready();
    watch.ask();
    pass(hungAfterTicks - 1);
    expect(hangs).toBe(0);
    pass(1);
    expect(hangs).toBe(1);
    expect(hungAfterTicks * pageTickMs).toBe(1_000);
    pass(hungAfterTicks);
    expect(hangs).toBe(2);
    watch.gone();
    expect(timers.running()).toEqual([]);
  });

  it("is given the time from the first question, however often it is asked", () => {
    watch.ready();
    watch.ask();
    pass(2);
    watch.ask();
    watch.ask();
    pass(hungAfterTicks - 3);
    expect(hangs).toBe(0);
    pass(1);
    expect(hangs).toBe(1);
  });

  it("owes an answer to the newest question: it may have hung since the one before", () => {
    watch.ready();
    watch.ask();
    watch.ask();
    watch.answered(1);
    pass(hungAfterTicks);
    expect(hangs).toBe(1);
  });

  it("is not asked, nor waited for, before it is there", () => {
    watch.ask();
    watch.setNeeded(true);
    expect(asks).toEqual([]);
    expect(timers.running()).toEqual([]);
    watch.ready();
    expect(asks).toEqual([1]);
  });

  it("takes nothing over from the page before it", () => {
    watch.ready();
    watch.ask();
    pass(hungAfterTicks - 1);
    watch.gone();
    watch.loading();
    watch.ready();
    expect(timers.running()).toEqual([]);
    watch.ask();
    pass(hungAfterTicks - 1);
    expect(hangs).toBe(0);
  });
});

describe("a page that is well", () => {
  it("is left alone as soon as it has answered", () => {
    watch.ready();
    watch.ask();
    pass(2);
    answer();
    nowMs += pageTickMs;
    timers.fire(pageTickMs);
    expect(timers.running()).toEqual([]);
    expect(asks).toHaveLength(1);
  });

  it("is asked again and again while it is needed, and not any more afterwards", () => {
    watch.ready();
    watch.setNeeded(true);
    for (let tick = 0; tick < 40; tick += 1) {
      answer();
      pass(1);
    }
    expect(asks).toHaveLength(41);
    answer();
    watch.setNeeded(false);
    pass(1);
    expect(timers.running()).toEqual([]);
    expect(hangs).toBe(0);
  });

  it("may be busy for most of a second, over and over", () => {
    watch.ready();
    watch.setNeeded(true);
    for (let time = 0; time < 20; time += 1) {
      pass(hungAfterTicks - 1);
      answer();
    }
    expect(hangs).toBe(0);
  });

  it("is left alone while its threads deliver, though its own one hangs: nothing is lost by that yet", () => {
    watch.ready();
    watch.setNeeded(true);
    for (let tick = 0; tick < 50; tick += 1) {
      watch.seen();
      pass(1);
    }
    expect(hangs).toBe(0);
    pass(hungAfterTicks);
    expect(hangs).toBe(1);
  });

  it("is not held responsible for a time in which this process was kept from running, too", () => {
    watch.ready();
    watch.ask();
    // A sleep, and then a machine that is so busy that each tick is late.
    pass(1, 3_600_000);
    pass(50, pageTickLateMs + 1);
    expect(hangs).toBe(0);
    pass(hungAfterTicks, pageTickLateMs);
    expect(hangs).toBe(1);
  });
});

describe("a page that is being loaded", () => {
  it("has ten seconds for it", () => {
    watch.loading();
    pass(unloadedAfterTicks - 1);
    expect(hangs).toBe(0);
    pass(1);
    expect(hangs).toBe(1);
    expect(unloadedAfterTicks * pageTickMs).toBe(10_000);
  });

  it("is asked as soon as it is there, if somebody talks already", () => {
    watch.loading();
    watch.setNeeded(true);
    expect(asks).toEqual([]);
    pass(3);
    watch.ready();
    expect(asks).toEqual([1]);
    pass(hungAfterTicks);
    expect(hangs).toBe(1);
  });
});
