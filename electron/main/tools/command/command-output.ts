/** Owns what the model is told of a program's output: plain text, its beginning and its end. Pure. */
import { stripVTControlCharacters } from "node:util";
import type { KeptOutput } from "../../bounded-output.ts";

/** Beginning and end alike. */
const shownChars = 8_000;

export interface CommandOutput {
  readonly text: string;
  /** `null` when nothing was left out. */
  readonly note: string | null;
}

export function commandOutput({ head, tail, leftOutBytes }: KeptOutput): CommandOutput {
  // What is whole is decoded as a whole: the border may lie within a character.
  if (leftOutBytes === 0) return inShort(plain(Buffer.concat([head, tail])));
  const [first, last] = [plain(head), plain(tail)];
  const half = shownChars / 2;
  return {
    text: `${first.slice(0, half)}\n[…]\n${last.slice(-half)}`,
    note: `The output was too long: ${head.length + tail.length + leftOutBytes} bytes. This is its beginning and its end.`,
  };
}

function inShort(text: string): CommandOutput {
  if (text.length <= shownChars) return { text, note: null };
  const half = shownChars / 2;
  return {
    text: `${text.slice(0, half)}\n[…]\n${text.slice(-half)}`,
    note: `The output was too long: ${text.length} characters. This is its beginning and its end.`,
  };
}

/** Without colours and other orders to a terminal; of a line that was written over again and again its last state. */
const plain = (bytes: Buffer): string =>
  stripVTControlCharacters(bytes.toString("utf8"))
    .replaceAll("\r\n", "\n")
    .replaceAll(/^.*\r(?!$)/gm, "")
    // oxlint-disable-next-line eslint/no-control-regex
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "")
    .trim();
