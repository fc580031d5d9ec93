import { describe, expect, it } from "vitest";
import { createSleepWatch, lookEveryMs, sameAwakeningMs } from "../../../electron/main/power/sleep-watch.ts";
import { sleepingComputer, type SleepingComputer } from "../../support/sleeping-computer.ts";

const hourMs = 3_600_000;

function watched() {
  const computer = sleepingComputer();
  const facts: string[] = [];
  const turn = { isGoing: false };
  const watch = createSleepWatch({
    system: computer.events,
    wallMs: computer.wallMs,
    monotonicMs: computer.monotonicMs,
    timers: computer.timers,
    isBusy: () => turn.isGoing,
    onFact: (fact) => facts.push("isPress" in fact && fact.isPress ? `${fact.reason} at press` : fact.reason),
  });
  return { computer, facts, turn, watch };
}

const sleeps: readonly [string, (computer: SleepingComputer) => void, string][] = [
  ["Linux", (computer) => computer.sleepsAsLinux(hourMs), "clock-jump"],
  ["macOS and Windows", (computer) => computer.stands(hourMs), "late-tick"],
];

describe("the watch for sleep", () => {
  it("tells nothing of a day on which nothing happens", () => {
    const { computer, facts } = watched();
    computer.runs(24 * hourMs);
    expect(facts).toEqual([]);
  });

  it("wakes the processor no more often than every five seconds", () => {
    expect(lookEveryMs).toBeGreaterThanOrEqual(5_000);
    expect(watched().computer.waiting()).toBe(1);
  });

  it("tells what the system tells", () => {
    const { computer, facts } = watched();
    computer.events.emit("lock-screen");
    computer.events.emit("suspend");
    computer.runs(300);
    computer.events.emit("resume");
    computer.events.emit("unlock-screen");
    expect(facts).toEqual(["lock", "suspend", "resume", "unlock"]);
  });

  for (const [system, sleep, reason] of sleeps) {
    it(`notices a sleep on ${system} of which the system says nothing`, () => {
      const { computer, facts } = watched();
      computer.runs(12_300);
      sleep(computer);
      computer.runs(lookEveryMs);
      expect(facts).toEqual([reason]);
    });

    it(`tells a sleep on ${system} once, whether the system or the clocks are first`, () => {
      const systemFirst = watched();
      systemFirst.computer.runs(7_100);
      systemFirst.computer.events.emit("suspend");
      if (system === "Linux") sleep(systemFirst.computer);
      systemFirst.computer.events.emit("resume");
      // Windows says it twice when a person woke it.
      systemFirst.computer.events.emit("resume");
      systemFirst.computer.runs(4 * lookEveryMs);
      expect(systemFirst.facts).toEqual(["suspend", "resume"]);

      const clocksFirst = watched();
      clocksFirst.computer.runs(7_100);
      clocksFirst.computer.events.emit("suspend");
      sleep(clocksFirst.computer);
      clocksFirst.computer.runs(lookEveryMs);
      clocksFirst.computer.events.emit("resume");
      clocksFirst.computer.runs(4 * lookEveryMs);
      expect(clocksFirst.facts).toEqual(["suspend", reason]);
    });

    it(`tells each of two sleeps on ${system}`, () => {
      const { computer, facts } = watched();
      for (const expected of [[reason], [reason, reason]]) {
        sleep(computer);
        computer.runs(lookEveryMs);
        expect(facts).toEqual(expected);
      }
    });
  }

  it("tells a second awakening that the system announces, however soon it comes", () => {
    const { computer, facts } = watched();
    for (let times = 0; times < 2; times += 1) {
      computer.events.emit("suspend");
      computer.runs(500);
      computer.events.emit("resume");
    }
    expect(facts).toEqual(["suspend", "resume", "suspend", "resume"]);
  });

  it("believes a resume without a suspend before it, except right after the clocks told it", () => {
    const { computer, facts } = watched();
    computer.events.emit("resume");
    computer.runs(sameAwakeningMs + 100);
    computer.events.emit("resume");
    expect(facts).toEqual(["resume", "resume"]);
  });

  it.each([-hourMs, -2_100, 2_100, hourMs])(
    "tells a clock that is set by %i ms while nobody talks",
    (byMs) => {
      const { computer, facts } = watched();
      computer.runs(1_300);
      computer.setsItsClock(byMs);
      computer.runs(lookEveryMs);
      expect(facts).toEqual(["clock-jump"]);
    },
  );

  it.each([-1_900, 1_900])("lets a clock be steered by %i ms", (byMs) => {
    const { computer, facts } = watched();
    computer.setsItsClock(byMs);
    computer.runs(3 * lookEveryMs);
    expect(facts).toEqual([]);
  });

  it("cuts no turn for a clock that is set, and tells it when the turn is over", () => {
    const { computer, facts, turn } = watched();
    turn.isGoing = true;
    computer.setsItsClock(hourMs);
    computer.runs(6 * lookEveryMs);
    expect(facts).toEqual([]);
    turn.isGoing = false;
    computer.runs(lookEveryMs);
    expect(facts).toEqual(["clock-jump"]);
    computer.runs(6 * lookEveryMs);
    expect(facts).toEqual(["clock-jump"]);
  });

  it("does not wait for the end of a turn when the system has said that it sleeps, or slept", () => {
    const { computer, facts, turn } = watched();
    turn.isGoing = true;
    computer.events.emit("suspend");
    computer.sleepsAsLinux(hourMs);
    computer.runs(lookEveryMs);
    expect(facts).toEqual(["suspend", "clock-jump"]);

    const other = watched();
    other.turn.isGoing = true;
    other.computer.sleepsAsLinux(hourMs);
    other.computer.runs(lookEveryMs);
    other.computer.events.emit("resume");
    other.turn.isGoing = false;
    other.computer.runs(3 * lookEveryMs);
    expect(other.facts).toEqual(["resume"]);
  });

  it("looks before a press, so that no turn begins on what a sleep has left", () => {
    const { computer, facts, watch } = watched();
    computer.runs(5_200);
    computer.sleepsAsLinux(20 * 60_000);
    watch.lookBeforePress();
    expect(facts).toEqual(["clock-jump at press"]);
    computer.runs(3 * lookEveryMs);
    watch.lookBeforePress();
    expect(facts).toHaveLength(1);
  });

  it("stops for good", () => {
    const { computer, facts, watch } = watched();
    watch.stop();
    watch.stop();
    computer.events.emit("resume");
    computer.sleepsAsLinux(hourMs);
    computer.runs(3 * lookEveryMs);
    expect(facts).toEqual([]);
    expect(computer.waiting()).toBe(0);
    expect(computer.events.eventNames()).toEqual([]);
  });
});
