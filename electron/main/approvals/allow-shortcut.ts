/**
 * Owns the shortcut that allows once: registered only while a question can be answered, so that it means nothing at
 * any other time. It never decides.
 */
import type { GlobalShortcut } from "electron";
import { acceleratorLabel } from "../../../shared/accelerator.ts";
import type { ApprovalView } from "../../../shared/tools.ts";
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
  /** The question that is shown has changed. */
  follow(view: ApprovalView | null): void;
  /** The shortcut in words, while it works or is not needed yet; `null` when it is taken or there is none. */
  label(): string | null;
  clear(): void;
}

export function createAllowShortcut(options: AllowShortcutOptions): AllowShortcut {
  const { platform, accelerator, nowMs, onAllow } = options;
  let lastPressMs = Number.NEGATIVE_INFINITY;
  let registered: string | null = null;
  let isWorking = true;
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

  function clear(): void {
    shortcut.clear();
    registered = null;
  }

  return {
    follow(view) {
      if (view === null) return clear();
      const wanted = accelerator().trim();
      if (wanted === registered) return;
      registered = wanted;
      isWorking = shortcut.set(wanted).isWorking;
    },
    label: () =>
      isWorking && accelerator().trim() !== "" ? acceleratorLabel(accelerator(), platform) : null,
    clear,
  };
}
