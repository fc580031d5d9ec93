/**
 * Owns a strict Realtime (GA) server on a loopback port: the upgrade, who is let in, and the list of connections.
 * Never thinks up an answer (that is the brain's) and never listens on anything but 127.0.0.1.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import type { Brain } from "./brain.ts";
import type { ClientEvent } from "./client-events.ts";
import { systemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { Connection } from "./connection.ts";
import type { ConnectionFaults, FaultPlan, UpgradeFault } from "./faults.ts";
import { livelyPacing } from "./pacing.ts";
import type { Pacing } from "./pacing.ts";
import type { ServerEvent } from "./server-event.ts";
import { connectionRefusals } from "./wire-error.ts";
import type { ConnectionRefusal, WireError } from "./wire-error.ts";

/** What may be watched from outside. An observer sees values; nothing it does changes an answer. */
export interface ServerObserver {
  readonly onConnection?: (connection: Connection) => void;
  readonly onClientEvent?: (event: ClientEvent, connection: Connection) => void;
  readonly onServerEvent?: (event: ServerEvent, connection: Connection) => void;
  readonly onRefused?: (error: WireError, eventId: string | null, connection: Connection) => void;
  /** PCM16 LE, mono, 24 kHz, as it was appended. */
  readonly onAppended?: (bytes: Buffer, connection: Connection) => void;
  readonly onCommitted?: (itemId: string, pcm: Int16Array, connection: Connection) => void;
  readonly onBrainError?: (error: unknown) => void;
}

export interface RealtimeServerOptions {
  readonly brain: Brain;
  /** The key that clients must send as `Authorization: Bearer …` or `api-key`. */
  readonly apiKey: string;
  /** Model names that exist here; any name does when left out. */
  readonly models?: readonly string[];
  readonly clock?: Clock;
  readonly pacing?: Pacing;
  readonly faults?: FaultPlan;
  readonly observer?: ServerObserver;
  readonly tokensPerMinute?: number;
  readonly sessionMs?: number;
}

export interface RealtimeServer {
  /** `http://127.0.0.1:PORT/v1`, the form in which base URLs are configured. */
  readonly url: string;
  readonly port: number;
  /** The open ones, in the order in which they were accepted. */
  connections(): readonly Connection[];
  /** Ends every connection and frees the port. Safe to call twice. */
  close(): Promise<void>;
}

const realtimePath = "/v1/realtime";
/** What a request's target is relative to. */
const origin = "http://127.0.0.1";
const sixtyMinutesMs = 60 * 60 * 1000;
/** Above 15 MiB of audio in base64, so that an append of that size is refused by us and not by the socket. */
const maxFrameBytes = 32 * 1024 * 1024;

/** Rejects only when no loopback port can be had. */
export async function startRealtimeServer(options: RealtimeServerOptions): Promise<RealtimeServer> {
  const observer = options.observer ?? {};
  const open = new Set<Connection>();
  let accepted = 0;
  const sockets = new Set<Duplex>();
  let attempts = 0;

  const webSockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: maxFrameBytes,
  });
  const http = createServer((request, response) => {
    answerHttp(request, response, options);
  });
  http.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  http.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    const target = request.url ?? "/";
    // Any program on this computer can ask, for `//` too, and an exception here would be main's.
    if (!URL.canParse(target, origin)) {
      refuseUpgrade(socket, notFound);
      return;
    }
    const url = new URL(target, origin);
    const facts = {
      index: attempts,
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
    };
    attempts += 1;
    const planned = options.faults?.(facts) ?? {};
    if (planned.upgrade !== undefined) {
      refuseUpgrade(socket, planned.upgrade);
      return;
    }
    if (url.pathname !== realtimePath) {
      refuseUpgrade(socket, notFound);
      return;
    }
    const refusal = planned.refuse ?? admission(request, url.searchParams, options);
    const faults: ConnectionFaults = refusal === null ? planned : { ...planned, refuse: refusal };
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      accept(webSocket, url.searchParams.get("model") ?? "", faults);
    });
  });

  const accept = (webSocket: WebSocket, model: string, faults: ConnectionFaults): void => {
    const connection: Connection = new Connection(webSocket, {
      index: accepted,
      model,
      brain: options.brain,
      clock: options.clock ?? systemClock,
      pacing: options.pacing ?? livelyPacing,
      tokensPerMinute: options.tokensPerMinute ?? 1_000_000,
      sessionMs: faults.sessionMs ?? options.sessionMs ?? sixtyMinutesMs,
      faults,
      onServerEvent: (event) => observer.onServerEvent?.(event, connection),
      observer: {
        onClientEvent: (event) => observer.onClientEvent?.(event, connection),
        onRefused: (error, eventId) => observer.onRefused?.(error, eventId, connection),
        onAppended: (bytes) => observer.onAppended?.(bytes, connection),
        onCommitted: (itemId, pcm) => observer.onCommitted?.(itemId, pcm, connection),
        onBrainError: (error) => observer.onBrainError?.(error),
      },
    });
    accepted += 1;
    open.add(connection);
    // A closed connection holds a whole conversation's sound: it must not outlive its socket here.
    webSocket.on("close", () => open.delete(connection));
    observer.onConnection?.(connection);
    connection.open();
  };

  await new Promise<void>((resolve, reject) => {
    http.once("error", reject);
    http.listen(0, "127.0.0.1", resolve);
  });
  const { port } = http.address() as AddressInfo;
  let closing: Promise<void> | null = null;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    port,
    connections: () => [...open],
    close: () => {
      closing ??= new Promise<void>((resolve) => {
        for (const connection of open) {
          connection.drop();
        }
        for (const socket of sockets) {
          socket.destroy();
        }
        http.close(() => {
          resolve();
        });
      });
      return closing;
    },
  };
}

/** Why a client is turned away, after the upgrade as the real service does it; null lets it in. */
function admission(
  request: IncomingMessage,
  query: URLSearchParams,
  options: RealtimeServerOptions,
): ConnectionRefusal | null {
  if (!hasKey(request, options.apiKey)) {
    return connectionRefusals.invalidApiKey;
  }
  if (request.headers["openai-beta"] !== undefined) {
    return connectionRefusals.betaApiShapeDisabled;
  }
  const model = query.get("model");
  if (model === null || model === "") {
    return connectionRefusals.missingModel;
  }
  return (options.models?.includes(model) ?? true) ? null : connectionRefusals.invalidModel;
}

function hasKey(request: IncomingMessage, apiKey: string): boolean {
  const { authorization } = request.headers;
  const given = request.headers["api-key"] ?? authorization?.replace(/^Bearer /, "") ?? "";
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(String(given)), digest(apiKey));
}

const errorBody = (message: string, code: string | null): string =>
  JSON.stringify({ error: { message, type: "invalid_request_error", param: null, code } });

const notFound: UpgradeFault = {
  kind: "http",
  status: 404,
  headers: { "content-type": "application/json" },
  body: errorBody("Invalid URL", null),
};

/** Plain HTTP: the list of models, by which a key can be checked, and nothing else. */
function answerHttp(
  request: IncomingMessage,
  response: ServerResponse,
  options: RealtimeServerOptions,
): void {
  const reply = (status: number, body: string): void => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(body);
  };
  if (!hasKey(request, options.apiKey)) {
    reply(401, errorBody("Incorrect API key provided.", "invalid_api_key"));
  } else if (request.method === "GET" && request.url === "/v1/models") {
    const data = (options.models ?? []).map((id) => ({ id, object: "model" }));
    reply(200, JSON.stringify({ object: "list", data }));
  } else {
    reply(404, errorBody("Invalid URL", null));
  }
}

function refuseUpgrade(socket: Duplex, fault: UpgradeFault): void {
  switch (fault.kind) {
    case "silence":
      return;
    case "reset":
      socket.destroy();
      return;
    case "http": {
      const body = Buffer.from(fault.body ?? "");
      const headers = { connection: "close", "content-length": String(body.byteLength), ...fault.headers };
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.end(
        Buffer.concat([Buffer.from(`HTTP/1.1 ${fault.status} Refused\r\n${lines.join("")}\r\n`), body]),
      );
    }
  }
}
