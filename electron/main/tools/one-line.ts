/** Owns making one harmless line of any text. Pure. */

/**
 * Controls, line breaks, and the characters that turn the direction of writing or cannot be seen: in a name or a
 * notification they could only deceive.
 */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]/gu;

/** @returns one line without unseen characters; empty when nothing else was in it. */
export const oneLine = (text: string): string =>
  text.normalize("NFC").replaceAll(unseen, " ").replaceAll(/\s+/gu, " ").trim();

/** Cuts by whole characters as a person counts them, and shows that it did. */
export function shortened(text: string, longest: number): string {
  if (text.length <= longest) return text;
  let short = "";
  for (const { segment } of new Intl.Segmenter("en", { granularity: "grapheme" }).segment(text)) {
    if (short.length + segment.length > longest - 1) break;
    short += segment;
  }
  return `${short.trimEnd()}…`;
}
