/**
 * Owns how a microphone level becomes the height of nine bars. Pure: it never draws and knows no clock.
 */

export const barCount = 9;
/** Quiet rooms lie around -60 dBFS, speech close to the microphone around -15. */
const floorDb = -58;
const ceilingDb = -14;
/** Share of the old value that is kept at each report: bars follow speech without flickering. */
const keptShare = 0.7;
/** The bars ripple from the middle outwards: each pair shows the level a little later, and a little lower. */
const taper = [1, 0.86, 0.68, 0.5, 0.34] as const;

export interface Meter {
  /** Newest first, each 0…1, smoothed. */
  readonly history: readonly number[];
}

export const restingMeter: Meter = { history: taper.map(() => 0) };

/** @returns 0…1 for a level in dBFS; silence (`-Infinity`) and no number are 0. */
export function heightOfLevel(levelDb: number): number {
  if (Number.isNaN(levelDb)) return 0;
  return Math.min(1, Math.max(0, (levelDb - floorDb) / (ceilingDb - floorDb)));
}

/** The meter after one more report. */
export function advance(meter: Meter, levelDb: number): Meter {
  const last = meter.history[0] ?? 0;
  const next = keptShare * last + (1 - keptShare) * heightOfLevel(levelDb);
  return { history: [next, ...meter.history].slice(0, taper.length) };
}

/** @returns the height of each bar from left to right, 0…1. */
export function barHeights(meter: Meter): readonly number[] {
  const middle = (barCount - 1) / 2;
  return Array.from({ length: barCount }, (_, bar) => {
    const distance = Math.abs(bar - middle);
    return (meter.history[distance] ?? 0) * (taper[distance] ?? 0);
  });
}
