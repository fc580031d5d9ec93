/** Owns finding words in the text of a note, and what is shown of it. Pure. */
import { oneLine, shortened } from "../one-line.ts";

/** Case, accents and width do not matter, as nobody says them. */
function folded(text: string): string {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

/** @param query as it was said; all of its words have to be there, in any order. */
export const wordsOf = (query: string): readonly string[] =>
  folded(query)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");

export const holds = (text: string, words: readonly string[]): boolean => {
  const searched = folded(text);
  return words.every((word) => searched.includes(word));
};

/** One line around the first of the words that is found, or the beginning. @param longest in characters. */
export function snippet(text: string, words: readonly string[], longest: number): string {
  const line = oneLine(text);
  if (line.length <= longest) return line;
  const first = firstOf(line, words);
  // A little before it, so that it stands in its sentence.
  const lead = Math.floor(longest / 4);
  const from = first <= lead ? 0 : wordStart(line, first - lead, first);
  return `${from === 0 ? "" : "…"}${shortened(line.slice(from), longest - 1)}`;
}

/** Folding may change the length of a text, so the place is found character by character. */
function firstOf(line: string, words: readonly string[]): number {
  let searched = "";
  const places: number[] = [];
  let at = 0;
  for (const character of line) {
    const part = folded(character);
    for (let count = 0; count < part.length; count += 1) places.push(at);
    searched += part;
    at += character.length;
  }
  const found = words.map((word) => searched.indexOf(word)).filter((index) => index >= 0);
  return found.length === 0 ? 0 : (places[Math.min(...found)] ?? 0);
}

function wordStart(line: string, from: number, until: number): number {
  const space = line.indexOf(" ", from);
  return space < 0 || space >= until ? until : space + 1;
}
