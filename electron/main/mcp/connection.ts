/**
 * Owns one conversation with a server, by the official SDK: the handshake, the list of its tools, calls with progress
 * and cancellation, the end. It is loaded with the first server, and offers servers nothing: no sampling, no roots, no
 * questions to the person. What servers say is passed on as it is; nothing in it is believed here.
 */
import type * as ClientSdk from "@modelcontextprotocol/client";
import { z } from "zod";
import { mostToolPages, mostTools, type McpTuning } from "./mcp-tuning.ts";
import type { FitCheck, CheckedSchema } from "./tool-schema.ts";

export interface Connection {
  /** Name and version, as the server has them. */
  readonly serverVersion: string;
  /** Entries as they came; `more`: there are others beyond those that are used. */
  list(): Promise<{ readonly tools: readonly unknown[]; readonly more: boolean }>;
  /** Rejects as the SDK does; at once when `signal` is aborted, and the server is told. */
  call(tool: string, args: object, options: CallOptions): Promise<unknown>;
  close(): Promise<void>;
}

export interface CallOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

export interface Progress {
  readonly progress: number;
  readonly total?: number | undefined;
  readonly message?: string | undefined;
}

export interface ConnectionEvents {
  readonly onToolsChanged: () => void;
  /** It is over, whoever ended it. */
  readonly onClosed: () => void;
}

type Sdk = typeof ClientSdk;

/** What it makes is not started yet. */
export type TransportMaker = (sdk: Sdk) => ClientSdk.Transport;

let sdk: Promise<Sdk> | null = null;
/** A tenth of a second, which only those pay who use a server. */
const loadSdk = (): Promise<Sdk> => (sdk ??= import("@modelcontextprotocol/client"));

export const loadFitCheck = async (): Promise<(checked: CheckedSchema) => FitCheck> => {
  const [{ CfWorkerJsonSchemaValidator }, { fitCheck }] = await Promise.all([
    import("@modelcontextprotocol/client/validators/cf-worker"),
    import("./tool-schema.ts"),
  ]);
  return (checked) => fitCheck(CfWorkerJsonSchemaValidator, checked);
};

const toolPage = z.object({ tools: z.array(z.unknown()), nextCursor: z.string().optional() });
const anyResult = z.looseObject({});

/** Rejects when the server does not get ready in time, and has closed the transport then. */
export async function openConnection(
  makeTransport: TransportMaker,
  version: string,
  startBoundMs: number,
  tuning: McpTuning,
  events: ConnectionEvents,
): Promise<Connection> {
  const loaded = await loadSdk();
  const client = new loaded.Client(
    { name: "Parley", version },
    {
      // What a tool promises about its results is not relied on; a stranger's schema is compiled for nothing.
      jsonSchemaValidator: {
        getValidator: () => (input) => ({ valid: true, data: input as never, errorMessage: undefined }),
      },
    },
  );
  // No event target of the DOM, but the SDK's own hook.
  // oxlint-disable-next-line unicorn/prefer-add-event-listener
  client.onclose = events.onClosed;
  client.setNotificationHandler("notifications/tools/list_changed", () => events.onToolsChanged());
  try {
    await client.connect(makeTransport(loaded), { timeout: startBoundMs });
  } catch (error) {
    await client.close();
    throw error;
  }
  const server = client.getServerVersion();
  return {
    serverVersion: JSON.stringify([server?.name ?? "", server?.version ?? ""]),
    async list() {
      const tools: unknown[] = [];
      if (client.getServerCapabilities()?.tools === undefined) return { tools, more: false };
      let cursor: string | undefined;
      for (let page = 0; page < mostToolPages; page += 1) {
        const params = cursor === undefined ? {} : { cursor };
        const found = await client.request({ method: "tools/list", params }, toolPage, {
          timeout: startBoundMs,
        });
        tools.push(...found.tools.slice(0, mostTools + 1 - tools.length));
        cursor = found.nextCursor;
        if (cursor === undefined || tools.length > mostTools) break;
      }
      return { tools: tools.slice(0, mostTools), more: tools.length > mostTools || cursor !== undefined };
    },
    call: (tool, args, { signal, onProgress }) =>
      client.request({ method: "tools/call", params: { name: tool, arguments: args } }, anyResult, {
        signal,
        onprogress: onProgress,
        timeout: tuning.callBoundMs,
        resetTimeoutOnProgress: true,
        maxTotalTimeout: tuning.longestCallMs,
      }),
    close: () => client.close(),
  };
}
