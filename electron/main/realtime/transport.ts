/**
 * Owns the seam between the session and whatever carries its events. A WebSocket is the first transport, not the
 * last. It never knows what an event means.
 */
import type { Failure } from "../../../shared/failure.ts";
import type { Pace } from "./liveness.ts";

/** Why there is no connection (any more). */
export type TransportEnd =
  /** Instead of the upgrade an ordinary HTTP answer came. */
  | {
      readonly kind: "http";
      readonly status: number;
      readonly contentType: string;
      readonly retryAfter: string | null;
      /** The first bytes of the body; never shown or logged. */
      readonly body: string;
    }
  /** It was open and was closed: code and reason of the close frame, 1006 where none came. */
  | { readonly kind: "closed"; readonly code: number; readonly reason: string }
  /** It could not be opened. `code` as the system has it, such as `ECONNREFUSED`; `null` for a broken handshake. */
  | { readonly kind: "unreachable"; readonly code: string | null }
  /** It could not be opened, and this computer is connected to nothing. */
  | { readonly kind: "offline" }
  | { readonly kind: "silent" }
  /** It was open, and the peer does not answer any more, not even a ping. */
  | { readonly kind: "unresponsive" }
  /** It was not dialled at all. */
  | { readonly kind: "no-route"; readonly failure: Failure }
  /** The proxy answered, and not with a tunnel. `proxy` is its host and port. */
  | {
      readonly kind: "proxy-refused";
      readonly proxy: string;
      /** HTTP 407, or what comes to the same. */
      readonly wantsSignIn: boolean;
      readonly wasSignedIn: boolean;
      /** Can name and password help? */
      readonly takesPassword: boolean;
    }
  /** As `unreachable`, before the tunnel stood. */
  | { readonly kind: "proxy-unreachable"; readonly proxy: string; readonly code: string | null };

export interface TransportListener {
  opened(): void;
  message(text: string): void;
  /** A frame that cannot be an event, such as a binary one. */
  unreadable(): void;
  /** Exactly once, and the last call. Not called after `close`. */
  ended(end: TransportEnd): void;
}

/** Whom an opening waits for. `way`: nobody has been called yet, since the way to the server is still looked for. */
export type AwaitedPeer =
  | { readonly kind: "way" }
  /** `proxy` is its host and port. */
  | { readonly kind: "proxy"; readonly proxy: string }
  | { readonly kind: "server" };

export interface Transport {
  /** Who has not replied yet; asked while it opens. */
  awaited(): AwaitedPeer;
  /** @param onWritten called when the event has left this process; not called if it never does. */
  send(text: string, onWritten?: () => void): void;
  /** How quickly a peer that is gone must be noticed. Until told otherwise nobody waits. */
  setPace(pace: Pace): void;
  /** Ends it from our side. Safe to call twice. */
  close(): void;
}

export interface TransportTarget {
  readonly url: string;
  /** May hold the key: never logged. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Finds its way and dials; the listener is never called before this returns. `close` before the dial prevents it. */
export type OpenTransport = (target: TransportTarget, listener: TransportListener) => Transport;
