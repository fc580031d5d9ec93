/**
 * Owns the last look at a text that leaves main for the clipboard: home folders become `~`, and what looks like a key,
 * a token or a hash is taken out, also where somebody pasted it into a field for something else. Pure.
 */
import { secretPrefix } from "../log.ts";

const redacted = "[redacted]";
/** The longest word that stands in a name of a model, a device or a program without a break. */
const longestLetters = 20;
const longestDigits = 10;
const longestMix = 10;
/** Several words in one, as settings are called. */
const camelCase = /^[a-z]{1,20}(?:[A-Z][a-z]{2,20}){1,4}$/;
/** Changes between small and capital letters and digits: random text has one at nearly every other character. */
const mostChanges = 8;

export interface Scrubbing {
  readonly home: string;
  /** Taken out wherever they stand, whatever they look like. */
  readonly secrets: readonly string[];
}

export function scrub(text: string, { home, secrets }: Scrubbing): string {
  let clean = text;
  for (const secret of secrets) if (secret !== "") clean = clean.replaceAll(secret, redacted);
  if (home.length > 1) clean = clean.replaceAll(home, "~");
  return clean.replaceAll(/[^\s"'“”‘’()[\]<>,;|]+/g, (word) => (looksSecret(word) ? redacted : word));
}

/** @param word without white space. */
function looksSecret(word: string): boolean {
  const parts = word.split(/[-_.:/+=@#~\\]/);
  if (parts.some((_part, index) => secretPrefix.test(parts.slice(index).join("-")))) return true;
  return parts.some(isTooLong) || changesIn(word) > mostChanges;
}

function isTooLong(part: string): boolean {
  if (/^\d*$/.test(part)) return part.length > longestDigits;
  if (/\d/.test(part)) return part.length > longestMix;
  return part.length > longestLetters && !camelCase.test(part);
}

/** `ThinkPad` has one: a capital and the small letters after it belong together. Punctuation is no change. */
function changesIn(word: string): number {
  const runs = word
    .replaceAll(/[A-Z]?[a-z]+/g, "a")
    .replaceAll(/[A-Z]+/g, "A")
    .replaceAll(/\d+/g, "0")
    .split(/[^aA0]+/);
  return runs.reduce((sum, run) => sum + Math.max(0, run.length - 1), 0);
}
