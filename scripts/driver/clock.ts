/** Owns the one clock of everything that is measured: the system's monotonic one, as in the marks of a trace. */

/** Milliseconds with their fraction; the same clock in every process of this machine. */
export const monotonicMs = (): number => Number(process.hrtime.bigint() / 1_000n) / 1_000;
