/**
 * Owns the rule that a recording never outlives the evidence that its key is down. While the key is believed down it
 * looks for proof of the contrary: the real key state where the system tells it (X11), auto-repeat that has stopped,
 * modifier flags on other events. It never decides what follows from a loss.
 */
import type { TalkKey } from "../../shared/settings.ts";
import type { TimerHost } from "./session/ports.ts";
import { talkKeyCodes, type ModifierFlag } from "./talk-key-codes.ts";
import { isAnyKeyDown, isKeycodeDown } from "./x11/wire.ts";

/** Between looks at the key state while it is down: two looks and a reply fit into half a second. */
export const lookEveryMs = 250;
/** After the first look that finds the key up: its release may be on its way through the hook. */
export const lookAgainMs = 120;
/** Auto-repeat comes every 30–500 ms once it runs; with the grace below, its end is noticed within a second. */
export const repeatSilenceMs = 800;
/** Filter keys of Windows repeat as rarely as every 2 s: so much longer than it has taken so far is no repeat any more. */
export const repeatSilenceFactor = 1.5;
/** A blocked event loop delivers timers before the events that waited: give those a chance. */
export const repeatGraceMs = 100;
/** Two repeats could be an echo of the press; from the third on the keyboard is known to repeat this key, and how often. */
const repeatsThatProve = 3;

export type KeyReading = "down" | "up" | "unknown";

/**
 * @param isMapped has the key's bit ever been seen set? Only then does a cleared one prove anything; a keymap
 * without any key down proves it on every keyboard.
 */
export function readKey(keymap: Uint8Array | null, key: TalkKey, isMapped: boolean): KeyReading {
  if (keymap === null) return "unknown";
  if (isKeycodeDown(keymap, talkKeyCodes[key].xKeycode)) return "down";
  return isMapped || !isAnyKeyDown(keymap) ? "up" : "unknown";
}

/**
 * Does another event say that the talk key is up? Flags do not tell left from right, so a set flag says nothing.
 * libuiohook keeps them by itself and asks the system only when it starts, so this tells after the hook was made anew.
 */
export function contradicts(flags: Readonly<Record<ModifierFlag, boolean>>, key: TalkKey): boolean {
  const { modifier } = talkKeyCodes[key];
  return modifier !== null && !flags[modifier];
}

export interface KeyEvidence {
  pressed(key: TalkKey): void;
  /** @param timeMs of the event, on the keyboard's clock. */
  repeated(timeMs: number): void;
  /** Any other key went down or up; it also ends the auto-repeat of the talk key. */
  otherKey(flags: Readonly<Record<ModifierFlag, boolean>>): void;
  released(): void;
}

export interface KeyEvidenceOptions {
  readonly timers: TimerHost;
  /** `null` where the system does not tell. */
  readonly readKeymap: (() => Promise<Uint8Array | null>) | null;
  readonly onLost: () => void;
}

interface Hold {
  readonly key: TalkKey;
  upReadings: number;
  repeats: number;
  lastRepeatMs: number;
  /** The longest time between two repeats; the delay before the first is another thing. */
  longestGapMs: number;
  canRepeat: boolean;
  stopLooking: () => void;
  stopWaiting: () => void;
}

const doNothing = (): void => undefined;

export function createKeyEvidence({ timers, readKeymap, onLost }: KeyEvidenceOptions): KeyEvidence {
  const mapped = new Set<TalkKey>();
  let hold: Hold | null = null;

  function end(): void {
    hold?.stopLooking();
    hold?.stopWaiting();
    hold = null;
  }

  function lose(): void {
    end();
    onLost();
  }

  async function look(of: Hold): Promise<void> {
    const keymap = (await readKeymap?.()) ?? null;
    // Released, or pressed again, while we asked.
    if (hold !== of) return;
    const reading = readKey(keymap, of.key, mapped.has(of.key));
    if (reading === "down") mapped.add(of.key);
    of.upReadings = reading === "up" ? of.upReadings + 1 : 0;
    if (of.upReadings >= 2) return lose();
    of.stopLooking = timers.start(of.upReadings > 0 ? lookAgainMs : lookEveryMs, () => void look(of));
  }

  function expectRepeat(of: Hold): void {
    of.stopWaiting();
    const silenceMs = Math.max(repeatSilenceMs, of.longestGapMs * repeatSilenceFactor);
    of.stopWaiting = timers.start(silenceMs, () => {
      of.stopWaiting = timers.start(repeatGraceMs, lose);
    });
  }

  return {
    pressed(key) {
      end();
      hold = {
        key,
        upReadings: 0,
        repeats: 0,
        lastRepeatMs: 0,
        longestGapMs: 0,
        canRepeat: readKeymap === null,
        stopLooking: doNothing,
        stopWaiting: doNothing,
      };
      if (readKeymap !== null) void look(hold);
    },
    repeated(timeMs) {
      if (hold === null || !hold.canRepeat) return;
      if (hold.repeats > 0) hold.longestGapMs = Math.max(hold.longestGapMs, timeMs - hold.lastRepeatMs);
      hold.repeats += 1;
      hold.lastRepeatMs = timeMs;
      if (hold.repeats >= repeatsThatProve) expectRepeat(hold);
    },
    otherKey(flags) {
      if (hold === null) return;
      hold.canRepeat = false;
      hold.stopWaiting();
      if (contradicts(flags, hold.key)) lose();
    },
    released: end,
  };
}
