/**
 * Owns the web of the tests: real HTTPS servers on 127.0.0.2, which stands for the internet, and a honeypot on the
 * addresses that nobody may reach. All on one port, so that an address is the only difference. Never used outside tests.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer as createWebServer } from "node:https";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createSecureContext, type SecureContext } from "node:tls";
import { isPublicAddress } from "../../electron/main/network/public-address.ts";
import type { FindRoute } from "../../electron/main/network/route.ts";
import { createAuthority } from "./certificates.ts";

export const internet = "127.0.0.2";

/** The rule of the app, with one address more. */
export const isAllowedInTests = (address: string): boolean =>
  address === internet || isPublicAddress(address);

export type Respond = (request: IncomingMessage, response: ServerResponse) => void;

export interface WebSites {
  readonly port: number;
  /** What `https://NAME:port` answers from now on; any other name is refused by TLS. */
  serve(name: string, respond: Respond): void;
  /** Host headers and paths that were asked for. */
  readonly asked: readonly string[];
  /** Connections to the honeypot. */
  hits(): number;
  /** Direct, trusting the authority of these sites. */
  readonly findRoute: FindRoute;
  readonly secureContext: SecureContext;
  readonly certificate: string;
  close(): Promise<void>;
}

const honeypots = ["127.0.0.1", "::1"];

/** @param names of all sites, for one certificate. */
export async function startWebSites(names: readonly string[]): Promise<WebSites> {
  const authority = createAuthority();
  const { certificate, key } = authority.issue(names);
  const sites = new Map<string, Respond>();
  const asked: string[] = [];
  let hits = 0;
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  const listen = async (server: Server, port: number, address: string): Promise<number> => {
    server.on("connection", (socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(port, address, resolve);
    });
    servers.push(server);
    return (server.address() as AddressInfo).port;
  };
  let port = 0;
  for (const address of honeypots) {
    const honeypot = createServer((socket) => {
      hits += 1;
      socket.end("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nthe secret");
    });
    port = await listen(honeypot, port, address);
  }
  const web = createWebServer({ cert: certificate, key }, (request, response) => {
    const host = request.headers.host ?? "";
    asked.push(`${host}${request.url ?? ""}`);
    const respond = sites.get(host.replace(/:\d+$/, ""));
    if (respond === undefined) response.writeHead(421).end();
    else respond(request, response);
  });
  await listen(web, port, internet);
  const secureContext = createSecureContext({ ca: [authority.certificate] });
  return {
    port,
    serve: (name, respond) => void sites.set(name, respond),
    asked,
    hits: () => hits,
    findRoute: () => Promise.resolve({ kind: "ok", proxy: null, credentials: null, secureContext }),
    secureContext,
    certificate: authority.certificate,
    async close() {
      for (const socket of sockets) socket.destroy();
      await Promise.all(servers.map((server) => new Promise((resolve) => void server.close(resolve))));
    },
  };
}

/** A page as most are. */
export const page =
  (body: string | Buffer, headers: Readonly<Record<string, string>> = {}, status = 200): Respond =>
  (_request, response) =>
    void response.writeHead(status, { "Content-Type": "text/html; charset=utf-8", ...headers }).end(body);

export const redirect =
  (location: string, status = 302): Respond =>
  (_request, response) =>
    void response.writeHead(status, { Location: location }).end();
