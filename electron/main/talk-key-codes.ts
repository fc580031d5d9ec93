/**
 * Owns the numbers of the talk keys: as the hook names them, as X names them, and the modifier they are.
 * The hook's numbers are those of libuiohook on every platform; X's are evdev's plus 8, as every current X server has them.
 */
import type { TalkKey } from "../../shared/settings.ts";

export type ModifierFlag = "ctrlKey" | "altKey" | "shiftKey" | "metaKey";

export interface TalkKeyCode {
  readonly hookCode: number;
  readonly xKeycode: number;
  /** The flag that other events carry while it is down; `null` for a key that is no modifier. */
  readonly modifier: ModifierFlag | null;
}

const code = (hookCode: number, xKeycode: number, modifier: ModifierFlag | null = null): TalkKeyCode => ({
  hookCode,
  xKeycode,
  modifier,
});

export const talkKeyCodes: Readonly<Record<TalkKey, TalkKeyCode>> = {
  RightCtrl: code(0x0e1d, 105, "ctrlKey"),
  RightAlt: code(0x0e38, 108, "altKey"),
  RightShift: code(0x0036, 62, "shiftKey"),
  RightMeta: code(0x0e5c, 134, "metaKey"),
  LeftCtrl: code(0x001d, 37, "ctrlKey"),
  LeftAlt: code(0x0038, 64, "altKey"),
  CapsLock: code(0x003a, 66),
  ScrollLock: code(0x0046, 78),
  F6: code(0x0040, 72),
  F7: code(0x0041, 73),
  F8: code(0x0042, 74),
  F9: code(0x0043, 75),
  F10: code(0x0044, 76),
  F12: code(0x0058, 96),
  F13: code(0x005b, 191),
  F14: code(0x005c, 192),
  F15: code(0x005d, 193),
  F16: code(0x0063, 194),
  F17: code(0x0064, 195),
  F18: code(0x0065, 196),
  F19: code(0x0066, 197),
};

export const escapeHookCode = 0x0001;
/** Left and right. */
export const shiftHookCodes: readonly number[] = [0x002a, 0x0036];
