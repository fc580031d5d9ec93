/**
 * Owns which keys of the whole desktop reach Parley, and the words for that: the talk key, the shortcut that stands in
 * for it where it cannot be heard, and the shortcut of the text field.
 */
import type { GlobalShortcut } from "electron";
import { acceleratorLabel } from "../../shared/accelerator.ts";
import type { HotkeyState } from "../../shared/ipc-contract.ts";
import type { SessionView } from "../../shared/session-view.ts";
import { talkKeyLabel, type Settings } from "../../shared/settings.ts";
import type { TroubleWords } from "../../shared/trouble.ts";
import type { HotkeyHook } from "./hotkey-hook.ts";
import { createShortcut, type ShortcutState } from "./shortcut.ts";

/** A held shortcut comes again and again, after 660 ms where nobody has chosen otherwise; that is no second press. */
export const repeatGapMs = 750;

export interface HotkeysOptions {
  readonly hook: Pick<HotkeyHook, "state" | "setTalkKey">;
  readonly globalShortcut: Pick<GlobalShortcut, "register" | "unregister">;
  readonly platform: string;
  readonly settings: () => Settings;
  readonly nowMs: () => number;
  /** The shortcut in the talk key's place was pressed. */
  readonly onTalk: () => void;
  readonly onType: () => void;
}

export interface Hotkeys {
  /** The settings are new, or have changed. */
  apply(): void;
  /** The hook works, or does not work any more. */
  hookChanged(): void;
  state(): HotkeyState;
  /** What the person is to do to talk. */
  talkWords(): Pick<SessionView, "talkKeyLabel" | "talkBy">;
  /** Of the text field. */
  typeShortcut(): ShortcutState;
  /** Safe to call twice. */
  clear(): void;
}

export function createHotkeys(options: HotkeysOptions): Hotkeys {
  const { hook, globalShortcut, platform, settings, nowMs, onTalk, onType } = options;
  const type = createShortcut({
    globalShortcut,
    platform,
    purpose: "opens the text field",
    onPressed: onType,
  });
  let lastPressMs = Number.NEGATIVE_INFINITY;
  const talk = createShortcut({
    globalShortcut,
    platform,
    purpose: "talks in its place",
    onPressed: () => {
      const isRepeat = nowMs() - lastPressMs < repeatGapMs;
      lastPressMs = nowMs();
      if (!isRepeat) onTalk();
    },
  });
  let typeState: ShortcutState = { isWorking: false, explanation: "" };
  /** `null` while the talk key itself works, or is not yet known not to. */
  let talkState: ShortcutState | null = null;

  function standIn(): void {
    if (hook.state().isWorking) {
      talk.clear();
      talkState = null;
    } else {
      talkState = talk.set(settings().talkShortcut);
    }
  }

  const instead = ({ isWorking, explanation }: ShortcutState): string =>
    isWorking ? `Press ${label()} to talk, and again to send.` : explanation;

  function words(): string {
    const { explanation } = hook.state();
    if (talkState === null) return explanation;
    return `${explanation} ${instead(talkState)} Or let a key of your desktop run “parley --talk toggle”.`;
  }

  function trouble(): TroubleWords | null {
    const { trouble: known } = hook.state();
    if (known === null || talkState === null) return known;
    return { title: known.title, advice: `${known.advice} ${instead(talkState)}`.trim() };
  }

  const label = (): string => acceleratorLabel(settings().talkShortcut, platform);

  return {
    apply() {
      hook.setTalkKey(settings().talkKey);
      typeState = type.set(settings().typeShortcut);
      if (talkState !== null) standIn();
    },
    hookChanged: standIn,
    state() {
      const isTypeTold = !typeState.isWorking && settings().typeShortcut.trim() !== "";
      return {
        isWorking: hook.state().isWorking,
        explanation: isTypeTold ? `${words()} ${typeState.explanation}` : words(),
        standIn: talkState?.isWorking === true ? label() : null,
        trouble: trouble(),
      };
    },
    talkWords: () =>
      talkState?.isWorking === true
        ? { talkKeyLabel: label(), talkBy: "press" }
        : { talkKeyLabel: talkKeyLabel(settings().talkKey, platform), talkBy: "hold" },
    typeShortcut: () => typeState,
    clear() {
      type.clear();
      talk.clear();
    },
  };
}
