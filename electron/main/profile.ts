/** Owns which files the profile has, and how they are opened: settings, API keys, the sign-in for a proxy, and others. */
import { join } from "node:path";
import { ipcMain, safeStorage } from "electron";
import ElectronStore from "electron-store";
import { openApiKeys, type ApiKeys } from "./api-key.ts";
import type { EnvironmentKey } from "./environment-key.ts";
import { systemLog } from "./log.ts";
import { createProxyCredentials, type ProxyCredentialStore } from "./network/proxy-credentials.ts";
import { openProfileFile, type ProfileFile, type Store, type StoreOptions } from "./profile-file.ts";
import { checkEndpoint } from "./settings-service.ts";
import { openSettings, type SettingsStore } from "./settings-store.ts";

export interface Profile {
  readonly settings: SettingsStore;
  readonly keys: ApiKeys;
  readonly proxyCredentials: ProxyCredentialStore;
  /** Another small JSON file of the profile. */
  readonly file: (name: string) => ProfileFile;
}

export interface ProfileOptions {
  readonly platform: string;
  /** The key that the app was started with, if any. */
  readonly environmentKey: EnvironmentKey | null;
  readonly now: () => Date;
}

/** @param folder the app's own, for this person. */
export function openProfile(folder: string, { platform, environmentKey, now }: ProfileOptions): Profile {
  const file = (name: string): ProfileFile => openProfileFile(join(folder, name), openStore);
  const secrets = (name: string, component: string, fromEnvironment: EnvironmentKey | null): ApiKeys =>
    openApiKeys({ file: file(name), safeStorage, platform, fromEnvironment, now, log: systemLog(component) });
  return {
    settings: openSettings({
      file: file("settings.json"),
      platform,
      now,
      log: systemLog("settings"),
      check: checkEndpoint,
    }),
    keys: secrets("api-keys.json", "keys", environmentKey),
    proxyCredentials: createProxyCredentials(secrets("proxy-credentials.json", "proxy", null)),
    file,
  };
}

function openStore(options: StoreOptions): Store {
  const store = new ElectronStore<Record<string, unknown>>(options);
  // It offers the profile's path to every page, whoever asks; no page of ours does.
  ipcMain.removeAllListeners("electron-store-get-data");
  return store;
}
