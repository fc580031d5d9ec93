/** Owns chance that can be repeated: the same seed gives the same walk. */

export interface Random {
  /** From 0 up to but not 1. */
  readonly next: () => number;
  /** A whole number from `least` to `most`, both possible. */
  readonly whole: (least: number, most: number) => number;
  readonly chance: (probability: number) => boolean;
  /** One of `items`, by their weight. */
  readonly pick: <Item extends { readonly weight: number }>(items: readonly Item[]) => Item;
}

/** mulberry32: 32 bits of state, good enough to shuffle events. */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    whole: (least, most) => least + Math.floor(next() * (most - least + 1)),
    chance: (probability) => next() < probability,
    pick(items) {
      let at = next() * items.reduce((sum, { weight }) => sum + weight, 0);
      const found = items.find(({ weight }) => (at -= weight) < 0) ?? items.at(-1);
      if (found === undefined) throw new Error("There is nothing to pick from: offer at least one item.");
      return found;
    },
  };
}
