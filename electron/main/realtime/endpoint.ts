/**
 * Owns the way from the base address in the settings to the address that is dialled. Pure.
 * It never holds a key beyond the header it makes, and never puts one into an address.
 */

export type Endpoint =
  | {
      readonly kind: "ok";
      /** `ws:` or `wss:`, complete with the model. */
      readonly url: string;
      /** Host and port, for messages. */
      readonly host: string;
      /** What a stored key is bound to; see `originOf`. */
      readonly origin: string;
      readonly auth: "bearer" | "api-key";
      readonly isLoopback: boolean;
    }
  /** `reason` is a sentence for the person. */
  | { readonly kind: "bad-endpoint"; readonly reason: string };

type Base = { readonly kind: "ok"; readonly url: URL; readonly isSecure: boolean } | BadEndpoint;
type BadEndpoint = Extract<Endpoint, { kind: "bad-endpoint" }>;

const azureHosts = [".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com"];

/**
 * `https://host/v1` becomes `wss://host/v1/realtime?model=…`. A bare host gets `/v1`, an Azure host `/openai/v1`.
 * @param baseUrl `http(s):` or `ws(s):`; without TLS for this computer only.
 * @param model name of the model, with Azure of the deployment.
 */
export function resolveEndpoint(baseUrl: string, model: string): Endpoint {
  const base = parseBase(baseUrl);
  if (base.kind === "bad-endpoint") return base;
  if (model.trim() === "") return bad("Enter the name of a model.");
  const { url, isSecure } = base;
  const isAzure = azureHosts.some((suffix) => url.hostname.endsWith(suffix));
  const query = `model=${encodeURIComponent(model.trim())}`;
  return {
    kind: "ok",
    url: `${isSecure ? "wss" : "ws"}://${url.host}${realtimePath(url.pathname, isAzure)}?${query}`,
    host: url.host,
    origin: originOfUrl(url, isSecure),
    auth: isAzure ? "api-key" : "bearer",
    isLoopback: isLoopback(url.hostname),
  };
}

/**
 * The origin that a key is entered for and sent to, as `https://host[:port]` whichever scheme was written.
 * @returns `null` for an address that cannot be used.
 */
export function originOf(baseUrl: string): string | null {
  const base = parseBase(baseUrl);
  return base.kind === "ok" ? originOfUrl(base.url, base.isSecure) : null;
}

/** Headers of the upgrade request. No `OpenAI-Beta`: it is retired, and sending it is refused. */
export function authHeaders(
  auth: "bearer" | "api-key",
  apiKey: string | null,
): Readonly<Record<string, string>> {
  if (apiKey === null) return {};
  return auth === "api-key" ? { "api-key": apiKey } : { Authorization: `Bearer ${apiKey}` };
}

const bad = (reason: string): BadEndpoint => ({ kind: "bad-endpoint", reason });

function parseBase(baseUrl: string): Base {
  const trimmed = baseUrl.trim();
  if (trimmed === "") return bad("Enter an address, such as https://api.openai.com/v1.");
  if (!URL.canParse(trimmed)) {
    return bad("This is not a complete address. It should look like https://api.openai.com/v1.");
  }
  const url = new URL(trimmed);
  if (!["http:", "https:", "ws:", "wss:"].includes(url.protocol) || url.hostname === "") {
    return bad("The address must start with https:// or wss://.");
  }
  if (url.username !== "" || url.password !== "") {
    return bad("Leave user name and password out of the address; the API key has its own field.");
  }
  if (url.search !== "" || url.hash !== "") {
    return bad("Leave out everything from “?” or “#” on; the model has its own field.");
  }
  const isSecure = url.protocol === "https:" || url.protocol === "wss:";
  if (!isSecure && !isLoopback(url.hostname)) {
    return bad("Without encryption only this computer can be reached. Use https:// or wss://.");
  }
  return { kind: "ok", url, isSecure };
}

/** The URL parser has already written every spelling of an IPv4 address as four decimal numbers. */
const isLoopback = (hostname: string): boolean =>
  hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);

const originOfUrl = (url: URL, isSecure: boolean): string => `${isSecure ? "https" : "http"}://${url.host}`;

function realtimePath(pathname: string, isAzure: boolean): string {
  const path = pathname.replace(/\/+$/, "");
  if (path.endsWith("/realtime")) return path;
  if (isAzure && (path === "" || path === "/openai")) return "/openai/v1/realtime";
  return `${path === "" ? "/v1" : path}/realtime`;
}
