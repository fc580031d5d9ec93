import { expect, it } from "vitest";
import { hasNetwork } from "../../../electron/main/network/has-network.ts";

const own = { address: "127.0.0.1", internal: true };
const at = (address: string) => [{ address, internal: false }];

it.each<[string, Parameters<typeof hasNetwork>[0], boolean]>([
  ["without any interface", {}, false],
  ["alone with itself", { lo: [own] }, false],
  [
    "with an address that nobody gave it",
    { lo: [own], wlan0: [...at("169.254.7.1"), ...at("fe80::1")] },
    false,
  ],
  ["in a network", { lo: [own], wlan0: [...at("fe80::1"), ...at("192.168.1.20")] }, true],
  ["in a network of the newer kind", { eth0: at("2001:db8::2") }, true],
])("a computer %s", (_where, interfaces, expected) => {
  expect(hasNetwork(interfaces)).toBe(expected);
});
