/**
 * Owns noticing that the overlay's page hangs. A page that hangs tells nothing, draws nothing, and closes no microphone
 * that it has opened. So it is asked whenever it has something to do, and answers as soon as its thread runs. It never
 * touches the page.
 *
 * It counts ticks of this process, and those alone that come in time: what was stopped with the page (a sleep, a
 * debugger) or is kept from running with it (a busy machine) proves nothing against it.
 */
import type { TimerHost } from "./session/ports.ts";

export const pageTickMs = 200;
/** A tick that is later than this was not ours to choose, and the page's thread had no better luck. */
export const pageTickLateMs = 100;
/** Somebody waits. A page that draws and collects its garbage was seen to need 50 ms; half a second must not matter. */
export const hungAfterTicks = 5;
/** A page loads within half a second, on a slow disk and a busy machine within a few. */
export const unloadedAfterTicks = 50;

export interface PageWatch {
  /** A page is on its way, and is there once it says so. */
  loading(): void;
  ready(): void;
  gone(): void;
  /** It was told to do something: does it? */
  ask(): void;
  /** It is needed all the time, as while somebody talks: it is asked again and again. */
  setNeeded(isNeeded: boolean): void;
  answered(ask: number): void;
  /** A thread of the page does its work. That is more than its own thread can give, which is left alone meanwhile. */
  seen(): void;
}

export interface PageWatchDeps {
  readonly timers: TimerHost;
  /** Goes only forward. */
  readonly nowMs: () => number;
  /** The page answers with the same number. */
  readonly send: (ask: number) => void;
  /** It does not answer, or has not come. Told again as long as that is so. */
  readonly onHung: () => void;
}

export function createPageWatch({ timers, nowMs, send, onHung }: PageWatchDeps): PageWatch {
  let stage: "none" | "loading" | "there" = "none";
  let newestAsk = 0;
  let answeredAsk = 0;
  let isNeeded = false;
  let silentTicks = 0;
  let cancelTick: (() => void) | null = null;

  const isOwed = (): boolean => stage === "loading" || (stage === "there" && answeredAsk < newestAsk);

  const run = (): void => {
    if (cancelTick !== null || !(isOwed() || (isNeeded && stage === "there"))) return;
    const sinceMs = nowMs();
    cancelTick = timers.start(pageTickMs, () => {
      cancelTick = null;
      tick(nowMs() - sinceMs - pageTickMs);
      run();
    });
  };

  const tick = (lateMs: number): void => {
    if (!isOwed()) {
      if (isNeeded) ask();
      return;
    }
    if (lateMs > pageTickLateMs) return;
    silentTicks += 1;
    if (silentTicks < (stage === "loading" ? unloadedAfterTicks : hungAfterTicks)) return;
    silentTicks = 0;
    onHung();
  };

  const ask = (): void => {
    if (stage !== "there") return;
    if (!isOwed()) silentTicks = 0;
    newestAsk += 1;
    send(newestAsk);
    run();
  };

  const enter = (next: typeof stage): void => {
    stage = next;
    silentTicks = 0;
    answeredAsk = newestAsk;
    cancelTick?.();
    cancelTick = null;
    if (isNeeded) ask();
    run();
  };

  return {
    loading: () => enter("loading"),
    ready: () => enter("there"),
    gone: () => enter("none"),
    ask,
    setNeeded(next) {
      isNeeded = next;
      if (isNeeded) ask();
    },
    answered(answer) {
      answeredAsk = Math.max(answeredAsk, Math.min(answer, newestAsk));
      silentTicks = 0;
    },
    seen() {
      silentTicks = 0;
    },
  };
}
