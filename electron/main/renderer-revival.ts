/** Owns how often a crashed page is brought back. Pure: times come in, on a clock that only goes forward. */

/** A page that dies more often than this dies of itself: bringing it back again would only burn the battery. */
export const mostRevivals = 3;
export const revivalWindowMs = 60_000;

/** @param crashesMs when it crashed, oldest first, the newest included. */
export function mayRevive(crashesMs: readonly number[], nowMs: number): boolean {
  return crashesMs.filter((atMs) => nowMs - atMs < revivalWindowMs).length <= mostRevivals;
}
