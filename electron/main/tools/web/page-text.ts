/**
 * Owns what of a page a person would read: its title, and its text in paragraphs. What a page hides is left out, since
 * only a machine would read it. Pure, and slow on pages that mean harm (a thousand boxes in each other take seconds):
 * it runs in page-reader.worker.ts and never on the thread of the app.
 */
import { Readability } from "@mozilla/readability";
import { parseHTML } from "linkedom";

export interface PageText {
  readonly title: string;
  readonly text: string;
}

/** All of the page, with menus and everything. Quick for any page. */
export function wholeText(html: string): PageText {
  const document = documentOf(html);
  return { title: tidy(document.querySelector("title")?.textContent ?? ""), text: textOf(document.body) };
}

/** The article alone; `null` where there is none. */
export function articleText(html: string): PageText | null {
  const article = new Readability(documentOf(html) as never).parse();
  if (typeof article?.content !== "string") return null;
  return { title: tidy(article.title ?? ""), text: textOf(documentOf(article.content).body) };
}

/** A piece of a page is made a whole one, as browsers do: the parser would leave the body empty. */
function documentOf(html: string): PageDocument {
  const isWhole = /<html[\s>]/i.test(html);
  const hasBody = /<body[\s>]/i.test(html);
  const whole = isWhole ? html : hasBody ? `<html>${html}</html>` : `<html><body>${html}</body></html>`;
  const { document } = parseHTML(whole) as unknown as { readonly document: PageDocument };
  for (const hidden of document.querySelectorAll("[hidden], [aria-hidden=true], [style]")) {
    // Many a page is hidden as a whole until its script has run.
    if (hidden !== document.body && isHidden(hidden)) hidden.remove();
  }
  return document;
}

/** A text that only a machine would read may well be written for one. */
function isHidden(node: PageNode): boolean {
  if (node.getAttribute("hidden") !== null || node.getAttribute("aria-hidden") === "true") return true;
  return hidingStyle.test(node.getAttribute("style") ?? "");
}

const hidingStyle =
  /(?:display\s*:\s*none|visibility\s*:\s*hidden|(?:font-size|opacity)\s*:\s*0(?:\.0+)?(?:px|r?em|pt|%)?\s*(?:;|!|$))/i;

/** What we look at of the parser's documents and nodes; its own types need those of a browser. */
interface PageDocument {
  readonly body: PageNode | null;
  querySelectorAll(selector: string): Iterable<PageNode>;
  querySelector(selector: "title"): { readonly textContent: string | null } | null;
}

interface PageNode {
  readonly nodeType: number;
  readonly localName?: string;
  readonly data?: string;
  readonly firstChild: PageNode | null;
  readonly nextSibling: PageNode | null;
  readonly parentNode: PageNode | null;
  getAttribute(name: string): string | null;
  remove(): void;
}

const elementNode = 1;
const textNode = 3;

const unread = new Set(
  "script style noscript template title iframe object embed svg math canvas audio video select textarea".split(
    " ",
  ),
);
const blocks = new Set(
  "address article aside blockquote body dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tr ul".split(
    " ",
  ),
);
const apart = new Set("p h1 h2 h3 h4 h5 h6 blockquote pre ul ol table figure".split(" "));

/** Without recursion: a page that nests deeper than any stack must not break it. */
function textOf(root: PageNode | null): string {
  const lines = createLines();
  let node = root;
  while (node !== null) {
    let next: PageNode | null = enter(node, lines) ? node.firstChild : null;
    while (next === null && node !== null) {
      leave(node, lines);
      next = node === root ? null : node.nextSibling;
      if (next === null) node = node === root ? null : node.parentNode;
    }
    node = next;
  }
  return tidy(lines.text());
}

/** @returns whether what is inside is read. */
function enter(node: PageNode, lines: Lines): boolean {
  if (node.nodeType === textNode) lines.add(node.data ?? "");
  if (node.nodeType !== elementNode) return false;
  const name = node.localName ?? "";
  if (unread.has(name)) return false;
  lines.breakBefore(name === "br" ? 1 : breaksOf(name));
  if (name === "li") lines.add("- ");
  return true;
}

function leave(node: PageNode, lines: Lines): void {
  if (node.nodeType !== elementNode) return;
  const name = node.localName ?? "";
  if (name === "td" || name === "th") lines.add(" | ");
  lines.breakBefore(breaksOf(name));
}

const breaksOf = (name: string): number => (apart.has(name) ? 2 : blocks.has(name) ? 1 : 0);

interface Lines {
  /** A line break in the page is a space; those of `pre` are lost for the sake of all others. */
  add(text: string): void;
  /** At least so many line breaks before what comes next. */
  breakBefore(count: number): void;
  text(): string;
}

function createLines(): Lines {
  const pieces: string[] = [];
  let breaks = 0;
  return {
    add(text) {
      if (breaks > 0 && text.trim() === "") return;
      if (breaks > 0) pieces.push("\n".repeat(breaks));
      breaks = 0;
      pieces.push(text.replaceAll(/\s+/g, " "));
    },
    breakBefore(count) {
      breaks = Math.max(breaks, count);
    },
    text: () => pieces.join(""),
  };
}

const tidy = (text: string): string =>
  text
    .replaceAll(/[^\S\n]+/g, " ")
    .replaceAll(/(?: \|)* ?\n ?/g, "\n")
    .replaceAll(/\n{3,}/g, "\n\n")
    .replace(/(?: \|)+ ?$/, "")
    .trim();
