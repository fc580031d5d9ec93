/**
 * Owns the plugging together of all that tools are made of: our own, the servers that offer more, the approvals, the
 * log of actions, and what the settings window sees of them. It decides nothing.
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { GlobalShortcut } from "electron";
import { callId } from "../../shared/ids.ts";
import type { ApprovalAnswer, ToolsSnapshot } from "../../shared/tools.ts";
import { openActionLog } from "./approvals/action-log.ts";
import { createAllowShortcut } from "./approvals/allow-shortcut.ts";
import { createApprovals } from "./approvals/approvals.ts";
import { openGrants } from "./approvals/grants.ts";
import type { Engine, EngineDeps } from "./conversation-engine.ts";
import type { Log } from "./log.ts";
import type { ProfileFile } from "./profile-file.ts";
import type { TimerHost } from "./session/ports.ts";
import type { SettingsStore } from "./settings-store.ts";
import { createMcp, type McpDeps } from "./mcp/mcp.ts";
import { createToolsService, type ToolsService } from "./tools-service.ts";
import { createRegistry } from "./tools/registry.ts";
import type { Tool } from "./tools/tool.ts";

export interface ToolKitDeps {
  /** The profile's folder. */
  readonly folder: string;
  readonly grantsFile: ProfileFile;
  readonly settings: SettingsStore;
  readonly own: readonly Tool[];
  readonly mcp: Omit<McpDeps, "isToolOn">;
  readonly globalShortcut: Pick<GlobalShortcut, "register" | "unregister">;
  readonly platform: string;
  readonly timers: TimerHost;
  readonly nowMs: () => number;
  /** The date, in epoch milliseconds. */
  readonly wallMs: () => number;
  /** Are the person's words written down, so that a yes can be read? */
  readonly canSay: () => boolean;
  /** Can a question be seen? */
  readonly isReachable: () => boolean;
  /** Something that the settings window shows has changed. */
  readonly onChanged: (snapshot: ToolsSnapshot) => void;
  readonly log: Log;
}

export interface ToolKit {
  /** What the conversation needs of it. */
  readonly forEngine: Pick<EngineDeps, "registry" | "gate" | "consent" | "recordAction">;
  /** The conversation that the tools belong to; once. */
  attach(engine: Pick<Engine, "shell" | "tools" | "realtime">): void;
  /** Starts the servers that the person has confirmed. */
  start(): void;
  readonly overlayHandlers: {
    readonly "overlay:approve": (given: { id: string; answer: ApprovalAnswer }) => void;
    readonly "overlay:undo": (which: { callId: string }) => void;
  };
  readonly settingsHandlers: ToolsService["handlers"];
  readonly trouble: ToolsService["trouble"];
  /** Nobody can answer: the overlay was put away, or the screen is locked. */
  nobodyThere(): void;
  /** The computer was woken up: what could not be reached is tried again. */
  awakened(): void;
  /** A setting has changed. */
  settingsChanged(): void;
  /** Resolves when nothing that was started for a tool runs any more. */
  close(): Promise<void>;
}

export function createToolKit(deps: ToolKitDeps): ToolKit {
  const { settings, timers, wallMs, log } = deps;
  let engine: Pick<Engine, "shell" | "tools" | "realtime"> | null = null;

  const registry = createRegistry({
    builtIn: deps.own,
    offered: () => mcp.tools(),
    switchedOff: () => settings.read().switchedOffTools,
  });
  const mcp = createMcp({ ...deps.mcp, isToolOn: registry.isOn });
  const actions = openActionLog(join(deps.folder, "actions.jsonl"), log);
  const grants = openGrants({
    file: deps.grantsFile,
    newId: randomUUID,
    wallMs,
    now: deps.mcp.now,
    log,
  });
  const allowShortcut = createAllowShortcut({
    globalShortcut: deps.globalShortcut,
    platform: deps.platform,
    accelerator: () => settings.read().allowShortcut,
    nowMs: deps.nowMs,
    onAllow: () => approvals.allowByKey(),
  });
  const approvals = createApprovals({
    timers,
    newId: randomUUID,
    grants,
    onShown: (question) => {
      if (question === null) allowShortcut.clear();
      engine?.shell.approvalChanged(
        question === null ? null : { ...question, allowKey: allowShortcut.offer() },
      );
    },
    onAsked: (call) => engine?.shell.dispatch({ type: "approvalAsked", callId: call }),
    onSettled: (call) => {
      engine?.shell.dispatch({ type: "approvalSettled", callId: call });
      tellChanged();
    },
    canSay: deps.canSay,
    isReachable: deps.isReachable,
  });
  const service = createToolsService({
    registry,
    servers: mcp,
    toolsRefusal: () => engine?.realtime.toolsRefusal() ?? null,
    approvals,
    actions,
    settings,
  });
  const tellChanged = (): void => deps.onChanged(service.snapshot());

  return {
    forEngine: { registry, gate: approvals, consent: approvals, recordAction: actions.add },
    attach(given) {
      engine = given;
    },
    start() {
      mcp.onChanged(() => {
        engine?.realtime.toolsChanged();
        tellChanged();
      });
      mcp.start();
    },
    overlayHandlers: {
      "overlay:approve": ({ id, answer }) => approvals.answer(id, answer),
      "overlay:undo": (which) => void engine?.tools.undo(callId(which.callId)),
    },
    settingsHandlers: service.handlers,
    trouble: service.trouble,
    nobodyThere: approvals.giveUp,
    awakened: mcp.recheck,
    settingsChanged() {
      approvals.refresh();
      tellChanged();
    },
    async close() {
      approvals.giveUp();
      allowShortcut.clear();
      grants.close();
      await mcp.close();
    },
  };
}
