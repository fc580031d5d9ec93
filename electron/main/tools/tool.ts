/** Owns what a tool is. It never runs one. */
import { z } from "zod";

/** Decided by us, never by a server or the model. `read`: nothing private, nothing leaves: runs unasked. */
type Risk = "read" | "private-read" | "write" | "send" | "execute";

/** What a tool found or did: JSON for the model, one line for the person. */
export interface ToolResult {
  readonly output: Readonly<Record<string, unknown>>;
  readonly summary: string;
}

export interface Tool<Arguments extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  /** For the model: what it does and when to use it. */
  readonly description: string;
  readonly risk: Risk;
  readonly parameters: Arguments;
  readonly timeBoundMs: number;
  /** The arguments in short, for the action card. */
  summarize(args: z.infer<Arguments>): string;
  /** Throws a ToolFailure for what the model should hear about; anything else is a mistake of ours. */
  run(args: z.infer<Arguments>, signal: AbortSignal): Promise<ToolResult> | ToolResult;
}

/** A failure that is worth telling the model in these words. */
export class ToolFailure extends Error {}

/** A tool as `session.tools` declares it (protocol: `type: "function"`). */
export interface ToolDeclaration {
  readonly type: "function";
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export function declare(tool: Tool): ToolDeclaration {
  const { $schema: _dialect, ...parameters } = z.toJSONSchema(tool.parameters, { io: "input" });
  return { type: "function", name: tool.name, description: tool.description, parameters };
}
