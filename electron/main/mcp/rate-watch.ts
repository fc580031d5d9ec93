/** Owns the count of what came in the last second. Pure but for its count. */

export interface RateWatch {
  /** Counts what has come. @returns whether that is too much. */
  isTooMuch(moreMessages: number, moreBytes: number): boolean;
}

export function createRateWatch(mostMessages: number, mostBytes: number, nowMs: () => number): RateWatch {
  let startedMs = nowMs();
  let messages = 0;
  let bytes = 0;
  return {
    isTooMuch(moreMessages, moreBytes) {
      if (nowMs() - startedMs >= 1_000) {
        startedMs = nowMs();
        messages = 0;
        bytes = 0;
      }
      messages += moreMessages;
      bytes += moreBytes;
      return messages > mostMessages || bytes > mostBytes;
    },
  };
}
