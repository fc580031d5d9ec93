import { describe, expect, it } from "vitest";
import { minuteWords, numberWords, spokenTime } from "../../../electron/main/practice/time-words.ts";

describe("a time of day in words", () => {
  it.each([
    ["21:41", { kind: "time", hour: 9, minute: 41, daypart: "evening" }],
    ["00:00", { kind: "midnight" }],
    ["12:00", { kind: "noon" }],
    ["00:30", { kind: "time", hour: 12, minute: 30, daypart: "night" }],
    ["01:00", { kind: "time", hour: 1, minute: 0, daypart: "morning" }],
    ["11:59", { kind: "time", hour: 11, minute: 59, daypart: "morning" }],
    ["12:01", { kind: "time", hour: 12, minute: 1, daypart: "afternoon" }],
    ["17:59", { kind: "time", hour: 5, minute: 59, daypart: "afternoon" }],
    ["18:00", { kind: "time", hour: 6, minute: 0, daypart: "evening" }],
    ["22:05", { kind: "time", hour: 10, minute: 5, daypart: "night" }],
  ])("reads %s", (time, expected) => {
    expect(spokenTime(time)).toEqual(expected);
  });

  it.each(["24:00", "9:41", "21:60", "21:41:05", "", "noon"])("is none for %j", (time) => {
    expect(spokenTime(time)).toBeNull();
  });

  it("says minutes as people do", () => {
    expect([0, 5, 10, 12, 20, 41, 59].map(minuteWords)).toEqual([
      "o'clock",
      "oh five",
      "ten",
      "twelve",
      "twenty",
      "forty-one",
      "fifty-nine",
    ]);
  });

  it("has different words for each number", () => {
    const words = Array.from({ length: 59 }, (_, index) => numberWords(index + 1));
    expect(new Set(words).size).toBe(59);
    expect(words.every((word) => /^[a-z]+(-[a-z]+)?$/.test(word))).toBe(true);
  });
});
