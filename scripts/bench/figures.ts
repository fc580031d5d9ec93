/** Owns figures: percentiles of what was measured, against their goals, as a table and as JSON. Pure. */

export interface Goal {
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
}

export interface Figure {
  readonly name: string;
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly worst: number;
  readonly goal: Goal;
  /** Within every part of its goal. */
  readonly isMet: boolean;
}

/** @param valuesMs what was measured; numbers that are none (a mark that is missing) are left out. */
export function figureOf(name: string, valuesMs: readonly number[], goal: Goal = {}): Figure {
  const sorted = valuesMs.filter((value) => Number.isFinite(value)).toSorted((a, b) => a - b);
  // The smallest value that at least this share of all values does not exceed.
  const at = (share: number): number =>
    sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  const figure = {
    name,
    count: sorted.length,
    p50: tenths(at(0.5)),
    p95: tenths(at(0.95)),
    p99: tenths(at(0.99)),
    worst: tenths(at(1)),
    goal,
  };
  const isMet = (["p50", "p95", "p99"] as const).every((key) => figure[key] <= (goal[key] ?? Infinity));
  return { ...figure, isMet };
}

const tenths = (value: number): number => Math.round(value * 10) / 10;

export function tableOf(figures: readonly Figure[]): string {
  const widths = [Math.max(...figures.map(({ name }) => name.length)), 5, 8, 8, 8, 8];
  const row = (cells: readonly (string | number)[]): string =>
    cells
      .map((cell, column) =>
        column === 0
          ? String(cell).padEnd(widths[0] ?? 0)
          : (typeof cell === "number" && column > 1 ? cell.toFixed(1) : String(cell)).padStart(
              widths[column] ?? 0,
            ),
      )
      .join("  ");
  const goalOf = ({ goal, isMet }: Figure): string => {
    const parts = (["p50", "p95", "p99"] as const).flatMap((key) =>
      goal[key] === undefined ? [] : [`${key} ≤ ${goal[key]}`],
    );
    return parts.length === 0 ? "" : `   ${isMet ? "met   " : "missed"} ${parts.join(", ")}`;
  };
  return [
    row(["milliseconds", "n", "p50", "p95", "p99", "worst"]),
    ...figures.map((figure) => {
      const { name, count, p50, p95, p99, worst } = figure;
      return row([name, count, p50, p95, p99, worst]) + goalOf(figure);
    }),
  ].join("\n");
}
