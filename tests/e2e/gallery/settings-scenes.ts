/**
 * Owns what the settings window is looked at with.
 */
import type { CheckResult, SaveResult, SettingsSnapshot } from "../../../shared/ipc-contract.ts";
import type { Settings } from "../../../shared/settings.ts";
import type { ActionEntry, ToolsResult, ToolsSnapshot } from "../../../shared/tools.ts";

export interface SettingsScene {
  readonly name: string;
  readonly snapshot: SettingsSnapshot;
  readonly check: CheckResult;
  /** What a change of the endpoint is answered with. */
  readonly refusal?: Extract<SaveResult, { readonly kind: "refused" }>;
  readonly tools?: ToolsSnapshot;
  readonly actions?: readonly ActionEntry[];
  /** What saving `mcp.json` is answered with. */
  readonly mcpRefusal?: Extract<ToolsResult, { readonly kind: "refused" }>;
}

export const noTools: ToolsSnapshot = {
  builtIn: [],
  servers: [],
  mcpText: '{ "mcpServers": {} }',
  mcpProblem: null,
  imports: [],
  grants: [],
};

// Written out, not taken from the schema: the window's page must hold without it, as the real one does.
const settings: Settings = {
  endpoint: "",
  model: "gpt-realtime-2.1-mini",
  voice: "marin",
  instructions:
    "You are Parley, a helpful voice assistant on the user's computer. Answer briefly and plainly, in the language the user speaks.",
  transcriptionModel: "gpt-transcribe",
  transcriptionLanguage: "",
  talkKey: "RightCtrl",
  typeShortcut: "CommandOrControl+Alt+Space",
  talkShortcut: "CommandOrControl+Alt+Enter",
  microphoneId: "default",
  microphoneLabel: "",
  microphoneMode: "open-on-press",
  keepReadySeconds: 60,
  recordingLimitMinutes: 15,
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
  idleDisconnectSeconds: 120,
  overlayHideSeconds: 6,
  useSystemProxy: true,
  extraCaFile: "",
  allowShortcut: "CommandOrControl+Alt+Y",
  switchedOffTools: [],
  notesFolder: "",
  weatherUrl: "https://api.open-meteo.com/v1",
  geocodingUrl: "https://geocoding-api.open-meteo.com/v1",
  readableFolders: [],
  commandsAllowed: false,
  commandFolder: "",
};

const base: SettingsSnapshot = {
  settings,
  key: { source: "none", storage: "encrypted", host: "api.openai.com" },
  hotkey: { isWorking: true, explanation: "Right Ctrl is heard in every program.", standIn: null },
  proxy: null,
  platform: "linux",
  version: "0.1.0",
  notice: null,
};

export const settingsScenes: readonly SettingsScene[] = [
  { name: "first-start", snapshot: base, check: { kind: "ok", detail: "" } },
  {
    name: "key-stored",
    snapshot: { ...base, key: { ...base.key, source: "stored" } },
    check: { kind: "ok", detail: "The key works: gpt-realtime-2.1-mini answers." },
    refusal: {
      kind: "refused",
      field: "endpoint",
      reason: "“http://” is accepted for this computer only. Use “https://”.",
    },
  },
  {
    name: "no-keyring",
    snapshot: {
      ...base,
      key: { source: "this-run", storage: "this-run-only", host: "my-resource.openai.azure.com" },
      hotkey: {
        isWorking: false,
        explanation:
          "Under Wayland a program cannot hear a key that is pressed elsewhere. Use the tray’s “Talk”, or sign in to an X11 session.",
        standIn: "Ctrl+Alt+Enter",
      },
      settings: {
        ...base.settings,
        endpoint: "https://my-resource.openai.azure.com/openai/v1",
        extraCaFile: "/etc/ssl/company/company-root-ca.pem",
        microphoneId: "gone",
        microphoneLabel: "Jabra Evolve 75",
        microphoneMode: "keep-ready",
      },
      proxy: {
        label: "proxy.company.example:3128",
        user: "anna.muster",
        source: "this-run",
        storage: "this-run-only",
      },
      notice:
        "The settings file could not be read, so the defaults are in use. The file is kept as settings.broken.json.",
    },
    check: {
      kind: "failed",
      title: "The API key is not accepted",
      advice: "Paste a valid key in the settings.",
    },
  },
  {
    name: "environment",
    snapshot: { ...base, key: { ...base.key, source: "environment" } },
    check: { kind: "ok", detail: "" },
  },
];
