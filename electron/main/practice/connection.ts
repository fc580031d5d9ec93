/**
 * Owns one accepted WebSocket: frames in and out, pings, the session's end by age, and planned faults.
 * Never interprets an event beyond its type: that is the conversation's.
 */
import type { WebSocket } from "ws";
import type { Brain } from "./brain.ts";
import type { Clock } from "./clock.ts";
import { Conversation } from "./conversation.ts";
import type { ConversationObserver } from "./conversation.ts";
import type { ConnectionFaults } from "./faults.ts";
import type { Pacing } from "./pacing.ts";
import { makeId } from "./server-event.ts";
import type { ServerEvent } from "./server-event.ts";
import { connectionRefusals } from "./wire-error.ts";
import type { ConnectionRefusal } from "./wire-error.ts";

/** The service's own rhythm. */
const pingEveryMs = 20_000;

export interface ConnectionOptions {
  readonly index: number;
  readonly model: string;
  readonly brain: Brain;
  readonly clock: Clock;
  readonly pacing: Pacing;
  readonly tokensPerMinute: number;
  readonly sessionMs: number;
  readonly faults: ConnectionFaults;
  readonly observer: ConversationObserver;
  readonly onServerEvent: (event: ServerEvent) => void;
}

export class Connection {
  readonly index: number;
  readonly model: string;
  readonly #socket: WebSocket;
  readonly #options: ConnectionOptions;
  readonly #conversation: Conversation;
  readonly #forget = new Set<() => void>();
  /** Events behind one that is held back, oldest first; null while nothing is held. */
  #held: ServerEvent[] | null = null;
  #appendedBytes = 0;
  #isStalled = false;

  constructor(socket: WebSocket, options: ConnectionOptions) {
    this.index = options.index;
    this.model = options.model;
    this.#socket = socket;
    this.#options = options;
    const { clock, brain, pacing, model, tokensPerMinute, sessionMs } = options;
    this.#conversation = new Conversation({
      model,
      expiresAtSeconds: Math.floor((clock.nowMs() + sessionMs) / 1000),
      brain,
      clock,
      pacing,
      tokensPerMinute,
      emit: (event) => {
        this.#emit(event);
      },
      observer: {
        ...options.observer,
        onAppended: (bytes) => {
          options.observer.onAppended?.(bytes);
          this.#countAppended(bytes.byteLength);
        },
      },
    });
    socket.on("message", (data: Buffer, isBinary) => {
      // `ws` still hands over what it had read before the connection was torn down or stalled.
      if (!this.isOpen || this.#isStalled) {
        return;
      }
      if (isBinary) {
        this.#conversation.receiveBinary();
      } else {
        this.#conversation.receive(data.toString("utf8"));
      }
    });
    socket.on("close", () => {
      this.#release();
    });
    // A torn connection is announced as an error before its close; the close is what counts.
    socket.on("error", () => undefined);
  }

  /** Lets the client in, or turns it away as planned. */
  open(): void {
    const { refuse } = this.#options.faults;
    if (refuse !== undefined) {
      this.refuse(refuse);
      return;
    }
    this.#after(this.#options.sessionMs, () => {
      this.expire();
    });
    this.#ping();
    this.#conversation.greet();
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  /** The error event, then the close frame. */
  refuse(refusal: ConnectionRefusal): void {
    if (refusal.error !== null) {
      this.#send({ type: "error", error: { ...refusal.error, event_id: null } });
    }
    this.close(refusal.closeCode, refusal.closeReason);
  }

  /** What the service does after 60 minutes. */
  expire(): void {
    this.refuse(connectionRefusals.sessionExpired);
  }

  /** Any frame as it is: an object becomes JSON, a string goes out raw, bytes go out as a binary frame. */
  inject(frame: string | object | Buffer): void {
    if (this.isOpen && !this.#isStalled) {
      const isRaw = typeof frame === "string" || Buffer.isBuffer(frame);
      this.#socket.send(isRaw ? frame : JSON.stringify(frame));
    }
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  /** No close frame: the client sees 1006. */
  drop(): void {
    this.#socket.terminate();
  }

  /** Reads and writes nothing any more, pongs included, and keeps the TCP connection standing. */
  stall(): void {
    this.#isStalled = true;
    this.#socket.pause();
  }

  #emit(event: ServerEvent): void {
    const { faults } = this.#options;
    if (event.type === "session.updated" && faults.losesSessionUpdated === true) {
      return;
    }
    if (this.#held !== null) {
      this.#held.push(event);
      return;
    }
    const delayMs = delayOf(event, faults);
    if (delayMs === undefined) {
      this.#send(event);
      return;
    }
    this.#held = [];
    this.#after(delayMs, () => {
      const held = this.#held ?? [];
      this.#held = null;
      this.#send(event);
      for (const waiting of held) {
        this.#emit(waiting);
      }
    });
  }

  #send(event: ServerEvent): void {
    const { faults, onServerEvent } = this.#options;
    const frames = faults.outgoing?.(event) ?? [event];
    for (const frame of frames) {
      if (typeof frame === "string") {
        this.inject(frame);
        continue;
      }
      const complete = { event_id: makeId("event"), ...frame };
      this.inject(complete);
      onServerEvent(complete);
    }
  }

  #ping(): void {
    this.#after(pingEveryMs, () => {
      if (this.isOpen && !this.#isStalled) {
        this.#socket.ping();
      }
      this.#ping();
    });
  }

  #countAppended(bytes: number): void {
    this.#appendedBytes += bytes;
    if (this.#appendedBytes >= (this.#options.faults.dropAfterAppendedBytes ?? Number.POSITIVE_INFINITY)) {
      this.drop();
    }
  }

  #after(delayMs: number, task: () => void): void {
    const forget = this.#options.clock.after(delayMs, () => {
      this.#forget.delete(forget);
      task();
    });
    this.#forget.add(forget);
  }

  #release(): void {
    this.#conversation.end();
    for (const forget of this.#forget) {
      forget();
    }
    this.#forget.clear();
  }
}

function delayOf(event: ServerEvent, faults: ConnectionFaults): number | undefined {
  switch (event.type) {
    case "session.created":
      return faults.sessionCreatedDelayMs;
    case "session.updated":
      return faults.sessionUpdatedDelayMs;
    default:
      return undefined;
  }
}
