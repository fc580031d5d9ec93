/**
 * Owns what the error codes of the protocol mean for the person and for us. Pure.
 * It lets nothing of a server's own text through: a message can quote the key, so only plain words of a code pass.
 */
import type { Failure } from "../../../shared/failure.ts";
import { retryDelayInText } from "./retry-delay.ts";

/** What an `error` event, a failed response or an HTTP refusal says. */
export interface ErrorReport {
  readonly type: string | null;
  readonly code: string | null;
  readonly message: string | null;
}

/**
 * A code as it may be shown and logged: the words of the protocol. No digits, so that no key and no id passes for one.
 */
export function safeCode(code: string | null): string {
  return code !== null && code.length <= 48 && /^[A-Za-z]+(_[A-Za-z]+)*$/.test(code) ? code : "unknown";
}

/** Races that a correct client cannot avoid: the answer ended a moment before it was cancelled or cut. */
const benignCodes = new Set([
  "response_cancel_not_active",
  "item_truncate_invalid_item_id",
  "item_delete_invalid_item_id",
  "item_retrieve_invalid_item_id",
]);

/** Requests that only a mistake of ours can cause. */
const ownMistakes = new Set([
  "invalid_value",
  "unknown_parameter",
  "missing_required_parameter",
  "invalid_type",
  "invalid_json",
  "invalid_event",
  "cannot_update_voice",
  "unsupported_content_type",
]);

export const isBenign = (report: ErrorReport): boolean =>
  (report.code !== null && benignCodes.has(report.code)) ||
  // Truncating past the end has no code of its own that could be relied on.
  /audio content of \d+ ?ms is already shorter/i.test(report.message ?? "");

export const isOwnMistake = (report: ErrorReport): boolean =>
  report.code !== null && ownMistakes.has(report.code);

/**
 * The failure that a code stands for, wherever it turns up: an error event, a close reason, an HTTP body.
 * @returns `null` for a code that says nothing about key, credit, model or load.
 */
export function failureOfReport(report: ErrorReport, model: string): Failure | null {
  for (const name of [report.code, report.type]) {
    const failure = name === null ? null : failureOfName(name, report.message, model);
    if (failure !== null) return failure;
  }
  return null;
}

function failureOfName(name: string, message: string | null, model: string): Failure | null {
  switch (name) {
    case "invalid_api_key":
    case "authentication_error":
    case "account_deactivated":
      return { kind: "invalid-key" };
    case "insufficient_permissions":
    case "permission_error":
      return { kind: "no-permission" };
    case "insufficient_quota":
    case "billing_hard_limit_reached":
      return { kind: "no-credit" };
    case "model_not_found":
    case "invalid_model":
    case "missing_model":
    // Azure's names; the doubled letter is theirs.
    case "DeploymentNotFound":
    case "OpperationNotSupported":
    case "OperationNotSupported":
      return { kind: "model-not-found", model };
    case "beta_api_shape_disabled":
      return { kind: "outdated-protocol" };
    case "session_expired":
      return { kind: "session-expired" };
    case "rate_limit_exceeded":
    case "rate_limit_error":
    case "tokens":
    case "requests":
      return { kind: "rate-limit", retryAfterMs: retryDelayInText(message ?? "") };
    case "server_error":
      return { kind: "server-error", status: null };
    default:
      return null;
  }
}
