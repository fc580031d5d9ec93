/**
 * Owns what a proxy is and which one is used: from the system's answer or the usual environment variables. Pure.
 * A connection to this computer never takes a proxy, whatever they say.
 */

export interface Proxy {
  readonly kind: "http" | "https" | "socks4" | "socks5";
  /** A name or an address; IPv6 in brackets, as a URL has it. */
  readonly host: string;
  readonly port: number;
}

export interface ProxyCredentials {
  readonly user: string;
  readonly password: string;
}

/** For a person: host and port. */
export const proxyLabel = (proxy: Proxy): string => `${proxy.host}:${proxy.port}`;

/** What credentials are bound to: an encrypted proxy is another one than the plain one beside it. */
export const proxyOrigin = (proxy: Proxy): string => `${proxy.kind}://${proxyLabel(proxy)}`;

/** The words of a proxy script (PAC), with the port that each has by itself. `PROXY` says nothing of port 80 but means it. */
const systemKinds: Readonly<Record<string, { readonly kind: Proxy["kind"]; readonly port: number }>> = {
  PROXY: { kind: "http", port: 80 },
  HTTP: { kind: "http", port: 80 },
  HTTPS: { kind: "https", port: 443 },
  SOCKS: { kind: "socks4", port: 1080 },
  SOCKS4: { kind: "socks4", port: 1080 },
  SOCKS5: { kind: "socks5", port: 1080 },
};

/**
 * Reads what Chromium answers, such as `PROXY a:3128; SOCKS5 b:1080; DIRECT`.
 * @returns the first entry that can be used; `null` for none, or where `DIRECT` comes before it.
 */
export function proxyOfSystem(answer: string): Proxy | null {
  for (const entry of answer.split(";")) {
    const [word = "", address = ""] = entry.trim().split(/\s+/);
    if (word.toUpperCase() === "DIRECT") return null;
    const known = systemKinds[word.toUpperCase()];
    const proxy = known === undefined ? null : proxyAt(known.kind, address, known.port);
    if (proxy !== null) return proxy;
  }
  return null;
}

export interface EnvironmentProxy {
  readonly proxy: Proxy;
  /** Where the variable holds them, as in `http://user:password@proxy:3128`. */
  readonly credentials: ProxyCredentials | null;
}

const schemes: Readonly<Record<string, { readonly kind: Proxy["kind"]; readonly port: number }>> = {
  "http:": { kind: "http", port: 80 },
  "https:": { kind: "https", port: 443 },
  "socks4:": { kind: "socks4", port: 1080 },
  "socks4a:": { kind: "socks4", port: 1080 },
  "socks:": { kind: "socks5", port: 1080 },
  "socks5:": { kind: "socks5", port: 1080 },
  "socks5h:": { kind: "socks5", port: 1080 },
};

/** What command-line programs go by. Chromium does so too, except in desktops with proxy settings of their own. */
export function proxyOfEnvironment(
  target: URL,
  environment: Readonly<Record<string, string | undefined>>,
): EnvironmentProxy | null {
  const variable = (name: string): string =>
    (environment[name.toLowerCase()] ?? environment[name] ?? "").trim();
  const value = variable("HTTPS_PROXY") || variable("ALL_PROXY");
  if (value === "" || isExcepted(target, variable("NO_PROXY"))) return null;
  const text = value.includes("://") ? value : `http://${value}`;
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const scheme = schemes[url.protocol];
  if (scheme === undefined || url.hostname === "") return null;
  return {
    proxy: { kind: scheme.kind, host: url.hostname, port: Number(url.port) || scheme.port },
    credentials:
      url.username === "" ? null : { user: decoded(url.username), password: decoded(url.password) },
  };
}

export const isThisComputer = (target: URL): boolean =>
  target.hostname === "localhost" ||
  target.hostname.endsWith(".localhost") ||
  target.hostname === "[::1]" ||
  /^127\.\d+\.\d+\.\d+$/.test(target.hostname);

function proxyAt(kind: Proxy["kind"], address: string, defaultPort: number): Proxy | null {
  // The scheme only makes it an address that can be parsed; none that is special, or its port would be dropped.
  const text = `proxy://${address}`;
  if (address === "" || !URL.canParse(text)) return null;
  const url = new URL(text);
  return url.hostname === "" ? null : { kind, host: url.hostname, port: Number(url.port) || defaultPort };
}

/** `NO_PROXY`: names with everything below them, addresses, either with a port or without; `*` for all. */
function isExcepted(target: URL, list: string): boolean {
  const host = target.hostname.toLowerCase();
  const port = target.port || "443";
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .some((entry) => {
      if (entry === "*") return true;
      const [, name = "", ofPort] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(entry) ?? [];
      if (ofPort !== undefined && ofPort !== port) return false;
      return name !== "" && (host === name || host.endsWith(`.${name}`));
    });
}

/** A lone per cent sign is no escape but part of a password. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
