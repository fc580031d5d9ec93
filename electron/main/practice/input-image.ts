/**
 * Owns what comes in as a picture: PNG or JPEG as a `data:` URI, with a header that can be read, and small enough. Never
 * looks at a pixel.
 */
import { accept, invalidRequest, refuse } from "./wire-error.ts";
import type { Checked } from "./wire-error.ts";

/** The service names no limit; this is the one that Parley keeps to. */
const maxImageBytes = 1024 * 1024;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Anything that is not exactly what its type says is refused, never repaired. */
export function checkImage(dataUrl: string, param: string): Checked<void> {
  const wrong = (what: string): Checked<never> =>
    refuse(invalidRequest("invalid_value", `Invalid '${param}'. Expected ${what}.`, param));
  const [, kind, base64] = /^data:image\/(png|jpeg);base64,(.*)$/s.exec(dataUrl) ?? [];
  if (kind === undefined || base64 === undefined) {
    return wrong("a base64-encoded PNG or JPEG image as a data URL");
  }
  const bytes = Buffer.from(base64, "base64");
  if (bytes.toString("base64") !== base64) {
    return wrong("base64-encoded image bytes");
  }
  if (bytes.byteLength > maxImageBytes) {
    return wrong(`an image of at most ${maxImageBytes} bytes but got ${bytes.byteLength}`);
  }
  const size = kind === "png" ? pngSize(bytes) : jpegSize(bytes);
  if (size === null || size.width === 0 || size.height === 0) {
    return wrong(`a ${kind.toUpperCase()} image that can be decoded`);
  }
  return accept(undefined);
}

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** The signature, then the header chunk: length, `IHDR`, width, height. */
function pngSize(bytes: Buffer): Size | null {
  const isPng = bytes.byteLength >= 33 && bytes.subarray(0, 8).equals(pngSignature);
  if (!isPng || bytes.toString("latin1", 12, 16) !== "IHDR") {
    return null;
  }
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

/** From segment to segment, up to the one that begins the frame. */
function jpegSize(bytes: Buffer): Size | null {
  if (bytes.byteLength < 4 || bytes.readUInt16BE(0) !== 0xffd8) {
    return null;
  }
  for (let at = 2; at + 9 <= bytes.byteLength;) {
    const marker = bytes.readUInt16BE(at);
    if (marker < 0xff01) {
      return null;
    }
    if (isFrameStart(marker)) {
      return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
    }
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return null;
}

/** SOF0 to SOF15, among which DHT, JPG and DAC are none. */
const isFrameStart = (marker: number): boolean =>
  marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
