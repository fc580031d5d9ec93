/** Owns what is left of a stranger's text before anybody reads it: nothing invisible, no more than is asked for. Pure. */

/** Controls, format characters (bidirectional ones among them), surrogates without their half, what draws nothing. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** One line. @param longestChars what is longer ends in “…”. */
export const cleanLine = (text: string, longestChars: number): string =>
  cut(
    text
      .slice(0, 4 * longestChars)
      .replaceAll(/\s+/g, " ")
      .replaceAll(unseen, "")
      .trim(),
    longestChars,
  );

/** As `cleanLine`, with its line breaks and tabs. */
export const cleanText = (text: string, longestChars: number): string =>
  cut(
    text
      .slice(0, 4 * longestChars)
      .replaceAll(unseen, (character) => (character === "\n" || character === "\t" ? character : ""))
      .trim(),
    longestChars,
  );

/** A name in a sentence of ours. */
export const shownText = (text: string): string => cleanLine(text, 80);

export const hasUnseen = (text: string): boolean => text.search(unseen) !== -1;

const cut = (text: string, longestChars: number): string =>
  text.length <= longestChars ? text : `${wholeStart(text, longestChars - 1)}…`;

/** The first characters, without half of a surrogate pair at the end. */
export function wholeStart(text: string, chars: number): string {
  const start = text.slice(0, chars);
  return /[\uD800-\uDBFF]$/.test(start) ? start.slice(0, -1) : start;
}
