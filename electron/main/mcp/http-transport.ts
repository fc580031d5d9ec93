/**
 * Owns the messages to and from a server elsewhere, over the SDK's transport: when its stream of news is opened again,
 * the end of a request that nobody waits for, and the end of the session. Requests themselves are http-fetch.ts's.
 */
import type * as ClientSdk from "@modelcontextprotocol/client";
import type { HttpFetch } from "./http-fetch.ts";
import type { McpTuning } from "./mcp-tuning.ts";
import { createReconnects } from "./reconnects.ts";

type Sdk = typeof ClientSdk;
type Message = ClientSdk.JSONRPCMessage;
type Inner = InstanceType<Sdk["StreamableHTTPClientTransport"]>;
type SendOptions = Exclude<Parameters<Inner["send"]>[1], undefined>;

export interface HttpTransport extends ClientSdk.Transport {
  /** @param isCourteous the server is told that the session is over. */
  end(isCourteous: boolean): Promise<void>;
}

export interface HttpTransportDeps {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: HttpFetch;
  /** The session is lost. */
  readonly onForgotten: () => void;
  readonly tuning: McpTuning;
  readonly nowMs: () => number;
}

/** What news there was while nobody listened is not told again. */
const toolsMayHaveChanged: Message = { jsonrpc: "2.0", method: "notifications/tools/list_changed" };

export function createHttpTransport(sdk: Sdk, deps: HttpTransportDeps): HttpTransport {
  const { url, headers, fetch, tuning, nowMs } = deps;
  /** Those that are not answered yet, by their id. */
  const pending = new Map<unknown, AbortController>();
  const reconnects = createReconnects(tuning, nowMs);
  let protocolVersion: string | null = null;
  let tries = 0;
  let wasOpened = false;
  let isEnding = false;
  let ended = Promise.resolve();

  const inner = new sdk.StreamableHTTPClientTransport(new URL(url), {
    fetch: fetchAndListen,
    requestInit: { headers },
    // As long as the server is in use, however long its network is away; its own wish for haste counts for nothing.
    reconnectionOptions: {
      maxRetries: Number.POSITIVE_INFINITY,
      initialReconnectionDelay: 0,
      reconnectionDelayGrowFactor: 1,
      maxReconnectionDelay: 0,
    },
    reconnectionScheduler: (reconnect, delayMs, failures) =>
      reconnects.schedule(reconnect, delayMs, failures > 0),
  });

  /** The SDK opens a stream again that was lost, but not one that could not be opened in the first place. */
  async function fetchAndListen(target: string | URL, init?: RequestInit): Promise<Response> {
    if (init?.method !== "GET") return fetch(target, init);
    tries += 1;
    const mayHaveMissed = tries > 1;
    const reopensItself = wasOpened;
    try {
      const response = await fetch(target, init);
      if (response.ok) {
        wasOpened = true;
        if (mayHaveMissed) transport.onmessage?.(toolsMayHaveChanged);
      } else if (!reopensItself && response.status >= 500) listenLater();
      // Where it answered before, that is what a service says of a session that it does not know any more.
      if (response.status === 404 && reopensItself) deps.onForgotten();
      return response;
    } catch (error) {
      if (!reopensItself) listenLater();
      throw error;
    }
  }

  function listenLater(): void {
    // Without the name of an event: all that comes. What it rejects with was told above.
    reconnects.schedule(() => void inner.resumeStream("").catch(() => undefined), 0, true);
  }

  const transport: HttpTransport = {
    hasPerRequestStream: inner.hasPerRequestStream,
    get sessionId() {
      return inner.sessionId;
    },
    start: () => inner.start(),
    setProtocolVersion(version) {
      protocolVersion = version;
      inner.setProtocolVersion(version);
    },
    async send(message, sendOptions = {}) {
      const options = sendOptions as SendOptions;
      if (!("method" in message && "id" in message)) {
        const sent = inner.send(message, options);
        const cancelled = cancelledBy(message);
        pending.get(cancelled)?.abort();
        pending.delete(cancelled);
        return sent;
      }
      const unwanted = new AbortController();
      pending.set(message.id, unwanted);
      options.requestSignal?.addEventListener("abort", () => unwanted.abort(), { once: true });
      try {
        await inner.send(message, { ...options, requestSignal: unwanted.signal });
      } catch (error) {
        pending.delete(message.id);
        throw error;
      }
    },
    close: () => transport.end(true),
    end(isCourteous) {
      // It tells of its end while it is being ended, and whoever hears that ends it too.
      if (!isEnding) {
        isEnding = true;
        ended = isCourteous ? farewell() : cut();
      }
      return ended;
    },
  };
  // No event target of the DOM, but the SDK's own hooks.
  // oxlint-disable unicorn/prefer-add-event-listener
  inner.onclose = () => transport.onclose?.();
  inner.onerror = (error) => transport.onerror?.(error);
  inner.onmessage = (message: Message) => {
    if (!("method" in message)) pending.delete(message.id);
    transport.onmessage?.(message);
  };
  // oxlint-enable unicorn/prefer-add-event-listener

  function cut(): Promise<void> {
    reconnects.stop();
    return inner.close();
  }

  /** Calls end at once; only whoever waits for the end waits for the server to have heard of it. */
  async function farewell(): Promise<void> {
    const { sessionId } = inner;
    await cut();
    if (sessionId === undefined) return;
    const bound = new AbortController();
    const timer = setTimeout(() => bound.abort(), tuning.farewellMs);
    const version = protocolVersion === null ? {} : { "mcp-protocol-version": protocolVersion };
    try {
      const response = await fetch(url, {
        method: "DELETE",
        headers: { ...headers, ...version, "mcp-session-id": sessionId },
        signal: bound.signal,
      });
      await response.body?.cancel();
    } catch {
      // It forgets the session by itself, later.
    } finally {
      clearTimeout(timer);
    }
  }

  return transport;
}

const cancelledBy = (message: Message): unknown =>
  "method" in message && message.method === "notifications/cancelled"
    ? (message.params as { readonly requestId?: unknown } | undefined)?.requestId
    : undefined;
