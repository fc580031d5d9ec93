/**
 * Owns the trace: one JSON line for each mark of a turn, into the file named by `PARLEY_TRACE`; nothing without it.
 * It holds times, ids and counts, never words, audio or a key.
 */
import { createWriteStream } from "node:fs";
import { errorCode, type Log } from "./log.ts";
import type { Mark } from "./session/ports.ts";

export interface Trace {
  readonly mark: Mark;
  /** Everything marked so far is in the file. Safe to call twice; later marks are dropped. */
  close(): Promise<void>;
}

export interface TraceClock {
  /** Of the system's monotonic clock, so that the marks of several processes can be compared. */
  readonly monotonicMs: () => number;
  readonly epochMs: () => number;
}

export const systemTraceClock: TraceClock = {
  monotonicMs: () => Math.round(Number(process.hrtime.bigint() / 1_000n)) / 1_000,
  epochMs: Date.now,
};

const noTrace: Trace = { mark: () => undefined, close: () => Promise.resolve() };

/** @param path file to append to; absent or empty: no trace. */
export function openTrace(path: string | undefined, clock: TraceClock, log: Log): Trace {
  if (path === undefined || path === "") return noTrace;
  const stream = createWriteStream(path, { flags: "a", mode: 0o600 });
  let isOpen = true;
  stream.on("error", (error) => {
    if (isOpen) log.warn("trace-failed", { code: errorCode(error) });
    isOpen = false;
  });
  let closing: Promise<void> | null = null;
  return {
    mark(name, turn, detail) {
      if (!isOpen) return;
      const times = { monotonicMs: clock.monotonicMs(), epochMs: clock.epochMs() };
      stream.write(`${JSON.stringify({ name, turn, ...times, ...detail })}\n`);
    },
    close() {
      closing ??= new Promise((resolve) => {
        if (!isOpen) return resolve();
        isOpen = false;
        stream.once("error", () => resolve());
        stream.end(resolve);
      });
      return closing;
    },
  };
}
