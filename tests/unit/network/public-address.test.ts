import { describe, expect, it } from "vitest";
import { isPublicAddress, plainAddress } from "../../../electron/main/network/public-address.ts";

describe("an address", () => {
  it.each([
    "8.8.8.8",
    "93.184.216.34",
    "1.1.1.1",
    "223.255.255.254",
    "::ffff:8.8.8.8",
    "::ffff:808:808",
    "2606:4700::1111",
    "2001:4860:4860::8888",
    // Networks without IPv4 reach the rest of the world by these.
    "64:ff9b::8.8.8.8",
    "64:ff9b::808:808",
  ])("of the internet is %s", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    // This computer and this network.
    "0.0.0.0 0.1.2.3 127.0.0.1 127.255.255.255 10.0.0.1 172.16.0.1 172.31.255.255 192.168.0.1 169.254.169.254",
    ":: ::1 fe80::1 fe80::1%eth0 fe80::5efe:7f00:1 fc00::1 fd00:ec2::254 fec0::1",
    // What is shared, reserved, or for nobody in particular.
    "100.64.0.1 100.127.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1 198.18.0.1 198.19.255.255 198.51.100.1",
    "203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255",
    "ff02::1 ff0e::1 100::1 2001:db8::1 3fff::1 5f00::1 2001::1 2001:20::1 4000::1 8000::1",
    // Others in disguise.
    "::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:10.0.0.1 ::127.0.0.1 ::7f00:1 ::ffff:0:127.0.0.1 ::ffff:0:7f00:1",
    "64:ff9b::127.0.0.1 64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b:1::808:808 2002:7f00:1:: 2002:808:808::",
    // A cloud's own.
    "168.63.129.16 100.100.100.200 ::ffff:168.63.129.16 64:ff9b::a83f:8110",
    // No addresses at all.
    "localhost example.com 1.2.3.4.5 256.1.1.1 [::1] 8.8.8.8:53 8.8.8.8/8 :::1 2606:4700::1111::",
  ])("that is not is each of %s", (list) => {
    for (const address of [...list.split(" "), "", " 8.8.8.8"]) {
      expect([address, isPublicAddress(address)]).toEqual([address, false]);
    }
  });

  it("has one spelling by which two are compared", () => {
    expect(plainAddress("::FFFF:8.8.8.8")).toBe("8.8.8.8");
    expect(plainAddress("2606:4700:0:0:0:0:0:1111")).toBe(plainAddress("2606:4700::1111"));
    expect(plainAddress("nonsense")).toBe("nonsense");
  });
});
