/**
 * Owns what is known of the way out: the proxy that was last found, how we sign in to it, and the routes for dials.
 * Windows learn the proxy's name and the user's, never the password.
 */
import type { ProxyState } from "../../../shared/ipc-contract.ts";
import { proxyLabel, proxyOrigin, type EnvironmentProxy, type ProxyCredentials } from "./proxy.ts";
import type { ProxyCredentialStore } from "./proxy-credentials.ts";
import { createRouteFinder, type FindRoute, type RouteDeps } from "./route.ts";

export interface NetworkDeps extends Omit<RouteDeps, "credentialsFor"> {
  readonly credentials: ProxyCredentialStore;
  /** The endpoint in force, as `https://host`; `null` when there is none. */
  readonly origin: () => string | null;
  /** Another proxy, or none any more. */
  readonly onProxyChanged: () => void;
}

export interface Network {
  readonly findRoute: FindRoute;
  /** The proxy on the way to the endpoint, as last seen by `lookUp`; `null` for none. */
  proxy(): ProxyState | null;
  /** Asks the system again; resolves when `proxy` knows the newest answer. Never rejects. */
  lookUp(): Promise<void>;
  /** @param label the proxy that the person was shown. @returns whether it is still the one. */
  signIn(label: string, credentials: ProxyCredentials): boolean;
  /** Forgets what was entered; what the environment has stays. */
  signOut(): void;
}

export function createNetwork(deps: NetworkDeps): Network {
  const { credentials } = deps;
  const finder = createRouteFinder({ ...deps, credentialsFor: credentials.credentialsFor });
  let seen: EnvironmentProxy | null = null;
  let lookUps = 0;
  let newest = Promise.resolve();

  function proxy(): ProxyState | null {
    if (seen === null) return null;
    const origin = proxyOrigin(seen.proxy);
    const { source, storage } = credentials.state(origin);
    const entered = credentials.credentialsFor(origin);
    return {
      label: proxyLabel(seen.proxy),
      user: entered?.user ?? seen.credentials?.user ?? null,
      source: entered === null && seen.credentials !== null ? "environment" : source,
      storage,
    };
  }

  async function look(): Promise<void> {
    lookUps += 1;
    const own = lookUps;
    const origin = deps.origin();
    const found = origin === null ? null : await finder.findProxy(origin);
    // The answer for an endpoint that is not in force any more.
    if (own !== lookUps) return;
    const before = seen === null ? null : proxyOrigin(seen.proxy);
    seen = found;
    if (before !== (found === null ? null : proxyOrigin(found.proxy))) deps.onProxyChanged();
  }

  return {
    findRoute: finder.findRoute,
    proxy,
    async lookUp() {
      let awaited = (newest = look());
      await awaited;
      while (awaited !== newest) await (awaited = newest);
    },
    signIn(label, entered) {
      if (seen === null || proxyLabel(seen.proxy) !== label) return false;
      credentials.store(proxyOrigin(seen.proxy), entered);
      return true;
    },
    signOut() {
      if (seen !== null) credentials.remove(proxyOrigin(seen.proxy));
    },
  };
}
