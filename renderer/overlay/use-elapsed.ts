/**
 * Owns the recording time that the person sees. It never decides anything: bounds on a turn are kept in main.
 */
import { useEffect, useState } from "react";

/** Often enough that no second is skipped, seldom enough to cost nothing. */
const tickMs = 250;

/** @returns milliseconds since the component was first shown: give it a key for each turn. */
export function useElapsed(): number {
  const [elapsedMs, setElapsedMs] = useState(0);
  useEffect(() => {
    const startedAtMs = performance.now();
    const timer = setInterval(() => setElapsedMs(performance.now() - startedAtMs), tickMs);
    return () => clearInterval(timer);
  }, []);
  return elapsedMs;
}
