/**
 * Owns the words for everything that can go wrong with a connection on purpose.
 * Never acts: the server and its connections read these plans and carry them out.
 */
import type { IncomingHttpHeaders } from "node:http";
import type { ServerEvent } from "./server-event.ts";
import type { ConnectionRefusal } from "./wire-error.ts";

/** Instead of the `101` that a WebSocket client hopes for. */
export type UpgradeFault =
  | {
      readonly kind: "http";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** The TCP connection stands and nothing ever comes. */
  | { readonly kind: "silence" }
  /** The TCP connection is torn down without a word. */
  | { readonly kind: "reset" };

/** What goes wrong with one connection; an empty plan is a healthy one. */
export interface ConnectionFaults {
  readonly upgrade?: UpgradeFault;
  /** After a successful upgrade and before any session: the error event, then the close frame. */
  readonly refuse?: ConnectionRefusal;
  readonly sessionCreatedDelayMs?: number;
  /** Later events wait behind the delayed one. */
  readonly sessionUpdatedDelayMs?: number;
  readonly losesSessionUpdated?: boolean;
  /** Its session ends after this long, instead of as long as the server's last. */
  readonly sessionMs?: number;
  /** Tears the TCP connection down once this many bytes of audio have been appended. */
  readonly dropAfterAppendedBytes?: number;
  /** Rewrites what goes out: drop it, double it, put raw frames around it. */
  readonly outgoing?: (event: ServerEvent) => readonly (ServerEvent | string)[];
}

/** What is known of a client before its connection stands. */
interface UpgradeFacts {
  /** 0 for the first attempt that this server has seen. */
  readonly index: number;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

export type FaultPlan = (facts: UpgradeFacts) => ConnectionFaults;
