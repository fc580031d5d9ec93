/** Owns what one thing that may happen next in a simulated world looks like, and how a broken promise is told. */

export interface Step {
  /** For the story of a walk that failed. */
  readonly name: string;
  /** How likely beside the others; what rarely happens to people has a small one. */
  readonly weight: number;
  /** It happens by itself, sooner or later, also in a world in which nobody does anything new. */
  readonly isCourse: boolean;
  readonly run: () => void;
}

export const step = (name: string, weight: number, run: () => void): Step => ({
  name,
  weight,
  isCourse: true,
  run,
});

/** What a person does, or goes on doing. */
export const whim = (name: string, weight: number, run: () => void): Step => ({
  name,
  weight,
  isCourse: false,
  run,
});

/** What goes wrong. */
export const trouble = (name: string, weight: number, run: () => void): Step => ({
  name,
  weight,
  isCourse: false,
  run,
});

/** Ends a walk: something happened that must never happen. */
export function promise(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`Broken promise: ${what}`);
}
