/**
 * Owns turning what a server writes into messages, one a line, within bounds: of a line, of the values in it, of lines
 * and bytes in a second. It reads in slices, so that everything else keeps its turn, and holds the server up meanwhile.
 */
import type { Readable } from "node:stream";
import {
  largestMessageBytes,
  mostBytesPerSecond,
  mostMessageParts,
  mostMessagesPerSecond,
  readingSliceMs,
} from "./mcp-tuning.ts";
import { createPartCounter } from "./part-counter.ts";
import { createRateWatch } from "./rate-watch.ts";

export interface MessageReaderEvents {
  /** One line that holds JSON. */
  readonly onMessage: (message: unknown) => void;
  /** One that does not; its beginning. */
  readonly onGarbage: (start: string) => void;
  /** It has gone too far and is not read any more. `reason` goes on from “the server”. */
  readonly onAbuse: (reason: string) => void;
}

const newline = 0x0a;

export function readMessages(stream: Readable, nowMs: () => number, events: MessageReaderEvents): void {
  const rate = createRateWatch(mostMessagesPerSecond, mostBytesPerSecond, nowMs);
  let pieces: Buffer[] = [];
  let pieceBytes = 0;
  let isOver = false;

  function giveUp(reason: string): void {
    isOver = true;
    pieces = [];
    // Let run dry: a program that is held up in writing might not notice its end.
    stream.removeAllListeners("data");
    stream.resume();
    events.onAbuse(reason);
  }

  const goOn = (): void => {
    if (!isOver) stream.resume();
  };

  /** One chunk of the pipe, 64 kB at most. */
  async function take(chunk: Buffer): Promise<void> {
    let sliceStartedMs = nowMs();
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(newline, start);
      const piece = chunk.subarray(start, end === -1 ? chunk.length : end);
      pieces.push(piece);
      pieceBytes += piece.length;
      if (pieceBytes > largestMessageBytes)
        return giveUp(`sent a message of more than ${largestMessageBytes / 1024 / 1024} MB`);
      if (end === -1) return;
      const line = pieces.length === 1 ? piece : Buffer.concat(pieces);
      pieces = [];
      pieceBytes = 0;
      start = end + 1;
      if (rate.isTooMuch(1, line.length + 1)) return giveUp("sends more messages than can be read");
      readLine(line);
      if (isOver) return;
      if (nowMs() - sliceStartedMs < readingSliceMs) continue;
      await new Promise((resolve) => setImmediate(resolve));
      sliceStartedMs = nowMs();
    }
  }

  function readLine(line: Buffer): void {
    if (createPartCounter().add(line) > mostMessageParts) return giveUp("sent a message of too many parts");
    const text = line.toString("utf8").trim();
    if (text === "") return;
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      events.onGarbage(text.slice(0, 500));
      return;
    }
    events.onMessage(message);
  }

  stream.on("data", (chunk: Buffer) => {
    stream.pause();
    void take(chunk).then(goOn);
  });
}
