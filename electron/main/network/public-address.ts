/**
 * Owns which addresses belong to the public internet, and so to nobody in particular: not this computer, not the
 * network it is in, not what a cloud keeps beside its machines. Everything that is not known to be public is not. Pure.
 */
import ipaddr from "ipaddr.js";

/** All of IPv6 that is handed out so far; what is outside has no business on the internet. */
const globalUnicast = ipaddr.IPv6.parseCIDR("2000::/3");
/** Networks without IPv4 reach it by these addresses, with the other one in the last four bytes. */
const translated = ipaddr.IPv6.parseCIDR("64:ff9b::/96");
/** Azure's service for its machines has an address that looks like anybody's. Those of the others are link-local. */
const cloudServices = ["168.63.129.16"];

/** @param address as a resolver or a socket tells it; anything else is not public. */
export function isPublicAddress(address: string): boolean {
  // Also `127.1` is one to the parser; a resolver or a socket never writes that.
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return isPublicIPv4(parsed);
  if (parsed.match(translated)) return isPublicIPv4(new ipaddr.IPv4(parsed.toByteArray().slice(12)));
  return parsed.range() === "unicast" && parsed.match(globalUnicast);
}

const isPublicIPv4 = (address: ipaddr.IPv4): boolean =>
  address.range() === "unicast" && !cloudServices.includes(address.toString());

/** One spelling of an address, so that two can be compared; what is none stays as it is. */
export const plainAddress = (address: string): string =>
  ipaddr.isValid(address) ? ipaddr.process(address).toString() : address;
