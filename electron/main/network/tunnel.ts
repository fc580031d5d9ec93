/**
 * Owns the tunnel through a proxy for one dial, and what a proxy does in place of making it. The proxy learns host and
 * port of the server and its own credentials, nothing else: TLS begins behind it, with the server itself.
 */
import type { Agent, ClientRequest } from "node:http";
import type { SecureContext } from "node:tls";
import { HttpsProxyAgent } from "https-proxy-agent";
import { SocksProxyAgent } from "socks-proxy-agent";
import type { TransportEnd } from "../realtime/transport.ts";
import { tunnelBoundMs } from "../realtime/realtime-tuning.ts";
import { proxyLabel, type Proxy, type ProxyCredentials } from "./proxy.ts";

export interface Tunnel {
  readonly agent: Agent;
  /** Its host and port. */
  readonly proxy: string;
  /** The proxy has made it; what is awaited from here on is the server. */
  readonly stands: boolean;
  /** Follows the request that goes through it; call before the request is ended. */
  follow(request: ClientRequest): void;
  /** What an error of the request means; `null` once the tunnel stands, when errors are the server's. */
  endOfError(error: SystemError): TransportEnd | null;
  /** Lets go of a proxy that has not made the tunnel yet. Safe to call twice. */
  giveUp(): void;
}

type SystemError = Error & { readonly code?: string };

export interface TunnelOptions {
  readonly proxy: Proxy;
  readonly credentials: ProxyCredentials | null;
  /** For a proxy that is spoken to by TLS. */
  readonly secureContext: SecureContext | null;
}

/** @param onEnd told when the proxy refuses or says nothing for too long. */
export function createTunnel(options: TunnelOptions, onEnd: (end: TransportEnd) => void): Tunnel {
  const { credentials } = options;
  const proxy = proxyLabel(options.proxy);
  const wasSignedIn = credentials !== null;
  const given = new AbortController();
  let request: ClientRequest | null = null;
  let stands = false;

  const bound = setTimeout(() => {
    giveUp();
    onEnd({ kind: "proxy-unreachable", proxy, code: "ETIMEDOUT" });
    request?.destroy();
  }, tunnelBoundMs);
  const giveUp = (): void => {
    clearTimeout(bound);
    // The agents know nothing of the end of a request that waits for them, and would hold the line to the proxy.
    if (!stands) given.abort();
  };
  const refused = (wantsSignIn: boolean, takesPassword: boolean): TransportEnd => ({
    kind: "proxy-refused",
    proxy,
    wantsSignIn,
    wasSignedIn,
    takesPassword,
  });

  const isSocks = options.proxy.kind === "socks4" || options.proxy.kind === "socks5";
  const agent = isSocks
    ? socksAgent(options.proxy, credentials)
    : httpAgent(options, given.signal, ({ statusCode, headers }) => {
        if (statusCode === 200) return;
        const offers = [headers["proxy-authenticate"] ?? []].flat();
        onEnd(
          refused(statusCode === 407, offers.length === 0 || offers.some((offer) => /^basic\b/i.test(offer))),
        );
      });

  return {
    agent,
    proxy,
    get stands() {
      return stands;
    },
    follow(followed) {
      request = followed;
      followed.once("proxy", () => {
        stands = true;
        clearTimeout(bound);
      });
    },
    endOfError({ code, message }) {
      if (stands) return null;
      clearTimeout(bound);
      // The SOCKS agent tells everything by its messages alone; these are the ones that are the proxy's own words.
      if (isSocks && /authentication/i.test(message)) return refused(true, true);
      if (isSocks && /rejected connection/i.test(message)) return refused(false, false);
      return { kind: "proxy-unreachable", proxy, code: code ?? null };
    },
    giveUp,
  };
}

interface ProxyAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

function httpAgent(
  { proxy, credentials, secureContext }: TunnelOptions,
  signal: AbortSignal,
  onAnswer: (answer: ProxyAnswer) => void,
): Agent {
  // The types know these options for an address whose scheme they can read.
  const tls: object = secureContext === null ? {} : { secureContext };
  const agent = new HttpsProxyAgent<"http:">(new URL(`${proxy.kind}://${proxyLabel(proxy)}`), {
    // As a header and not in the address, which the agent writes into its debug log.
    headers: () => (credentials === null ? {} : { "Proxy-Authorization": basic(credentials) }),
    signal,
    ...tls,
  });
  agent.on("proxyConnect", onAnswer);
  return agent;
}

function socksAgent(proxy: Proxy, credentials: ProxyCredentials | null): Agent {
  // `5h`: the proxy looks the name up. Inside a company's network only it may know it.
  const scheme = proxy.kind === "socks5" ? "socks5h" : "socks4";
  const { user, password } = credentials ?? { user: "", password: "" };
  const signIn = credentials === null ? "" : `${encodeURIComponent(user)}:${encodeURIComponent(password)}@`;
  return new SocksProxyAgent(`${scheme}://${signIn}${proxyLabel(proxy)}`);
}

const basic = ({ user, password }: ProxyCredentials): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
