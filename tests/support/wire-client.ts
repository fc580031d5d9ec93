/**
 * Owns a bare `ws` client for protocol tests: it sends what it is told, byte for byte, and keeps what comes.
 * Never corrects, orders or interprets anything, so that a server's strictness can be tried out.
 */
import { WebSocket } from "ws";

export type Received = { readonly type: string } & Readonly<Record<string, unknown>>;

export interface WireClient {
  readonly received: readonly Received[];
  readonly socket: WebSocket;
  /** An object goes out as JSON, a string as it is, bytes as a binary frame. */
  send(frame: object | string | Buffer): void;
  /** The first event that fits and that no earlier call has returned; also one that came before the call. */
  next(fits: string | ((event: Received) => boolean), timeoutMs?: number): Promise<Received>;
  /** Resolves when the close frame or the end of the connection has come. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  close(): void;
}

export interface WireClientOptions {
  readonly apiKey: string;
  readonly model?: string | null;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Resolves once the WebSocket stands; rejects with the HTTP status or the socket's error. `url` ends in `/v1`. */
export async function connectWire(url: string, options: WireClientOptions): Promise<WireClient> {
  const target = new URL(`${url.replace(/^http/, "ws")}${options.path ?? "/realtime"}`);
  if (options.model !== null) {
    target.searchParams.set("model", options.model ?? "practice");
  }
  const socket = new WebSocket(target, {
    perMessageDeflate: false,
    headers: { authorization: `Bearer ${options.apiKey}`, ...options.headers },
  });
  const received: Received[] = [];
  const taken = new Set<Received>();
  const waiting = new Set<() => void>();
  socket.on("message", (data: Buffer) => {
    received.push(JSON.parse(data.toString("utf8")) as Received);
    for (const retry of waiting) {
      retry();
    }
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on("close", (code, reason) => {
      resolve({ code, reason: reason.toString("utf8") });
    });
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  socket.on("error", () => undefined);
  return {
    received,
    socket,
    send: (frame) => {
      socket.send(typeof frame === "string" || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
    },
    next: (fits, timeoutMs = 5000) =>
      new Promise((resolve, reject) => {
        const matches = typeof fits === "string" ? (event: Received) => event.type === fits : fits;
        const retry = (): void => {
          const event = received.find((candidate) => !taken.has(candidate) && matches(candidate));
          if (event !== undefined) {
            taken.add(event);
            waiting.delete(retry);
            clearTimeout(timer);
            resolve(event);
          }
        };
        const timer = setTimeout(() => {
          waiting.delete(retry);
          const seen = received.map(({ type }) => type).join(", ");
          reject(new Error(`${String(fits)} did not come within ${timeoutMs} ms; seen: ${seen}`));
        }, timeoutMs);
        waiting.add(retry);
        retry();
      }),
    closed,
    close: () => {
      socket.close();
    },
  } satisfies WireClient;
}
