/** Owns the thread that reads one page. It has nothing but the page, and is ended when it takes too long. */
import { parentPort, workerData } from "node:worker_threads";
import { articleText, wholeText, type PageText } from "./page-text.ts";

export interface PageReaderWork {
  readonly html: string;
}

/** The whole text comes first: it is what remains when the search for the article has to be given up. */
export type PageReaderReport =
  | { readonly kind: "whole"; readonly page: PageText }
  | { readonly kind: "article"; readonly page: PageText | null };

const { html } = workerData as PageReaderWork;
// The rule means windows; a thread's port has no origin.
// oxlint-disable-next-line unicorn/require-post-message-target-origin
const report = (message: PageReaderReport): void => parentPort?.postMessage(message);

report({ kind: "whole", page: wholeText(html) });
report({ kind: "article", page: articleText(html) });
