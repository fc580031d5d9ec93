/**
 * Owns when a stream that was lost is opened again: never in haste, ever more rarely while it does not last, and without
 * an end. It opens nothing itself.
 */
import type { McpTuning } from "./mcp-tuning.ts";

export interface Reconnects {
  /** @param askedMs how long the server wants us to wait. @param hasFailed the last try opened none. @returns its end. */
  schedule(reconnect: () => void, askedMs: number, hasFailed: boolean): () => void;
  /** None is opened any more. */
  stop(): void;
}

export function createReconnects(
  tuning: Pick<McpTuning, "reconnectDelayMs" | "longestReconnectDelayMs">,
  nowMs: () => number,
): Reconnects {
  const timers = new Set<NodeJS.Timeout>();
  let delayMs = 0;
  let reconnectedAtMs = Number.NEGATIVE_INFINITY;
  let isStopped = false;

  return {
    schedule(reconnect, askedMs, hasFailed) {
      if (isStopped) return () => undefined;
      const { reconnectDelayMs: leastMs, longestReconnectDelayMs: longestMs } = tuning;
      // One that stood for longer than it was waited for was none of those that end at once.
      const hasStood = !hasFailed && nowMs() - reconnectedAtMs > Math.max(delayMs, leastMs);
      delayMs = hasStood ? leastMs : Math.min(longestMs, Math.max(leastMs, 2 * delayMs));
      const waitMs = Math.min(longestMs, Math.max(delayMs, askedMs));
      const timer = setTimeout(() => {
        timers.delete(timer);
        reconnectedAtMs = nowMs();
        reconnect();
      }, waitMs);
      timers.add(timer);
      return () => {
        clearTimeout(timer);
        timers.delete(timer);
      };
    },
    stop() {
      isStopped = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
