/** Owns what tests of the settings window begin with: a tool, a server, a grant, an action. Each changes what it is about. */
import type { ToolsBridge } from "../../shared/tools-ipc.ts";
import type {
  ActionEntry,
  GrantEntry,
  McpServerEntry,
  ToolEntry,
  ToolsSnapshot,
} from "../../shared/tools.ts";

export const someDayMs = Date.UTC(2026, 10, 24, 14, 3, 12);

export const toolOf = (changes: Partial<ToolEntry> = {}): ToolEntry => ({
  name: "get_current_time",
  title: "Look up the time",
  description: "What the model is told.",
  risk: "read",
  isOn: true,
  obstacle: null,
  ...changes,
});

export const serverOf = (changes: Partial<McpServerEntry> = {}): McpServerEntry => ({
  name: "server",
  transport: "stdio",
  command: "server",
  variables: [],
  definitionHash: "0".repeat(64),
  isOn: true,
  status: "ready",
  reason: null,
  tools: [],
  ...changes,
});

export const grantOf = (changes: Partial<GrantEntry> = {}): GrantEntry => ({
  id: "grant-1",
  title: "Read the clipboard",
  server: null,
  scope: "always",
  words: "Read the clipboard: text",
  grantedAtMs: someDayMs,
  ...changes,
});

export const actionEntryOf = (changes: Partial<ActionEntry> = {}): ActionEntry => ({
  atMs: someDayMs,
  turnId: "turn-1",
  callId: "call-1",
  tool: "get_current_time",
  title: "Look up the time",
  server: null,
  argumentHash: "0".repeat(64),
  decision: "harmless",
  outcome: "done",
  resultBytes: 212,
  durationMs: 4,
  ...changes,
});

export const toolsOf = (changes: Partial<ToolsSnapshot> = {}): ToolsSnapshot => ({
  revision: 1,
  builtIn: [],
  servers: [],
  mcpText: '{ "mcpServers": {} }',
  mcpProblem: null,
  imports: [],
  grants: [],
  grantsProblem: null,
  ...changes,
});

const never = () => new Promise<never>(() => {});

/** Nobody answers. */
export const silentToolsBridge: ToolsBridge = {
  readTools: never,
  switchTool: never,
  switchServer: never,
  confirmServer: never,
  restartServer: never,
  saveServers: never,
  importServers: never,
  revokeGrant: never,
  readActions: never,
  onToolsChanged: () => () => {},
};
