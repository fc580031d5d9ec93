/** Owns reading the marks that the app writes with `PARLEY_TRACE`, as they come. */
import { open } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

export interface TraceMark {
  readonly name: string;
  readonly turn: string | null;
  readonly monotonicMs: number;
  readonly epochMs: number;
  readonly [detail: string]: unknown;
}

export interface TraceReader {
  /** Every mark so far, or those from index `from` on. */
  all(from?: number): Promise<readonly TraceMark[]>;
  /**
   * The first mark from index `from` on that fits, waiting for it.
   * Rejects after `timeoutMs` with the names that did come.
   */
  waitFor(
    fits: string | ((mark: TraceMark) => boolean),
    options?: { readonly from?: number; readonly timeoutMs?: number },
  ): Promise<{ readonly mark: TraceMark; readonly index: number }>;
}

/** How often the file is looked at; the app writes each mark at once. */
const lookEveryMs = 10;

export function readTrace(path: string): TraceReader {
  const marks: TraceMark[] = [];
  let readBytes = 0;
  let rest = "";
  let reading: Promise<void> = Promise.resolve();

  /** Takes in what is new: a long run writes a long file. */
  async function readOn(): Promise<void> {
    const file = await open(path, "r").catch(() => null);
    if (file === null) return;
    try {
      const { size } = await file.stat();
      const chunk = Buffer.alloc(Math.max(0, size - readBytes));
      await file.read(chunk, 0, chunk.length, readBytes);
      readBytes += chunk.length;
      const lines = (rest + chunk.toString("utf8")).split("\n");
      rest = lines.pop() ?? "";
      marks.push(...lines.filter((line) => line !== "").map((line) => JSON.parse(line) as TraceMark));
    } finally {
      await file.close();
    }
  }

  /** One reading at a time, whoever asks. */
  async function lookOn(): Promise<void> {
    reading = reading.then(readOn);
    await reading;
  }
  return {
    async all(from = 0) {
      await lookOn();
      return marks.slice(from);
    },
    async waitFor(fits, { from = 0, timeoutMs = 15_000 } = {}) {
      const matches = typeof fits === "string" ? (mark: TraceMark) => mark.name === fits : fits;
      const deadline = performance.now() + timeoutMs;
      for (;;) {
        await lookOn();
        // Not from the beginning: a long run has many.
        for (let index = from; index < marks.length; index += 1) {
          const mark = marks[index];
          if (mark !== undefined && matches(mark)) return { mark, index };
        }
        if (performance.now() > deadline) {
          const seen = marks.slice(from).map((each) => each.name);
          const wanted = typeof fits === "string" ? `“${fits}”` : "the wanted one";
          throw new Error(
            `No mark ${wanted} within ${timeoutMs} ms; since then: ${seen.join(", ") || "none"}.`,
          );
        }
        await delay(lookEveryMs);
      }
    },
  };
}
