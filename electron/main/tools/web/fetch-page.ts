/**
 * Owns the tool that reads a page of the web: which answers it takes, where redirects may lead, and what of the page
 * the model is given. The address is what leaves this computer, so it is shown in full and asked about. It never runs
 * what a page holds, loads nothing that it refers to, and follows no link by itself.
 */
import { z } from "zod";
import type { HttpAnswer, HttpGet } from "../../network/http-get.ts";
import { builtInTool } from "../built-in-tool.ts";
import { excerptNote, excerptOf } from "../excerpt.ts";
import { oneLine, shortened } from "../one-line.ts";
import { ToolFailure, type Tool, type ToolContext } from "../tool.ts";
import { decodePage } from "./charset.ts";
import { describeHttpProblem, describeStatus } from "./http-words.ts";
import type { PageReader } from "./page-reader.ts";
import { readWebAddress } from "./web-address.ts";

export interface FetchPagePorts {
  /** To public addresses only. */
  readonly get: HttpGet;
  readonly reader: PageReader;
}

const largestBytes = 2 * 1024 * 1024;
/** For one answer; the whole with all redirects is bounded by the tool. */
const answerBoundMs = 15_000;
const longestChain = 5;
/** Some thousand words: two minutes of reading aloud. */
const longestPartChars = 6_000;
/** What is longer is no title, and would be the whole answer. */
const longestTitleChars = 200;

const accepted = "text/html, application/xhtml+xml, text/plain, application/json;q=0.9";

const parameters = z.object({
  url: z.string().min(1).max(2_048).describe("Full address of the page, beginning with https://."),
  offset: z
    .int()
    .min(0)
    .max(10_000_000)
    .default(0)
    .describe("Where to go on in a long page: the offset that the last call named."),
});

export function fetchPage({ get, reader }: FetchPagePorts): Tool {
  return builtInTool({
    name: "fetch_page",
    title: "Read a web page",
    description:
      "Reads the text of one public web page by its https address. Use it when the user names an address or asks what a page says. It is no search engine.",
    risk: "send",
    parameters,
    timeBoundMs: 30_000,
    summarize: ({ url }) => addressOf(url).hostname,
    lines: ({ url, offset }) => [
      { label: "Address", text: addressOf(url).href },
      ...(offset === 0 ? [] : [{ label: "From character", text: String(offset) }]),
    ],
    pattern: ({ url }) => {
      const { origin, host } = addressOf(url);
      return { text: origin, words: `pages of ${host}` };
    },
    async run({ url, offset }, context) {
      const { address, answer } = await follow(addressOf(url), get, context);
      const { title: wholeTitle, text } = await readText(answer, reader, context);
      const title = shortened(oneLine(wholeTitle), longestTitleChars);
      if (text === "") throw new ToolFailure("There is no text on that page.");
      if (offset >= text.length) {
        throw new ToolFailure(
          `The page has ${text.length} characters: there is nothing at offset ${offset}.`,
        );
      }
      const part = excerptOf(text, offset, longestPartChars);
      const note = [
        excerptNote(part),
        answer.isCut ? "The page is larger than 2 MB; what is beyond was not read." : "",
      ].filter((words) => words !== "");
      return {
        output: {
          url: address.href,
          title,
          text: part.text,
          ...(part.nextOffset === null ? {} : { next_offset: part.nextOffset }),
          ...(note.length === 0 ? {} : { note: note.join(" ") }),
        },
        summary: title === "" ? address.hostname : `${title} (${address.hostname})`,
        source: `web page ${address.href}`,
      };
    },
  });
}

/** Throws a ToolFailure for an address that may not be asked for. */
function addressOf(text: string): URL {
  const address = readWebAddress(text);
  if (address.kind === "refused") throw new ToolFailure(address.reason);
  return address.url;
}

type Answered = Extract<HttpAnswer, { kind: "answered" }>;

/**
 * Each hop is an address like any other: read, resolved and checked anew. A failure speaks of the first one alone:
 * the others are what a page said, and a failure is told as our own words.
 */
async function follow(
  first: URL,
  get: HttpGet,
  context: ToolContext,
): Promise<{ readonly address: URL; readonly answer: Answered }> {
  let address = first;
  for (let hops = 0; hops <= longestChain; hops += 1) {
    context.progress(`Asking ${address.hostname}`);
    const answer = await get({
      url: address,
      accept: accepted,
      largestBytes,
      boundMs: answerBoundMs,
      signal: context.signal,
    });
    const host = address.host === first.host ? first.host : `The site that ${first.host} leads on to`;
    if (answer.kind === "failed") throw new ToolFailure(describeHttpProblem(answer.problem, host));
    const { status, headers } = answer;
    if (status >= 200 && status < 300) return { address, answer };
    const { location } = headers;
    if (status < 300 || status >= 400 || location === undefined) {
      throw new ToolFailure(describeStatus(status, host));
    }
    const next = readWebAddress(location, address);
    if (next.kind === "refused") {
      throw new ToolFailure(
        `${first.host} leads on to an address that may not be opened: only public https pages may.`,
      );
    }
    address = next.url;
  }
  throw new ToolFailure(`${first.host} leads from one address to the next without end.`);
}

const typesOfHtml = ["text/html", "application/xhtml+xml"];
/** Not just anything that a server says becomes a word of ours. */
const typeName = /^(?:application|audio|font|image|model|multipart|text|video)\/[a-z0-9.+-]{1,40}$/;
const isJson = (type: string): boolean => type === "application/json" || type.endsWith("+json");

async function readText(
  { headers, body }: Answered,
  reader: PageReader,
  context: ToolContext,
): Promise<{ readonly title: string; readonly text: string }> {
  const contentType = headers["content-type"] ?? "";
  const type = (contentType.split(";")[0] ?? "").trim().toLowerCase();
  if (type === "text/plain" || isJson(type)) {
    return { title: "", text: decodePage(body, contentType, false).trim() };
  }
  if (!typesOfHtml.includes(type)) {
    const named = typeName.test(type) ? `of the type ${type}` : "of no known type";
    throw new ToolFailure(`That is something ${named}. Only pages, plain text and JSON can be read.`);
  }
  context.progress("Reading the page");
  const page = await reader.read(decodePage(body, contentType, true), context.signal);
  if (page === null) throw new ToolFailure("The page is built in such a way that it cannot be read.");
  return page;
}
