/** Owns which tools there are. It never runs one (run-tool.ts) and never asks the person. */
import { declare, type Tool, type ToolDeclaration } from "./tool.ts";

export interface ToolRegistry {
  find(name: string): Tool | undefined;
  /** For `session.tools`, in a stable order: a changed order would break the server's prompt cache. */
  declarations(): readonly ToolDeclaration[];
}

/** Two tools of one name are a mistake of ours. */
export function createRegistry(tools: readonly Tool[]): ToolRegistry {
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  if (byName.size !== tools.length)
    throw new Error("Two tools have the same name: make names unique before registering.");
  const declarations = tools.map(declare);
  return { find: (name) => byName.get(name), declarations: () => declarations };
}
