/**
 * Owns where the voice goes: settings, environment and stored keys → one server, practice, or a reason why none.
 * Pure. A key goes to the origin it was entered for and nowhere else; a custom endpoint without one fails closed.
 */
import type { Failure } from "../../shared/failure.ts";
import { defaultBaseUrl, type Settings } from "../../shared/settings.ts";
import { originOf, resolveEndpoint, type Endpoint } from "./realtime/endpoint.ts";

export type ServerChoice =
  /** Nobody has named a server or a key: the embedded one answers. */
  | { readonly kind: "practice" }
  | {
      readonly kind: "server";
      readonly endpoint: Extract<Endpoint, { readonly kind: "ok" }>;
      /** `null` only for a server on this computer, which may need none. */
      readonly apiKey: string | null;
    }
  | { readonly kind: "failed"; readonly host: string; readonly failure: Failure };

export interface ChoiceInputs {
  readonly settings: Pick<Settings, "endpoint" | "model">;
  /** `OPENAI_BASE_URL`, if set. */
  readonly environmentBaseUrl: string | undefined;
  readonly keyFor: (origin: string) => string | null;
}

/** The base address in force: the settings win over the environment. */
export function baseUrlInForce(endpoint: string, environmentBaseUrl: string | undefined): string {
  if (endpoint.trim() !== "") return endpoint.trim();
  return environmentBaseUrl?.trim() || defaultBaseUrl;
}

export function chooseServer({ settings, environmentBaseUrl, keyFor }: ChoiceInputs): ServerChoice {
  const baseUrl = baseUrlInForce(settings.endpoint, environmentBaseUrl);
  const endpoint = resolveEndpoint(baseUrl, settings.model);
  if (endpoint.kind === "bad-endpoint") {
    return { kind: "failed", host: "", failure: { kind: "bad-endpoint", reason: endpoint.reason } };
  }
  const apiKey = keyFor(endpoint.origin);
  if (apiKey !== null || endpoint.isLoopback) return { kind: "server", endpoint, apiKey };
  const isNamed = endpoint.origin !== originOf(defaultBaseUrl);
  return isNamed
    ? { kind: "failed", host: endpoint.host, failure: { kind: "key-needed", host: endpoint.host } }
    : { kind: "practice" };
}
