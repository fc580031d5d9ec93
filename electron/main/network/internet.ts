/**
 * Owns what the system knows of the way to other computers: the addresses of a name, and those of this computer. It
 * connects to nothing.
 */
import { lookup } from "node:dns/promises";
import { networkInterfaces } from "node:os";

export interface Internet {
  /** Every address of a name. Rejects with an error of the system's resolver. */
  readonly resolve: (name: string) => Promise<readonly string[]>;
  /** Of this computer: one may be public, and what listens on it was not meant for everybody. */
  readonly ownAddresses: () => readonly string[];
}

export const systemInternet: Internet = {
  resolve: async (name) => (await lookup(name, { all: true, verbatim: true })).map(({ address }) => address),
  ownAddresses: () =>
    Object.values(networkInterfaces()).flatMap((addresses) =>
      (addresses ?? []).map(({ address }) => address),
    ),
};
