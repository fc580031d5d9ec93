/** Owns the proof that a peer which is gone without a word is noticed in time, and one that is there never given up. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLiveness } from "../../../electron/main/realtime/liveness.ts";
import type { Pace } from "../../../electron/main/realtime/liveness.ts";
import { createWorldClock } from "../../support/engine-clock.ts";

interface Peer {
  /** Until then it answers. */
  readonly livesUntilMs: number;
  readonly roundTripMs: number;
  /** What the line to it carries; nothing is held up without. */
  readonly bytesPerMs?: number;
}

function setUp({ livesUntilMs, roundTripMs, bytesPerMs = Infinity }: Peer, pace: Pace) {
  const clock = createWorldClock();
  let deadAtMs: number | null = null;
  let pings = 0;
  /** Until then the line is busy with what was sent. */
  let freeAtMs = 0;
  /** What the system has received while this process did not run. */
  let received: (() => void)[] = [];
  const liveness = createLiveness({
    timers: clock.timers,
    nowMs: clock.nowMs,
    ping: () => {
      pings += 1;
      const arrivesInMs = roundTripMs / 2 + Math.max(0, freeAtMs - clock.nowMs());
      if (clock.nowMs() + arrivesInMs < livesUntilMs) {
        clock.timers.start(arrivesInMs + roundTripMs / 2, () => liveness.heard());
      }
    },
    afterReceived: (task) => {
      for (const hear of received.splice(0)) hear();
      task();
    },
    onDead: () => {
      deadAtMs = clock.nowMs();
    },
  });
  liveness.setPace(pace);
  return {
    clock,
    liveness: {
      ...liveness,
      sent: (bytes: number) => {
        freeAtMs = Math.max(freeAtMs, clock.nowMs()) + bytes / bytesPerMs;
        liveness.sent(bytes);
      },
    },
    dead: () => deadAtMs,
    pings: () => pings,
    receive: (hear: () => void) => (received = [...received, hear]),
  };
}

describe("a peer that falls silent without a word", () => {
  it.each<[Pace, number]>([
    ["busy", 2_500],
    ["idle", 20_000],
  ])("is noticed in time while we are %s, whenever it happens", (pace, boundMs) => {
    const startMs = 1_000_000;
    for (let diesAtMs = startMs + 30_000; diesAtMs < startMs + 52_000; diesAtMs += 137) {
      const { clock, dead } = setUp({ livesUntilMs: diesAtMs, roundTripMs: 40 }, pace);
      clock.advance(diesAtMs - startMs);
      expect(dead()).toBeNull();
      clock.advance(boundMs);
      expect(dead()).not.toBeNull();
    }
  });

  it("is looked for at once when somebody begins to talk after a while", () => {
    const { clock, liveness, dead } = setUp({ livesUntilMs: 1_000_100, roundTripMs: 10 }, "idle");
    clock.advance(8_000);
    liveness.setPace("busy");
    clock.advance(1_500);
    expect(dead()).not.toBeNull();
  });

  it("is noticed also while somebody taps the key over and over, which sets another pace each time", () => {
    const { clock, liveness, dead } = setUp({ livesUntilMs: 1_005_000, roundTripMs: 40 }, "idle");
    clock.advance(5_000);
    for (let tap = 0; tap < 8; tap += 1) {
      liveness.setPace(tap % 2 === 0 ? "busy" : "idle");
      clock.advance(300);
    }
    expect(dead()).not.toBeNull();
  });
});

describe("a peer that is there", () => {
  it("is never given up, whenever its frames and pongs come in time, and whoever talks", () => {
    const course = fc.array(
      fc.record({
        afterMs: fc.integer({ min: 0, max: 1_290 }),
        pace: fc.constantFrom<Pace>("busy", "idle"),
      }),
      { minLength: 1, maxLength: 200 },
    );
    fc.assert(
      fc.property(course, (steps) => {
        const { clock, liveness, dead } = setUp({ livesUntilMs: 0, roundTripMs: 10 }, "idle");
        for (const { afterMs, pace } of steps) {
          liveness.setPace(pace);
          clock.advance(afterMs);
          liveness.heard();
        }
        expect(dead()).toBeNull();
      }),
    );
  });

  it("is never given up as long as it answers, or says anything at all", () => {
    const { clock, dead, pings } = setUp({ livesUntilMs: Infinity, roundTripMs: 900 }, "busy");
    clock.advance(600_000);
    expect(dead()).toBeNull();
    expect(pings()).toBeGreaterThan(200);
    const talking = setUp({ livesUntilMs: 0, roundTripMs: 10 }, "busy");
    for (let frame = 0; frame < 100; frame += 1) {
      talking.clock.advance(700);
      talking.liveness.heard();
    }
    expect([talking.dead(), talking.pings()]).toEqual([null, 1]);
  });

  it("is not given up while a long question is on its way to it over a slow line, and is as soon as it dies", () => {
    const bytesPerMs = 64;
    const { clock, liveness, dead } = setUp({ livesUntilMs: Infinity, roundTripMs: 40, bytesPerMs }, "busy");
    // A minute of speech, at once.
    for (let second = 0; second < 60; second += 1) liveness.sent(64_000);
    clock.advance(58_000);
    expect(dead()).toBeNull();
    const dying = setUp({ livesUntilMs: 1_020_000, roundTripMs: 40, bytesPerMs }, "busy");
    for (let second = 0; second < 60; second += 1) dying.liveness.sent(64_000);
    dying.clock.advance(20_000);
    expect(dying.dead()).toBeNull();
    dying.clock.advance(2_500);
    expect(dying.dead()).not.toBeNull();
  });

  it("is not pinged more often than needed while nobody talks", () => {
    const { clock, pings } = setUp({ livesUntilMs: Infinity, roundTripMs: 10 }, "idle");
    clock.advance(600_000);
    expect(pings()).toBeLessThan(50);
  });

  it("gets more time where its answers have always taken long", () => {
    const slow = setUp({ livesUntilMs: Infinity, roundTripMs: 1_200 }, "busy");
    slow.clock.advance(60_000);
    expect(slow.dead()).toBeNull();
  });

  it("is not given up when it was this process that slept, with the answer waiting for it", () => {
    const { clock, liveness, dead, receive } = setUp({ livesUntilMs: 0, roundTripMs: 10 }, "busy");
    receive(() => liveness.heard());
    clock.advance(2_600);
    expect(dead()).toBeNull();
    clock.advance(2_600);
    expect(dead()).not.toBeNull();
  });
});
