/**
 * Owns what the settings window is told about tools and may change of them: which are on, what was allowed, what was
 * done, and the servers that offer more. It runs nothing.
 */
import type { ToolAnswers } from "../../shared/tools-ipc.ts";
import type { McpServerEntry, ToolEntry, ToolsResult, ToolsSnapshot } from "../../shared/tools.ts";
import { tellTrouble, type Trouble } from "../../shared/trouble.ts";
import type { ActionLog } from "./approvals/action-log.ts";
import type { Approvals } from "./approvals/approvals.ts";
import type { Mcp, Refusal } from "./mcp/mcp.ts";
import type { SettingsStore } from "./settings-store.ts";
import type { ToolRegistry } from "./tools/registry.ts";
import type { Tool } from "./tools/tool.ts";

export interface ToolsServiceDeps {
  readonly registry: ToolRegistry;
  readonly servers: Pick<
    Mcp,
    | "entries"
    | "text"
    | "problem"
    | "imports"
    | "saveText"
    | "importFrom"
    | "confirm"
    | "switchServer"
    | "restart"
  >;
  /** Why the model's server does without the tools of servers; `null` when it does not. */
  readonly toolsRefusal: () => string | null;
  readonly approvals: Pick<Approvals, "grants" | "revoke" | "grantsProblem">;
  readonly actions: Pick<ActionLog, "list">;
  readonly settings: Pick<SettingsStore, "read" | "change">;
}

export interface ToolsService {
  snapshot(): ToolsSnapshot;
  /** What is wrong with the keeping of what the person has allowed; `null` when nothing is. */
  trouble(): Trouble | null;
  /** One handler for each channel of shared/tools-ipc.ts. */
  readonly handlers: {
    readonly "tools:read": () => ToolAnswers["tools:read"];
    readonly "tools:switch": (change: { tool: string; isOn: boolean }) => ToolAnswers["tools:switch"];
    readonly "servers:switch": (change: { server: string; isOn: boolean }) => ToolsResult;
    readonly "servers:confirm": (read: { server: string; definitionHash: string }) => ToolsResult;
    readonly "servers:restart": (which: { server: string }) => ToolsResult;
    readonly "servers:save": (file: { text: string }) => ToolsResult;
    readonly "servers:import": (source: { from: string }) => ToolsResult;
    readonly "grants:revoke": (grant: { id: string }) => ToolAnswers["grants:revoke"];
    readonly "actions:read": () => ToolAnswers["actions:read"];
  };
}

export function createToolsService({
  registry,
  servers,
  toolsRefusal,
  approvals,
  actions,
  settings,
}: ToolsServiceDeps): ToolsService {
  const toEntry = (tool: Tool): ToolEntry => ({
    name: tool.name,
    title: tool.title,
    description: tool.description,
    risk: tool.risk,
    isOn: registry.isOn(tool.name),
    obstacle: tool.obstacle(),
  });

  const trouble = (): Trouble | null => {
    const code = approvals.grantsProblem();
    return code === null ? null : { kind: "grants-unsaved", code };
  };
  const grantsWords = (): string | null => {
    const found = trouble();
    return found === null ? null : tellTrouble(found);
  };

  function serverEntries(): readonly McpServerEntry[] {
    const code = toolsRefusal();
    if (code === null) return servers.entries();
    const refusal = tellTrouble({ kind: "tools-refused", code });
    return servers
      .entries()
      .map((entry) =>
        entry.status === "ready"
          ? { ...entry, reason: [entry.reason, refusal].filter(Boolean).join(" ") }
          : entry,
      );
  }

  let revision = 0;
  const snapshot = (): ToolsSnapshot => ({
    revision: (revision += 1),
    builtIn: registry
      .all()
      .filter(({ origin }) => origin.kind === "built-in")
      .map(toEntry),
    servers: serverEntries(),
    mcpText: servers.text(),
    mcpProblem: servers.problem(),
    imports: servers.imports(),
    grants: approvals.grants(),
    grantsProblem: grantsWords(),
  });

  const resultOf = (reason: Refusal): ToolsResult =>
    reason === null ? { kind: "done", snapshot: snapshot() } : { kind: "refused", reason };

  return {
    snapshot,
    trouble,
    handlers: {
      "tools:read": snapshot,
      "tools:switch": ({ tool, isOn }) => {
        const others = settings.read().switchedOffTools.filter((name) => name !== tool);
        settings.change({ switchedOffTools: isOn ? others : [...others, tool] });
        return snapshot();
      },
      "servers:switch": ({ server, isOn }) => resultOf(servers.switchServer(server, isOn)),
      "servers:confirm": ({ server, definitionHash }) => resultOf(servers.confirm(server, definitionHash)),
      "servers:restart": ({ server }) => resultOf(servers.restart(server)),
      "servers:save": ({ text }) => resultOf(servers.saveText(text)),
      "servers:import": ({ from }) => resultOf(servers.importFrom(from)),
      "grants:revoke": ({ id }) => {
        approvals.revoke(id);
        return snapshot();
      },
      "actions:read": actions.list,
    },
  };
}
