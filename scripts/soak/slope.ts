/** Owns how fast something grows, and how sure that is: one slope through several lives, each with its own height. Pure. */

export interface Point {
  /** Which life it belongs to: only within one there is growth. */
  readonly life: number;
  readonly x: number;
  readonly y: number;
}

export interface Slope {
  readonly perX: number;
  /** Half of the interval in which it lies with 95 % certainty. */
  readonly plusMinus: number;
  readonly points: number;
}

/** Least squares. @returns `null` where the points are too few to say anything. */
export function slopeOf(points: readonly Point[]): Slope | null {
  const lives = new Map<number, Point[]>();
  for (const point of points) lives.set(point.life, [...(lives.get(point.life) ?? []), point]);
  const centred = [...lives.values()].flatMap((life) => {
    const middleX = mean(life.map(({ x }) => x));
    const middleY = mean(life.map(({ y }) => y));
    return life.map(({ x, y }) => ({ x: x - middleX, y: y - middleY }));
  });
  // One height for each life, and the slope.
  const freedom = points.length - lives.size - 1;
  const spread = sum(centred.map(({ x }) => x * x));
  if (freedom < 1 || spread === 0) return null;
  const perX = sum(centred.map(({ x, y }) => x * y)) / spread;
  const rest = sum(centred.map(({ x, y }) => (y - perX * x) ** 2));
  const error = Math.sqrt(rest / freedom / spread);
  return { perX, plusMinus: studentQuantile(freedom) * error, points: points.length };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;

const fewDegrees = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];

/** Of Student's distribution, two-sided 95 %; beyond the table by the expansion of Cornish and Fisher (1 % and better). */
function studentQuantile(freedom: number): number {
  const listed = fewDegrees[freedom - 1];
  if (listed !== undefined) return listed;
  const z = 1.959964;
  return z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2);
}
