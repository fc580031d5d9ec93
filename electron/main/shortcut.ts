/** Owns one system-wide shortcut for one purpose, and the words for whether it works. */
import type { GlobalShortcut } from "electron";
import { acceleratorLabel } from "../../shared/accelerator.ts";

export interface ShortcutState {
  readonly isWorking: boolean;
  /** One sentence for the person. */
  readonly explanation: string;
}

export interface Shortcut {
  /** Replaces the one before. @param accelerator in Electron's notation; empty for none. */
  set(accelerator: string): ShortcutState;
  /** Safe to call twice. */
  clear(): void;
}

export interface ShortcutOptions {
  readonly globalShortcut: Pick<GlobalShortcut, "register" | "unregister">;
  /** What it does, as in “Ctrl+Alt+Space opens the text field”. */
  readonly purpose: string;
  readonly platform: string;
  /** While it is held it may come again and again, as auto-repeat does. */
  readonly onPressed: () => void;
}

export function createShortcut({ globalShortcut, purpose, platform, onPressed }: ShortcutOptions): Shortcut {
  let registered: string | null = null;

  function clear(): void {
    if (registered !== null) globalShortcut.unregister(registered);
    registered = null;
  }

  return {
    set(accelerator) {
      clear();
      const wanted = accelerator.trim();
      if (wanted === "") return { isWorking: false, explanation: `No shortcut ${purpose}.` };
      const label = acceleratorLabel(wanted, platform);
      try {
        if (!globalShortcut.register(wanted, onPressed)) {
          return {
            isWorking: false,
            explanation: `${label} is taken by another program. Choose another shortcut.`,
          };
        }
      } catch {
        // Electron throws for a notation that it cannot read.
        return {
          isWorking: false,
          explanation: `${wanted} is not a shortcut. Write it like Ctrl+Alt+Space.`,
        };
      }
      registered = wanted;
      return { isWorking: true, explanation: `${label} ${purpose}.` };
    },
    clear,
  };
}
