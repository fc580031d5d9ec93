/**
 * Owns the messages to and from a server that runs here, over its standard streams. What it writes is read within
 * bounds (message-reader.ts); starting and ending it is child-process.ts's.
 */
import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/client";
import { createBoundedOutput } from "../bounded-output.ts";
import type { Child, ChildEnd } from "../child-process.ts";
import { keptComplaintBytes, mostBytesPerSecond, mostUnreadBytes } from "./mcp-tuning.ts";
import { readMessages } from "./message-reader.ts";
import { createRateWatch } from "./rate-watch.ts";

export interface StdioTransport extends Transport {
  /** What it said last on its error stream, or in place of a message. */
  complaint(): string;
  /** How it ended, or why it was ended; `null` while it runs. */
  end(): ServerEnd | null;
}

export type ServerEnd =
  | { readonly kind: "ended"; readonly how: ChildEnd }
  /** `reason` goes on from “the server”. */
  | { readonly kind: "abuse"; readonly reason: string };

export interface StdioTransportDeps {
  /** Starts the program. */
  readonly open: () => Child;
  /** Between the end of its input and the end of its life. */
  readonly farewellMs: number;
  readonly nowMs: () => number;
}

export function createStdioTransport({ open, farewellMs, nowMs }: StdioTransportDeps): StdioTransport {
  // The end of its complaint is one half of what is kept.
  const complaints = createBoundedOutput(2 * keptComplaintBytes);
  let garbage = "";
  let child: Child | null = null;
  let end: ServerEnd | null = null;
  let closing: Promise<void> | null = null;

  const abuse = (reason: string): void => {
    end ??= { kind: "abuse", reason };
    void child?.end();
  };

  const onEnded = (how: ChildEnd): void => {
    end ??= { kind: "ended", how };
    transport.onclose?.();
  };

  const transport: StdioTransport = {
    async start() {
      if (closing !== null) throw new Error("It was closed before it was started.");
      const started = open();
      child = started;
      complaints.follow(started.stderr);
      const complaining = createRateWatch(Number.POSITIVE_INFINITY, mostBytesPerSecond, nowMs);
      started.stderr.on("data", (piece: Buffer) => {
        if (complaining.isTooMuch(0, piece.length)) abuse("writes more on its error stream than can be read");
      });
      readMessages(started.stdout, nowMs, {
        onMessage: (message) => transport.onmessage?.(message as JSONRPCMessage),
        onGarbage: (start) => (garbage ||= start),
        onAbuse: abuse,
      });
      void started.ended.then(onEnded);
      await Promise.resolve();
    },
    async send(message) {
      const stdin = child?.stdin;
      if (stdin == null || end !== null || !stdin.writable) throw new Error("The server has ended.");
      if (stdin.writableLength > mostUnreadBytes) {
        abuse("does not read what it is sent");
        throw new Error("The server does not read.");
      }
      // Waiting for it to be read would make a call wait that could be cancelled.
      stdin.write(`${JSON.stringify(message)}\n`);
      await Promise.resolve();
    },
    close() {
      closing ??= farewell();
      return closing;
    },
    complaint() {
      const { head, tail } = complaints.kept();
      const said = Buffer.concat([head, tail]).subarray(-keptComplaintBytes).toString("utf8");
      return said.trim() === "" ? garbage : said;
    },
    end: () => end,
  };

  /** A good server ends when its input does. */
  async function farewell(): Promise<void> {
    const leaving = child;
    if (leaving === null) return;
    leaving.stdin?.end();
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, farewellMs);
    });
    await Promise.race([leaving.ended, patience]);
    clearTimeout(timer);
    await leaving.end();
  }

  return transport;
}
