/**
 * Owns which tools there are: our own, and those that others bring and take away. It never runs one (run-tool.ts) and
 * never asks the person.
 */
import { declare, type Tool, type ToolDeclaration } from "./tool.ts";

export interface ToolRegistry {
  /** A tool that can be used now. */
  find(name: string): Tool | undefined;
  /** All, also those that are switched off. */
  all(): readonly Tool[];
  isOn(name: string): boolean;
  /** For `session.tools`, in a stable order: a changed order would break the server's prompt cache. */
  declarations(): readonly ToolDeclaration[];
  /** The same, of our own alone. */
  ownDeclarations(): readonly ToolDeclaration[];
}

export interface RegistrySources {
  /** Our own. Two tools of one name are a mistake of ours. */
  readonly builtIn: readonly Tool[];
  /** Those that others offer at the moment; one whose name is taken is left out. */
  readonly offered?: () => readonly Tool[];
  /** Names of those that the person, or the profile in use, has switched off. */
  readonly switchedOff?: () => readonly string[];
}

export function createRegistry({
  builtIn,
  offered = () => [],
  switchedOff = () => [],
}: RegistrySources): ToolRegistry {
  const own = new Map(builtIn.map((tool) => [tool.name, tool]));
  if (own.size !== builtIn.length)
    throw new Error("Two tools have the same name: make names unique before registering.");

  const named = (): ReadonlyMap<string, Tool> => {
    const tools = new Map(own);
    for (const tool of offered()) if (!tools.has(tool.name)) tools.set(tool.name, tool);
    return tools;
  };
  const isOn = (name: string): boolean => !switchedOff().includes(name);
  const isUsable = (tool: Tool): boolean => isOn(tool.name) && tool.obstacle() === null;

  return {
    find(name) {
      const tool = named().get(name);
      return tool !== undefined && isUsable(tool) ? tool : undefined;
    },
    all: () => [...named().values()],
    isOn,
    declarations: () => [...named().values()].filter(isUsable).map(declare),
    ownDeclarations: () => builtIn.filter(isUsable).map(declare),
  };
}
