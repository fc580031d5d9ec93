/**
 * Owns the shortcut that allows once: registered only while a question can be answered, so that it means nothing at
 * any other time. It never decides.
 */
import type { GlobalShortcut } from "electron";
import { acceleratorLabel } from "../../../shared/accelerator.ts";
import { repeatGapMs } from "../hotkeys.ts";
import { createShortcut } from "../shortcut.ts";

export interface AllowShortcutOptions {
  readonly globalShortcut: Pick<GlobalShortcut, "register" | "unregister">;
  readonly platform: string;
  /** In Electron's notation; empty for none. */
  readonly accelerator: () => string;
  readonly nowMs: () => number;
  readonly onAllow: () => void;
}

export interface AllowShortcut {
  /** Wanted while a question is shown. @returns it in words; `null` when it is taken or there is none. */
  offer(): string | null;
  clear(): void;
}

export function createAllowShortcut(options: AllowShortcutOptions): AllowShortcut {
  const { platform, accelerator, nowMs, onAllow } = options;
  let lastPressMs = Number.NEGATIVE_INFINITY;
  let registered: string | null = null;
  const shortcut = createShortcut({
    globalShortcut: options.globalShortcut,
    platform,
    purpose: "allows it once",
    onPressed() {
      // Held for the question before, it comes again and again: that is no answer to this one.
      const isRepeat = nowMs() - lastPressMs < repeatGapMs;
      lastPressMs = nowMs();
      if (!isRepeat) onAllow();
    },
  });

  return {
    offer() {
      const wanted = accelerator().trim();
      if (wanted !== registered) registered = shortcut.set(wanted).isWorking ? wanted : null;
      return registered === null ? null : acceleratorLabel(registered, platform);
    },
    clear() {
      shortcut.clear();
      registered = null;
    },
  };
}
