/** Owns a set of MCP servers as the app has it: a profile on the disk, real programs, real time; and waiting for it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { McpServerEntry } from "../../shared/tools.ts";
import { createChildren } from "../../electron/main/child-process.ts";
import { createMcp, type Mcp, type McpDeps } from "../../electron/main/mcp/mcp.ts";
import { directRoute } from "../../electron/main/network/route.ts";
import { openProfileFile } from "../../electron/main/profile-file.ts";
import type { ToolOutcome } from "../../electron/main/tools/run-tool.ts";
import type { Tool } from "../../electron/main/tools/tool.ts";
import { callTool } from "./call-tool.ts";
import { openConf } from "./conf-store.ts";
import { recordingLog, type RecordingLog } from "./recording-log.ts";

export const stubPath = join(import.meta.dirname, "mcp-stubs", "stub.mjs");

/** An entry of `mcp.json` for a stub. */
export const stub = (how: string, ...args: readonly string[]): ServerEntry => ({
  command: process.execPath,
  args: [stubPath, how, ...args],
});

export type ServerEntry = Readonly<Record<string, unknown>>;

export interface McpBench {
  readonly mcp: Mcp;
  readonly folder: string;
  readonly log: RecordingLog;
  /** What was open is closed, and another one opened on the same profile. */
  reopen(): Promise<void>;
  entry(server: string): McpServerEntry;
  /** The first entry that meets a condition; rejects with the last one after a while. */
  whenEntry(
    server: string,
    what: (entry: McpServerEntry) => boolean,
    boundMs?: number,
  ): Promise<McpServerEntry>;
  /** Confirms all that is there, and waits until each is ready. */
  confirmAll(): Promise<void>;
  tool(name: string): Tool;
  /** Of the servers, without what reads on. */
  offered(): readonly Tool[];
  call(name: string, args?: unknown, options?: Parameters<typeof callTool>[2]): Promise<ToolOutcome>;
  writeConfig(servers: Readonly<Record<string, ServerEntry>>): void;
  close(): Promise<void>;
}

export async function openBench(
  servers: Readonly<Record<string, ServerEntry>>,
  overrides: Partial<McpDeps> = {},
): Promise<McpBench> {
  const folder = mkdtempSync(join(tmpdir(), "mcp-"));
  const log = recordingLog();
  let children = createChildren();
  const make = (): Mcp =>
    createMcp({
      children,
      folder,
      log,
      trustFile: openProfileFile(join(folder, "mcp-trust.json"), openConf),
      findRoute: directRoute,
      home: folder,
      environment: process.env,
      platform: process.platform,
      version: "1.2.3",
      now: () => new Date(),
      nowMs: () => performance.now(),
      isToolOn: () => true,
      ...overrides,
    });
  const writeConfig = (entries: Readonly<Record<string, ServerEntry>>): void =>
    writeFileSync(join(folder, "mcp.json"), JSON.stringify({ mcpServers: entries }, null, 2));
  writeConfig(servers);
  let mcp = make();
  mcp.start();

  const entry = (server: string): McpServerEntry => {
    const found = mcp.entries().find(({ name }) => name === server);
    if (found === undefined) throw new Error(`There is no server ${server}.`);
    return found;
  };

  function whenEntry(
    server: string,
    what: (entry: McpServerEntry) => boolean,
    boundMs = 15_000,
  ): Promise<McpServerEntry> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = mcp.entries().find(({ name }) => name === server);
        if (found === undefined || !what(found)) return;
        stop();
        resolve(found);
      };
      const bound = setTimeout(() => {
        stop();
        reject(new Error(`${server} stayed ${JSON.stringify(mcp.entries())}`));
      }, boundMs);
      const unsubscribe = mcp.onChanged(look);
      const stop = (): void => {
        clearTimeout(bound);
        unsubscribe();
      };
      look();
    });
  }

  const tool = (name: string): Tool => {
    const found = mcp.tools().find((each) => each.name === name);
    if (found === undefined)
      throw new Error(
        `There is no tool ${name}: ${mcp
          .tools()
          .map((each) => each.name)
          .join()}`,
      );
    return found;
  };

  return {
    get mcp() {
      return mcp;
    },
    folder,
    log,
    entry,
    whenEntry,
    writeConfig,
    tool,
    offered: () => mcp.tools().filter(({ origin }) => origin.kind === "mcp"),
    async reopen() {
      await mcp.close();
      children = createChildren();
      mcp = make();
      mcp.start();
    },
    async confirmAll() {
      for (const { name, definitionHash } of mcp.entries()) mcp.confirm(name, definitionHash);
      await Promise.all(mcp.entries().map(({ name }) => whenEntry(name, ({ status }) => status === "ready")));
    },
    call: (name, args = {}, options = {}) => callTool(tool(name), args, options),
    async close() {
      await mcp.close();
      await children.endAll();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
