/**
 * Owns requests to a server elsewhere, in the shape of `fetch`: only to the address that was confirmed, by the way that
 * the network has (network/route.ts: proxy, trust), never further by a redirect, and with an answer that is read within
 * bounds. Node's own `fetch` can neither be told whom to trust nor be held to any of it.
 */
import { request as requestPlain, type IncomingMessage, type RequestOptions } from "node:http";
import { request as requestSecure } from "node:https";
import { checkServerIdentity, type ConnectionOptions } from "node:tls";
import { describeFailure, type Failure } from "../../../shared/failure.ts";
import type { FindRoute, Route } from "../network/route.ts";
import { createTunnel } from "../network/tunnel.ts";
import { failureOfEnd } from "../realtime/refusals.ts";
import type { TransportEnd } from "../realtime/transport.ts";
import {
  largestMessageBytes,
  mostBytesPerSecond,
  mostMessageParts,
  mostMessagesPerSecond,
} from "./mcp-tuning.ts";
import { cleanLine } from "./clean-text.ts";
import { createPartCounter } from "./part-counter.ts";
import { createRateWatch } from "./rate-watch.ts";

export interface HttpFetchDeps {
  readonly url: string;
  readonly findRoute: FindRoute;
  readonly nowMs: () => number;
  /** The server has gone too far. `reason` goes on from “the server”. */
  readonly onAbuse: (reason: string) => void;
}

/** Its message is a sentence for the person. */
export class HttpRefusal extends Error {
  readonly manner: RefusalManner;

  constructor(message: string, manner: RefusalManner = { isLasting: true }) {
    super(message);
    this.manner = manner;
  }
}

/** As failure-words.ts has it. */
interface RefusalManner {
  /** Another try would end the same way. */
  readonly isLasting: boolean;
  /** Nobody was reached. */
  readonly isAway?: boolean;
  /** Words of the server are in it. */
  readonly isQuoting?: boolean;
}

/** No real one is longer; a name may have 253 characters of the server's choice. */
const longestOriginChars = 100;

type OpenRoute = Extract<Route, { kind: "ok" }>;
export type HttpFetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** A piece of an answer that is read in one go: some hundred events at most, then everything else has its turn. */
const sliceBytes = 8 * 1024;

export function createHttpFetch(deps: HttpFetchDeps): HttpFetch {
  const { origin } = new URL(deps.url);
  return async (target, init = {}) => {
    const url = new URL(target);
    if (url.origin !== origin) throw new HttpRefusal("The server sends its answers from another address.");
    const route = await deps.findRoute(url.href);
    if (route.kind === "failed") throw refusalOf(route.failure);
    const response = await send(url, init, route);
    const status = response.statusCode ?? 0;
    if (status >= 300 && status < 400) {
      response.destroy();
      throw redirectRefusal(response.headers.location, url);
    }
    const headers = new Headers();
    for (const [name, value] of Object.entries(response.headers))
      if (value !== undefined) headers.set(name, [value].flat().join(", "));
    const isEmpty = status === 204 || status === 205 || status === 304;
    if (isEmpty) response.resume();
    return new Response(isEmpty ? null : bounded(response, deps), { status, headers });
  };
}

function send(url: URL, init: RequestInit, route: OpenRoute): Promise<IncomingMessage> {
  const body = typeof init.body === "string" ? init.body : "";
  const headers = Object.fromEntries(new Headers(init.headers ?? {}));
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const { proxy, secureContext } = route;
  return new Promise((resolve, reject) => {
    // Set before the request that it ends: a tunnel is told of no sooner than it was made.
    const tunnel =
      proxy === null ? null : createTunnel({ ...route, proxy }, (end) => request.destroy(refusedBy(end)));
    const refusedBy = (end: TransportEnd): HttpRefusal =>
      refusalOf(failureOfEnd(end, { host: url.host, model: "", lastError: null, nowMs: 0 }));
    const options: RequestOptions & Pick<ConnectionOptions, "checkServerIdentity" | "secureContext"> = {
      method: init.method ?? "GET",
      headers: body === "" ? headers : { ...headers, "content-length": String(Buffer.byteLength(body)) },
      ...(init.signal == null ? {} : { signal: init.signal }),
      // Otherwise a connection of its own: one that is kept would outlive the server that is switched off.
      agent: tunnel?.agent ?? false,
      // Through a tunnel an address without a name would be compared with the proxy's name.
      checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate),
      ...(secureContext === null ? {} : { secureContext }),
    };
    const open = url.protocol === "https:" ? requestSecure : requestPlain;
    const request = open(url.href, options, resolve);
    tunnel?.follow(request);
    request.on("error", (error) => {
      const end = error instanceof HttpRefusal ? null : (tunnel?.endOfError(error) ?? null);
      reject(end === null ? error : refusedBy(end));
    });
    request.on("close", () => tunnel?.giveUp());
    request.end(body);
  });
}

/** On the way to the server, and not the server's. */
const passing: readonly Failure["kind"][] = [
  "no-network",
  "proxy-unreachable",
  "connection-refused",
  "unknown-host",
  "no-reply",
  "connection-lost",
];

function refusalOf(failure: Failure): HttpRefusal {
  const isAway = passing.includes(failure.kind);
  return new HttpRefusal(`${describeFailure(failure).title}.`, { isLasting: !isAway, isAway });
}

/** Of where it sends us no more than the origin is repeated: the rest is the server's to write as it likes. */
function redirectRefusal(location: string | undefined, from: URL): HttpRefusal {
  const target = location !== undefined && URL.canParse(location, from.href) ? new URL(location, from) : null;
  if (target === null) return new HttpRefusal("The server sends us on, but does not say where.");
  if (target.origin === from.origin)
    return new HttpRefusal("The server sends us on to another address of its own: look up the right one.");
  return new HttpRefusal(
    `The server sends us on to ${cleanLine(target.origin, longestOriginChars)}. If that is right, put its address there into mcp.json.`,
    { isLasting: true, isQuoting: true },
  );
}

/** The body in small pieces, each with a turn of its own, and cut off where it goes too far. */
function bounded(response: IncomingMessage, { nowMs, onAbuse }: HttpFetchDeps): ReadableStream<Uint8Array> {
  const rate = createRateWatch(mostMessagesPerSecond, mostBytesPerSecond, nowMs);
  const isStream = (response.headers["content-type"] ?? "").includes("text/event-stream");
  const parts = createPartCounter();
  let messageBytes = 0;
  let isBegun = isStream;

  /** What is wrong with one piece more; `null` for nothing. */
  function objection(piece: Buffer): string | null {
    const first = isBegun ? "" : piece.toString("latin1").trimStart().slice(0, 1);
    isBegun ||= first !== "";
    // None but a list of requests is answered by a list, and each in it would be read at once.
    if (first === "[") return "sent a list of messages in place of one";
    // A blank line ends an event. One that is torn between two pieces is missed, and the next one is not.
    const messages = isStream ? (piece.toString("latin1").match(/\r?\n\r?\n/g)?.length ?? 0) : 0;
    if (messages > 0) parts.reset();
    messageBytes = messages > 0 ? 0 : messageBytes + piece.length;
    if (messageBytes > largestMessageBytes)
      return `sent a message of more than ${largestMessageBytes / 1024 / 1024} MB`;
    if (parts.add(piece) > mostMessageParts) return "sent a message of too many parts";
    return rate.isTooMuch(messages, piece.length) ? "sends more messages than can be read" : null;
  }

  const pieces = (async function* () {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      for (let start = 0; start < chunk.length; start += sliceBytes) {
        const piece = chunk.subarray(start, start + sliceBytes);
        const found = objection(piece);
        if (found !== null) {
          onAbuse(found);
          throw new HttpRefusal(`The server ${found}.`);
        }
        yield new Uint8Array(piece);
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  })();
  return new ReadableStream({
    async pull(controller) {
      try {
        const next = await pieces.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      } catch (error) {
        response.destroy();
        controller.error(error);
      }
    },
    cancel() {
      response.destroy();
    },
  });
}
