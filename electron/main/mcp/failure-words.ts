/**
 * Owns what is said when a server does not work: a sentence for the person, and whether trying again could help. Pure.
 * What the server itself said on its way is part of it, cleaned and short.
 */
import type { CertificateProblem } from "../../../shared/failure.ts";
import type { ChildEnd } from "../child-process.ts";
import { certificateProblem, isCertificateCode } from "../realtime/refusals.ts";
import { cleanLine } from "./clean-text.ts";
import { HttpRefusal } from "./http-fetch.ts";

export interface ServerFailure {
  /** Sentences. */
  readonly reason: string;
  /** Started again, it would fail the same way. */
  readonly isLasting: boolean;
  /** Nobody was reached: the fault may be the network's, and then it passes. */
  readonly isAway?: boolean;
  /** Words of the server are in it. */
  readonly isQuoting?: boolean;
}

/** What one call met at a service that had worked before. */
export interface CallFailure extends ServerFailure {
  /** The service is to be met anew: other calls would fail as well. */
  readonly isEnd: boolean;
}

const longestComplaint = 300;

export function endWords(how: ChildEnd, complaint: string): ServerFailure {
  switch (how.kind) {
    case "exited":
      return { reason: `It ended with exit code ${how.exitCode}.${said(complaint)}`, isLasting: false };
    case "killed":
      return { reason: `It was ended by the signal ${how.signal}.${said(complaint)}`, isLasting: false };
    case "not-started":
      return { reason: `It could not be started (${how.code}).`, isLasting: true };
  }
}

export const silenceWords = (boundMs: number, complaint: string): ServerFailure => ({
  reason: `It did not get ready within ${boundMs / 1000} s.${said(complaint)}`,
  isLasting: false,
});

export const abuseWords = (reason: string): ServerFailure => ({
  reason: `It ${reason}, and was ended.`,
  isLasting: false,
});

export const forgottenWords = (url: string): ServerFailure => ({
  reason: `${new URL(url).host} had forgotten us.`,
  isLasting: false,
});

/** The last line that says something is where programs put the reason. */
function said(complaint: string): string {
  const lines = complaint
    .split("\n")
    .map((line) => cleanLine(line, longestComplaint))
    .filter((line) => line !== "");
  // Node prints its version under each error, and the frames that led to it.
  const telling = lines.filter((line) => !/^(?:at |Node\.js v|\^+$|[{}\])]+[,;]?$)/.test(line));
  const line =
    telling.findLast((text) => /error|cannot|can't|not found|missing|fail/i.test(text)) ?? telling.at(-1);
  return line === undefined ? "" : ` It said: “${line}”`;
}

/** @param error as the SDK rejects with, of a server elsewhere. */
export function httpWords(error: unknown, url: string, startBoundMs: number): ServerFailure {
  const { host } = new URL(url);
  const lasting = (reason: string): ServerFailure => ({ reason, isLasting: true });
  const passing = (reason: string): ServerFailure => ({ reason, isLasting: false });
  const away = (reason: string): ServerFailure => ({ reason, isLasting: false, isAway: true });
  for (const cause of causesOf(error)) {
    if (cause instanceof HttpRefusal) return { ...cause.manner, reason: cause.message };
    const { code, status, message } = cause as SdkCause;
    if (typeof status === "number") return statusWords(status, host);
    switch (code) {
      case "REQUEST_TIMEOUT":
        return passing(`${host} did not answer within ${startBoundMs / 1000} s.`);
      case "ECONNREFUSED":
        return away(`Nothing is listening at ${host}.`);
      case "ENOTFOUND":
      case "EAI_AGAIN":
        return away(`${host} cannot be found.`);
      case "ECONNRESET":
      case "EPIPE":
        return passing(`${host} has cut the connection.`);
      case "ETIMEDOUT":
      case "EHOSTUNREACH":
      case "ENETUNREACH":
      case "EHOSTDOWN":
      case "ENETDOWN":
        return away(`${host} cannot be reached (${code}).`);
      case "EPROTO":
        return lasting(`${host} does not speak TLS at this address.`);
      default:
        if (typeof code === "string" && isCertificateCode(code))
          return lasting(certificateWords(certificateProblem(code), host, code));
        if (typeof code === "string" && code.startsWith("ERR_SSL"))
          return lasting(`${host} does not speak TLS properly.`);
        if (typeof code === "string" && code.startsWith("HPE_"))
          return lasting(`${host} does not speak HTTP at this address.`);
        if (typeof code === "number" && typeof message === "string")
          return {
            ...lasting(`${host} refused: “${cleanLine(message, longestComplaint)}”`),
            isQuoting: true,
          };
    }
  }
  return passing(`${host} does not answer as an MCP server does.`);
}

/**
 * The same for one call, after the service had worked: only what is true of all calls ends it.
 * @param hasSession it had given us one.
 */
export function callWords(
  error: unknown,
  url: string,
  callBoundMs: number,
  hasSession: boolean,
): CallFailure {
  const { host } = new URL(url);
  const status = causesOf(error)
    .map((cause) => (cause as SdkCause).status)
    .find((found) => typeof found === "number");
  if (status === 404 || (status === 400 && hasSession)) return { ...forgottenWords(url), isEnd: true };
  if (status !== undefined) return { ...statusWords(status, host), isEnd: false };
  const words = httpWords(error, url, callBoundMs);
  return { ...words, isEnd: words.isAway === true };
}

interface SdkCause {
  readonly code?: unknown;
  readonly status?: unknown;
  readonly message?: unknown;
}

function certificateWords(problem: CertificateProblem, host: string, code: string): string {
  const certificate = `The certificate of ${host}`;
  switch (problem) {
    case "expired":
      return `${certificate} has expired.`;
    case "not-yet-valid":
      return `${certificate} is not valid yet, by the clock of this computer.`;
    case "wrong-host":
      return `${certificate} is made out to another name.`;
    case "self-signed":
    case "unknown-issuer":
      return `${certificate} comes from nobody that this computer trusts. If it is your company’s, choose its certificate file under Network.`;
    case "other":
      return `${certificate} cannot be trusted (${code}).`;
  }
}

function statusWords(status: number, host: string): ServerFailure {
  const answered = `${host} answered with ${status}`;
  if (status === 401 || status === 403)
    return {
      reason: `${host} wants to know who you are (${status}). Put a token into “headers”, such as {"Authorization": "Bearer …"}.`,
      isLasting: true,
    };
  if (status === 404 || status === 405)
    return { reason: `${answered}: this is not the address of an MCP server.`, isLasting: true };
  if (status === 429)
    return { reason: `${host} is asked too often (429). Try again later.`, isLasting: false };
  if (status === 413) return { reason: `What ${host} was sent is too large for it (413).`, isLasting: true };
  return { reason: `${answered}.`, isLasting: status < 500 };
}

/** From the outside in: the SDK wraps what the transport met, Node what the socket met. */
function causesOf(error: unknown): readonly unknown[] {
  const causes: unknown[] = [];
  for (let cause = error; cause instanceof Error && causes.length < 8; cause = cause.cause) {
    causes.push(cause);
    if (cause instanceof AggregateError) causes.push(...cause.errors);
  }
  return causes;
}
