/** Owns turning the bytes of a page into text, by what they say of themselves, as browsers do. Pure. */

import { TextDecoder } from "node:util";

/** A page says its encoding within its first kilobyte or not at all. */
const searchedBytes = 1_024;

/** @param contentType the header; empty for none. */
export function decodePage(bytes: Buffer, contentType: string, isHtml: boolean): string {
  const named = ofMark(bytes) ?? ofHeader(contentType) ?? (isHtml ? ofMeta(bytes) : null);
  const decoder = named === null ? null : decoderOf(named);
  // As a stream, a character that was cut at the end is left out. And without it, Node takes windows-1252 for Latin 1.
  return (decoder ?? usualDecoder(bytes)).decode(bytes, { stream: true });
}

function ofMark(bytes: Buffer): string | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return "utf-8";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  return null;
}

const ofHeader = (contentType: string): string | null =>
  /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1] ?? null;

function ofMeta(bytes: Buffer): string | null {
  const head = bytes.toString("latin1", 0, searchedBytes);
  const name = /<meta[^>]+charset\s*=\s*["']?\s*([^\s"'/>;]+)/i.exec(head)?.[1] ?? null;
  // Read as single bytes, so it cannot be what it says.
  return name !== null && /^utf-16/i.test(name) ? "utf-8" : name;
}

/** @returns `null` for an encoding that nobody knows. */
function decoderOf(name: string): TextDecoder | null {
  try {
    return new TextDecoder(name);
  } catch {
    return null;
  }
}

/** UTF-8 where it is that; else what old western pages are written in. */
function usualDecoder(bytes: Buffer): TextDecoder {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return new TextDecoder("utf-8");
  } catch {
    return new TextDecoder("windows-1252");
  }
}
