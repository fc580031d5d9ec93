/**
 * Owns which keys can be the talk key, and their words. It never says how a key is listened to.
 */

/** Keys that can be held without typing something by it, by the names of the hook (see hotkey-hook.ts). */
export const talkKeys = [
  "RightCtrl",
  "RightAlt",
  "RightShift",
  "RightMeta",
  "LeftCtrl",
  "LeftAlt",
  "CapsLock",
  "ScrollLock",
  "F6",
  "F7",
  "F8",
  "F9",
  "F10",
  "F12",
  "F13",
  "F14",
  "F15",
  "F16",
  "F17",
  "F18",
  "F19",
] as const;

export type TalkKey = (typeof talkKeys)[number];

/** A talk key in the words printed on the keyboard. */
export function talkKeyLabel(key: TalkKey, platform: string): string {
  const mac = platform === "darwin";
  const modifier: Partial<Record<TalkKey, string>> = {
    RightCtrl: mac ? "Right Control" : "Right Ctrl",
    LeftCtrl: mac ? "Left Control" : "Left Ctrl",
    RightAlt: mac ? "Right Option" : "Right Alt",
    LeftAlt: mac ? "Left Option" : "Left Alt",
    RightShift: "Right Shift",
    RightMeta: mac ? "Right Command" : platform === "win32" ? "Right Windows" : "Right Super",
    CapsLock: "Caps Lock",
    ScrollLock: "Scroll Lock",
  };
  return modifier[key] ?? key;
}
