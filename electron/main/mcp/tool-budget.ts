/**
 * Owns which tools of all servers together the model is told of: as many as it can choose among, and as long as its
 * context bears. Those of the servers that come first in the file come first. Pure but for the sizes that it keeps.
 */
import { declare, type Tool } from "../tools/tool.ts";
import { longestToolsChars, mostTools } from "./mcp-tuning.ts";

export interface Budgeted {
  readonly tools: readonly Tool[];
  /** Names of those that there is no room for. */
  readonly leftOut: ReadonlySet<string>;
}

/** @param isOn one that is switched off takes no room. */
export function withinBudget(offered: readonly Tool[], isOn: (name: string) => boolean): Budgeted {
  const tools: Tool[] = [];
  const leftOut = new Set<string>();
  let count = 0;
  let chars = 0;
  for (const tool of offered) {
    if (isOn(tool.name)) {
      const more = charsOf(tool);
      if (count === mostTools || chars + more > longestToolsChars) {
        leftOut.add(tool.name);
        continue;
      }
      count += 1;
      chars += more;
    }
    tools.push(tool);
  }
  return { tools, leftOut };
}

const known = new WeakMap<Tool, number>();

function charsOf(tool: Tool): number {
  const chars = known.get(tool) ?? JSON.stringify(declare(tool)).length;
  known.set(tool, chars);
  return chars;
}
