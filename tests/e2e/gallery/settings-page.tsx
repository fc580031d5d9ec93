/**
 * Owns the gallery's settings page: the real window with a bridge and microphones that play one scene.
 */
import { createRoot } from "react-dom/client";
import type { MicrophoneAccess } from "../../../renderer/settings/microphone-access.ts";
import { SettingsApp } from "../../../renderer/settings/SettingsApp.tsx";
import type { SettingsBridge, SettingsSnapshot } from "../../../shared/ipc-contract.ts";
import type { McpServerEntry, ToolEntry, ToolsResult, ToolsSnapshot } from "../../../shared/tools.ts";
import { toolsOf } from "../../support/tool-samples.ts";
import { settingsScenes, type SettingsScene } from "./settings-scenes.ts";

const query = new URLSearchParams(location.search);
const scene = settingsScenes.find((candidate) => candidate.name === query.get("scene"));
const root = document.getElementById("root");
if (scene === undefined || root === null) throw new Error(`No scene “${query.get("scene")}”.`);

const gallery = window as { calls?: unknown[]; tellTools?: (changes: Partial<ToolsSnapshot>) => void };
gallery.calls = [];

function bridgeOf(played: SettingsScene): SettingsBridge {
  let snapshot: SettingsSnapshot = played.snapshot;
  let readings = 0;
  let tools: ToolsSnapshot = played.tools ?? toolsOf();
  const done = (next: ToolsSnapshot): ToolsResult => {
    tools = next;
    return { kind: "done", snapshot: tools };
  };
  const withServer = (name: string, changes: Partial<McpServerEntry>): ToolsResult =>
    done({
      ...tools,
      servers: tools.servers.map((server) => (server.name === name ? { ...server, ...changes } : server)),
    });
  const turned = (entries: readonly ToolEntry[], name: string, isOn: boolean): readonly ToolEntry[] =>
    entries.map((entry) => (entry.name === name ? { ...entry, isOn } : entry));
  return {
    read: async () => snapshot,
    change: async (changes) => {
      gallery.calls?.push(changes);
      if (changes.endpoint !== undefined && played.refusal !== undefined) return played.refusal;
      snapshot = { ...snapshot, settings: { ...snapshot.settings, ...changes } };
      return { kind: "saved", snapshot };
    },
    choosePath: async () => ({ path: null }),
    storeKey: async () => {
      snapshot = { ...snapshot, key: { ...snapshot.key, source: "stored" } };
      return { kind: "saved", snapshot };
    },
    removeKey: async () => {
      snapshot = { ...snapshot, key: { ...snapshot.key, source: "none" } };
      return snapshot;
    },
    signInToProxy: async () => ({ kind: "saved", snapshot }),
    signOutOfProxy: async () => snapshot,
    checkKey: async () => played.check,
    copyDiagnostics: async () => ({ isCopied: true }),
    readTools: async () => tools,
    switchTool: async (change) => {
      gallery.calls?.push(change);
      tools = {
        ...tools,
        builtIn: turned(tools.builtIn, change.tool, change.isOn),
        servers: tools.servers.map((server) => ({
          ...server,
          tools: turned(server.tools, change.tool, change.isOn),
        })),
      };
      return tools;
    },
    switchServer: async (change) => {
      gallery.calls?.push(change);
      return withServer(change.server, { isOn: change.isOn, status: change.isOn ? "starting" : "off" });
    },
    confirmServer: async (confirmation) => {
      gallery.calls?.push(confirmation);
      return withServer(confirmation.server, { status: "starting" });
    },
    restartServer: async (server) => {
      gallery.calls?.push(`restart ${server}`);
      return withServer(server, { status: "starting", reason: null });
    },
    saveServers: async (text) => {
      gallery.calls?.push(text);
      return played.mcpRefusal ?? done({ ...tools, mcpText: text, mcpProblem: null });
    },
    importServers: async (from) => {
      gallery.calls?.push(from);
      return done({ ...tools, imports: tools.imports.filter((found) => found.from !== from) });
    },
    revokeGrant: async (id) => {
      gallery.calls?.push(id);
      tools = { ...tools, grants: tools.grants.filter((grant) => grant.id !== id) };
      return tools;
    },
    readActions: async () => {
      readings += 1;
      return [...(readings === 1 ? [] : (played.actionsMeanwhile ?? [])), ...(played.actions ?? [])];
    },
    onToolsChanged: (listener) => {
      gallery.tellTools = (changes) => {
        tools = { ...tools, ...changes };
        listener(tools);
      };
      return () => {};
    },
    onChanged: () => () => {},
  };
}

const microphones: MicrophoneAccess = {
  list: async () => [
    { kind: "audioinput", deviceId: "default", label: "Default" },
    { kind: "audioinput", deviceId: "a1", label: "Built-in Audio Analog Stereo" },
    { kind: "audioinput", deviceId: "b2", label: "Blue Yeti" },
    { kind: "audiooutput", deviceId: "c3", label: "Loudspeaker" },
  ],
  onChange: () => () => {},
  openMeter: async (_request, onLevel) => {
    for (let report = 0; report < 12; report += 1) onLevel(-26);
    return { kind: "open", close: () => {} };
  },
};

createRoot(root).render(<SettingsApp bridge={bridgeOf(scene)} microphones={microphones} />);
