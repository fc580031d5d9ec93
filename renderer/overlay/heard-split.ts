/**
 * Owns where an interrupted answer is cut for the eye. It never decides how much was heard: the view says so.
 */
import type { AnswerView } from "../../shared/session-view.ts";

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/**
 * Splits an answer into what was heard and what was not. A cut inside a character that is written with several
 * code units (an emoji, a letter with its accent) moves to its start, so that neither half shows a broken glyph.
 */
export function splitHeard(answer: AnswerView): { readonly heard: string; readonly unheard: string } {
  const { text, heardChars, state } = answer;
  if (state !== "interrupted" || heardChars >= text.length) return { heard: text, unheard: "" };
  const cut = graphemes.segment(text).containing(Math.max(0, Math.floor(heardChars)))?.index ?? 0;
  return { heard: text.slice(0, cut), unheard: text.slice(cut) };
}
