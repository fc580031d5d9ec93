/** Owns one call of a tool, from the model's JSON to the outcome, as the app makes it; nobody is asked. */
import { createRegistry } from "../../electron/main/tools/registry.ts";
import {
  prepareCall,
  runUse,
  type Preparation,
  type ToolOutcome,
} from "../../electron/main/tools/run-tool.ts";
import { ToolFailure, type Tool } from "../../electron/main/tools/tool.ts";
import { c1 } from "./session-samples.ts";

const noMistake = (tool: string, error: unknown): never => {
  throw new Error(`A mistake in ${tool}`, { cause: error });
};

/** @param args JSON text, or what becomes it. A mistake of the tool rejects. */
export function prepareTool(tool: Tool, args: unknown, signal = neverStopped()): Promise<Preparation> {
  const argumentsJson = typeof args === "string" ? args : JSON.stringify(args);
  const call = { callId: c1, name: tool.name, argumentsJson };
  return prepareCall(createRegistry({ builtIn: [tool] }), call, signal, noMistake);
}

export async function callTool(
  tool: Tool,
  args: unknown,
  { signal = neverStopped(), progress = (_line: string): void => undefined } = {},
): Promise<ToolOutcome> {
  const prepared = await prepareTool(tool, args, signal);
  return prepared.kind === "ready"
    ? runUse(tool, prepared.use, { signal, progress }, noMistake)
    : prepared.outcome;
}

const neverStopped = (): AbortSignal => new AbortController().signal;

/** Runs a call that is stopped right before its effect: the step that makes it is not taken. Rejects as the tool does. */
export async function runStopped(tool: Tool, args: unknown): Promise<void> {
  const prepared = await prepareTool(tool, args);
  if (prepared.kind === "refused") throw new Error(`It was refused: ${prepared.outcome.summary}`);
  const commit = (): Promise<never> => Promise.reject(new ToolFailure("It was stopped."));
  await prepared.use.run({ signal: neverStopped(), progress: () => undefined, commit });
}
