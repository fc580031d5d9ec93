/** Owns what the settings page can ask of main: named methods, no channel, no Electron object. It holds no state. */
import { contextBridge, ipcRenderer } from "electron";
import type {
  SettingsAnswers,
  SettingsBridge,
  SettingsInvokes,
  SettingsReceives,
} from "../../shared/ipc-contract.ts";

function ask<C extends keyof SettingsInvokes>(
  channel: C,
  payload: SettingsInvokes[C],
): Promise<SettingsAnswers[C]> {
  return ipcRenderer.invoke(channel, payload) as Promise<SettingsAnswers[C]>;
}

function on<C extends keyof SettingsReceives>(channel: C, listener: (payload: SettingsReceives[C]) => void) {
  const forward = (_event: unknown, payload: SettingsReceives[C]): void => listener(payload);
  ipcRenderer.on(channel, forward);
  return (): void => {
    ipcRenderer.removeListener(channel, forward);
  };
}

const bridge: SettingsBridge = {
  read: () => ask("settings:read", null),
  change: (changes) => ask("settings:change", changes),
  storeKey: (key) => ask("key:store", { key }),
  removeKey: () => ask("key:remove", null),
  checkKey: () => ask("key:check", null),
  signInToProxy: (signIn) => ask("proxy:sign-in", signIn),
  signOutOfProxy: () => ask("proxy:sign-out", null),
  choosePath: (wish) => ask("path:choose", wish),
  copyDiagnostics: () => ask("diagnostics:copy", null),
  readTools: () => ask("tools:read", null),
  switchTool: (change) => ask("tools:switch", change),
  switchServer: (change) => ask("servers:switch", change),
  confirmServer: (confirmation) => ask("servers:confirm", confirmation),
  restartServer: (server) => ask("servers:restart", { server }),
  saveServers: (text) => ask("servers:save", { text }),
  importServers: (from) => ask("servers:import", { from }),
  revokeGrant: (id) => ask("grants:revoke", { id }),
  readActions: () => ask("actions:read", null),
  onToolsChanged: (listener) => on("tools:changed", listener),
  onChanged: (listener) => on("settings:changed", listener),
};

contextBridge.exposeInMainWorld("parley", bridge);
