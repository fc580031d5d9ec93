/**
 * Owns how Parley signs in to proxies: kept exactly as API keys are (encrypted by the system, or for this run only),
 * each bound to the proxy it was entered for. The password has no way out but to that proxy.
 */
import { z } from "zod";
import type { KeyState } from "../../../shared/ipc-contract.ts";
import type { ApiKeys } from "../api-key.ts";
import type { ProxyCredentials } from "./proxy.ts";

export interface ProxyCredentialStore {
  /** @param origin as `proxyOrigin` gives it. */
  credentialsFor(origin: string): ProxyCredentials | null;
  store(origin: string, credentials: ProxyCredentials): void;
  remove(origin: string): void;
  state(origin: string): Pick<KeyState, "source" | "storage">;
}

const schema = z.object({ user: z.string(), password: z.string() });

/** @param secrets with a file of their own. */
export function createProxyCredentials(secrets: ApiKeys): ProxyCredentialStore {
  return {
    credentialsFor(origin) {
      const text = secrets.keyFor(origin);
      return text === null ? null : schema.parse(JSON.parse(text));
    },
    store: (origin, credentials) => void secrets.store(origin, JSON.stringify(credentials)),
    remove: secrets.remove,
    state(origin) {
      const { source, storage } = secrets.state(origin, "");
      return { source, storage };
    },
  };
}
