/**
 * Owns one connection to the server up to its confirmed session: dial, configure, verify, send, close.
 * It knows nothing of turns. Nothing but the configuration goes out before the server has confirmed it, and late
 * callbacks of an earlier dial fall dead by their generation. It does not redial: that is decided by its owner.
 */
import { assertNever } from "../../../shared/assert-never.ts";
import type { Failure } from "../../../shared/failure.ts";
import type { TimerHost } from "../session/ports.ts";
import { encode } from "./client-events.ts";
import type { Log, LogFields } from "../log.ts";
import { parseServerEvent } from "./protocol.ts";
import type { ServerEvent, SessionUpdated } from "./protocol.ts";
import type { Pace } from "./liveness.ts";
import { announcedEndBoundMs, handshakeBoundMs, sessionBoundMs } from "./realtime-tuning.ts";
import { failureOfEnd, failureOfSetupError, failureOfSilence } from "./refusals.ts";
import { safeCode } from "./server-errors.ts";
import type { ErrorReport } from "./server-errors.ts";
import type { SessionUpdatePayload } from "./session-config.ts";
import type { OpenTransport, Transport, TransportEnd, TransportTarget } from "./transport.ts";

type ConnectionState =
  | { readonly tag: "offline" }
  | { readonly tag: "connecting" }
  | { readonly tag: "ready" }
  | { readonly tag: "closed"; readonly failure: Failure };

export interface DialTarget extends TransportTarget {
  readonly host: string;
}

export interface ConnectionListener {
  /**
   * The server has confirmed the session as it was asked for.
   * @param expiresAtSeconds when it will end, by the server's clock; `null` where it does not say.
   */
  ready(expiresAtSeconds: number | null): void;
  /** An event after `ready`. */
  event(event: ServerEvent): void;
  /** Any frame arrived after `ready`, whatever it was. */
  heard(): void;
  /** It ended and not by `close`. Told once for each dial. */
  ended(failure: Failure): void;
}

export interface ConnectionCounters {
  /** Events that we use, events that we do not, and frames that are none. */
  used: number;
  generic: number;
  malformed: number;
}

export interface ConnectionDeps {
  readonly openTransport: OpenTransport;
  readonly timers: TimerHost;
  readonly log: Log;
  readonly nextEventId: () => string;
  readonly nowMs: () => number;
}

export interface Connection {
  readonly state: ConnectionState;
  readonly counters: Readonly<ConnectionCounters>;
  /** Who has not replied so far, while it is connecting; `null` where nobody has been called yet. */
  silence(): Failure | null;
  /** Dials, unless it is connecting or ready. The listener is never called from within. */
  open(target: DialTarget, session: SessionUpdatePayload): void;
  /** Sends one event as text; dropped unless ready. */
  send(text: string, onWritten?: () => void): void;
  /** How quickly a line that is dead without a word must be noticed. */
  setPace(pace: Pace): void;
  /** Ends it from our side; `ended` is not told. Safe to call twice. */
  close(): void;
}

/** Where a dial is: the socket opens, the server greets, the server confirms. */
type Step = "dialling" | "greeting" | "configuring" | "ready";

export function createConnection(deps: ConnectionDeps, listener: ConnectionListener): Connection {
  const counters: ConnectionCounters = { used: 0, generic: 0, malformed: 0 };
  let state: ConnectionState = { tag: "offline" };
  let transport: Transport | null = null;
  let host = "";
  let generation = 0;
  let cancelBound = (): void => {};
  let cancelForget = (): void => {};

  const drop = (next: ConnectionState): void => {
    generation += 1;
    cancelBound();
    cancelForget();
    state = next;
    transport?.close();
    transport = null;
  };

  const silence = (): Failure | null =>
    state.tag === "connecting" && transport !== null ? failureOfSilence(transport.awaited(), host) : null;

  const open = (target: DialTarget, session: SessionUpdatePayload): void => {
    if (state.tag === "connecting" || state.tag === "ready") return;
    generation += 1;
    host = target.host;
    const own = generation;
    const model = modelOf(target.url);
    let step: Step = "dialling";
    const alive = (): boolean => own === generation;

    /** What may be about to end the session. Most errors do not, and tell nothing of an end that comes later. */
    let lastError: ErrorReport | null = null;
    const noteError = (event: ServerEvent): void => {
      cancelForget();
      lastError = event.type === "error" ? event.error : null;
      if (lastError === null) return;
      cancelForget = deps.timers.start(announcedEndBoundMs, () => {
        lastError = null;
      });
    };

    const fail = (failure: Failure): void => {
      drop({ tag: "closed", failure });
      deps.log.warn("connection-ended", { failure: failure.kind, step });
      listener.ended(failure);
    };
    const bound = (durationMs: number): void => {
      cancelBound();
      cancelBound = deps.timers.start(durationMs, () => {
        if (alive()) fail(silence() ?? { kind: "no-reply", host });
      });
    };
    const setUp = (event: ServerEvent): void => {
      if (event.type === "error") {
        fail(failureOfSetupError(event.error, model));
      } else if (event.type === "session.created" && step === "greeting") {
        step = "configuring";
        transport?.send(encode({ type: "session.update", event_id: deps.nextEventId(), session }));
      } else if (event.type === "session.updated" && step === "configuring") {
        if (!isPushToTalk(event)) {
          fail({ kind: "session-refused", code: "turn_detection" });
          return;
        }
        step = "ready";
        cancelBound();
        state = { tag: "ready" };
        deps.log.info("session-ready");
        listener.ready(event.session.expires_at);
      }
    };

    state = { tag: "connecting" };
    bound(handshakeBoundMs);
    deps.log.info("connection-opening");
    transport = deps.openTransport(
      { url: target.url, headers: target.headers },
      {
        opened: () => {
          if (!alive() || step !== "dialling") return;
          step = "greeting";
          bound(sessionBoundMs);
        },
        message: (text) => {
          if (!alive()) return;
          if (step === "ready") listener.heard();
          const parsed = parseServerEvent(text);
          if (parsed.kind === "malformed") {
            counters.malformed += 1;
            deps.log.debug("frame-unreadable", { reason: parsed.reason });
          } else if (parsed.kind === "generic") {
            counters.generic += 1;
          } else {
            counters.used += 1;
            noteError(parsed.event);
            if (step === "ready") listener.event(parsed.event);
            else setUp(parsed.event);
          }
        },
        unreadable: () => {
          if (alive()) counters.malformed += 1;
        },
        ended: (end) => {
          if (!alive()) return;
          deps.log.debug("transport-ended", describeEnd(end));
          fail(failureOfEnd(end, { host: target.host, model, lastError, nowMs: deps.nowMs() }));
        },
      },
    );
  };

  return {
    get state() {
      return state;
    },
    counters,
    silence,
    open,
    send: (text, onWritten) => {
      if (state.tag === "ready") transport?.send(text, onWritten);
    },
    setPace: (pace) => transport?.setPace(pace),
    close: () => {
      if (state.tag === "connecting" || state.tag === "ready") deps.log.info("connection-closed");
      drop({ tag: "offline" });
    },
  };
}

/**
 * A refused or half-applied update leaves the server's own turn detection on: it would answer by itself, in the middle
 * of a sentence. So no audio goes out before exactly this is confirmed.
 */
const isPushToTalk = (event: SessionUpdated): boolean => event.session.audio?.input?.turn_detection === null;

/** The model that an address names; empty where it names none. */
export const modelOf = (url: string): string =>
  (URL.canParse(url) ? new URL(url).searchParams.get("model") : null) ?? "";

function describeEnd(end: TransportEnd): LogFields {
  switch (end.kind) {
    case "http":
      return { kind: end.kind, status: end.status };
    case "closed":
      return { kind: end.kind, code: end.code };
    case "unreachable":
      return { kind: end.kind, code: safeCode(end.code) };
    case "offline":
    case "silent":
    case "unresponsive":
    case "no-route":
    case "proxy-refused":
      return { kind: end.kind };
    case "proxy-unreachable":
      return { kind: end.kind, code: safeCode(end.code) };
    default:
      return assertNever(end);
  }
}
