/**
 * Owns what the settings window asks for: reading, changing, the key in and out, the check against the server.
 * It hands out no key; it tells only whether there is one.
 */
import { describeFailure } from "../../shared/failure.ts";
import type {
  CheckResult,
  HotkeyState,
  SaveResult,
  SettingsInvokes,
  SettingsSnapshot,
} from "../../shared/ipc-contract.ts";
import type { Settings } from "../../shared/settings.ts";
import type { ApiKeys } from "./api-key.ts";
import type { Network } from "./network/network.ts";
import { readCaFile } from "./network/trust.ts";
import { originOf, resolveEndpoint } from "./realtime/endpoint.ts";
import type { RealtimeClient, RealtimeConfig } from "./realtime/realtime-port.ts";
import { baseUrlInForce, type ServerChoice } from "./server-choice.ts";
import type { SettingsStore } from "./settings-store.ts";

export interface SettingsServiceDeps {
  readonly store: SettingsStore;
  readonly keys: ApiKeys;
  readonly environmentBaseUrl: string | undefined;
  readonly choice: () => ServerChoice;
  readonly config: () => RealtimeConfig;
  readonly checkServer: RealtimeClient["checkServer"];
  readonly hotkey: () => HotkeyState;
  readonly network: Pick<Network, "proxy" | "lookUp" | "signIn" | "signOut">;
  /** A key, or credentials for a proxy, came or went: where the voice goes may have changed. */
  readonly onKeyChanged: () => Promise<void>;
  readonly platform: string;
  readonly version: string;
}

export interface SettingsService {
  snapshot(): SettingsSnapshot;
  /** As `snapshot`; the system is asked for its proxy, which is told later if it is another one. */
  read(): SettingsSnapshot;
  change(changes: Partial<Settings>): Promise<SaveResult>;
  storeKey(key: string): Promise<SaveResult>;
  removeKey(): Promise<SettingsSnapshot>;
  check(): Promise<CheckResult>;
  signInToProxy(signIn: SettingsInvokes["proxy:sign-in"]): Promise<SaveResult>;
  signOutOfProxy(): Promise<SettingsSnapshot>;
}

/** An endpoint that cannot be dialled is refused when it is entered, not when somebody talks. */
export function checkEndpoint(
  settings: Settings,
): { readonly field: "endpoint"; readonly reason: string } | null {
  if (settings.endpoint.trim() === "") return null;
  const endpoint = resolveEndpoint(settings.endpoint, settings.model);
  return endpoint.kind === "ok" ? null : { field: "endpoint", reason: endpoint.reason };
}

export function createSettingsService(deps: SettingsServiceDeps): SettingsService {
  const { store, keys } = deps;
  const baseUrl = (): string => baseUrlInForce(store.read().endpoint, deps.environmentBaseUrl);
  const originInForce = (): string | null => originOf(baseUrl());

  let revision = 0;

  function snapshot(): SettingsSnapshot {
    revision += 1;
    const origin = originInForce();
    const host = origin === null ? "" : new URL(origin).host;
    return {
      revision,
      settings: store.read(),
      key: keys.state(origin, host),
      hotkey: deps.hotkey(),
      proxy: deps.network.proxy(),
      platform: deps.platform,
      version: deps.version,
      notice: store.notice(),
    };
  }

  return {
    snapshot,
    read() {
      void deps.network.lookUp();
      return snapshot();
    },
    async change(changes) {
      const caFile = changes.extraCaFile?.trim() ?? "";
      if (caFile !== "") {
        const read = await readCaFile(caFile);
        if (read.kind === "unusable") {
          const { title } = describeFailure({
            kind: "ca-file-unusable",
            path: caFile,
            problem: read.problem,
          });
          return { kind: "refused", field: "extraCaFile", reason: `${title}.` };
        }
      }
      const result = store.change(changes);
      // So that the answer has the proxy that is used from now on.
      if (changes.useSystemProxy !== undefined || changes.endpoint !== undefined) await deps.network.lookUp();
      return result.kind === "changed" ? { kind: "saved", snapshot: snapshot() } : result;
    },
    async storeKey(key) {
      const origin = originInForce();
      if (origin === null) {
        return {
          kind: "refused",
          field: "endpoint",
          reason: "Correct the endpoint first: a key belongs to one address.",
        };
      }
      keys.store(origin, key);
      await deps.onKeyChanged();
      return { kind: "saved", snapshot: snapshot() };
    },
    async removeKey() {
      const origin = originInForce();
      if (origin !== null) keys.remove(origin);
      await deps.onKeyChanged();
      return snapshot();
    },
    async check() {
      const choice = deps.choice();
      if (choice.kind === "practice") {
        return {
          kind: "failed",
          title: "There is no API key to check",
          advice: "Paste a key and save it first.",
        };
      }
      const result = await deps.checkServer(deps.config());
      if (result.kind === "ok") {
        return {
          kind: "ok",
          detail: `${snapshot().key.host} accepts the key, and “${store.read().model}” is ready.`,
        };
      }
      const words = describeFailure(result.failure);
      return { kind: "failed", title: words.title, advice: words.advice };
    },
    async signInToProxy({ proxy, user, password }) {
      const refused = (reason: string): SaveResult => ({ kind: "refused", field: "proxy", reason });
      // In what a proxy is told, the first colon ends the name.
      if (user.includes(":")) return refused("A name for a proxy cannot hold a colon.");
      if (!deps.network.signIn(proxy, { user, password })) {
        return refused("The network has changed meanwhile: this proxy is not in use any more.");
      }
      await deps.onKeyChanged();
      return { kind: "saved", snapshot: snapshot() };
    },
    async signOutOfProxy() {
      deps.network.signOut();
      await deps.onKeyChanged();
      return snapshot();
    },
  };
}
