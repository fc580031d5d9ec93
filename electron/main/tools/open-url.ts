/**
 * Owns the tool that opens a web page in the person's browser: https, a site of the internet by its name or number,
 * nothing hidden in the address, shown whole. Where a name leads is the browser's to look up.
 */
import { isIP } from "node:net";
import { domainToUnicode } from "node:url";
import { z } from "zod";
import { isPublicAddress, plainAddress } from "../network/public-address.ts";
import { builtInTool } from "./built-in-tool.ts";
import { ToolFailure, type Tool } from "./tool.ts";
import { readWebAddress } from "./web/web-address.ts";
import type { CardLine } from "../../../shared/tools.ts";

const longestAddress = 2_048;

const parameters = z.object({
  url: z.string().max(longestAddress).describe("The whole address, beginning with https://."),
});

/** @param openExternal hands an address to the system; it rejects when nothing opens it. */
export function openUrl(openExternal: (url: string) => Promise<void>): Tool {
  return builtInTool({
    name: "open_url",
    title: "Open a web page",
    description:
      "Opens a web page in the user's browser. Use it when the user wants to see a page, not to read one yourself. Only https addresses of the internet: nothing on this computer or its network.",
    risk: "send",
    parameters,
    timeBoundMs: 10_000,
    summarize: ({ url }) => parseWebAddress(url).href,
    lines: ({ url }) => linesOf(parseWebAddress(url)),
    pattern: ({ url }) => {
      const { origin } = parseWebAddress(url);
      return { text: origin, words: `pages of ${origin}` };
    },
    async run({ url }, { commit }) {
      const address = parseWebAddress(url);
      await commit(() => openExternal(address.href)).catch((error: unknown) => {
        throw new ToolFailure("The system found no program that opens it.", { cause: error });
      });
      return { output: { opened: address.href }, summary: address.host };
    },
  });
}

/** What is opened is the address as it is parsed here, and no other reading of the same text. */
export function parseWebAddress(text: string): URL {
  // The parser drops tabs and line breaks silently: then it would not be the address that somebody read.
  if (/[\p{Cc}\p{Cf}\s]/u.test(text)) throw new ToolFailure("The address has spaces or unseen characters.");
  if (!/^https:\/\//i.test(text) || !URL.canParse(text)) {
    throw new ToolFailure("Only whole web addresses that begin with https:// can be opened.");
  }
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") {
    throw new ToolFailure("The address has a name or password before the host. Leave that out.");
  }
  // Otherwise a backslash would be read as a slash by us, and by a program after us perhaps not.
  if (text.includes("\\")) throw new ToolFailure("The address has a backslash. Write it with slashes only.");
  const address = readWebAddress(text);
  if (address.kind === "refused") throw new ToolFailure(address.reason);
  // A router or a service of this computer may act on a mere visit.
  const host = plainAddress(address.url.hostname.replaceAll(/[[\]]/g, ""));
  if (isIP(host) !== 0 && !isPublicAddress(host)) {
    throw new ToolFailure(
      `${host} is an address of this computer or its network. Only pages on the internet can be opened.`,
    );
  }
  return url;
}

function linesOf(url: URL): readonly CardLine[] {
  const address = { label: "Address", text: url.href };
  const unicode = domainToUnicode(url.hostname);
  if (unicode === url.hostname) return [address];
  return [
    address,
    {
      label: "Careful",
      text: `The host has letters that may look like others: it reads “${unicode}”, and is in truth ${url.hostname}.`,
    },
  ];
}
