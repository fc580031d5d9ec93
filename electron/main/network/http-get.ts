/**
 * Owns one request for one address on the web: the name is resolved once, every address that comes of it is checked,
 * and only a checked one is connected to; TLS is verified against the name; what comes back is bounded in size and
 * time. It follows no redirect, sends no cookie and no credential, and never logs.
 *
 * Through a proxy the tunnel is asked for by the checked address, never by the name: a proxy that looked the name up
 * itself might find another address, and inside a company's network that would be one we must not reach. Where names
 * of the internet cannot be resolved without the proxy, or it makes no tunnels to addresses, this fails and says so.
 */
import { Agent as HttpAgent, request as requestPlain, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as requestSecure, type RequestOptions } from "node:https";
import { isIP, type LookupFunction, type Socket, type TcpNetConnectOpts } from "node:net";
import type { Duplex } from "node:stream";
import { checkServerIdentity } from "node:tls";
import { constants, createBrotliDecompress, createGunzip } from "node:zlib";
import { describeFailure } from "../../../shared/failure.ts";
import { plainAddress } from "./public-address.ts";
import { proxyLabel } from "./proxy.ts";
import type { FindRoute, Route } from "./route.ts";
import { createTunnel, type Tunnel } from "./tunnel.ts";

export interface HttpQuestion {
  /** `https:`, or `http:` where the caller means it. */
  readonly url: URL;
  readonly accept: string;
  /** Of the body, as it comes and as it is unpacked. What is longer is cut. */
  readonly largestBytes: number;
  readonly boundMs: number;
  readonly signal: AbortSignal;
}

export type HttpAnswer =
  | {
      readonly kind: "answered";
      readonly status: number;
      /** Lower-case names; of several the first. */
      readonly headers: Readonly<Record<string, string>>;
      /** Unpacked. Empty for a redirect. */
      readonly body: Buffer;
      readonly isCut: boolean;
    }
  | { readonly kind: "failed"; readonly problem: HttpProblem };

export type HttpProblem =
  | { readonly kind: "unknown-name" }
  /** The name could not be asked for: most likely there is no network. */
  | { readonly kind: "no-resolver"; readonly code: string }
  | { readonly kind: "forbidden-address"; readonly address: string }
  | { readonly kind: "unreachable"; readonly code: string }
  | { readonly kind: "bad-certificate"; readonly code: string }
  | { readonly kind: "proxy"; readonly proxy: string }
  | { readonly kind: "no-route"; readonly reason: string }
  /** What came is no HTTP, or cannot be unpacked. */
  | { readonly kind: "garbled"; readonly code: string }
  | { readonly kind: "too-slow" }
  | { readonly kind: "stopped" };

export interface HttpGetDeps {
  /** Every address of a name. Rejects with an error of the system's resolver. */
  readonly resolve: (name: string) => Promise<readonly string[]>;
  /** May this address be connected to? */
  readonly isAllowed: (address: string) => boolean;
  readonly findRoute: FindRoute;
}

/** Resolves always. */
export type HttpGet = (question: HttpQuestion) => Promise<HttpAnswer>;

/** Names with more addresses than this have enough of them that work. */
const triedAddresses = 8;
/** Between attempts at addresses of one name; the usual 250 ms gives far networks up. */
const attemptMs = 1_000;

export function createHttpGet({ resolve, isAllowed, findRoute }: HttpGetDeps): HttpGet {
  async function get(question: HttpQuestion): Promise<HttpAnswer> {
    const { url } = question;
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const addresses = isIP(host) === 0 ? await resolve(host) : [host];
    const forbidden = addresses.find((address) => !isAllowed(address));
    // One bad address among good ones is no accident.
    if (forbidden !== undefined) return failed({ kind: "forbidden-address", address: forbidden });
    const [first] = addresses;
    if (first === undefined) return failed({ kind: "unknown-name" });
    const route = await findRoute(url.href);
    if (question.signal.aborted) return failed({ kind: "stopped" });
    if (route.kind === "failed")
      return failed({ kind: "no-route", reason: describeFailure(route.failure).title });
    return ask(question, host, addresses.slice(0, triedAddresses), route);
  }

  return (question) => bounded(question, get);
}

const failed = (problem: HttpProblem): HttpAnswer => ({ kind: "failed", problem });

/** Neither a resolver nor a server may take longer than the question allows. */
async function bounded(question: HttpQuestion, get: HttpGet): Promise<HttpAnswer> {
  const { signal, boundMs } = question;
  if (signal.aborted) return failed({ kind: "stopped" });
  const stop = new AbortController();
  let cleanUp = (): void => undefined;
  const ended = new Promise<HttpAnswer>((resolve) => {
    const end = (problem: HttpProblem): void => {
      resolve(failed(problem));
      stop.abort();
    };
    const bound = setTimeout(() => end({ kind: "too-slow" }), boundMs);
    const onAbort = (): void => end({ kind: "stopped" });
    signal.addEventListener("abort", onAbort);
    cleanUp = () => {
      clearTimeout(bound);
      signal.removeEventListener("abort", onAbort);
    };
  });
  const answer = get({ ...question, signal: stop.signal }).catch((error: unknown) =>
    failed(problemOf(error)),
  );
  try {
    return await Promise.race([answer, ended]);
  } finally {
    cleanUp();
  }
}

type OpenRoute = Extract<Route, { kind: "ok" }>;

function ask(
  question: HttpQuestion,
  host: string,
  addresses: readonly string[],
  route: OpenRoute,
): Promise<HttpAnswer> {
  return new Promise((resolve) => {
    let tunnel: Tunnel | null = null;
    const end = (answer: HttpAnswer): void => {
      tunnel?.giveUp();
      resolve(answer);
      request.destroy();
    };
    if (route.proxy !== null) {
      const label = proxyLabel(route.proxy);
      tunnel = createTunnel({ ...route, proxy: route.proxy }, () =>
        end(failed({ kind: "proxy", proxy: label })),
      );
    }
    const request = start(question, host, addresses, route, tunnel);
    tunnel?.follow(request);
    if (tunnel === null) request.once("socket", (socket) => verifyPeer(socket, addresses));
    request.on("error", (error) => {
      const ofProxy = tunnel?.endOfError(error) ?? null;
      const proxy = route.proxy === null ? "" : proxyLabel(route.proxy);
      end(failed(ofProxy === null ? problemOf(error) : { kind: "proxy", proxy }));
    });
    request.once("response", (response) => void read(response, question.largestBytes).then(end));
    question.signal.addEventListener("abort", () => end(failed({ kind: "stopped" })), { once: true });
    request.end();
  });
}

function start(
  { url, accept }: HttpQuestion,
  host: string,
  addresses: readonly string[],
  { secureContext }: OpenRoute,
  tunnel: Tunnel | null,
) {
  const isSecure = url.protocol === "https:";
  const isName = isIP(host) === 0;
  const options: RequestOptions &
    Pick<TcpNetConnectOpts, "autoSelectFamily" | "autoSelectFamilyAttemptTimeout"> = {
    method: "GET",
    // The tunnel leads to an address that was checked; a direct connection looks nothing up but the checked ones.
    host: tunnel === null ? host : addresses[0],
    port: url.port === "" ? (isSecure ? 443 : 80) : Number(url.port),
    path: `${url.pathname}${url.search}`,
    headers: {
      Host: url.host,
      "User-Agent": "Mozilla/5.0 (compatible; Parley)",
      Accept: accept,
      "Accept-Encoding": "gzip, br",
      Connection: "close",
    },
    setHost: false,
    agent: tunnel?.agent ?? (isSecure ? new HttpsAgent({ maxCachedSessions: 0 }) : new HttpAgent()),
    lookup: pinned(addresses),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: attemptMs,
    rejectUnauthorized: true,
    ...(isName ? { servername: host } : {}),
    // Through a tunnel an address without a name would be compared with the proxy's name.
    checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate),
    ...(secureContext === null ? {} : { secureContext }),
  };
  return isSecure ? requestSecure(options) : requestPlain(options);
}

/** A resolver that knows nothing but what was checked. */
function pinned(addresses: readonly string[]): LookupFunction {
  const known = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_name, { all }, callback) => {
    const [first] = known;
    if (all === true) callback(null, known);
    else callback(null, first?.address ?? "", first?.family);
  };
}

/** Whatever went on in between: who is at the other end must be one that was checked. */
function verifyPeer(socket: Socket, addresses: readonly string[]): void {
  const allowed = addresses.map(plainAddress);
  socket.once("connect", () => {
    const { remoteAddress } = socket;
    if (remoteAddress !== undefined && allowed.includes(plainAddress(remoteAddress))) return;
    socket.destroy(new OtherPeer(remoteAddress ?? "unknown"));
  });
}

class OtherPeer extends Error {
  readonly address: string;
  constructor(address: string) {
    super("Connected to an address that was not checked");
    this.address = address;
  }
}

async function read(response: IncomingMessage, largestBytes: number): Promise<HttpAnswer> {
  const status = response.statusCode ?? 0;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined) headers[name] = first;
  }
  if (status >= 300 && status < 400)
    return { kind: "answered", status, headers, body: Buffer.alloc(0), isCut: false };
  try {
    const { body, isCut } = await readBody(response, headers["content-encoding"] ?? "", largestBytes);
    return { kind: "answered", status, headers, body, isCut };
  } catch (error) {
    return failed(problemOf(error));
  }
}

/** Both what comes and what it unpacks to is counted: a small body may be the packing of an endless one. */
async function readBody(
  response: IncomingMessage,
  encoding: string,
  largestBytes: number,
): Promise<{ readonly body: Buffer; readonly isCut: boolean }> {
  const unpack = unpackerOf(encoding);
  const packed = unpack === null ? null : feed(unpack, response, largestBytes);
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of (unpack ?? response) as AsyncIterable<Buffer>) {
    pieces.push(piece.subarray(0, largestBytes - bytes));
    bytes += piece.length;
    if (bytes > largestBytes) break;
  }
  return { body: Buffer.concat(pieces), isCut: bytes > largestBytes || packed?.isCut() === true };
}

/** A pipe that ends after so many bytes: packed nothing can go on for ever, too. */
function feed(unpack: Duplex, response: IncomingMessage, largestBytes: number): { isCut(): boolean } {
  let bytes = 0;
  const isCut = (): boolean => bytes > largestBytes;
  response.on("data", (piece: Buffer) => {
    if (isCut()) return;
    bytes += piece.length;
    if (isCut()) unpack.end();
    else if (!unpack.write(piece)) {
      response.pause();
      unpack.once("drain", () => response.resume());
    }
  });
  response.once("end", () => isCut() || unpack.end());
  response.once("error", (error) => isCut() || unpack.destroy(error));
  return { isCut };
}

/** What is cut within its packing gives what there is of it. */
function unpackerOf(encoding: string): Duplex | null {
  switch (encoding.trim().toLowerCase()) {
    case "":
    case "identity":
      return null;
    case "gzip":
    case "x-gzip":
      return createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
    case "br":
      return createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH });
    default:
      throw Object.assign(new Error("A packing that was not asked for"), { code: "ERR_ENCODING" });
  }
}

/** What Node and OpenSSL call what is wrong with a certificate. */
const certificateCode =
  /^(?:CERT_|ERR_TLS_CERT_ALTNAME|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED_CERT|UNABLE_TO_(?:GET|VERIFY|DECRYPT|DECODE)|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED)/;

function problemOf(error: unknown): HttpProblem {
  if (error instanceof OtherPeer) return { kind: "forbidden-address", address: error.address };
  const { code = "unknown", syscall } = error as NodeJS.ErrnoException;
  if (code === "ENOTFOUND" || code === "ENODATA") return { kind: "unknown-name" };
  if (syscall === "getaddrinfo" || code.startsWith("EAI_")) return { kind: "no-resolver", code };
  if (certificateCode.test(code)) return { kind: "bad-certificate", code };
  if (/^(?:HPE_|Z_|ERR_|EPROTO)/.test(code)) return { kind: "garbled", code };
  return { kind: "unreachable", code };
}
