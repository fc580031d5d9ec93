/**
 * Owns one `ws` socket as a Transport. It follows no redirect (the key would go with it), compresses nothing
 * (29 times the CPU for a quarter fewer bytes) and never logs.
 */
import type { IncomingMessage } from "node:http";
import { checkServerIdentity } from "node:tls";
import type { ConnectionOptions } from "node:tls";
import { WebSocket } from "ws";
import type { ClientOptions, RawData } from "ws";
import { hasNetwork } from "../network/has-network.ts";
import { directRoute } from "../network/route.ts";
import type { FindRoute, Route } from "../network/route.ts";
import { createTunnel } from "../network/tunnel.ts";
import type { TimerHost } from "../session/ports.ts";
import { systemTimers } from "../timer-host.ts";
import { createLiveness, type Liveness } from "./liveness.ts";
import {
  closeBoundMs,
  handshakeBoundMs,
  largestMessageBytes,
  refusalBodyBoundMs,
  refusalBodyBytes,
} from "./realtime-tuning.ts";
import type {
  OpenTransport,
  Transport,
  TransportEnd,
  TransportListener,
  TransportTarget,
} from "./transport.ts";

/** What the proof of a peer's life runs on; a test lets it pass without waiting. */
interface SocketClock {
  readonly timers: TimerHost;
  readonly nowMs: () => number;
}

const systemClock: SocketClock = { timers: systemTimers, nowMs: () => performance.now() };

/** Without proxy, with the usual roots. */
export const openWebSocket: OpenTransport = openWebSocketBy(directRoute);

/** @param findRoute asked before each dial. */
export function openWebSocketBy(findRoute: FindRoute, clock: SocketClock = systemClock): OpenTransport {
  return (target, listener) => {
    let dialled: Transport | null = null;
    let isClosed = false;
    const start = (route: Route): void => {
      if (isClosed) return;
      if (route.kind === "ok") dialled = dial(target, route, listener, clock);
      else listener.ended({ kind: "no-route", failure: route.failure });
    };
    findRoute(target.url).then(start, () => start({ kind: "failed", failure: { kind: "internal" } }));
    return {
      awaited: () => dialled?.awaited() ?? { kind: "way" },
      send: (text, onWritten) => dialled?.send(text, onWritten),
      setPace: (pace) => dialled?.setPace(pace),
      close: () => {
        isClosed = true;
        dialled?.close();
      },
    };
  };
}

/** What the published types do not know, or know otherwise than TLS does, which is given all of it. */
type SocketOptions = Omit<ClientOptions, "checkServerIdentity"> &
  Pick<ConnectionOptions, "checkServerIdentity" | "secureContext"> & { closeTimeout: number };

type OpenRoute = Extract<Route, { kind: "ok" }>;

function dial(
  target: TransportTarget,
  route: OpenRoute,
  listener: TransportListener,
  clock: SocketClock,
): Transport {
  const host = new URL(target.url).hostname.replace(/^\[|\]$/g, "");
  const options: SocketOptions = {
    headers: { "User-Agent": "Parley", ...target.headers },
    perMessageDeflate: false,
    followRedirects: false,
    handshakeTimeout: handshakeBoundMs,
    maxPayload: largestMessageBytes,
    closeTimeout: closeBoundMs,
    // Through a tunnel an address without a name would be compared with the proxy's name.
    checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate),
    ...(route.secureContext === null ? {} : { secureContext: route.secureContext }),
  };
  const tunnel =
    route.proxy === null ? null : createTunnel({ ...route, proxy: route.proxy }, (why) => end(why));
  if (tunnel !== null) {
    options.agent = tunnel.agent;
    options.finishRequest = (request) => {
      tunnel.follow(request);
      request.end();
    };
  }
  let socket: WebSocket;
  try {
    socket = new WebSocket(target.url, options as unknown as ClientOptions);
  } catch (error) {
    tunnel?.giveUp();
    // A key with a character that no header can hold, such as a line break from the clipboard.
    queueMicrotask(() => {
      listener.ended(endOfError(error as SystemError));
    });
    return { awaited: () => ({ kind: "server" }), send: () => {}, setPace: () => {}, close: () => {} };
  }
  let liveness: Liveness | null = null;
  let wasOpen = false;
  let hasEnded = false;
  let failure: TransportEnd | null = null;

  const end = (reason: TransportEnd): void => {
    if (hasEnded) return;
    hasEnded = true;
    liveness?.stop();
    listener.ended(reason);
  };

  socket.on("open", () => {
    wasOpen = true;
    if (hasEnded) return;
    liveness = createLiveness({
      ...clock,
      ping: () => socket.ping(),
      // Two rounds of the event loop: one reads the socket, one takes the TLS off.
      afterReceived: (task) => setImmediate(() => setImmediate(task)),
      onDead: () => {
        end({ kind: "unresponsive" });
        socket.terminate();
      },
    });
    listener.opened();
  });
  socket.on("ping", () => liveness?.heard());
  socket.on("pong", () => liveness?.heard());
  socket.on("message", (data, isBinary) => {
    if (hasEnded) return;
    liveness?.heard();
    if (isBinary) listener.unreadable();
    else listener.message(textOf(data));
  });
  socket.on("unexpected-response", (request, response) => {
    readRefusal(response, (refusal) => {
      request.destroy();
      end(refusal);
    });
  });
  // Every error is followed by `close`; before the upgrade the error is the one that tells why.
  socket.on("error", (error) => {
    if (wasOpen) return;
    failure ??= offline(error) ?? tunnel?.endOfError(error) ?? endOfError(error);
  });
  socket.on("close", (code, reason) => {
    end(failure ?? { kind: "closed", code, reason: reason.toString("utf8") });
  });

  return {
    awaited: () =>
      tunnel === null || tunnel.stands ? { kind: "server" } : { kind: "proxy", proxy: tunnel.proxy },
    send: (text, onWritten) => {
      if (hasEnded || socket.readyState !== WebSocket.OPEN) return;
      // An error of the write is followed by `close`, which is where the end of a socket is told.
      socket.send(text, (error) => {
        if (error === undefined || error === null) onWritten?.();
      });
      liveness?.sent(text.length);
    },
    setPace: (pace) => liveness?.setPace(pace),
    close: () => {
      if (hasEnded) return;
      hasEnded = true;
      liveness?.stop();
      tunnel?.giveUp();
      if (socket.readyState === WebSocket.CONNECTING) socket.terminate();
      else socket.close(1000);
    },
  };
}

const textOf = (data: RawData): string =>
  Buffer.isBuffer(data)
    ? data.toString("utf8")
    : Buffer.concat([data].flat().map((piece) => Buffer.from(piece as Buffer))).toString("utf8");

/** Reads as much of a refusal as tells why; a page that drips or never ends is cut off. */
function readRefusal(response: IncomingMessage, onRead: (refusal: TransportEnd) => void): void {
  const pieces: Buffer[] = [];
  let readBytes = 0;
  const finish = (): void => {
    clearTimeout(bound);
    response.destroy();
    onRead({
      kind: "http",
      status: response.statusCode ?? 0,
      contentType: response.headers["content-type"] ?? "",
      retryAfter: response.headers["retry-after"] ?? null,
      body: Buffer.concat(pieces).toString("utf8", 0, Math.min(readBytes, refusalBodyBytes)),
    });
  };
  const bound = setTimeout(finish, refusalBodyBoundMs);
  response.on("data", (piece: Buffer) => {
    pieces.push(piece);
    readBytes += piece.byteLength;
    if (readBytes >= refusalBodyBytes) finish();
  });
  response.on("end", finish);
  response.on("error", finish);
}

/** Without any network the name of whatever is nearest, server or proxy, is not found. */
const noWay = new Set([
  "ENETUNREACH",
  "ENETDOWN",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EAI_FAIL",
  "EAI_NODATA",
  "EAI_NONAME",
]);

const offline = (error: SystemError): TransportEnd | null =>
  noWay.has(codeOf(error) ?? "") && !hasNetwork() ? { kind: "offline" } : null;

type SystemError = Error & { readonly code?: string; readonly errors?: readonly SystemError[] };

/** Where a name has several addresses, the system tells one error for each. */
const codeOf = (error: SystemError): string | null => error.code ?? error.errors?.[0]?.code ?? null;

function endOfError(error: SystemError): TransportEnd {
  const code = codeOf(error);
  // ws has no code for this one.
  if (code === null && error.message.includes("handshake has timed out")) return { kind: "silent" };
  return { kind: "unreachable", code };
}
