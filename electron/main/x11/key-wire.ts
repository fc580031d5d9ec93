/** Owns the bytes of X11's keyboard: which key makes what, which are modifiers, and pressing one (XTEST 2). Pure. */
import { request, requestWithData } from "./wire.ts";

/** Keysyms: what is engraved on a key, by the numbers of X. */
export const keysyms = {
  leftShift: 0xffe1,
  rightShift: 0xffe2,
  leftCtrl: 0xffe3,
  rightCtrl: 0xffe4,
  insert: 0xff63,
  v: 0x76,
} as const;

export const queryExtensionRequest = (name: string): Buffer =>
  requestWithData(request(98, 0, name.length), Buffer.from(name, "latin1"));

/** @returns the opcode of its requests; `null` when the server does not have it. */
export const extensionOpcodeOf = (reply: Buffer): number | null =>
  reply.readUInt8(8) === 1 ? reply.readUInt8(9) : null;

export function getKeyboardMappingRequest(first: number, count: number): Buffer {
  const bytes = request(101, 0, 0);
  bytes.writeUInt8(first, 4);
  bytes.writeUInt8(count, 5);
  return bytes;
}

/** @returns the keysyms of each keycode, from `first` on. */
export function parseKeyboardMapping(reply: Buffer, first: number): ReadonlyMap<number, readonly number[]> {
  const each = reply.readUInt8(1);
  const count = each === 0 ? 0 : Math.floor((reply.length - 32) / 4 / each);
  const symsOf = (key: number): readonly number[] =>
    Array.from({ length: each }, (_, index) => reply.readUInt32LE(32 + (key * each + index) * 4));
  return new Map(Array.from({ length: count }, (_, key) => [first + key, symsOf(key)]));
}

/** The key that makes it in any of its positions, those of the first first. */
export function keycodeOf(mapping: ReadonlyMap<number, readonly number[]>, keysym: number): number | null {
  let best: { readonly keycode: number; readonly position: number } | null = null;
  for (const [keycode, syms] of mapping) {
    const position = syms.indexOf(keysym);
    if (position >= 0 && (best === null || position < best.position)) best = { keycode, position };
  }
  return best?.keycode ?? null;
}

export const getModifierMappingRequest = (): Buffer => request(119, 0);

export const modifierKeycodesOf = (reply: Buffer): readonly number[] =>
  [...reply.subarray(32)].filter((keycode) => keycode !== 0);

/** @param opcode of the extension XTEST. */
export function fakeKeyRequest(opcode: number, keycode: number, isDown: boolean): Buffer {
  const bytes = request(opcode, 2, 0, 0, 0, 0, 0, 0, 0, 0);
  bytes.writeUInt8(isDown ? 2 : 3, 4);
  bytes.writeUInt8(keycode, 5);
  return bytes;
}
