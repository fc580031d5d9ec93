/**
 * Owns the few plain rules by which practice reads a typed line.
 * Never answers it.
 */
import { askedPlaces } from "./cities.ts";
import type { AskedPlaces } from "./cities.ts";

export type TypedQuestion =
  | { readonly kind: "time"; readonly places: AskedPlaces }
  | { readonly kind: "greeting" }
  | { readonly kind: "thanks" }
  | { readonly kind: "other" };

const aboutTime =
  /\b(?:what(?:'s|’s|s)?|which|tell|current|local)\b.*\b(?:time|hour)\b|\btime\b.*\b(?:is it|in|now|please)\b|\bhow late\b|\bo'?clock\b|^\s*(?:the )?time\b/i;
const greeting = /^\s*(?:hello|hi|hey|good (?:morning|afternoon|evening|day))\b/i;
const thanks = /\b(?:thanks|thank you)\b/i;

export function readTypedQuestion(text: string): TypedQuestion {
  if (aboutTime.test(text)) {
    return { kind: "time", places: askedPlaces(text) };
  }
  if (thanks.test(text)) {
    return { kind: "thanks" };
  }
  return { kind: greeting.test(text) ? "greeting" : "other" };
}
