/** Owns the reading of how long a server asks us to wait. Pure; it never waits. */

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** No wait that a person would sit through is longer; a larger figure is a mistake or a prank. */
const longestWaitMs = 24 * 3_600_000;

/**
 * The wait named in a rate limit message, which has it in its text only: `try again in 6.2s`, `174ms`, `1m26.4s`.
 * @returns whole milliseconds, rounded up, or `null` where none is named.
 */
export function retryDelayInText(message: string): number | null {
  const span = /try again in ((?:\d+(?:\.\d+)?(?:ms|[hms])\s*)+)/i.exec(message.slice(0, 4_096))?.[1];
  if (span === undefined) return null;
  let totalMs = 0;
  for (const [, amount, unit] of span.matchAll(/(\d+(?:\.\d+)?)(ms|[hms])/gi)) {
    totalMs += Number(amount) * (unitMs[(unit ?? "").toLowerCase()] ?? 0);
  }
  return bounded(totalMs);
}

/**
 * The wait named by a `Retry-After` header: seconds, or a date.
 * @returns whole milliseconds, or `null` where the header is missing or unreadable.
 */
export function retryDelayInHeader(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  const value = header.trim();
  if (/^\d+(\.\d+)?$/.test(value)) return bounded(Number(value) * 1_000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : bounded(date - nowMs);
}

/** Binary fractions: 86.4 s are 86400.00000000001 ms, which is not a millisecond more. */
const bounded = (durationMs: number): number =>
  Math.ceil(Math.min(longestWaitMs, Math.max(0, Math.round(durationMs * 1_000) / 1_000)));
