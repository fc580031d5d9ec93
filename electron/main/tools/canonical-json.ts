/**
 * Owns the one text of a JSON value: the same for the same content, in whatever order its keys were written; and how
 * deep a value may be for it, and for whatever else goes into one level by level. Pure.
 */

/** Deeper than anybody writes by hand. Some thousand levels end the stack of what walks through them. */
const deepestLevels = 64;

/** @param value parsed JSON; what JSON does not know is left out, as `JSON.stringify` does. */
export const canonicalJson = (value: unknown): string => JSON.stringify(value, sortKeys) ?? "null";

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries);
}

/** @param value parsed JSON. Looks no deeper than it may be. */
export const isTooDeep = (value: unknown, levelsLeft = deepestLevels): boolean =>
  typeof value === "object" &&
  value !== null &&
  (levelsLeft === 0 || Object.values(value).some((inner) => isTooDeep(inner, levelsLeft - 1)));
