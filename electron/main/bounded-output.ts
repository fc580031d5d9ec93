/**
 * Owns the output of a program in bounded memory: its beginning and its end, with what came between counted and let
 * go. It reads as fast as the program writes, so that none is held up by us.
 */
import type { Readable } from "node:stream";

export interface BoundedOutput {
  /** Follows a stream to its end; several are kept in the order of arrival. */
  follow(stream: Readable): void;
  totalBytes(): number;
  kept(): KeptOutput;
}

export interface KeptOutput {
  readonly head: Buffer;
  /** Empty when all of it is in `head`. */
  readonly tail: Buffer;
  /** Between the two. */
  readonly leftOutBytes: number;
}

/** @param keptBytes in memory: half for the beginning, half for the end. */
export function createBoundedOutput(keptBytes: number): BoundedOutput {
  const halfBytes = Math.floor(keptBytes / 2);
  const head: Buffer[] = [];
  let headBytes = 0;
  let tail: Buffer[] = [];
  let tailBytes = 0;
  let totalBytes = 0;

  function take(piece: Buffer): void {
    totalBytes += piece.length;
    const first = piece.subarray(0, halfBytes - headBytes);
    if (first.length > 0) head.push(first);
    headBytes += first.length;
    const rest = piece.subarray(first.length);
    if (rest.length === 0) return;
    tail.push(rest);
    tailBytes += rest.length;
    // Joined only now and then: a program that writes byte by byte would have it copied each time.
    if (tailBytes > 2 * halfBytes) trimTail();
  }

  function trimTail(): void {
    const end = Buffer.concat(tail).subarray(-halfBytes);
    // A copy: a part would hold the whole in memory.
    tail = [Buffer.from(end)];
    tailBytes = end.length;
  }

  return {
    follow: (stream) => void stream.on("data", take).on("error", () => undefined),
    totalBytes: () => totalBytes,
    kept() {
      if (tailBytes > halfBytes) trimTail();
      return {
        head: Buffer.concat(head),
        tail: Buffer.concat(tail),
        leftOutBytes: totalBytes - headBytes - tailBytes,
      };
    },
  };
}
