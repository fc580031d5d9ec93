/**
 * Owns the count of values in a JSON text before it is parsed, about: what separates or opens them outside of strings.
 * Parsing takes by that count and not by the size. Pure but for its count.
 */
import { mostMessageParts } from "./mcp-tuning.ts";

export interface PartCounter {
  /** @returns all so far, counted no further than it matters. */
  add(bytes: Uint8Array): number;
  /** Another text begins. */
  reset(): void;
}

const [quote, backslash, comma, openBracket, openBrace] = [0x22, 0x5c, 0x2c, 0x5b, 0x7b];

export function createPartCounter(): PartCounter {
  let parts = 0;
  let isInString = false;
  let isEscaped = false;
  return {
    add(bytes) {
      for (let index = 0; index < bytes.length && parts <= mostMessageParts; index += 1) {
        const byte = bytes[index];
        if (isEscaped) isEscaped = false;
        else if (isInString) {
          if (byte === backslash) isEscaped = true;
          else if (byte === quote) isInString = false;
        } else if (byte === quote) isInString = true;
        else if (byte === comma || byte === openBracket || byte === openBrace) parts += 1;
      }
      return parts;
    },
    reset() {
      parts = 0;
      isInString = false;
      isEscaped = false;
    },
  };
}
