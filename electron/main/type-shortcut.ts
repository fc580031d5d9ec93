/** Owns the system-wide shortcut that opens the text field, and the words for whether it works. */
import type { GlobalShortcut } from "electron";

export interface ShortcutState {
  readonly isWorking: boolean;
  /** One sentence for the person. */
  readonly explanation: string;
}

export interface TypeShortcut {
  /** Replaces the one before. @param accelerator in Electron's notation; empty for none. */
  set(accelerator: string): ShortcutState;
  /** Safe to call twice. */
  clear(): void;
}

export function createTypeShortcut(
  globalShortcut: Pick<GlobalShortcut, "register" | "unregister">,
  onPressed: () => void,
): TypeShortcut {
  let registered: string | null = null;

  function clear(): void {
    if (registered !== null) globalShortcut.unregister(registered);
    registered = null;
  }

  return {
    set(accelerator) {
      clear();
      const wanted = accelerator.trim();
      if (wanted === "") return { isWorking: false, explanation: "No shortcut opens the text field." };
      try {
        if (!globalShortcut.register(wanted, onPressed)) {
          return {
            isWorking: false,
            explanation: `${wanted} is taken by another program. Choose another shortcut.`,
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
      return { isWorking: true, explanation: `${wanted} opens the text field.` };
    },
    clear,
  };
}
