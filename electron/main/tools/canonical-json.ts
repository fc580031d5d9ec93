/** Owns the one text of a JSON value: the same for the same content, in whatever order its keys were written. Pure. */

/** @param value parsed JSON; what JSON does not know is left out, as `JSON.stringify` does. */
export const canonicalJson = (value: unknown): string => JSON.stringify(value, sortKeys) ?? "null";

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries);
}
