/**
 * Owns the way to a server: through which proxy, signed in as whom, trusting whom. Asked anew for each connection, so
 * that a laptop carried from the office to the train needs no restart. It opens nothing itself.
 */
import type { SecureContext } from "node:tls";
import type { Failure } from "../../../shared/failure.ts";
import type { Settings } from "../../../shared/settings.ts";
import { errorCode, type Log } from "../log.ts";
import type { TimerHost } from "../session/ports.ts";
import { isThisComputer, proxyOfEnvironment, proxyOfSystem, proxyOrigin } from "./proxy.ts";
import type { EnvironmentProxy, Proxy, ProxyCredentials } from "./proxy.ts";
import type { TrustStore } from "./trust.ts";

export type Route =
  | {
      readonly kind: "ok";
      readonly proxy: Proxy | null;
      readonly credentials: ProxyCredentials | null;
      /** `null`: the usual roots. */
      readonly secureContext: SecureContext | null;
    }
  | { readonly kind: "failed"; readonly failure: Failure };

/** @param url `ws:` or `wss:`. Never rejects. */
export type FindRoute = (url: string) => Promise<Route>;

/** No proxy, the usual roots. */
export const directRoute: FindRoute = async () => ({
  kind: "ok",
  proxy: null,
  credentials: null,
  secureContext: null,
});

/**
 * How long the system may think about its proxies. It answers within 50 ms; a script (PAC) on a server that is not
 * there holds it up for a minute. Then we go without, as Chromium does when a script cannot be had: where a proxy is
 * needed that fails and is told, and everywhere else (at home, with the office's settings) it works.
 */
export const proxyLookUpBoundMs = 2_000;

export interface RouteDeps {
  readonly settings: () => Pick<Settings, "useSystemProxy" | "extraCaFile">;
  /** What the system answers for an `https:` address, such as `PROXY a:3128; DIRECT`. */
  readonly askSystem: (url: string) => Promise<string>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly credentialsFor: (origin: string) => ProxyCredentials | null;
  readonly trustStore: TrustStore;
  readonly timers: TimerHost;
  readonly log: Log;
}

export interface RouteFinder {
  readonly findRoute: FindRoute;
  /** The proxy alone, for the settings window; its credentials only where the environment has them. */
  findProxy(url: string): Promise<EnvironmentProxy | null>;
}

export function createRouteFinder(deps: RouteDeps): RouteFinder {
  const { settings, timers, log } = deps;

  /** @returns `null` when the system did not answer in time, or could not. */
  const askSystem = (url: string): Promise<string | null> =>
    new Promise((resolve) => {
      const cancel = timers.start(proxyLookUpBoundMs, () => {
        log.warn("proxy-look-up-too-slow");
        resolve(null);
      });
      const answered = (answer: string | null): void => {
        cancel();
        resolve(answer);
      };
      deps.askSystem(url).then(answered, (error: unknown) => {
        log.warn("proxy-look-up-failed", { code: errorCode(error) });
        answered(null);
      });
    });

  async function findProxy(url: string): Promise<EnvironmentProxy | null> {
    // Chromium sorts its rules by the scheme of pages.
    const target = new URL(url.replace(/^ws/, "http"));
    if (!settings().useSystemProxy || isThisComputer(target)) return null;
    const inEnvironment = proxyOfEnvironment(target, deps.environment);
    // Never the path and the model: a script of the network has no need to know them.
    const answer = await askSystem(`${target.origin}/`);
    const ofSystem = answer === null ? null : proxyOfSystem(answer);
    if (ofSystem === null) return inEnvironment;
    // Chromium takes the variable as well, but drops what stands before the “@”.
    const isSame = inEnvironment !== null && proxyOrigin(inEnvironment.proxy) === proxyOrigin(ofSystem);
    return { proxy: ofSystem, credentials: isSame ? inEnvironment.credentials : null };
  }

  return {
    findProxy,
    async findRoute(url) {
      const [found, trust] = await Promise.all([
        findProxy(url),
        deps.trustStore.trust(settings().extraCaFile),
      ]);
      if (trust.kind === "unusable") {
        const { path, problem } = trust;
        return { kind: "failed", failure: { kind: "ca-file-unusable", path, problem } };
      }
      const { secureContext } = trust;
      if (found === null) return { kind: "ok", proxy: null, credentials: null, secureContext };
      const credentials = deps.credentialsFor(proxyOrigin(found.proxy)) ?? found.credentials;
      log.info("proxy-used", { kind: found.proxy.kind, isSignedIn: credentials !== null });
      return { kind: "ok", proxy: found.proxy, credentials, secureContext };
    },
  };
}
