/** Owns the proof that the time is told right: in every kind of zone, across a change of the clocks, at midnight. */
import { describe, expect, it } from "vitest";
import { getCurrentTime } from "../../../electron/main/tools/get-current-time.ts";
import type { ToolOutcome } from "../../../electron/main/tools/run-tool.ts";
import { callTool } from "../../support/call-tool.ts";

const ask = (utc: string, args: Readonly<Record<string, unknown>>): Promise<ToolOutcome> =>
  callTool(
    getCurrentTime(() => Date.parse(utc)),
    args,
  );

const tell = async (utc: string, zone: string): Promise<unknown> =>
  JSON.parse((await ask(utc, { time_zone: zone })).output);

describe("get_current_time", () => {
  it("tells date, weekday, time and offset of a zone", async () => {
    expect(await ask("2026-02-28T15:04:05Z", { time_zone: "Asia/Tokyo" })).toMatchObject({
      kind: "done",
      output: JSON.stringify({
        time_zone: "Asia/Tokyo",
        iso: "2026-03-01T00:04:05+09:00",
        weekday: "Sunday",
        date: "2026-03-01",
        time: "00:04",
      }),
      summary: "Sunday, 00:04 (Asia/Tokyo)",
    });
  });

  it.each([
    ["UTC, which has no offset to print", "UTC", "2026-06-01T12:00:00Z", "2026-06-01T12:00:00+00:00"],
    ["London in winter", "Europe/London", "2026-01-01T12:00:00Z", "2026-01-01T12:00:00+00:00"],
    ["half an hour off", "Asia/Kolkata", "2026-06-01T18:31:00Z", "2026-06-02T00:01:00+05:30"],
    ["three quarters off", "Asia/Kathmandu", "2026-06-01T12:00:00Z", "2026-06-01T17:45:00+05:45"],
    ["half an hour west", "America/St_Johns", "2026-01-01T01:00:00Z", "2025-12-31T21:30:00-03:30"],
    ["the far east", "Pacific/Kiritimati", "2026-12-31T10:00:00Z", "2027-01-01T00:00:00+14:00"],
    ["the far west", "Pacific/Pago_Pago", "2026-01-01T10:59:59Z", "2025-12-31T23:59:59-11:00"],
  ])("knows %s", async (_what, zone, utc, iso) => {
    expect(await tell(utc, zone)).toMatchObject({ iso });
  });

  it("changes the clocks when Berlin does", async () => {
    expect(await tell("2026-03-29T00:59:59Z", "Europe/Berlin")).toMatchObject({
      iso: "2026-03-29T01:59:59+01:00",
    });
    expect(await tell("2026-03-29T01:00:00Z", "Europe/Berlin")).toMatchObject({
      iso: "2026-03-29T03:00:00+02:00",
    });
    // The hour that comes twice is told apart by its offset.
    expect(await tell("2026-10-25T00:30:00Z", "Europe/Berlin")).toMatchObject({
      iso: "2026-10-25T02:30:00+02:00",
    });
    expect(await tell("2026-10-25T01:30:00Z", "Europe/Berlin")).toMatchObject({
      iso: "2026-10-25T02:30:00+01:00",
    });
  });

  it("names the moment itself, whatever the zone", async () => {
    const utc = "2026-11-23T14:15:16Z";
    for (const zone of Intl.supportedValuesOf("timeZone")) {
      const { iso } = (await tell(utc, zone)) as { readonly iso: string };
      expect(Date.parse(iso)).toBe(Date.parse(utc));
    }
  });

  it("tells the time here when no zone is named", async () => {
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const outcome = await ask("2026-06-01T12:00:00Z", {});
    expect(JSON.parse(outcome.output)).toMatchObject({ time_zone: here });
    expect(Date.parse((JSON.parse(outcome.output) as { iso: string }).iso)).toBe(
      Date.parse("2026-06-01T12:00:00Z"),
    );
  });

  it.each(["Tokyo", "", "Mars/Olympus", "Europe/Berlin; rm"])(
    "says that “%s” is no zone, and what one looks like",
    async (zone) => {
      expect(await ask("2026-06-01T12:00:00Z", { time_zone: zone })).toMatchObject({
        kind: "failed",
        summary: `“${zone}” is not an IANA time zone. Use one such as Europe/Paris.`,
      });
    },
  );

  it("refuses a zone that is no text or no end of it", async () => {
    expect((await ask("2026-06-01T12:00:00Z", { time_zone: 9 })).kind).toBe("failed");
    expect((await ask("2026-06-01T12:00:00Z", { time_zone: "x".repeat(65) })).kind).toBe("failed");
  });

  it("runs unasked: it reads the clock and nothing else", () => {
    expect(getCurrentTime(() => 0).risk).toBe("read");
  });
});
