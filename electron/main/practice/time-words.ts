/**
 * Owns how a time of day is said: `21:41` is "it is nine forty-one in the evening".
 * Never knows which clip says it, and never asks a clock.
 */

type Daypart = "morning" | "afternoon" | "evening" | "night";

export type SpokenTime =
  | { readonly kind: "noon" }
  | { readonly kind: "midnight" }
  | {
      readonly kind: "time";
      /** 1 to 12. */
      readonly hour: number;
      /** 0 to 59. */
      readonly minute: number;
      readonly daypart: Daypart;
    };

/** Null unless the text is a 24-hour `HH:MM`. */
export function spokenTime(time: string): SpokenTime | null {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time);
  if (match === null) {
    return null;
  }
  const hour = Number(match[1]);
  const minute = Number(match[2]);
  if (minute === 0 && hour % 12 === 0) {
    return { kind: hour === 0 ? "midnight" : "noon" };
  }
  return { kind: "time", hour: hour % 12 === 0 ? 12 : hour % 12, minute, daypart: daypartOf(hour) };
}

function daypartOf(hour: number): Daypart {
  if (hour < 1 || hour >= 22) {
    return "night";
  }
  if (hour < 12) {
    return "morning";
  }
  return hour < 18 ? "afternoon" : "evening";
}

const ones = ["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"] as const;
const teens = [
  "ten",
  "eleven",
  "twelve",
  "thirteen",
  "fourteen",
  "fifteen",
  "sixteen",
  "seventeen",
  "eighteen",
  "nineteen",
] as const;
const tens = ["", "", "twenty", "thirty", "forty", "fifty"] as const;

/** 1 to 59 in words, with a hyphen as it is written. */
export function numberWords(value: number): string {
  const unit = ones[value % 10] ?? "";
  if (value < 10) {
    return unit;
  }
  if (value < 20) {
    return teens[value - 10] ?? "";
  }
  const ten = tens[Math.floor(value / 10)] ?? "";
  return unit === "" ? ten : `${ten}-${unit}`;
}

/** What follows the hour: "o'clock", "oh five", "forty-one". */
export function minuteWords(minute: number): string {
  if (minute === 0) {
    return "o'clock";
  }
  return minute < 10 ? `oh ${numberWords(minute)}` : numberWords(minute);
}
