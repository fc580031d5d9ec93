/**
 * Owns pressing the keys that paste, and knowing which modifiers are down, on macOS and Windows, by the same add-on that
 * watches the talk key. It sees what that one sees, from when it is made.
 */
import type { NativeKeyEvent } from "./hotkey-hook.ts";

/** What we use of `uiohook-napi`. */
export interface NativeKeyboard {
  on(event: "keydown" | "keyup", listener: (event: NativeKeyEvent) => void): unknown;
  keyTap(key: number, modifiers: number[]): void;
}

export interface NativeKeys {
  areUp(): boolean;
  pressPaste(): Promise<void>;
}

/** As the add-on numbers them. */
const codes = { v: 0x2f, leftCtrl: 0x1d, leftMeta: 0x0e5b } as const;

export function createNativeKeys(load: () => Promise<NativeKeyboard>, platform: string): NativeKeys {
  let isAnyDown = false;
  const watch = ({ ctrlKey, altKey, shiftKey, metaKey }: NativeKeyEvent): void => {
    isAnyDown = ctrlKey || altKey || shiftKey || metaKey;
  };
  const loading = load().then((keyboard) => {
    keyboard.on("keydown", watch);
    keyboard.on("keyup", watch);
    return keyboard;
  });
  // Told where it is needed.
  loading.catch(() => undefined);
  return {
    areUp: () => !isAnyDown,
    async pressPaste() {
      const keyboard = await loading;
      keyboard.keyTap(codes.v, [platform === "darwin" ? codes.leftMeta : codes.leftCtrl]);
    },
  };
}
