/** Owns the proof that a moment is understood as the person means it, in any zone and across a change of the clocks. */
import { afterEach, describe, expect, it } from "vitest";
import {
  durationWords,
  isoHere,
  momentWords,
  parseMoment,
} from "../../../../electron/main/tools/reminders/time-words.ts";

const zoneBefore = process.env["TZ"];
const inZone = (zone: string): void => void (process.env["TZ"] = zone);
afterEach(() => {
  if (zoneBefore === undefined) delete process.env["TZ"];
  else process.env["TZ"] = zoneBefore;
});

const utc = (atMs: number | null): string | null => (atMs === null ? null : new Date(atMs).toISOString());

describe("a moment that the model writes", () => {
  it.each([
    ["Europe/Berlin", "2026-03-01T18:00", "2026-03-01T17:00:00.000Z"],
    ["Europe/Berlin", "2026-07-01 18:00:30", "2026-07-01T16:00:30.000Z"],
    ["Asia/Kathmandu", "2026-07-01T18:00:00.999", "2026-07-01T12:15:00.000Z"],
    ["America/St_Johns", "2026-01-01T00:00", "2026-01-01T03:30:00.000Z"],
    // With an offset the zone of the person does not matter.
    ["Asia/Tokyo", "2026-03-01T18:00Z", "2026-03-01T18:00:00.000Z"],
    ["Asia/Tokyo", "2026-03-01T18:00:00-05:30", "2026-03-01T23:30:00.000Z"],
    ["Asia/Tokyo", "2026-03-01T18:00+0200", "2026-03-01T16:00:00.000Z"],
    // The hour that comes twice is the first of the two; the one that never comes is an hour later.
    ["Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30:00.000Z"],
    ["Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:30:00.000Z"],
    ["Europe/Berlin", "2028-02-29T12:00", "2028-02-29T11:00:00.000Z"],
  ])("in %s, %s is %s", (zone, text, expected) => {
    inZone(zone);
    expect(utc(parseMoment(text))).toBe(expected);
  });

  it.each([
    "",
    "tomorrow",
    "18:00",
    "2026-03-01",
    "2026-02-30T10:00",
    "2027-02-29T10:00",
    "2026-13-01T10:00",
    "2026-03-01T24:00",
    "2026-03-01T10:60",
    "2026-03-01T10:00:60",
    "2026-03-01T10:00+25:00",
    "2026-03-01T10:00 Europe/Berlin",
    "20260301T1000",
    "+002026-03-01T10:00",
    "2026-03-01T10:00\n2026-03-02T10:00",
  ])("%j is none", (text) => {
    expect(parseMoment(text)).toBeNull();
  });

  it("comes back as it was written, in every kind of zone", () => {
    for (const zone of ["UTC", "Asia/Kolkata", "America/St_Johns", "Pacific/Kiritimati", "Europe/London"]) {
      inZone(zone);
      for (let atMs = Date.UTC(2026, 0, 1); atMs < Date.UTC(2027, 0, 1); atMs += 7 * 3_600_000 + 61_000) {
        expect(parseMoment(isoHere(atMs))).toBe(atMs);
      }
    }
  });
});

describe("words for a person", () => {
  it("name the day only when it is another one", () => {
    inZone("Europe/Berlin");
    const atMs = Date.parse("2026-03-01T17:00:00Z");
    expect(momentWords(atMs)).toBe("Sunday, 1 March 2026, 18:00");
    expect(momentWords(atMs, Date.parse("2026-03-01T08:00:00Z"))).toBe("18:00");
    expect(momentWords(atMs, Date.parse("2026-02-28T17:00:00Z"))).toBe("Sunday, 1 March 2026, 18:00");
  });

  it.each([
    [0, "0 seconds"],
    [1_000, "1 second"],
    [90_000, "1 minute 30 seconds"],
    [3_600_000, "1 hour"],
    [3_900_400, "1 hour 5 minutes"],
    [3_600_000 + 59 * 60_000 + 45_000, "2 hours"],
    [2 * 86_400_000 + 3_600_000, "2 days 1 hour"],
    [-5, "0 seconds"],
  ])("%i ms are “%s”", (durationMs, words) => {
    expect(durationWords(durationMs)).toBe(words);
  });
});
