import { describe, expect, it } from "vitest";
import { failureOfEnd, failureOfSetupError } from "../../../electron/main/realtime/refusals.ts";
import type { DialContext } from "../../../electron/main/realtime/refusals.ts";
import type { TransportEnd } from "../../../electron/main/realtime/transport.ts";
import type { Failure } from "../../../shared/failure.ts";

const host = "api.example";
const model = "gpt-x";
const nowMs = Date.UTC(2026, 10, 23, 12, 0, 0);
const context: DialContext = { host, model, lastError: null, nowMs };

const closed = (code: number, reason = ""): TransportEnd => ({ kind: "closed", code, reason });
const http = (
  status: number,
  body = "",
  contentType = "application/json",
  retryAfter: string | null = null,
): TransportEnd => ({ kind: "http", status, body, contentType, retryAfter });
const coded = (code: string, type = "invalid_request_error"): string =>
  JSON.stringify({ error: { type, code, message: "…", param: null } });
const page = "<!DOCTYPE html><html><body>Welcome to the airport</body></html>";

describe("a close frame", () => {
  it.each<[string, TransportEnd, Failure]>([
    ["3000 key", closed(3000, "invalid_request_error.invalid_api_key"), { kind: "invalid-key" }],
    ["3000 bare", closed(3000), { kind: "invalid-key" }],
    [
      "3000 rights",
      closed(3000, "invalid_request_error.insufficient_permissions"),
      { kind: "no-permission" },
    ],
    ["4000 model", closed(4000, "invalid_request_error.invalid_model"), { kind: "model-not-found", model }],
    [
      "4000 no model",
      closed(4000, "invalid_request_error.missing_model"),
      { kind: "model-not-found", model },
    ],
    [
      "4000 beta",
      closed(4000, "invalid_request_error.beta_api_shape_disabled"),
      { kind: "outdated-protocol" },
    ],
    [
      "4000 other",
      closed(4000, "invalid_request_error.new_rule"),
      { kind: "session-refused", code: "new_rule" },
    ],
    ["4000 bare", closed(4000), { kind: "session-refused", code: "unknown" }],
    ["4004", closed(4004, "invalid_request_error.model_not_found"), { kind: "model-not-found", model }],
    ["4004 bare", closed(4004), { kind: "model-not-found", model }],
    ["1013 quota", closed(1013, "insufficient_quota.insufficient_quota"), { kind: "no-credit" }],
    ["1013 load", closed(1013), { kind: "server-error", status: null }],
    [
      "1001 age",
      closed(1001, "Your session hit the maximum duration of 60 minutes."),
      { kind: "session-expired" },
    ],
    ["1001 code", closed(1001, "invalid_request_error.session_expired"), { kind: "session-expired" }],
    ["1001 going", closed(1001), { kind: "connection-lost", host }],
    ["1000", closed(1000), { kind: "connection-lost", host }],
    ["1005", closed(1005), { kind: "connection-lost", host }],
    ["1006", closed(1006), { kind: "connection-lost", host }],
    ["1008", closed(1008), { kind: "forbidden", host }],
    ["1009", closed(1009), { kind: "connection-lost", host }],
    ["1011", closed(1011), { kind: "server-error", status: null }],
    ["1012", closed(1012), { kind: "server-error", status: null }],
  ])("%s", (_name, end, failure) => {
    expect(failureOfEnd(end, context)).toEqual(failure);
  });

  it("is explained by the error event before it where it says nothing itself", () => {
    const lastError = { type: "invalid_request_error", code: "session_expired", message: null };
    expect(failureOfEnd(closed(1006), { ...context, lastError })).toEqual({ kind: "session-expired" });
  });

  it("is not explained by an earlier error that ended nothing", () => {
    const lastError = { type: "invalid_request_error", code: "response_cancel_not_active", message: null };
    expect(failureOfEnd(closed(1006), { ...context, lastError })).toEqual({ kind: "connection-lost", host });
  });
});

describe("an HTTP answer in place of the upgrade", () => {
  it.each<[string, TransportEnd, Failure]>([
    ["redirect", http(302), { kind: "not-realtime", host }],
    ["redirect to a page", http(307, page, "text/html"), { kind: "not-realtime", host }],
    ["page with 200", http(200, page, "text/html; charset=utf-8"), { kind: "not-realtime", host }],
    ["page without a type", http(200, `\n ${page}`, ""), { kind: "not-realtime", host }],
    ["JSON with 200", http(200, "{}"), { kind: "not-realtime", host }],
    ["400", http(400, coded("bad_thing")), { kind: "request-refused", status: 400 }],
    ["400 page", http(400, page, "text/html"), { kind: "not-realtime", host }],
    ["400 Azure model", http(400, coded("OpperationNotSupported")), { kind: "model-not-found", model }],
    ["401", http(401, coded("invalid_api_key")), { kind: "invalid-key" }],
    ["401 Azure", http(401, '{"error":{"code":"401","message":"Access denied"}}'), { kind: "invalid-key" }],
    ["401 empty", http(401), { kind: "invalid-key" }],
    ["401 page", http(401, page, "text/html"), { kind: "not-realtime", host }],
    ["403", http(403), { kind: "forbidden", host }],
    ["403 Azure network", http(403, coded("PublicNetworkAccessDisabled")), { kind: "forbidden", host }],
    ["403 page of a region block", http(403, page, "text/html"), { kind: "forbidden", host }],
    ["403 rights", http(403, coded("insufficient_permissions")), { kind: "no-permission" }],
    ["404", http(404, coded("not_found")), { kind: "endpoint-not-found", host }],
    ["404 page", http(404, page, "text/html"), { kind: "endpoint-not-found", host }],
    ["404 Azure", http(404, coded("DeploymentNotFound")), { kind: "model-not-found", model }],
    ["407", http(407, page, "text/html"), { kind: "proxy-sign-in", host }],
    ["408", http(408), { kind: "server-error", status: 408 }],
    ["426", http(426), { kind: "request-refused", status: 426 }],
    ["429", http(429), { kind: "rate-limit", retryAfterMs: null }],
    ["429 header", http(429, "", "", "7"), { kind: "rate-limit", retryAfterMs: 7_000 }],
    [
      "429 date",
      http(429, "", "", "Mon, 23 Nov 2026 12:00:30 GMT"),
      { kind: "rate-limit", retryAfterMs: 30_000 },
    ],
    [
      "429 text",
      http(429, '{"error":{"code":"rate_limit_exceeded","message":"Please try again in 1.5s."}}'),
      { kind: "rate-limit", retryAfterMs: 1_500 },
    ],
    ["429 quota", http(429, coded("insufficient_quota", "insufficient_quota")), { kind: "no-credit" }],
    ["500", http(500, coded("server_error", "server_error")), { kind: "server-error", status: 500 }],
    ["502 page", http(502, page, "text/html"), { kind: "server-error", status: 502 }],
    ["503", http(503), { kind: "server-error", status: 503 }],
    ["504", http(504), { kind: "server-error", status: 504 }],
    ["511", http(511, page, "text/html"), { kind: "proxy-sign-in", host }],
    ["body that is no object", http(400, "null"), { kind: "request-refused", status: 400 }],
    ["body with wrong types", http(400, '{"error":{"code":7}}'), { kind: "request-refused", status: 400 }],
  ])("%s", (_name, end, failure) => {
    expect(failureOfEnd(end, context)).toEqual(failure);
  });
});

describe("no connection at all", () => {
  it.each<[string | null, Failure]>([
    ["ECONNREFUSED", { kind: "connection-refused", host }],
    ["ENOTFOUND", { kind: "unknown-host", host }],
    ["EAI_AGAIN", { kind: "unknown-host", host }],
    ["ETIMEDOUT", { kind: "no-reply", host }],
    ["ENETUNREACH", { kind: "no-reply", host }],
    ["ECONNRESET", { kind: "connection-lost", host }],
    ["CERT_NOT_YET_VALID", { kind: "insecure-connection", host, reason: "not-yet-valid" }],
    ["CERT_REVOKED", { kind: "insecure-connection", host, reason: "other" }],
    ["CERT_HAS_EXPIRED", { kind: "insecure-connection", host, reason: "expired" }],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", { kind: "insecure-connection", host, reason: "self-signed" }],
    ["SELF_SIGNED_CERT_IN_CHAIN", { kind: "insecure-connection", host, reason: "unknown-issuer" }],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", { kind: "insecure-connection", host, reason: "unknown-issuer" }],
    ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", { kind: "insecure-connection", host, reason: "unknown-issuer" }],
    ["ERR_TLS_CERT_ALTNAME_INVALID", { kind: "insecure-connection", host, reason: "wrong-host" }],
    ["EPROTO", { kind: "not-realtime", host }],
    ["HPE_INVALID_CONSTANT", { kind: "not-realtime", host }],
    ["ERR_INVALID_CHAR", { kind: "invalid-key" }],
    [null, { kind: "not-realtime", host }],
  ])("%s", (code, failure) => {
    expect(failureOfEnd({ kind: "unreachable", code }, context)).toEqual(failure);
  });

  it("is no reply when nothing ever came", () => {
    expect(failureOfEnd({ kind: "silent" }, context)).toEqual({ kind: "no-reply", host });
    expect(failureOfEnd({ kind: "offline" }, context)).toEqual({ kind: "no-network" });
  });
});

describe("an error before the session is ready", () => {
  it.each<[string | null, string | null, Failure]>([
    ["invalid_api_key", "invalid_request_error", { kind: "invalid-key" }],
    ["account_deactivated", null, { kind: "invalid-key" }],
    ["insufficient_quota", "invalid_request_error", { kind: "no-credit" }],
    [null, "insufficient_quota", { kind: "no-credit" }],
    ["billing_hard_limit_reached", null, { kind: "no-credit" }],
    ["rate_limit_exceeded", "requests", { kind: "rate-limit", retryAfterMs: null }],
    [null, "server_error", { kind: "server-error", status: null }],
    ["unknown_parameter", "invalid_request_error", { kind: "session-refused", code: "unknown_parameter" }],
    [null, null, { kind: "session-refused", code: "unknown" }],
  ])("%s of type %s", (code, type, failure) => {
    expect(failureOfSetupError({ type, code, message: null }, model)).toEqual(failure);
  });
});

it("lets no key through that a server quotes, wherever it quotes it", () => {
  // A hostile or careless server repeats the credential in every field that ends up on screen or in a log.
  const keys = ["sk-canary-1234567890", "0123456789abcdef0123456789abcdef", "AbCd1234".repeat(10)];
  for (const key of keys) {
    const lastError = { type: key, code: key, message: `Incorrect API key provided: ${key}` };
    const body = JSON.stringify({ error: { type: key, code: key, message: key } });
    const failures = [
      failureOfEnd(closed(4321, `${key}.${key}`), { ...context, lastError }),
      failureOfEnd(closed(4000, key), context),
      failureOfEnd(http(400, body), context),
      failureOfEnd({ kind: "unreachable", code: key }, context),
      failureOfSetupError(lastError, model),
    ];
    expect(JSON.stringify(failures)).not.toContain(key);
  }
});
