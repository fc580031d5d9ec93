/** Owns how a tool of our own is written down: a schema, a few words, and what it does. It never runs one. */
import { z } from "zod";
import type { CardLine, Risk } from "../../../shared/tools.ts";
import { canonicalJson } from "./canonical-json.ts";
import {
  ToolFailure,
  type GrantPattern,
  type Tool,
  type ToolContext,
  type ToolResult,
  type ToolUse,
} from "./tool.ts";

export interface BuiltInTool<Parameters extends z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly risk: Risk;
  readonly parameters: Parameters;
  readonly timeBoundMs: number;
  /** The arguments in short, for the action card. */
  summarize(args: z.infer<Parameters>): string;
  /** For the approval card; left out, each argument is a line. */
  lines?(args: z.infer<Parameters>): readonly CardLine[];
  /** What “always” allows; left out, exactly these arguments. */
  pattern?(args: z.infer<Parameters>): GrantPattern | null;
  /** Left out, there is none. */
  obstacle?(): string | null;
  run(args: z.infer<Parameters>, context: ToolContext): Promise<ToolResult> | ToolResult;
}

export function builtInTool<Parameters extends z.ZodObject>(definition: BuiltInTool<Parameters>): Tool {
  const { name, title, description, risk, timeBoundMs } = definition;
  return {
    name,
    title,
    description,
    risk,
    timeBoundMs,
    origin: { kind: "built-in" },
    schema: schemaOf(definition.parameters),
    obstacle: () => definition.obstacle?.() ?? null,
    prepare: (raw) => useOf(definition, parseArguments(definition.parameters, raw)),
  };
}

function useOf<Parameters extends z.ZodObject>(
  definition: BuiltInTool<Parameters>,
  args: z.infer<Parameters>,
): ToolUse {
  return {
    summary: definition.summarize(args),
    lines: definition.lines?.(args) ?? linesOf(args),
    thumbnail: null,
    risk: definition.risk,
    pattern: definition.pattern === undefined ? exactly(args) : definition.pattern(args),
    run: (context) => definition.run(args, context),
  };
}

export function schemaOf(parameters: z.ZodObject): Tool["schema"] {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(parameters, { io: "input" });
  return schema;
}

/** Throws a ToolFailure that tells the model what does not fit. */
export function parseArguments<Parameters extends z.ZodObject>(
  parameters: Parameters,
  raw: unknown,
): z.infer<Parameters> {
  const parsed = parameters.safeParse(raw);
  if (parsed.success) return parsed.data;
  const problems = z.prettifyError(parsed.error).replaceAll(/\s+/g, " ");
  throw new ToolFailure(`The arguments do not fit: ${problems}`);
}

/** Every argument in full, a line each. */
export const linesOf = (args: Readonly<Record<string, unknown>>): readonly CardLine[] =>
  Object.entries(args).map(([name, value]) => ({
    label: name,
    text: typeof value === "string" ? value : JSON.stringify(value, null, 2),
  }));

/** The narrowest pattern: these arguments and no others. */
export const exactly = (args: Readonly<Record<string, unknown>>): GrantPattern => ({
  text: canonicalJson(args),
  words: Object.keys(args).length === 0 ? "this" : "exactly this",
});
