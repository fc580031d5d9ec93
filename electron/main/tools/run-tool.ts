/**
 * Owns the run of one tool call: find it, parse the arguments, bound its time. Every outcome is a value that goes
 * back to the model as JSON; it never throws and never leaves a call without an output.
 */
import { z } from "zod";
import type { ToolCall } from "../session/types.ts";
import type { ToolRegistry } from "./registry.ts";
import { ToolFailure, type Tool } from "./tool.ts";

export interface ToolOutcome {
  readonly ok: boolean;
  /** JSON text for `function_call_output`. */
  readonly output: string;
  /** One line for the action card. */
  readonly summary: string;
}

export type Preparation =
  | {
      readonly kind: "ready";
      readonly name: string;
      readonly summary: string;
      /** Resolves always; `signal` ends the tool early. */
      readonly run: (signal: AbortSignal) => Promise<ToolOutcome>;
    }
  | {
      readonly kind: "refused";
      readonly name: string;
      readonly summary: string;
      readonly outcome: ToolOutcome;
    };

/** Longer outputs are not spoken well and are paid for in every later turn. */
const longestOutputChars = 16_000;

/** @param onMistake told of an exception that is no ToolFailure; the model hears only that it failed. */
export function prepareCall(
  registry: ToolRegistry,
  call: ToolCall,
  onMistake: (tool: string, error: unknown) => void,
): Preparation {
  const tool = registry.find(call.name);
  if (tool === undefined) return refused(call.name, `There is no tool named “${call.name}”.`);
  const args = parseArguments(tool, call.argumentsJson);
  if (!args.ok) return refused(call.name, args.reason);
  return {
    kind: "ready",
    name: tool.name,
    summary: summarize(tool, args.value, onMistake),
    run: (signal) => runBounded(tool, args.value, signal, onMistake),
  };
}

const failed = (reason: string): ToolOutcome => ({
  ok: false,
  output: JSON.stringify({ error: reason }),
  summary: reason,
});

const refused = (name: string, reason: string): Preparation => ({
  kind: "refused",
  name,
  summary: "",
  outcome: failed(reason),
});

type Parsed =
  | { readonly ok: true; readonly value: Record<string, unknown> }
  | { readonly ok: false; readonly reason: string };

function parseArguments(tool: Tool, json: string): Parsed {
  let raw: unknown;
  try {
    // A call without arguments may come with an empty string.
    raw = json.trim() === "" ? {} : JSON.parse(json);
  } catch {
    return { ok: false, reason: "The arguments are not valid JSON." };
  }
  const parsed = tool.parameters.safeParse(raw);
  return parsed.success
    ? { ok: true, value: parsed.data }
    : {
        ok: false,
        reason: `The arguments do not fit: ${z.prettifyError(parsed.error).replaceAll(/\s+/g, " ")}`,
      };
}

/** A card without its line is no reason to refuse the call. */
function summarize(
  tool: Tool,
  args: Record<string, unknown>,
  onMistake: (tool: string, error: unknown) => void,
): string {
  try {
    return tool.summarize(args);
  } catch (error) {
    onMistake(tool.name, error);
    return "";
  }
}

/**
 * Not `AbortSignal.any` over `AbortSignal.timeout`: in Node 20 a collection of garbage takes that signal away with its
 * listeners before it has fired (nodejs/node#57736), and a tool that hangs would hang for ever.
 */
async function runBounded(
  tool: Tool,
  args: Record<string, unknown>,
  signal: AbortSignal,
  onMistake: (tool: string, error: unknown) => void,
): Promise<ToolOutcome> {
  if (signal.aborted) return failed(stoppedByUser);
  const stop = new AbortController();
  let cleanUp = (): void => undefined;
  const ended = new Promise<ToolOutcome>((resolve) => {
    const end = (reason: string): void => {
      resolve(failed(reason));
      stop.abort();
    };
    const bound = setTimeout(
      () => end(`It took longer than ${tool.timeBoundMs / 1000} s and was stopped.`),
      tool.timeBoundMs,
    );
    const onAbort = (): void => end(stoppedByUser);
    signal.addEventListener("abort", onAbort);
    cleanUp = () => {
      clearTimeout(bound);
      signal.removeEventListener("abort", onAbort);
    };
  });
  try {
    return await Promise.race([runCaught(tool, args, stop.signal, onMistake), ended]);
  } finally {
    cleanUp();
  }
}

const stoppedByUser = "It was stopped by the user.";

async function runCaught(
  tool: Tool,
  args: Record<string, unknown>,
  signal: AbortSignal,
  onMistake: (tool: string, error: unknown) => void,
): Promise<ToolOutcome> {
  try {
    const result = await tool.run(args, signal);
    const output = JSON.stringify(result.output);
    return output.length > longestOutputChars
      ? failed("The result is too long to be used.")
      : { ok: true, output, summary: result.summary };
  } catch (error) {
    if (error instanceof ToolFailure) return failed(error.message);
    // A tool that gives up because it was told to makes no mistake.
    if (!signal.aborted) onMistake(tool.name, error);
    return failed("The tool failed for an internal reason.");
  }
}
