/** Owns moments and durations as the model writes them and as a person reads them, in the person's time zone. Pure. */

const pattern =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?$/i;

/**
 * @param text ISO 8601: a date and a time, with an offset or in the person's time zone. A time that a change of the
 * clocks leaves out is the one an hour later, as clocks show it then.
 * @returns epoch milliseconds; `null` for anything else, also for a date that there is not.
 */
export function parseMoment(text: string): number | null {
  const match = pattern.exec(text.trim());
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((digits) => Number(digits ?? 0));
  if (year === undefined || month === undefined || day === undefined) return null;
  if (hour === undefined || minute === undefined || second === undefined) return null;
  const asUtc = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  // The calendar of `Date` turns 30 February into 2 March; nobody meant that.
  const isReal =
    asUtc.getUTCFullYear() === year &&
    asUtc.getUTCMonth() === month - 1 &&
    asUtc.getUTCDate() === day &&
    asUtc.getUTCHours() === hour &&
    asUtc.getUTCMinutes() === minute &&
    asUtc.getUTCSeconds() === second;
  if (!isReal) return null;
  const offset = match[7];
  if (offset === undefined) return new Date(year, month - 1, day, hour, minute, second).getTime();
  return asUtc.getTime() - offsetMs(offset);
}

function offsetMs(offset: string): number {
  if (offset.toUpperCase() === "Z") return 0;
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(-2));
  return (offset.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

const two = (value: number): string => String(value).padStart(2, "0");

/** For the model: `2026-03-01T18:00:00+01:00`. */
export function isoHere(atMs: number): string {
  const date = new Date(atMs);
  const offset = -date.getTimezoneOffset();
  const away = Math.abs(offset);
  const day = `${String(date.getFullYear()).padStart(4, "0")}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${day}T${time}${offset < 0 ? "-" : "+"}${two(Math.floor(away / 60))}:${two(away % 60)}`;
}

/** For the person: `Sunday, 1 March 2026, 18:00`; only the time when it is of the same day as `nowMs`. */
export function momentWords(atMs: number, nowMs: number | null = null): string {
  const date = new Date(atMs);
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`;
  if (nowMs !== null && new Date(nowMs).toDateString() === date.toDateString()) return time;
  const day = new Intl.DateTimeFormat("en-GB", {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
  });
  const words = day.formatToParts(date).filter(({ type }) => type !== "literal");
  const [weekday, ...rest] = words.map(({ value }) => value);
  return `${weekday ?? ""}, ${rest.join(" ")}, ${time}`;
}

const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** `1 hour 5 minutes`: to the second below an hour, to the minute above. */
export function durationWords(durationMs: number): string {
  let seconds = Math.max(0, Math.round(durationMs / 1_000));
  if (seconds > 3_600) seconds = Math.round(seconds / 60) * 60;
  const parts: string[] = [];
  for (const [unit, length] of units) {
    const count = Math.floor(seconds / length);
    seconds -= count * length;
    if (count > 0) parts.push(`${count} ${unit}${count === 1 ? "" : "s"}`);
  }
  return parts.length === 0 ? "0 seconds" : parts.join(" ");
}
