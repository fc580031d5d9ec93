/** Owns which keys paste in which program on an X desktop. Pure. */
import { keysyms } from "./key-wire.ts";

/** Known by the class of their window. */
const terminals =
  /term(?:inal)?(?:-server)?$|^(?:konsole|kitty|alacritty|st(?:-256color)?|urxvt|rxvt|tilix|terminator|tilda|guake|yakuake|kgx|ptyxis|terminology|sakura|wezterm|org\.wezfurlong\.wezterm|ghostty|com\.mitchellh\.ghostty|contour|cool-retro-term|hyper|tabby|rio)$/i;
const editorsOfOldKeys = /^(?:emacs|gvim)$/i;

export const isTerminal = (className: string): boolean => terminals.test(className);

/**
 * Where Ctrl+V is something else, Shift+Insert pastes, in most of these from the primary selection. Elsewhere that one is
 * left alone: taking it would deselect what the person has selected to be replaced.
 */
export const pastesByInsert = (className: string): boolean =>
  isTerminal(className) || editorsOfOldKeys.test(className);

/** Where V is on most keyboards: a layout without Latin letters has a letter of its own there, and Ctrl pastes with it. */
const usualV = 55;

/**
 * @param keycodeOf the key that makes a keysym; `null` when none does.
 * @param talkKeycode never one of them: it would be heard as the person's wish to talk.
 * @returns the keys in the order in which they are pressed; `null` when the keyboard lacks one.
 */
export function pasteChord(
  className: string,
  keycodeOf: (keysym: number) => number | null,
  talkKeycode: number,
): readonly number[] | null {
  const either = (...names: readonly number[]): number | null =>
    names.map(keycodeOf).find((code) => code !== null && code !== talkKeycode) ?? null;
  const chord = pastesByInsert(className)
    ? [either(keysyms.leftShift, keysyms.rightShift), keycodeOf(keysyms.insert)]
    : [either(keysyms.leftCtrl, keysyms.rightCtrl), keycodeOf(keysyms.v) ?? usualV];
  return chord.every((code) => code !== null) ? chord : null;
}
