/**
 * Owns the reading of every way in which a connection is refused or lost, as one Failure each. Pure.
 * Neither the key nor a server's own words ever get into a Failure.
 */
import { assertNever } from "../../../shared/assert-never.ts";
import type { CertificateProblem, Failure } from "../../../shared/failure.ts";
import { retryDelayInHeader } from "./retry-delay.ts";
import { failureOfReport, safeCode } from "./server-errors.ts";
import type { ErrorReport } from "./server-errors.ts";
import type { AwaitedPeer, TransportEnd } from "./transport.ts";

export interface DialContext {
  readonly host: string;
  readonly model: string;
  /** The `error` event right before the end, if any. The close frame that follows often says less. */
  readonly lastError: ErrorReport | null;
  readonly nowMs: number;
}

/** Why the transport ended, as something to tell the person. */
export function failureOfEnd(end: TransportEnd, context: DialContext): Failure {
  switch (end.kind) {
    case "offline":
      return { kind: "no-network" };
    case "silent":
      return { kind: "no-reply", host: context.host };
    case "unresponsive":
      return { kind: "connection-lost", host: context.host };
    case "unreachable":
      return failureOfSystemCode(end.code, context.host);
    case "closed":
      return failureOfClose(end.code, end.reason, context);
    case "http":
      return failureOfHttp(end, context);
    case "no-route":
      return end.failure;
    case "proxy-refused":
      return failureOfProxy(end, context.host);
    case "proxy-unreachable":
      return isCertificateCode(end.code)
        ? { kind: "insecure-connection", host: end.proxy, reason: certificateProblem(end.code) }
        : { kind: "proxy-unreachable", proxy: end.proxy };
    default:
      return assertNever(end);
  }
}

/** Who does not reply, as something to tell the person; `null` where nobody has been called yet. */
export function failureOfSilence(peer: AwaitedPeer, host: string): Failure | null {
  switch (peer.kind) {
    case "way":
      return null;
    case "proxy":
      return { kind: "proxy-unreachable", proxy: peer.proxy };
    case "server":
      return { kind: "no-reply", host };
    default:
      return assertNever(peer);
  }
}

/** An `error` event before the session is ready. The service accepts the upgrade first and refuses the key then. */
export function failureOfSetupError(report: ErrorReport, model: string): Failure {
  return (
    failureOfReport(report, model) ?? { kind: "session-refused", code: safeCode(report.code ?? report.type) }
  );
}

function failureOfClose(code: number, reason: string, context: DialContext): Failure {
  const named = failureOfReport(reportOfReason(reason), context.model);
  if (named !== null) return named;
  const announced = context.lastError === null ? null : failureOfReport(context.lastError, context.model);
  if (announced !== null) return announced;
  const lost: Failure = { kind: "connection-lost", host: context.host };
  switch (code) {
    case 3000:
      return { kind: "invalid-key" };
    case 4004:
      return { kind: "model-not-found", model: context.model };
    case 1001:
      // The real service closes the 60 minute limit with a sentence in place of a code.
      return /duration|expired/i.test(reason) ? { kind: "session-expired" } : lost;
    case 1008:
      return { kind: "forbidden", host: context.host };
    case 1011:
    case 1012:
    case 1013:
      return { kind: "server-error", status: null };
    default:
      return code < 3000 ? lost : { kind: "session-refused", code: safeCode(reportOfReason(reason).code) };
  }
}

/** A close reason is `<error.type>.<error.code>`, where it is not a sentence. */
function reportOfReason(reason: string): ErrorReport {
  const [type, code] = reason.split(".");
  return { type: type ?? null, code: code ?? null, message: null };
}

function failureOfHttp(end: Extract<TransportEnd, { kind: "http" }>, context: DialContext): Failure {
  const { host, model } = context;
  const { status } = end;
  const isPage = /text\/html/i.test(end.contentType) || /^\s*<(!doctype|html)/i.test(end.body);
  const named = isPage ? null : failureOfReport(reportOfBody(end.body), model);
  if (named !== null && named.kind !== "rate-limit" && named.kind !== "server-error") return named;
  if (status === 407 || status === 511) return { kind: "proxy-sign-in", host };
  if (status === 429) {
    const inText = named?.kind === "rate-limit" ? named.retryAfterMs : null;
    return { kind: "rate-limit", retryAfterMs: retryDelayInHeader(end.retryAfter, context.nowMs) ?? inText };
  }
  // A gateway tells its own trouble as a page, too.
  if (status >= 500 || status === 408) return { kind: "server-error", status };
  if (status === 403) return { kind: "forbidden", host };
  if (status === 404) return { kind: "endpoint-not-found", host };
  // Any other page, and any redirect (never followed), is a sign-in portal or another kind of server.
  if (isPage || status < 400) return { kind: "not-realtime", host };
  if (status === 401) return { kind: "invalid-key" };
  return { kind: "request-refused", status };
}

function failureOfProxy(end: Extract<TransportEnd, { kind: "proxy-refused" }>, host: string): Failure {
  const { proxy } = end;
  if (!end.wantsSignIn) return { kind: "proxy-refused", proxy, host };
  if (!end.takesPassword) return { kind: "proxy-credentials", proxy, problem: "unsupported" };
  return { kind: "proxy-credentials", proxy, problem: end.wasSignedIn ? "wrong" : "missing" };
}

function reportOfBody(body: string): ErrorReport {
  const nothing: ErrorReport = { type: null, code: null, message: null };
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return nothing;
  }
  const error = field(parsed, "error") ?? parsed;
  const text = (name: string): string | null => {
    const value = field(error, name);
    return typeof value === "string" ? value : null;
  };
  return { type: text("type"), code: text("code"), message: text("message") };
}

const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;

function failureOfSystemCode(code: string | null, host: string): Failure {
  switch (code ?? "") {
    case "ECONNREFUSED":
      return { kind: "connection-refused", host };
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "EAI_FAIL":
    case "EAI_NODATA":
    case "EAI_NONAME":
      return { kind: "unknown-host", host };
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "EHOSTDOWN":
    case "ENETDOWN":
      return { kind: "no-reply", host };
    case "ERR_INVALID_CHAR":
      // Only the key's header holds what a person typed.
      return { kind: "invalid-key" };
    case "ECONNRESET":
    case "EPIPE":
    case "ECONNABORTED":
      return { kind: "connection-lost", host };
    default:
      return isCertificateCode(code)
        ? { kind: "insecure-connection", host, reason: certificateProblem(code) }
        : { kind: "not-realtime", host };
  }
}

/**
 * The names of OpenSSL's verdicts on a certificate. `EPROTO` is not among them: that is a server that speaks no TLS at
 * all, as `HPE_…` is one that speaks no HTTP.
 */
export const isCertificateCode = (code: string | null): code is string =>
  code !== null &&
  (/CERT|ISSUER|SIGNATURE|(?:^|_)CRL(?:_|$)|HOSTNAME_MISMATCH|^INVALID_(CA|PURPOSE)$|PATH_LENGTH_EXCEEDED/.test(
    code,
  ) ||
    code.startsWith("ERR_TLS_") ||
    code.startsWith("ERR_SSL_TLSV1_ALERT"));

export function certificateProblem(code: string): CertificateProblem {
  switch (code) {
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
      return "self-signed";
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
    case "CERT_UNTRUSTED":
      return "unknown-issuer";
    case "CERT_HAS_EXPIRED":
      return "expired";
    case "CERT_NOT_YET_VALID":
      return "not-yet-valid";
    case "ERR_TLS_CERT_ALTNAME_INVALID":
    case "HOSTNAME_MISMATCH":
      return "wrong-host";
    default:
      return "other";
  }
}
