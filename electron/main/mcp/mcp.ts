/**
 * Owns the MCP servers of the person: what `mcp.json` says, which of it was confirmed, what runs, and the tools of it.
 * A server runs only as the very definition that somebody has read and confirmed. Everything here is a value: no
 * server, and no file, makes it throw or wait.
 */
import { join } from "node:path";
import type { McpImport, McpServerEntry, ToolEntry } from "../../../shared/tools.ts";
import type { ProfileFile } from "../profile-file.ts";
import type { Tool } from "../tools/tool.ts";
import { readConfigText, watchConfig, writeConfigText } from "./config-file.ts";
import { addServers, keptThrough, readConfig, type ConfiguredServer, type McpConfig } from "./config-text.ts";
import { definitionHash, givenNames, shownCommand } from "./definition.ts";
import { findImports } from "./imports.ts";
import { createKeptResults } from "./kept-results.ts";
import { longestToolsChars, mcpTuning, mostTools, type McpTuning } from "./mcp-tuning.ts";
import { createServer, type McpServer, type ServerDeps, type ServerState } from "./server.ts";
import { withinBudget, type Budgeted } from "./tool-budget.ts";
import { openTrustFile } from "./trust-file.ts";

export interface McpDeps extends Pick<ServerDeps, "children" | "findRoute" | "version" | "nowMs" | "log"> {
  /** The profile: `mcp.json` is in it, and below `mcp/` a folder for each server. */
  readonly folder: string;
  /** `mcp-trust.json`. */
  readonly trustFile: ProfileFile;
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** As `process.platform` has it. */
  readonly platform: string;
  readonly now: () => Date;
  /** Has the person left this tool switched on? */
  readonly isToolOn: (name: string) => boolean;
  /** Other bounds, for tests. */
  readonly tuning?: Partial<McpTuning>;
}

/** `null`: done. Otherwise why not, in a sentence for the person. */
export type Refusal = string | null;

export interface Mcp {
  /** Reads the file, follows its changes, and starts what may run. */
  start(): void;
  /** Resolves when no server runs any more; within 1 s. */
  close(): Promise<void>;
  /** Those that can be called now, in a stable order. */
  tools(): readonly Tool[];
  entries(): readonly McpServerEntry[];
  text(): string;
  /** What is wrong with the file, with the line; `null` when nothing is. */
  problem(): string | null;
  /** What other programs on this computer have that is not here yet. Reads their files. */
  imports(): readonly McpImport[];
  importFrom(from: string): Refusal;
  saveText(text: string): Refusal;
  confirm(server: string, definitionHash: string): Refusal;
  switchServer(server: string, isOn: boolean): Refusal;
  restart(server: string): Refusal;
  /** The network may be there again, as after a sleep. */
  recheck(): void;
  /** Told after each change of anything above. @returns its unsubscribe. */
  onChanged(listener: () => void): () => void;
}

export function createMcp(deps: McpDeps): Mcp {
  const { home, environment, log } = deps;
  const path = join(deps.folder, "mcp.json");
  const trusted = openTrustFile(deps.trustFile, log, deps.now);
  const kept = createKeptResults();
  const listeners = new Set<() => void>();
  const servers = new Map<string, McpServer>();
  /** Those that were taken out or replaced, and are on their way to their end. */
  const leaving = new Set<Promise<void>>();
  let text = "";
  let unreadable: string | null = null;
  let config: McpConfig = { servers: [], problem: null, isBroken: false };
  let unwatch = (): void => undefined;
  let isClosed = false;

  const serverDeps: ServerDeps = {
    ...deps,
    premises: { folder: join(deps.folder, "mcp"), environment, platform: deps.platform },
    kept,
    tuning: { ...mcpTuning, ...deps.tuning },
    onChanged: tell,
  };

  function tell(): void {
    for (const listener of listeners) listener();
  }

  /** Brings what runs in line with the file and with what is confirmed and switched on. */
  function reload(): void {
    if (isClosed) return;
    const found = readConfigText(path);
    unreadable = found.kind === "text" ? null : unreadableWords(found.code);
    // What runs goes on when the file cannot be read for a moment.
    if (found.kind === "text") adopt(found.text);
    tell();
  }

  function adopt(read: string): void {
    text = read;
    const found = readConfig(text, { home, environment });
    // A slip of the pen ends no server that is at work.
    config = found.isBroken ? keptThrough(config, found) : found;
    const defined = new Map(config.servers.map((server) => [server.name, server]));
    for (const [name, server] of servers) {
      const definition = defined.get(name)?.definition ?? null;
      if (definition === null || definitionHash(definition) !== server.hash) remove(server);
    }
    for (const { name, definition } of config.servers) {
      if (definition === null || servers.has(name)) continue;
      servers.set(name, createServer(name, definition, serverDeps));
    }
    for (const configured of config.servers) settle(configured);
  }

  function remove(server: McpServer): void {
    servers.delete(server.name);
    const stopped = server.stop();
    leaving.add(stopped);
    void stopped.then(() => leaving.delete(stopped));
  }

  function settle(configured: ConfiguredServer): void {
    const server = servers.get(configured.name);
    if (server === undefined) return;
    if (isOn(configured) && trusted.isConfirmed(server.name, server.hash)) server.start();
    else void server.stop();
  }

  const isOn = ({ name, isDisabled }: ConfiguredServer): boolean => trusted.switched(name) ?? !isDisabled;

  const find = (
    name: string,
  ): { readonly configured: ConfiguredServer; readonly server: McpServer } | null => {
    const configured = config.servers.find((each) => each.name === name);
    const server = servers.get(name);
    return configured === undefined || server === undefined ? null : { configured, server };
  };

  /** In the order of the file. */
  const budgeted = (): Budgeted => {
    const ready = config.servers.flatMap(({ name }) => {
      const state = servers.get(name)?.state();
      return state?.status === "ready"
        ? state.tools.flatMap(({ tool }) => (tool === null ? [] : [tool]))
        : [];
    });
    return withinBudget(ready, deps.isToolOn);
  };

  function entryOf(configured: ConfiguredServer, leftOut: Budgeted["leftOut"]): McpServerEntry {
    const { name, definition, problem } = configured;
    const server = servers.get(name);
    if (definition === null || server === undefined) {
      return {
        name,
        transport: "stdio",
        command: "",
        variables: [],
        definitionHash: "",
        isOn: false,
        status: "failed",
        reason: problem,
        tools: [],
      };
    }
    const state = server.state();
    const crowdedOut = state.tools.filter((tool) => leftOut.has(tool.name)).length;
    const reasons = [problem, state.reason, crowdedOut === 0 ? null : crowdWords(crowdedOut)];
    return {
      name,
      transport: definition.kind,
      command: shownCommand(definition),
      variables: givenNames(definition),
      definitionHash: server.hash,
      isOn: isOn(configured),
      status: statusOf(configured, server, state),
      reason: reasons.filter((reason) => reason !== null).join(" ") || null,
      tools: state.tools.map((tool): ToolEntry => ({
        name: tool.name,
        title: tool.title,
        description: tool.description,
        risk: tool.risk,
        isOn: deps.isToolOn(tool.name),
        obstacle: tool.refusal ?? (leftOut.has(tool.name) ? "There is no room for it." : null),
      })),
    };
  }

  function statusOf(
    configured: ConfiguredServer,
    server: McpServer,
    { status }: ServerState,
  ): McpServerEntry["status"] {
    if (!isOn(configured)) return "off";
    if (!trusted.isConfirmed(server.name, server.hash)) return "unconfirmed";
    return status === "idle" ? "starting" : status;
  }

  function save(next: string): Refusal {
    const failure = writeConfigText(path, next);
    if (failure !== null) {
      log.error("mcp-config-not-saved", { code: failure });
      return `mcp.json cannot be saved (${failure}).`;
    }
    unreadable = null;
    adopt(next);
    tell();
    return null;
  }

  return {
    start() {
      reload();
      unwatch = watchConfig(path, () => {
        const found = readConfigText(path);
        // Our own writing is known already.
        if (found.kind !== "text" || found.text !== text || unreadable !== null) reload();
      });
    },
    async close() {
      isClosed = true;
      unwatch();
      await Promise.all([...leaving, ...[...servers.values()].map((server) => server.stop())]);
    },
    tools() {
      const { tools } = budgeted();
      // From the first on: a list that changes in the middle of a turn costs the model what it has cached.
      return tools.length === 0 ? [] : [...tools, kept.tool];
    },
    entries() {
      const { leftOut } = budgeted();
      return config.servers.map((server) => entryOf(server, leftOut));
    },
    text: () => text,
    problem: () => unreadable ?? config.problem,
    imports: () =>
      findImports(
        deps,
        config.servers.map(({ name }) => name),
      ).map(({ from, servers: found }) => ({
        from,
        servers: Object.keys(found),
      })),
    importFrom(from) {
      const read = readConfigText(path);
      if (read.kind === "text" && read.text !== text) {
        reload();
        return "mcp.json has been changed meanwhile: read it, and try again.";
      }
      if (config.isBroken || unreadable !== null)
        return `Correct mcp.json first. ${unreadable ?? config.problem}`;
      const found = findImports(
        deps,
        config.servers.map(({ name }) => name),
      ).find((each) => each.from === from);
      return found === undefined
        ? `${from} has no server that is not here yet.`
        : save(addServers(text, found.servers));
    },
    saveText(next) {
      const read = readConfig(next, { home, environment });
      return read.isBroken ? `Not saved. ${read.problem}` : save(next);
    },
    confirm(name, hash) {
      const found = find(name);
      if (found === null) return "This server is not in mcp.json any more.";
      if (found.server.hash !== hash)
        return "The server has been changed meanwhile: read what is to be run once more.";
      trusted.confirm(name, hash);
      settle(found.configured);
      tell();
      return null;
    },
    switchServer(name, shallRun) {
      const found = find(name);
      if (found === null) return "This server cannot be used: correct its entry in mcp.json first.";
      trusted.switch(name, shallRun);
      settle(found.configured);
      tell();
      return null;
    },
    restart(name) {
      const found = find(name);
      if (found === null) return "This server cannot be used: correct its entry in mcp.json first.";
      if (!isOn(found.configured)) return "The server is switched off.";
      if (!trusted.isConfirmed(name, found.server.hash)) return "Confirm first what is to be run.";
      found.server.restart();
      return null;
    },
    recheck() {
      for (const server of servers.values()) server.recheck();
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const crowdWords = (count: number): string =>
  `${count} of its tools are left out: all servers together can have ${mostTools} tools, and ${longestToolsChars / 1024} kB that describe them. Switch off those that you do not need.`;

function unreadableWords(code: string): string {
  switch (code) {
    case "EFBIG":
      return "mcp.json is too large to be read.";
    case "EACCES":
    case "EPERM":
      return "Parley may not read mcp.json.";
    default:
      return `mcp.json cannot be read (${code}).`;
  }
}
