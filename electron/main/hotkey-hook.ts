/**
 * Owns the system-wide talk key: the native hook, its start and stop, and the words for how it works.
 * It reports edges; what they mean is session/hotkey-grammar.ts. It keeps nothing of other keys but that they moved.
 */
import { talkKeyLabel, type TalkKey } from "../../shared/settings.ts";
import { describeTrouble, tellTrouble, type Trouble, type TroubleWords } from "../../shared/trouble.ts";
import { createHookWatch } from "./hook-watch.ts";
import { createKeyClock } from "./key-clock.ts";
import { createKeyEdges, type KeyEdge } from "./key-edges.ts";
import { createKeyEvidence } from "./key-evidence.ts";
import { errorCode, type Log } from "./log.ts";
import type { TimerHost } from "./session/ports.ts";
import { talkKeyCodes, type ModifierFlag } from "./talk-key-codes.ts";

/** What we use of `uiohook-napi`. */
export interface NativeHook {
  on(event: "keydown" | "keyup", listener: (event: NativeKeyEvent) => void): unknown;
  start(): void;
  stop(): void;
}

export type NativeKeyEvent = Readonly<Record<ModifierFlag, boolean>> & {
  readonly keycode: number;
  /** When it happened, in the unit of the platform: `key-clock.ts`. */
  readonly time: number;
};

/** One or two sentences for the person: how it works, or why it does not. */
export interface HookState {
  readonly isWorking: boolean;
  readonly explanation: string;
  /** Why it does not work; `null` while it does, or is not known not to. */
  readonly trouble: TroubleWords | null;
}

export interface HotkeyHookOptions {
  /** Loads the add-on; it rejects where there is none for this platform. */
  readonly load: () => Promise<NativeHook>;
  readonly talkKey: TalkKey;
  readonly platform: string;
  readonly isWayland: boolean;
  /** macOS: may this app watch the keyboard? Elsewhere always true. */
  readonly isTrusted: () => boolean;
  /** Real key state, on X11; `null` elsewhere. */
  readonly readKeymap: (() => Promise<Uint8Array | null>) | null;
  /** The system's own word that some key has gone down, on X11; `null` elsewhere. @returns its end. */
  readonly watchKeyPresses: ((onPress: () => void) => () => void) | null;
  readonly timers: TimerHost;
  /** A clock that only goes forward. */
  readonly nowMs: () => number;
  readonly onEdge: (edge: KeyEdge) => void;
  readonly onState: (state: HookState) => void;
  readonly log: Log;
}

export interface HotkeyHook {
  /** May be called again after it failed, as when a permission has been given meanwhile. */
  start(): Promise<void>;
  /** Ends the hook's thread, which would keep the process from ending. Safe to call twice. */
  stop(): void;
  setTalkKey(key: TalkKey): void;
  /** Esc is looked at only while there is something it would stop. */
  setEscapeActive(isActive: boolean): void;
  /** The keyboard was out of sight (lock, sleep): what was down is not known to be down any more. */
  loseSight(): void;
  state(): HookState;
}

export function createHotkeyHook(options: HotkeyHookOptions): HotkeyHook {
  const { platform, timers, onEdge, log } = options;
  const keys = createKeyEdges();
  const clock = createKeyClock(platform, options.nowMs);
  const evidence = createKeyEvidence({ timers, readKeymap: options.readKeymap, onLost: reportLoss });
  let talkKey = options.talkKey;
  let isEscapeActive = false;
  let isTalkDown = false;
  let native: NativeHook | null = null;
  let isRunning = false;
  /** Made anew for being deaf, and nothing was heard since. */
  let isDeaf = false;
  let state: HookState = {
    isWorking: false,
    explanation: "The talk key is not being listened to yet.",
    trouble: null,
  };

  function take(kind: "down" | "up", event: NativeKeyEvent): void {
    if (!isRunning) return;
    watch?.heard();
    if (isDeaf) hearAgain();
    const { hookCode, modifier } = talkKeyCodes[talkKey];
    const repeatsTalkKey = platform !== "darwin" || modifier === null;
    const rules = { talkHookCode: hookCode, isEscapeActive, repeatsTalkKey };
    const timeMs = clock.timeMs(event.time);
    const step = keys.take({ kind, hookCode: event.keycode, timeMs, isShiftHeld: event.shiftKey }, rules);
    if (step.isTalkRepeat) evidence.repeated(timeMs);
    if (event.keycode !== hookCode) evidence.otherKey(event);
    for (const edge of step.edges) report(edge);
  }

  function report(edge: KeyEdge): void {
    if (edge.type === "talkDown" || edge.type === "talkDownWithShift") {
      isTalkDown = true;
      onEdge(edge);
      evidence.pressed(talkKey);
      return;
    }
    if (edge.type === "talkUp" || edge.type === "tapUp" || edge.type === "evidenceLost") {
      evidence.released();
      if (!isTalkDown) return;
      isTalkDown = false;
    }
    onEdge(edge);
  }

  function reportLoss(): void {
    log.warn("key-evidence-lost");
    keys.forget();
    report({ type: "evidenceLost" });
  }

  const { watchKeyPresses, nowMs } = options;
  const watch =
    watchKeyPresses === null || options.isWayland
      ? null
      : createHookWatch({ timers, nowMs, watchKeyPresses, onDeaf });

  /** Its thread has ended, its connection broke, or another program takes the keys: the first two can be mended. */
  function onDeaf(): void {
    log.warn("hotkey-hook-deaf", { isDeaf });
    isDeaf = true;
    keys.forget();
    stopNative();
    try {
      native?.start();
      tell(broken({ kind: "key-unheard" }));
    } catch (error) {
      // It is tried again with the next key that goes down.
      tellFailed(error);
    }
  }

  function hearAgain(): void {
    isDeaf = false;
    log.info("hotkey-hook-hears");
    tell(working());
  }

  function stopNative(): void {
    try {
      native?.stop();
    } catch (error) {
      log.warn("hotkey-hook-stop-failed", { code: errorCode(error) });
    }
  }

  function tellFailed(error: unknown): void {
    log.error("hotkey-hook-failed", { code: errorCode(error) });
    tell(broken({ kind: "keyboard-unwatchable", code: errorCode(error) }));
  }

  function tell(next: HookState): void {
    state = next;
    options.onState(next);
  }

  const label = (): string => talkKeyLabel(talkKey, platform);

  const working = (): HookState => {
    if (options.isWayland) return broken({ kind: "keyboard-hidden", key: label() });
    return {
      isWorking: true,
      explanation: `${label()} works in every program: hold it, or tap it, and talk.`,
      trouble: null,
    };
  };

  return {
    async start() {
      if (isRunning) return;
      if (!options.isTrusted()) return tell(broken({ kind: "keyboard-denied" }));
      try {
        if (native === null) {
          native = await options.load();
          native.on("keydown", (event) => take("down", event));
          native.on("keyup", (event) => take("up", event));
        }
        native.start();
        isRunning = true;
        watch?.start();
        tell(working());
      } catch (error) {
        tellFailed(error);
      }
    },
    stop() {
      if (!isRunning) return;
      isRunning = false;
      watch?.stop();
      evidence.released();
      keys.forget();
      clock.forget();
      report({ type: "evidenceLost" });
      stopNative();
    },
    setTalkKey(key) {
      if (key === talkKey) return;
      report({ type: "evidenceLost" });
      keys.forget();
      talkKey = key;
      if (isRunning && !isDeaf) tell(working());
    },
    setEscapeActive(isActive) {
      isEscapeActive = isActive;
    },
    loseSight() {
      keys.forget();
      clock.forget();
      report({ type: "evidenceLost" });
    },
    state: () => state,
  };
}

const broken = (trouble: Trouble): HookState => ({
  isWorking: false,
  explanation: tellTrouble(trouble),
  trouble: describeTrouble(trouble),
});
