/**
 * Owns the system-wide talk key: the native hook, its start and stop, and the words for how it works.
 * It reports edges; what they mean is session/hotkey-grammar.ts. It keeps nothing of other keys but that they moved.
 */
import { talkKeyLabel, type TalkKey } from "../../shared/settings.ts";
import { tellTrouble, type Trouble } from "../../shared/trouble.ts";
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
  let isOnTrial = false;
  let state: HookState = { isWorking: false, explanation: "The talk key is not being listened to yet." };

  function take(kind: "down" | "up", event: NativeKeyEvent): void {
    if (!isRunning) return;
    if (isOnTrial) acquit();
    const { hookCode } = talkKeyCodes[talkKey];
    const rules = { talkHookCode: hookCode, isEscapeActive };
    const timeMs = clock.timeMs(event.time);
    const step = keys.take({ kind, hookCode: event.keycode, timeMs, isShiftHeld: event.shiftKey }, rules);
    if (step.isTalkRepeat) evidence.repeated();
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

  const watch =
    options.readKeymap === null || options.isWayland
      ? null
      : createHookWatch({
          timers,
          readKeymap: options.readKeymap,
          talkKey: () => talkKey,
          hasHeard: () => keys.isDown(talkKeyCodes[talkKey].hookCode),
          onDeaf,
        });

  /** Its thread has ended, its connection broke, or another program takes the keys: the first two can be mended. */
  function onDeaf(): void {
    log.warn("hotkey-hook-deaf", { isOnTrial });
    if (isOnTrial) return tell(broken({ kind: "key-unheard", key: label() }));
    isOnTrial = true;
    keys.forget();
    stopNative();
    try {
      native?.start();
    } catch (error) {
      fail(error);
    }
  }

  function acquit(): void {
    isOnTrial = false;
    if (!state.isWorking) tell(working());
  }

  function stopNative(): void {
    try {
      native?.stop();
    } catch (error) {
      log.warn("hotkey-hook-stop-failed", { code: errorCode(error) });
    }
  }

  function fail(error: unknown): void {
    isRunning = false;
    watch?.stop();
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
        fail(error);
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
      watch?.forgive();
      if (isRunning) tell(working());
    },
    setEscapeActive(isActive) {
      isEscapeActive = isActive;
    },
    loseSight() {
      watch?.forgive();
      keys.forget();
      clock.forget();
      report({ type: "evidenceLost" });
    },
    state: () => state,
  };
}

const broken = (trouble: Trouble): HookState => ({ isWorking: false, explanation: tellTrouble(trouble) });
