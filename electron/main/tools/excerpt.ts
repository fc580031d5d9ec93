/** Owns which part of a long text the model is given, with how much there is and how to get more. Pure. */

export interface Excerpt {
  readonly text: string;
  /** In characters, from the beginning of the whole. */
  readonly offset: number;
  readonly totalChars: number;
  /** Where to go on; `null` at the end. */
  readonly nextOffset: number | null;
}

/** How far before the end of a part a better place to cut is looked for. */
const slackChars = 400;

/** @returns a part that ends at a paragraph, a line or a word if there is an end near enough, and never within a character. */
export function excerptOf(text: string, offset: number, longestChars: number): Excerpt {
  const totalChars = text.length;
  const start = wholeCharacter(text, Math.min(offset, totalChars));
  const limit = wholeCharacter(text, Math.min(start + longestChars, totalChars));
  if (limit === totalChars) return { text: text.slice(start), offset: start, totalChars, nextOffset: null };
  const end = goodEnd(text, start, limit);
  return { text: text.slice(start, end), offset: start, totalChars, nextOffset: end };
}

function goodEnd(text: string, start: number, limit: number): number {
  const earliest = Math.max(start + 1, limit - slackChars);
  for (const mark of ["\n\n", "\n", " "]) {
    const at = text.lastIndexOf(mark, limit - mark.length);
    if (at >= earliest) return at + mark.length;
  }
  return limit;
}

/** One step back from the middle of a character that takes two units. */
function wholeCharacter(text: string, at: number): number {
  const isLow = (text.charCodeAt(at) & 0xfc00) === 0xdc00;
  const isHighBefore = (text.charCodeAt(at - 1) & 0xfc00) === 0xd800;
  return isLow && isHighBefore ? at - 1 : at;
}

/** What the model is told beside the part; empty when it is the whole. */
export function excerptNote({ text, offset, totalChars, nextOffset }: Excerpt): string {
  if (offset === 0 && nextOffset === null) return "";
  const part = `This is characters ${offset} to ${offset + text.length} of ${totalChars}.`;
  return nextOffset === null
    ? `${part} It is the end.`
    : `${part} For more, call again with offset ${nextOffset}.`;
}
