/** Owns what a random walk must have met to prove anything. */

/** How often at least, by what is met. */
export type MustMeet = Readonly<Record<string, number>>;

/** @returns what has been met less often than it must be over all `counts`, in words. */
export function missedOf(
  mustMeet: MustMeet,
  counts: readonly ReadonlyMap<string, number>[],
): readonly string[] {
  const timesOf = (what: string): number => counts.reduce((sum, each) => sum + (each.get(what) ?? 0), 0);
  return Object.entries(mustMeet)
    .filter(([what, atLeast]) => timesOf(what) < atLeast)
    .map(([what, atLeast]) => `${what}: ${timesOf(what)} of ${atLeast}`);
}
