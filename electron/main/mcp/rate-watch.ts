/** Owns the count of what came in the last second. Pure but for its count. */

export interface RateWatch {
  /** Counts one message. @returns whether it is one too many, or one too large. */
  isTooMuch(bytes: number): boolean;
}

export function createRateWatch(mostMessages: number, mostBytes: number, nowMs: () => number): RateWatch {
  let startedMs = nowMs();
  let messages = 0;
  let bytes = 0;
  return {
    isTooMuch(more) {
      if (nowMs() - startedMs >= 1_000) {
        startedMs = nowMs();
        messages = 0;
        bytes = 0;
      }
      messages += 1;
      bytes += more;
      return messages > mostMessages || bytes > mostBytes;
    },
  };
}
