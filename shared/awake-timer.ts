/**
 * Owns timers that count only the time in which this process ran. What was stopped altogether (a sleep, a debugger, a
 * machine that swaps) has waited for nobody: with a timer of the clock, every bound would be over at the awakening.
 */

type StartTimer = (delayMs: number, task: () => void) => () => void;

/** A stop costs one slice at most, which must be little beside the whole, and no slice is worth a thousand wake-ups. */
const slicesOfTimer = 20;
const shortestSliceMs = 50;

/** @returns a function that cancels; safe to call twice. */
export function startAwake(start: StartTimer, durationMs: number, onElapsed: () => void): () => void {
  const sliceMs = Math.max(shortestSliceMs, Math.ceil(durationMs / slicesOfTimer));
  let leftMs = durationMs;
  let cancel = (): void => undefined;
  const next = (): void => {
    const partMs = Math.min(leftMs, sliceMs);
    cancel = start(partMs, () => {
      leftMs -= partMs;
      if (leftMs > 0) next();
      else onElapsed();
    });
  };
  next();
  return () => cancel();
}
