/**
 * Owns the IPC channels about tools, of the settings window and of the overlay, and how the settings page reaches them.
 * Parsed in main before a handler runs.
 */
import { z } from "zod";
import { approvalAnswers, type ActionEntry, type ToolsResult, type ToolsSnapshot } from "./tools.ts";

const name = z.string().min(1).max(200);

/** Overlay → main, one way. */
export const toolOverlaySends = {
  /** `id` of the question that the person saw. */
  "overlay:approve": z.object({ id: z.string().max(100), answer: z.enum(approvalAnswers) }),
  "overlay:undo": z.object({ callId: z.string().max(500) }),
} as const;

/** Settings window → main, asked and answered. */
export const toolInvokes = {
  "tools:read": z.null(),
  "tools:switch": z.object({ tool: name, isOn: z.boolean() }),
  "servers:switch": z.object({ server: name, isOn: z.boolean() }),
  /** The person has read this very command and lets it start. */
  "servers:confirm": z.object({ server: name, definitionHash: z.string().length(64) }),
  "servers:restart": z.object({ server: name }),
  /** The whole text of `mcp.json`. */
  "servers:save": z.object({ text: z.string().max(1_000_000) }),
  "servers:import": z.object({ from: name }),
  "grants:revoke": z.object({ id: z.string().max(100) }),
  /** Newest first, the last few hundred. */
  "actions:read": z.null(),
} as const;

export interface ToolAnswers {
  "tools:read": ToolsSnapshot;
  "tools:switch": ToolsSnapshot;
  "servers:switch": ToolsResult;
  "servers:confirm": ToolsResult;
  "servers:restart": ToolsResult;
  "servers:save": ToolsResult;
  "servers:import": ToolsResult;
  "grants:revoke": ToolsSnapshot;
  "actions:read": readonly ActionEntry[];
}

/** Main → settings window, one way. */
export interface ToolReceives {
  "tools:changed": ToolsSnapshot;
}

export type ToolOverlaySends = {
  [C in keyof typeof toolOverlaySends]: z.infer<(typeof toolOverlaySends)[C]>;
};
export type ToolInvokes = { [C in keyof typeof toolInvokes]: z.input<(typeof toolInvokes)[C]> };

/** The part of the settings window's bridge that is about tools. */
export interface ToolsBridge {
  readTools(): Promise<ToolsSnapshot>;
  switchTool(change: ToolInvokes["tools:switch"]): Promise<ToolsSnapshot>;
  switchServer(change: ToolInvokes["servers:switch"]): Promise<ToolsResult>;
  confirmServer(confirmation: ToolInvokes["servers:confirm"]): Promise<ToolsResult>;
  restartServer(server: string): Promise<ToolsResult>;
  saveServers(text: string): Promise<ToolsResult>;
  importServers(from: string): Promise<ToolsResult>;
  revokeGrant(id: string): Promise<ToolsSnapshot>;
  readActions(): Promise<readonly ActionEntry[]>;
  onToolsChanged(listener: (snapshot: ToolsSnapshot) => void): () => void;
}
