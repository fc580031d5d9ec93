/**
 * Owns noticing that the hook has gone deaf: the system says that the talk key is down, and the hook has not heard of
 * it. A hook's thread can end and its connection break without a word. It never decides what to do about it.
 */
import type { TalkKey } from "../../shared/settings.ts";
import { readKey } from "./key-evidence.ts";
import type { TimerHost } from "./session/ports.ts";

/** One question to the X server; the key is noticed within this and the second look, also where nothing is heard. */
export const watchEveryMs = 1_000;
/** An event may be on its way through the hook. */
export const secondLookMs = 150;

export interface HookWatch {
  start(): void;
  /** What is down now may be down without having been heard: it counts only once it has been up. */
  forgive(): void;
  stop(): void;
}

export interface HookWatchOptions {
  readonly timers: TimerHost;
  readonly readKeymap: () => Promise<Uint8Array | null>;
  readonly talkKey: () => TalkKey;
  /** Does the hook know that the talk key is down? */
  readonly hasHeard: () => boolean;
  readonly onDeaf: () => void;
}

export function createHookWatch(options: HookWatchOptions): HookWatch {
  const { timers, readKeymap, talkKey, hasHeard, onDeaf } = options;
  let run = 0;
  let isForgiven = false;
  let cancel = (): void => undefined;

  async function look(of: number, isSecond: boolean): Promise<void> {
    const keymap = await readKeymap();
    if (of !== run) return;
    const isDown = keymap !== null && readKey(keymap, talkKey(), true) === "down";
    if (!isDown) isForgiven = false;
    const isUnheard = isDown && !isForgiven && !hasHeard();
    if (isUnheard && isSecond) {
      isForgiven = true;
      onDeaf();
      if (of !== run) return;
    }
    const isDoubtful = isUnheard && !isSecond;
    cancel = timers.start(isDoubtful ? secondLookMs : watchEveryMs, () => void look(of, isDoubtful));
  }

  function stop(): void {
    run += 1;
    cancel();
  }

  return {
    start() {
      stop();
      isForgiven = true;
      void look(run, false);
    },
    forgive() {
      isForgiven = true;
    },
    stop,
  };
}
