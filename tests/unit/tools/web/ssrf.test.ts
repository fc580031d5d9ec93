/**
 * Owns the proof that no address, however it is spelled, resolved or redirected to, lets a page be read from this
 * computer or its network. A honeypot on the loopback addresses counts who comes by.
 */
import { lookup } from "node:dns/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createHttpGet } from "../../../../electron/main/network/http-get.ts";
import { isPublicAddress } from "../../../../electron/main/network/public-address.ts";
import { fetchPage } from "../../../../electron/main/tools/web/fetch-page.ts";
import type { ToolOutcome } from "../../../../electron/main/tools/run-tool.ts";
import { callTool } from "../../../support/call-tool.ts";
import {
  internet,
  isAllowedInTests,
  page,
  redirect,
  startWebSites,
  type WebSites,
} from "../../../support/web-sites.ts";

const goodName = "good.example.com";
/** Names of the test's own resolver. */
const names: Record<string, readonly string[]> = {
  [goodName]: [internet],
  "loopback.example.com": ["127.0.0.1"],
  "loopback-six.example.com": ["::1"],
  "mapped.example.com": ["::ffff:127.0.0.1"],
  "mapped-hex.example.com": ["::ffff:7f00:1"],
  "compatible.example.com": ["::127.0.0.1"],
  "translated.example.com": ["64:ff9b::7f00:1"],
  "translated-local.example.com": ["64:ff9b:1::7f00:1"],
  "six-to-four.example.com": ["2002:7f00:1::"],
  "teredo.example.com": ["2001:0:7f00:1::"],
  "any.example.com": ["0.0.0.0"],
  "any-six.example.com": ["::"],
  "ten.example.com": ["10.1.2.3"],
  "home.example.com": ["192.168.1.1"],
  "office.example.com": ["172.16.0.1"],
  "link.example.com": ["169.254.1.1"],
  "metadata.example.com": ["169.254.169.254"],
  "metadata-six.example.com": ["fd00:ec2::254"],
  "azure.example.com": ["168.63.129.16"],
  "carrier.example.com": ["100.64.0.1"],
  "alibaba.example.com": ["100.100.100.200"],
  "oracle.example.com": ["192.0.0.192"],
  "multicast.example.com": ["224.0.0.1"],
  "multicast-six.example.com": ["ff02::1"],
  "broadcast.example.com": ["255.255.255.255"],
  "unique.example.com": ["fc00::1"],
  "zone.example.com": ["fe80::1%lo"],
  "site.example.com": ["fec0::1"],
  "document.example.com": ["2001:db8::1"],
  "benchmark.example.com": ["198.18.0.1"],
  "future.example.com": ["240.0.0.1"],
  "mixed.example.com": [internet, "127.0.0.1"],
  "mixed-six.example.com": ["::1", internet],
  "hidden-last.example.com": [...Array.from({ length: 40 }, () => internet), "10.0.0.1"],
  "garbage.example.com": ["not an address"],
};

let sites: WebSites;
let rebound = 0;
beforeAll(async () => {
  sites = await startWebSites([goodName, "rebinding.example.com", "*.example.com"]);
});
afterAll(() => sites.close());
beforeEach(() => {
  rebound = 0;
});

/** Public the first time, the honeypot from then on. */
const resolve = (name: string): Promise<readonly string[]> => {
  if (name !== "rebinding.example.com") return Promise.resolve(names[name] ?? ["127.0.0.1"]);
  rebound += 1;
  return Promise.resolve([rebound === 1 ? internet : "127.0.0.1"]);
};

function open(url: string, isAllowed = isAllowedInTests): Promise<ToolOutcome> {
  const get = createHttpGet({ resolve, isAllowed, findRoute: sites.findRoute });
  const reader = { read: (html: string) => Promise.resolve({ title: "", text: html }) };
  return callTool(fetchPage({ get, reader }), { url });
}

/** `PORT` is where honeypot and sites listen. */
const withPort = (url: string): string => url.replace("PORT", String(sites.port));

const spellings = [
  // Plain, and with what a parser may overlook.
  "https://127.0.0.1:PORT/",
  "https://127.0.0.1.:PORT/",
  "https://127.1:PORT/",
  "https://127.0.1:PORT/",
  "https://127.255.255.254:PORT/",
  "https://2130706433:PORT/",
  "https://017700000001:PORT/",
  "https://0x7f000001:PORT/",
  "https://0x7F.1:PORT/",
  "https://0177.0.0.1:PORT/",
  "https://0177.0x0.0.0x1:PORT/",
  "https://0x7f.0x0.0x0.0x1:PORT/",
  "https://00000177.00.00.01:PORT/",
  "https://0:PORT/",
  "https://0.0.0.0:PORT/",
  "https://127.0.0.1%2f@good.example.com:PORT/",
  "https://127.0.0.1%00.example.com:PORT/",
  "https://[::1]:PORT/",
  "https://[0:0:0:0:0:0:0:1]:PORT/",
  "https://[0000::0001]:PORT/",
  "https://[::]:PORT/",
  "https://[::ffff:127.0.0.1]:PORT/",
  "https://[::ffff:7f00:1]:PORT/",
  "https://[0:0:0:0:0:ffff:127.0.0.1]:PORT/",
  "https://[::127.0.0.1]:PORT/",
  "https://[64:ff9b::127.0.0.1]:PORT/",
  "https://[2002:7f00:1::]:PORT/",
  "https://[::ffff:0:127.0.0.1]:PORT/",
  "https://[fe80::1%25lo]:PORT/",
  "https://[fe80::1%lo]:PORT/",
  "https://[::1%25lo]:PORT/",
  "https://[fd00:ec2::254]/",
  // Digits and dots of other scripts, which become the ordinary ones.
  "https://①②⑦.⓪.⓪.①:PORT/",
  "https://１２７.０.０.１:PORT/",
  "https://127。0。0。1:PORT/",
  "https://127．0．0．1:PORT/",
  "https://𝟏𝟐𝟕.𝟎.𝟎.𝟏:PORT/",
  "https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:PORT/",
  "https://127\u00ad.0.0.1:PORT/",
  "https://127.0.0\u200b.1:PORT/",
  // Names that are near.
  "https://localhost:PORT/",
  "https://LOCALHOST:PORT/",
  "https://localhost.:PORT/",
  "https://localhost..:PORT/",
  "https://a.localhost:PORT/",
  "https://localhost.localdomain:PORT/",
  "https://ip6-localhost:PORT/",
  "https://printer.local:PORT/",
  "https://metadata.google.internal/",
  "https://wiki.intranet:PORT/",
  "https://nas.home.arpa:PORT/",
  "https://router:PORT/",
  "https://lo\tcal\nhost:PORT/",
  "https://%6c%6f%63%61%6c%68%6f%73%74:PORT/",
  // Sign-ins that look like the site, and sites that look like something else.
  "https://good.example.com@127.0.0.1:PORT/",
  "https://good.example.com:443@127.0.0.1:PORT/",
  "https://good.example.com%40127.0.0.1:PORT/",
  "https://user:password@good.example.com:PORT/",
  "https://@127.0.0.1:PORT/",
  "https:\\\\127.0.0.1:PORT/",
  "https:127.0.0.1:PORT/",
  "https:/127.0.0.1:PORT/",
  "https://127.0.0.1:PORT\\@good.example.com/",
  "https://good.example.com:PORT@localhost:PORT/",
  "https://127.0.0.1:PORT#@good.example.com/",
  "https://127.0.0.1:PORT?@good.example.com/",
  // Other schemes, and without any.
  "http://127.0.0.1:PORT/",
  "http://good.example.com:PORT/",
  "HTTP://localhost:PORT",
  "ftp://127.0.0.1:PORT/",
  "file:///etc/passwd",
  "file://localhost/etc/passwd",
  "gopher://127.0.0.1:PORT/_GET",
  "ws://127.0.0.1:PORT/",
  "wss://127.0.0.1:PORT/",
  "data:text/html,secret",
  "javascript:alert(1)",
  "blob:https://127.0.0.1:PORT/x",
  "view-source:https://127.0.0.1:PORT/",
  "//127.0.0.1:PORT/",
  "127.0.0.1:PORT",
  " https://127.0.0.1:PORT/ ",
  "\u0000https://127.0.0.1:PORT/",
  "url:https://127.0.0.1:PORT/",
];

const resolved = Object.keys(names).filter((name) => name !== goodName);

describe("an address that is not of the internet", () => {
  it("would be reached if nothing stood in the way", async () => {
    const before = sites.hits();
    await open(withPort("https://127.0.0.1:PORT/"), () => true);
    await open(withPort("https://[::1]:PORT/"), () => true);
    expect(sites.hits()).toBe(before + 2);
  });

  it.each(spellings)("is not reached as %j", async (spelling) => {
    const before = sites.hits();
    expect((await open(withPort(spelling))).kind).toBe("failed");
    expect(sites.hits()).toBe(before);
  });

  it.each(resolved)("is not reached by the name %s", async (name) => {
    const before = [sites.hits(), sites.asked.length];
    const outcome = await open(withPort(`https://${name}:PORT/`));
    expect(outcome.summary).toMatch(/this computer and its network cannot be reached/);
    expect([sites.hits(), sites.asked.length]).toEqual(before);
  });

  it.each(spellings)("is not reached by being led on to %j", async (spelling) => {
    const before = sites.hits();
    sites.serve(
      goodName,
      redirect(
        Buffer.from(withPort(spelling))
          .toString("latin1")
          .replaceAll(/[\0\t\n]/g, ""),
      ),
    );
    expect((await open(withPort(`https://${goodName}:PORT/`))).kind).toBe("failed");
    expect(sites.hits()).toBe(before);
  });

  it.each([301, 302, 303, 307, 308])("is not reached at the end of a chain of %i", async (status) => {
    const before = sites.hits();
    sites.serve(goodName, (request, response) => {
      const step = Number(request.url?.slice(1) ?? 0);
      redirect(step < 3 ? `/${step + 1}` : withPort("https://loopback.example.com:PORT/"), status)(
        request,
        response,
      );
    });
    expect((await open(withPort(`https://${goodName}:PORT/0`))).kind).toBe("failed");
    expect(sites.asked.slice(-4).map((asked) => asked.replace(/^.*\//, ""))).toEqual(["0", "1", "2", "3"]);
    expect(sites.hits()).toBe(before);
  });
});

describe("a name that changes its mind", () => {
  it("is resolved once for a request, and the address that was checked is the one that is used", async () => {
    const before = sites.hits();
    sites.serve("rebinding.example.com", page("<p>public</p>"));
    const outcome = await open(withPort("https://rebinding.example.com:PORT/"));
    expect(outcome.kind).toBe("done");
    expect(rebound).toBe(1);
    expect(sites.hits()).toBe(before);
  });

  it("is checked anew for each hop", async () => {
    const before = sites.hits();
    sites.serve("rebinding.example.com", redirect("/again"));
    expect((await open(withPort("https://rebinding.example.com:PORT/"))).kind).toBe("failed");
    expect(rebound).toBe(2);
    expect(sites.hits()).toBe(before);
  });
});

it("is refused by its address even where its spelling was not looked at", async () => {
  const before = sites.hits();
  const get = createHttpGet({
    resolve: async (name) => (await lookup(name, { all: true })).map(({ address }) => address),
    isAllowed: isPublicAddress,
    findRoute: sites.findRoute,
  });
  for (const protocol of ["https", "http"]) {
    for (const host of ["localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433"]) {
      const answer = await get({
        url: new URL(`${protocol}://${host}:${sites.port}/`),
        accept: "*/*",
        largestBytes: 1,
        boundMs: 4_321,
        signal: new AbortController().signal,
      });
      expect(answer).toMatchObject({ kind: "failed", problem: { kind: "forbidden-address" } });
    }
  }
  expect(sites.hits()).toBe(before);
});
