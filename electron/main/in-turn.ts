/** Owns letting works that must not meet run one after the other, in the order in which they were asked for. */

export type InTurn = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** @returns a row of its own; a work that fails is no reason not to begin the next one. */
export function createInTurn(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
}
