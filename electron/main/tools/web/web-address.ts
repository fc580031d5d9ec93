/**
 * Owns which addresses of the web may be asked for at all, by how they are written: https, a name of the internet, no
 * sign-in. Pure; what a name leads to is checked when it is resolved (network/http-get.ts).
 */

export type WebAddress =
  /** As it will be asked for: international names in ASCII, numbers as addresses, no fragment, no dot at the end. */
  | { readonly kind: "ok"; readonly url: URL }
  /** A sentence for the model. */
  | { readonly kind: "refused"; readonly reason: string };

const longestAddress = 2_048;

/** Names that no resolver of the internet knows; what answers to them is near, and asking for them tells of it. */
const nearNames =
  /(?:^|\.)(?:localhost|localdomain|local|internal|intranet|lan|home|corp|private|home\.arpa|test|invalid|onion)$/;

/** @param base what a relative address stands in, as a redirect may. */
export function readWebAddress(text: string, base?: URL): WebAddress {
  if (text.length > longestAddress) return refused("The address is too long.");
  if (!URL.canParse(text, base?.href))
    return refused("This is no complete web address, such as https://example.com/page.");
  const url = new URL(text, base);
  if (url.protocol !== "https:")
    return refused("Only pages with an address that begins with https:// can be opened.");
  if (url.username !== "" || url.password !== "") {
    return refused("The address holds a user name or a password; leave them out.");
  }
  url.hash = "";
  // “example.com.” is the same name, but not to certificates and not to a list of names.
  const name = url.hostname.replace(/\.+$/, "");
  if (name === "") return refused("The address names no site.");
  url.hostname = name;
  const isAddress = name.startsWith("[") || /^[\d.]+$/.test(name);
  if (!isAddress && (!name.includes(".") || nearNames.test(name))) {
    return refused(
      `“${name}” is not a site on the internet. Pages on this computer and its network cannot be opened.`,
    );
  }
  return { kind: "ok", url };
}

const refused = (reason: string): WebAddress => ({ kind: "refused", reason });
