/**
 * Owns the line to a server, of either kind: how it is made, how it is cut, and what is known of why it ended. Nothing
 * is opened before the SDK asks for it.
 */
import type { Children } from "../child-process.ts";
import type { FindRoute } from "../network/route.ts";
import type { TransportMaker } from "./connection.ts";
import type { ServerDefinition } from "./definition.ts";
import { abuseWords, endWords, forgottenWords, type ServerFailure } from "./failure-words.ts";
import { createHttpFetch } from "./http-fetch.ts";
import { createHttpTransport, type HttpTransport } from "./http-transport.ts";
import { planLaunch, type Premises } from "./launch.ts";
import type { McpTuning } from "./mcp-tuning.ts";
import { createStdioTransport } from "./stdio-transport.ts";

export interface LineDeps {
  readonly children: Pick<Children, "start">;
  readonly premises: Premises;
  readonly findRoute: FindRoute;
  readonly tuning: McpTuning;
  readonly nowMs: () => number;
}

export interface Line {
  readonly makeTransport: TransportMaker;
  /** Resolves when nothing at this end runs any more. Safe to call twice, and from within its own end. */
  close(): Promise<void>;
  /** Why it ended, where that is known here; `null` otherwise. */
  known(): ServerFailure | null;
  /** What a program said on its error stream. */
  complaint(): string;
  /** A service has given us a session, which it may forget. */
  hasSession(): boolean;
}

export type PlannedLine =
  | { readonly kind: "ready"; readonly line: Line }
  /** In a sentence for the person. */
  | { readonly kind: "impossible"; readonly reason: string };

export const planLine = (server: string, definition: ServerDefinition, deps: LineDeps): PlannedLine =>
  definition.kind === "stdio"
    ? programLine(server, definition, deps)
    : { kind: "ready", line: httpLine(definition, deps) };

function programLine(
  server: string,
  definition: Extract<ServerDefinition, { kind: "stdio" }>,
  { children, premises, tuning, nowMs }: LineDeps,
): PlannedLine {
  const launch = planLaunch(server, definition, premises);
  if (launch.kind === "impossible") return launch;
  const transport = createStdioTransport({
    open: () => children.start(launch.start),
    farewellMs: tuning.farewellMs,
    nowMs,
  });
  const line: Line = {
    makeTransport: () => transport,
    close: () => transport.close(),
    known() {
      const end = transport.end();
      if (end === null) return null;
      return end.kind === "abuse" ? abuseWords(end.reason) : endWords(end.how, transport.complaint());
    },
    complaint: () => transport.complaint(),
    hasSession: () => false,
  };
  return { kind: "ready", line };
}

function httpLine(
  { url, headers }: Extract<ServerDefinition, { kind: "http" }>,
  { findRoute, tuning, nowMs }: LineDeps,
): Line {
  let known: ServerFailure | null = null;
  let transport: HttpTransport | null = null;

  return {
    makeTransport(sdk) {
      const cutFor = (failure: ServerFailure): void => {
        known ??= failure;
        void made.end(false);
      };
      const onAbuse = (reason: string): void => cutFor(abuseWords(reason));
      const onForgotten = (): void => cutFor(forgottenWords(url));
      const fetch = createHttpFetch({ url, findRoute, nowMs, onAbuse });
      const made = createHttpTransport(sdk, { url, headers, fetch, onForgotten, tuning, nowMs });
      transport = made;
      return made;
    },
    close: async () => transport?.close(),
    known: () => known,
    complaint: () => "",
    hasSession: () => transport?.sessionId !== undefined,
  };
}
