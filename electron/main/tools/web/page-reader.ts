/**
 * Owns the reading of a page on a thread of its own, bounded in time and memory: a page may be made to take for ever.
 * It never reads one itself.
 */
import { Worker } from "node:worker_threads";
import type { PageReaderReport, PageReaderWork } from "./page-reader.worker.ts";
import type { PageText } from "./page-text.ts";

/** Articles of 2 MB take a second. */
const readBoundMs = 4_000;
const resourceLimits = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 };

/** An article shorter than this beside a page that is longer was not the article. */
const shortestArticleChars = 200;

export interface PageReader {
  /** @returns `null` for a page of which nothing could be read. Never rejects. */
  read(html: string, signal: AbortSignal): Promise<PageText | null>;
}

/** @param file of the built page-reader.worker.ts. */
export function createPageReader(file: URL): PageReader {
  return {
    read: (html, signal) =>
      new Promise((resolve) => {
        const work: PageReaderWork = { html };
        const worker = new Worker(file, {
          workerData: work,
          resourceLimits,
          env: {},
          stdout: true,
          stderr: true,
        });
        let whole: PageText | null = null;
        const end = (page: PageText | null): void => {
          clearTimeout(bound);
          signal.removeEventListener("abort", giveUp);
          resolve(page);
          void worker.terminate();
        };
        const giveUp = (): void => end(whole);
        const bound = setTimeout(giveUp, readBoundMs);
        signal.addEventListener("abort", giveUp);
        worker.on("message", (report: PageReaderReport) => {
          if (report.kind === "whole") whole = report.page;
          else end(better(report.page, whole));
        });
        // Out of memory or of stack: what was found before remains.
        worker.on("error", giveUp);
        worker.on("exit", giveUp);
      }),
  };
}

function better(article: PageText | null, whole: PageText | null): PageText | null {
  if (article === null || whole === null) return whole;
  const isSliver = article.text.length < shortestArticleChars && whole.text.length > article.text.length;
  return isSliver ? whole : { ...article, title: article.title || whole.title };
}
