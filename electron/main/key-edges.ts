/**
 * Owns the way from raw key events to edges of the talk key: auto-repeat dropped, lost releases noticed.
 * Pure but for its memory of what is down; time comes with the events. It decides nothing about turns.
 */
import type { GrammarInput } from "./session/hotkey-grammar.ts";
import { tapWindowMs } from "./session/tuning.ts";
import { escapeHookCode, shiftHookCodes } from "./talk-key-codes.ts";

export interface KeyEdge {
  readonly type: Extract<
    GrammarInput,
    | "talkDown"
    | "talkDownWithShift"
    | "otherDown"
    | "escapeDown"
    | "evidenceLost"
    // By the keyboard's own clock, however late it is heard.
    | "tapUp"
    | "tapWindowElapsed"
    | "talkUp"
  >;
}

export interface RawKey {
  readonly kind: "down" | "up";
  /** As libuiohook numbers keys. */
  readonly hookCode: number;
  /** Of the event, on any clock that only goes forward. */
  readonly timeMs: number;
  /** As the event's own flags have it. */
  readonly isShiftHeld: boolean;
}

export interface KeyRules {
  readonly talkHookCode: number;
  /** Is there something that Esc would stop? Otherwise it is a key like any other. */
  readonly isEscapeActive: boolean;
  /** macOS repeats no modifier: one that goes down again was up, however short. */
  readonly repeatsTalkKey: boolean;
}

export interface EdgeStep {
  readonly edges: readonly KeyEdge[];
  readonly isTalkRepeat: boolean;
}

/**
 * A held key repeats; the longest that a system offers is 2 s (filter keys of Windows; without them 1 s). So a key that
 * goes down again after more than this was let go in between, and its release was lost.
 */
export const longestRepeatGapMs = 2_500;

export interface KeyEdges {
  take(key: RawKey, rules: KeyRules): EdgeStep;
  isDown(hookCode: number): boolean;
  /** Nothing is known to be down any more: after a lock, a sleep, a restart of the hook. */
  forget(): void;
}

const nothing: EdgeStep = { edges: [], isTalkRepeat: false };
const edges = (...types: readonly KeyEdge["type"][]): EdgeStep => ({
  edges: types.map((type) => ({ type })),
  isTalkRepeat: false,
});

export function createKeyEdges(): KeyEdges {
  const lastSeenMs = new Map<number, number>();
  let talkDownMs = 0;

  /** Only a Shift that was seen to go down: on a flag alone nobody's screen is looked at. */
  const isShiftDown = (talkHookCode: number): boolean =>
    shiftHookCodes.some((code) => code !== talkHookCode && lastSeenMs.has(code));

  return {
    take({ kind, hookCode, timeMs, isShiftHeld }, { talkHookCode, isEscapeActive, repeatsTalkKey }) {
      const isTalk = hookCode === talkHookCode;
      const seenMs = lastSeenMs.get(hookCode);
      if (kind === "up") {
        lastSeenMs.delete(hookCode);
        if (!isTalk || seenMs === undefined) return nothing;
        const heldMs = timeMs - talkDownMs;
        // X and Windows count in 32 bits, which begin anew every 49.7 days: how long it was down is then not known.
        if (heldMs < 0) return edges("talkUp");
        // After this process was kept from running both ends of a hold may come at once, which is no tap; and the end of
        // a tap after the timer of its window, which is no hold.
        return heldMs >= tapWindowMs ? edges("tapWindowElapsed", "talkUp") : edges("tapUp");
      }
      lastSeenMs.set(hookCode, timeMs);
      const isDownAlready = seenMs !== undefined;
      const mayRepeat = !isTalk || repeatsTalkKey;
      const isRepeat = isDownAlready && mayRepeat && timeMs - seenMs <= longestRepeatGapMs;
      if (isRepeat) return { edges: [], isTalkRepeat: isTalk };
      if (isTalk) {
        talkDownMs = timeMs;
        const press = isShiftHeld && isShiftDown(talkHookCode) ? "talkDownWithShift" : "talkDown";
        return isDownAlready ? edges("evidenceLost", press) : edges(press);
      }
      return edges(isEscapeActive && hookCode === escapeHookCode ? "escapeDown" : "otherDown");
    },
    isDown: (hookCode) => lastSeenMs.has(hookCode),
    forget: () => lastSeenMs.clear(),
  };
}
