/**
 * Owns the errors that the server puts on the wire, with the codes of the real service.
 * Never decides when one is due.
 */

export interface WireError {
  readonly type: string;
  readonly code: string | null;
  readonly message: string;
  readonly param: string | null;
}

/** A result whose failure is meant for the client. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: WireError };

export const accept = <T>(value: T): Checked<T> => ({ ok: true, value });
export const refuse = (error: WireError): { readonly ok: false; readonly error: WireError } => ({
  ok: false,
  error,
});

/** An `invalid_request_error`: the client's mistake, after which the session lives on. */
export const invalidRequest = (code: string, message: string, param: string | null = null): WireError => ({
  type: "invalid_request_error",
  code,
  message,
  param,
});

export const serverError = (message: string): WireError => ({
  type: "server_error",
  code: "server_error",
  message,
  param: null,
});

/** Refusals of a whole connection: the error event, then the close frame. */
export interface ConnectionRefusal {
  readonly error: WireError | null;
  readonly closeCode: number;
  readonly closeReason: string;
}

const refusal = (closeCode: number, error: WireError): ConnectionRefusal => ({
  error,
  closeCode,
  closeReason: `${error.type}.${error.code ?? "error"}`,
});

/** Every way in which the real service refuses a connection after the upgrade has succeeded. */
export const connectionRefusals = {
  invalidApiKey: refusal(3000, invalidRequest("invalid_api_key", "Incorrect API key provided.")),
  insufficientPermissions: refusal(
    3000,
    invalidRequest("insufficient_permissions", "You have insufficient permissions for this operation."),
  ),
  missingModel: refusal(
    4000,
    invalidRequest("missing_model", "You must provide a model parameter.", "model"),
  ),
  invalidModel: refusal(
    4000,
    invalidRequest("invalid_model", "The model is not supported in realtime mode.", "model"),
  ),
  modelNotFound: refusal(
    4004,
    invalidRequest("model_not_found", "The model does not exist or you do not have access to it.", "model"),
  ),
  betaApiShapeDisabled: refusal(
    4000,
    invalidRequest(
      "beta_api_shape_disabled",
      "The Realtime Beta API is no longer supported. Remove the OpenAI-Beta header and use the GA shapes.",
    ),
  ),
  insufficientQuota: refusal(1013, {
    type: "insufficient_quota",
    code: "insufficient_quota",
    message: "You exceeded your current quota, please check your plan and billing details.",
    param: null,
  }),
  sessionExpired: {
    error: invalidRequest("session_expired", "Your session hit the maximum duration of 60 minutes."),
    closeCode: 1001,
    closeReason: "Your session hit the maximum duration of 60 minutes.",
  },
} as const satisfies Record<string, ConnectionRefusal>;
