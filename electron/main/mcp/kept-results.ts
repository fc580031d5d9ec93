/**
 * Owns what did not fit into an answer of a server: the last few long results, so that the model can read on. They are
 * kept in memory and nowhere else.
 */
import { z } from "zod";
import { builtInTool } from "../tools/built-in-tool.ts";
import { ToolFailure, type JsonObject, type Tool } from "../tools/tool.ts";
import { wholeStart } from "./clean-text.ts";
import { longestOutputChars } from "./mcp-tuning.ts";
import type { ReadResult } from "./tool-result.ts";

export interface KeptResults {
  /** As much of it as the model gets at once, and how to get more. */
  firstPart(server: string, result: Pick<ReadResult, "text" | "droppedChars">): JsonObject;
  /** Reads on. */
  readonly tool: Tool;
}

const keptResults = 8;
const toolName = "read_more";

const parameters = z.object({
  result: z.string().max(20).describe("The id of the result, as its note gives it."),
  from: z.int().nonnegative().describe("The first character to read, as the last note gives it."),
});

export function createKeptResults(): KeptResults {
  const results = new Map<
    string,
    { readonly server: string; readonly text: string; readonly droppedChars: number }
  >();
  let made = 0;

  /** As many characters as become no more than the model gets at once, once they are JSON. */
  function partFrom(text: string, from: number): string {
    let part = wholeStart(text.slice(from), longestOutputChars);
    for (
      let excess = encodedChars(part) - longestOutputChars;
      excess > 0;
      excess = encodedChars(part) - longestOutputChars
    )
      part = wholeStart(
        part,
        Math.min(
          part.length - 1,
          Math.floor(part.length * (longestOutputChars / (longestOutputChars + excess))),
        ),
      );
    return part;
  }

  function noted(id: string, text: string, from: number, part: string, droppedChars: number): JsonObject {
    const end = from + part.length;
    const lost = droppedChars === 0 ? "" : ` Another ${droppedChars} characters were too many to keep.`;
    const rest = end < text.length ? ` Read on with ${toolName}: result “${id}”, from ${end}.` : "";
    return { text: part, cut: `This is character ${from} to ${end} of ${text.length}.${rest}${lost}` };
  }

  const readMore = builtInTool({
    name: toolName,
    title: "Read on",
    description:
      "Reads more of a long result of another tool. Use it only when a result says that it was cut and the rest is needed.",
    risk: "read",
    parameters,
    timeBoundMs: 5_000,
    summarize: ({ from }) => `from character ${from}`,
    run({ result: id, from }) {
      const kept = results.get(id);
      if (kept === undefined) throw new ToolFailure("This result is not kept any more. Call the tool again.");
      if (from >= kept.text.length) throw new ToolFailure(`It has only ${kept.text.length} characters.`);
      const part = partFrom(kept.text, from);
      return {
        output: noted(id, kept.text, from, part, kept.droppedChars),
        summary: `${part.length} characters`,
        source: `MCP server ${kept.server}`,
      };
    },
  });

  return {
    firstPart(server, { text, droppedChars }) {
      const part = partFrom(text, 0);
      if (part.length === text.length && droppedChars === 0) return { text };
      made += 1;
      const id = `r${made}`;
      results.set(id, { server, text, droppedChars });
      for (const oldest of results.keys()) {
        if (results.size <= keptResults) break;
        results.delete(oldest);
      }
      return noted(id, text, 0, part, droppedChars);
    },
    tool: readMore,
  };
}

const encodedChars = (text: string): number => JSON.stringify(text).length;
