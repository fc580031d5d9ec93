/**
 * Owns the bytes of the few X11 requests that Parley makes, and where a display and its cookie are found. Pure.
 * It never opens a socket. Numbers are little-endian, as asked for in the set-up (X11 protocol, appendix B).
 */

/** Every field of the protocol ends on a multiple of 4 bytes. */
export const padded = (length: number): number => Math.ceil(length / 4) * 4;

export interface DisplayAddress {
  /** `null`: the socket in the file system. */
  readonly host: string | null;
  readonly display: number;
}

/** @param name as in `$DISPLAY`: `:0`, `unix:1.0`, `host:10.0`; `null` for anything else. */
export function parseDisplay(name: string): DisplayAddress | null {
  const match = /^(?:[a-z]+\/)?([^:/]*):(\d{1,5})(?:\.\d+)?$/.exec(name.trim());
  if (match === null) return null;
  const host = match[1] ?? "";
  return { host: host === "" || host === "unix" ? null : host, display: Number(match[2]) };
}

export interface Cookie {
  readonly family: number;
  readonly address: string;
  /** Empty: for every display. */
  readonly display: string;
  readonly data: Buffer;
}

/** Reads the MIT-MAGIC-COOKIE-1 entries of an `.Xauthority` file; a file cut short gives what is whole. */
export function parseXauthority(file: Buffer): readonly Cookie[] {
  const cookies: Cookie[] = [];
  let at = 0;
  const field = (): Buffer | null => {
    if (at + 2 > file.length) return null;
    const end = at + 2 + file.readUInt16BE(at);
    if (end > file.length) return null;
    const bytes = file.subarray(at + 2, end);
    at = end;
    return bytes;
  };
  while (at + 2 <= file.length) {
    const family = file.readUInt16BE(at);
    at += 2;
    const [address, display, name, data] = [field(), field(), field(), field()];
    if (!address || !display || !name || !data) break;
    if (name.toString("latin1") !== "MIT-MAGIC-COOKIE-1") continue;
    cookies.push({ family, address: address.toString("latin1"), display: display.toString("latin1"), data });
  }
  return cookies;
}

const familyLocal = 256;
const familyWild = 65_535;

/** The cookie for a display: this computer's own first, then one for any computer, then one that was forwarded. */
export function chooseCookie(
  cookies: readonly Cookie[],
  address: DisplayAddress,
  hostName: string,
): Buffer | null {
  const matching = cookies.filter(({ display }) => display === "" || Number(display) === address.display);
  const rank = ({ family, address: owner }: Cookie): number => {
    if (family === familyLocal && owner === hostName) return 0;
    return family === familyWild ? 1 : 2;
  };
  return matching.toSorted((one, other) => rank(one) - rank(other))[0]?.data ?? null;
}

/** The first message of a connection: little-endian, protocol 11.0. */
export function setupRequest(cookie: Buffer | null): Buffer {
  const name = cookie === null ? "" : "MIT-MAGIC-COOKIE-1";
  const data = cookie ?? Buffer.alloc(0);
  const request = Buffer.alloc(12 + padded(name.length) + padded(data.length));
  request.write("l", 0, "latin1");
  request.writeUInt16LE(11, 2);
  request.writeUInt16LE(name.length, 6);
  request.writeUInt16LE(data.length, 8);
  request.write(name, 12, "latin1");
  data.copy(request, 12 + padded(name.length));
  return request;
}

/** @returns how long the answer to the set-up is, or `null` while its first 8 bytes are not in. */
export const setupReplyLength = (bytes: Buffer): number | null =>
  bytes.length < 8 ? null : 8 + bytes.readUInt16LE(6) * 4;

export const isSetupAccepted = (bytes: Buffer): boolean => bytes[0] === 1;

/** What a server says of itself and of this connection when it lets it in. */
export interface Setup {
  /** Of the first screen. */
  readonly rootWindow: number;
  /** Windows and the like that a client makes have ids of its own `base`; `mask` covers the rest of an id. */
  readonly idBase: number;
  readonly idMask: number;
  readonly longestRequestBytes: number;
  readonly firstKeycode: number;
  readonly lastKeycode: number;
}

/** @param setup a whole accepted answer. */
export function parseSetup(setup: Buffer): Setup {
  const vendorLength = setup.readUInt16LE(24);
  const formats = setup.readUInt8(29);
  return {
    rootWindow: setup.readUInt32LE(40 + padded(vendorLength) + formats * 8),
    idBase: setup.readUInt32LE(12),
    idMask: setup.readUInt32LE(16),
    longestRequestBytes: setup.readUInt16LE(26) * 4,
    firstKeycode: setup.readUInt8(34),
    lastKeycode: setup.readUInt8(35),
  };
}

/** @returns how long the message at the start of `bytes` is, or `null` while its first 32 bytes are not in. */
export function messageLength(bytes: Buffer): number | null {
  if (bytes.length < 32) return null;
  const isLong = bytes[0] === 1 || bytes[0] === 35;
  return isLong ? 32 + bytes.readUInt32LE(4) * 4 : 32;
}

/** A request of an opcode, one byte of detail, and words of 32 bits. */
export function request(opcode: number, detail: number, ...words: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 + words.length * 4);
  bytes.writeUInt8(opcode, 0);
  bytes.writeUInt8(detail, 1);
  bytes.writeUInt16LE(bytes.length / 4, 2);
  words.forEach((word, index) => bytes.writeUInt32LE(word, 4 + index * 4));
  return bytes;
}

const revertToParent = 2;
const currentTime = 0;

export const queryPointerRequest = (window: number): Buffer => request(38, 0, window);
export const queryKeymapRequest = (): Buffer => request(44, 0);
export const getInputFocusRequest = (): Buffer => request(43, 0);
export const setInputFocusRequest = (window: number): Buffer =>
  request(42, revertToParent, window, currentTime);
export const getSelectionOwnerRequest = (atom: number): Buffer => request(23, 0, atom);

/** A request with data after its words; its length is that of both. */
export function requestWithData(head: Buffer, data: Buffer): Buffer {
  const bytes = Buffer.alloc(head.length + padded(data.length));
  head.copy(bytes);
  data.copy(bytes, head.length);
  bytes.writeUInt16LE(bytes.length / 4, 2);
  return bytes;
}

/** Asks for the number of a name. @param isMade makes it one where nobody has used it yet. */
export const internAtomRequest = (name: string, isMade = false): Buffer =>
  requestWithData(request(16, isMade ? 0 : 1, name.length), Buffer.from(name, "latin1"));

export const queryExtensionRequest = (name: string): Buffer =>
  requestWithData(request(98, 0, name.length), Buffer.from(name, "latin1"));

/** @returns the number that all requests to the extension begin with; `null` where there is no such extension. */
export const extensionOpcodeOf = (reply: Buffer | null): number | null =>
  reply !== null && reply[8] === 1 ? (reply[9] ?? null) : null;

/** Where the pointer is on the screen, in its real pixels. */
export const pointerOf = (reply: Buffer): { readonly x: number; readonly y: number } => ({
  x: reply.readInt16LE(16),
  y: reply.readInt16LE(18),
});
/** 32 bytes, one bit for each keycode that is down. */
export const keymapOf = (reply: Buffer): Uint8Array => reply.subarray(8, 40);
/** The window or atom that a reply of one word carries; 0 is none. */
export const wordOf = (reply: Buffer): number => reply.readUInt32LE(8);

/** @param keycode X keycode, 8–255. */
export const isKeycodeDown = (keymap: Uint8Array, keycode: number): boolean =>
  (((keymap[keycode >> 3] ?? 0) >> (keycode & 7)) & 1) === 1;
export const isAnyKeyDown = (keymap: Uint8Array): boolean => keymap.some((byte) => byte !== 0);
