/**
 * Owns noticing that the hook has gone deaf: the system says that a key went down, and the hook has heard nothing. A
 * hook's thread can end and its connection break without a word. It never decides what to do about it.
 */
import type { TimerHost } from "./session/ports.ts";

/** How long the hook may be behind the system. It is a thread of its own: by less, also on a machine that is busy. */
export const hearingBoundMs = 500;
/** The same key may be heard a little before the system's word of it. */
export const hearingLeadMs = 250;
/** A timer later than this was kept from running, and so may the hook have been: it is given its time once more. */
export const lateBoundMs = 100;
/** After an alarm: to mend it costs a moment each time, and somebody who types would raise ten a second. */
export const restMs = 2_000;

export interface HookWatch {
  start(): void;
  /** The hook has heard something. */
  heard(): void;
  /** Safe to call twice. */
  stop(): void;
}

export interface HookWatchOptions {
  readonly timers: TimerHost;
  /** A clock that only goes forward. */
  readonly nowMs: () => number;
  /** Tells by the system's own way that some key has gone down. @returns its end. */
  readonly watchKeyPresses: (onPress: () => void) => () => void;
  readonly onDeaf: () => void;
}

export function createHookWatch({ timers, nowMs, watchKeyPresses, onDeaf }: HookWatchOptions): HookWatch {
  let heardMs = Number.NEGATIVE_INFINITY;
  let restsUntilMs = Number.NEGATIVE_INFINITY;
  let isDoubting = false;
  let cancel = (): void => undefined;
  let end = (): void => undefined;

  function pressed(): void {
    const pressedMs = nowMs();
    if (isDoubting || pressedMs < restsUntilMs || heardMs >= pressedMs - hearingLeadMs) return;
    isDoubting = true;
    wait();
  }

  function wait(): void {
    const dueMs = nowMs() + hearingBoundMs;
    cancel = timers.start(hearingBoundMs, () => {
      if (nowMs() - dueMs > lateBoundMs) return wait();
      isDoubting = false;
      restsUntilMs = nowMs() + restMs;
      onDeaf();
    });
  }

  function trust(): void {
    isDoubting = false;
    cancel();
  }

  return {
    start() {
      end();
      end = watchKeyPresses(pressed);
    },
    heard() {
      heardMs = nowMs();
      if (isDoubting) trust();
    },
    stop() {
      trust();
      end();
    },
  };
}
