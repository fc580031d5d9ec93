/** Owns knowing whether this computer is connected to anything at all. It asks nobody: it looks at its own addresses. */
import { networkInterfaces, type NetworkInterfaceInfo } from "node:os";

type Interfaces = Readonly<
  Record<string, readonly Pick<NetworkInterfaceInfo, "address" | "internal">[] | undefined>
>;

/** What an interface gives itself where nobody gives it an address. */
const ownChoice = /^(169\.254\.|fe80:)/i;

export const hasNetwork = (interfaces: Interfaces = networkInterfaces()): boolean =>
  Object.values(interfaces).some((addresses) =>
    addresses?.some(({ address, internal }) => !internal && !ownChoice.test(address)),
  );
