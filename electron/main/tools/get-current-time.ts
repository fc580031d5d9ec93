/** Owns the tool that tells the time, here or in any IANA time zone. It reads the clock and nothing else. */
import { z } from "zod";
import { builtInTool } from "./built-in-tool.ts";
import { ToolFailure, type Tool } from "./tool.ts";

const parameters = z.object({
  time_zone: z
    .string()
    .max(64)
    .optional()
    .describe("IANA time zone such as Asia/Tokyo. Leave it out for the user's own time zone."),
});

/** @param nowMs epoch milliseconds; handed in, so that tests decide what time it is. */
export function getCurrentTime(nowMs: () => number): Tool {
  return builtInTool({
    name: "get_current_time",
    title: "Look up the time",
    description: "Tells the current date, weekday and time, here or in another time zone.",
    risk: "read",
    parameters,
    timeBoundMs: 1_000,
    summarize: (args) => args.time_zone ?? "here",
    run(args) {
      const now = new Date(nowMs());
      const zone = args.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
      const parts = readClock(now, zone);
      const time = `${parts.hour}:${parts.minute}`;
      const date = `${parts.year}-${parts.month}-${parts.day}`;
      return {
        output: {
          time_zone: zone,
          iso: `${date}T${time}:${parts.second}${parts.offset}`,
          weekday: parts.weekday,
          date,
          time,
        },
        summary: `${parts.weekday}, ${time} (${zone})`,
      };
    },
  });
}

type ClockPart = "year" | "month" | "day" | "hour" | "minute" | "second" | "weekday" | "offset";

function readClock(now: Date, zone: string): Readonly<Record<ClockPart, string>> {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      weekday: "long",
      timeZoneName: "longOffset",
      hourCycle: "h23",
    });
  } catch (cause) {
    throw new ToolFailure(`“${zone}” is not an IANA time zone. Use one such as Europe/Paris.`, { cause });
  }
  const parts = new Map<string, string>(format.formatToParts(now).map((part) => [part.type, part.value]));
  const read = (name: string): string => parts.get(name) ?? "";
  // "GMT+09:00", and plain "GMT" at zero.
  const offset = read("timeZoneName").replace("GMT", "");
  return {
    year: read("year"),
    month: read("month"),
    day: read("day"),
    hour: read("hour"),
    minute: read("minute"),
    second: read("second"),
    weekday: read("weekday"),
    offset: offset === "" ? "+00:00" : offset,
  };
}
