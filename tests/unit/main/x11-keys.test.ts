/** Owns the proof of the bytes of X's keyboard, and of which keys paste where. Real keys are proven end to end. */
import { describe, expect, it } from "vitest";
import {
  extensionOpcodeOf,
  fakeKeyRequest,
  getKeyboardMappingRequest,
  keycodeOf,
  keysyms,
  modifierKeycodesOf,
  parseKeyboardMapping,
  queryExtensionRequest,
} from "../../../electron/main/x11/key-wire.ts";
import { isTerminal, pasteChord, pastesByInsert } from "../../../electron/main/x11/paste-chord.ts";

const reply = (words: readonly number[], detail = 0): Buffer => {
  const bytes = Buffer.alloc(32 + words.length * 4);
  bytes.writeUInt8(1);
  bytes.writeUInt8(detail, 1);
  words.forEach((word, index) => bytes.writeUInt32LE(word, 32 + index * 4));
  return bytes;
};

describe("X's keyboard", () => {
  it("is asked for in the protocol's bytes", () => {
    expect(queryExtensionRequest("XTEST").toString("hex")).toBe("62000400050000005854455354000000");
    expect(getKeyboardMappingRequest(8, 248).toString("hex")).toBe("6500020008f80000");
  });

  it("is pressed in the protocol's bytes: 36 of them, press 2, release 3", () => {
    const down = fakeKeyRequest(132, 55, true);
    expect(down.length).toBe(36);
    expect(down.subarray(0, 6).toString("hex")).toBe("840209000237");
    expect(fakeKeyRequest(132, 55, false)[4]).toBe(3);
  });

  it("has XTEST or not", () => {
    const answer = Buffer.alloc(32);
    expect(extensionOpcodeOf(answer)).toBeNull();
    answer.writeUInt8(1, 8);
    answer.writeUInt8(132, 9);
    expect(extensionOpcodeOf(answer)).toBe(132);
  });

  it("makes what is on its keys, the first position before the others", () => {
    // Two keys of three positions each: a Cyrillic one with v in its second group, and one with v itself.
    const mapping = parseKeyboardMapping(reply([0x6cd, 0x6ed, 0x76, 0x76, 0x56, 0], 3), 8);
    expect([...mapping.keys()]).toEqual([8, 9]);
    expect(keycodeOf(mapping, keysyms.v)).toBe(9);
    expect(keycodeOf(mapping, 0x6cd)).toBe(8);
    expect(keycodeOf(mapping, keysyms.insert)).toBeNull();
    expect(parseKeyboardMapping(reply([], 0), 8).size).toBe(0);
  });

  it("tells its modifiers", () => {
    const bytes = reply([0, 0], 1);
    Buffer.from([50, 66, 37, 0, 0, 0, 133, 0]).copy(bytes, 32);
    expect(modifierKeycodesOf(bytes)).toEqual([50, 66, 37, 133]);
  });
});

describe("the keys that paste", () => {
  const keyboard = new Map<number, number>([
    [keysyms.leftCtrl, 37],
    [keysyms.rightCtrl, 105],
    [keysyms.leftShift, 50],
    [keysyms.rightShift, 62],
    [keysyms.insert, 118],
    [keysyms.v, 60],
  ]);
  const on = (syms: ReadonlyMap<number, number>) => (keysym: number) => syms.get(keysym) ?? null;

  it.each(["Firefox", "Chromium", "Code", "libreoffice-writer", "Gedit", "Determined", ""])(
    "are Ctrl and V in %s, wherever V is",
    (className) => {
      expect(pasteChord(className, on(keyboard), 105)).toEqual([37, 60]);
      expect(pastesByInsert(className)).toBe(false);
    },
  );

  it.each([
    "XTerm",
    "Gnome-terminal",
    "gnome-terminal-server",
    "Xfce4-terminal",
    "konsole",
    "kitty",
    "Alacritty",
    "URxvt",
    "st-256color",
  ])("are Shift and Insert in %s, which is a terminal", (className) => {
    expect(isTerminal(className)).toBe(true);
    expect(pasteChord(className, on(keyboard), 105)).toEqual([50, 118]);
  });

  it("are Shift and Insert in Emacs, which is none", () => {
    expect([pastesByInsert("Emacs"), isTerminal("Emacs")]).toEqual([true, false]);
  });

  it("are never the talk key", () => {
    expect(pasteChord("Firefox", on(keyboard), 37)).toEqual([105, 60]);
    expect(pasteChord("XTerm", on(keyboard), 50)).toEqual([62, 118]);
  });

  it("are none on a keyboard without them; V is where it is on most", () => {
    expect(pasteChord("Firefox", on(new Map([[keysyms.leftCtrl, 37]])), 105)).toEqual([37, 55]);
    expect(pasteChord("Firefox", on(new Map([[keysyms.leftCtrl, 37]])), 37)).toBeNull();
    expect(pasteChord("XTerm", on(new Map([[keysyms.leftShift, 50]])), 105)).toBeNull();
  });
});
