/** Owns values for profile files that prove themselves whole. */

/** Long enough for several pages of a disk, and of a length that changes. */
export function valueOf(number: number): { number: number; filler: string; sum: number } {
  const filler = String.fromCharCode(97 + (number % 26)).repeat(5_000 + ((number * 37) % 9_000));
  return { number, filler, sum: number + filler.length };
}

/** @returns the number of a value that is whole, else `null`. */
export function numberOf(value: Readonly<Record<string, unknown>>): number | null {
  const { number } = value;
  if (typeof number !== "number") return null;
  return JSON.stringify(valueOf(number)) === JSON.stringify(value) ? number : null;
}
