/** Owns the calls that are running: each runs once, side by side, and ends with exactly one toolFinished. */
import type { CallId, TurnId } from "../../../shared/ids.ts";
import type { Emit, Mark, Narrate, ToolPort } from "../session/ports.ts";
import type { ToolCall } from "../session/types.ts";
import type { ToolRegistry } from "./registry.ts";
import { prepareCall, type ToolOutcome } from "./run-tool.ts";

export interface ToolPortDeps {
  readonly registry: ToolRegistry;
  readonly emit: Emit;
  readonly narrate: Narrate;
  readonly mark: Mark;
  readonly onMistake: (tool: string, error: unknown) => void;
}

/** @returns the port, and `stopAll` for quitting. */
export function createToolPort(deps: ToolPortDeps): ToolPort & { readonly stopAll: () => void } {
  const running = new Map<CallId, AbortController>();

  async function run(turnId: TurnId, call: ToolCall, stop: AbortController): Promise<void> {
    const { callId } = call;
    const prepared = prepareCall(deps.registry, call, deps.onMistake);
    deps.narrate({ type: "actionStarted", turnId, callId, name: prepared.name, summary: prepared.summary });
    deps.mark("toolStarted", turnId, { tool: prepared.name });
    const outcome: ToolOutcome =
      prepared.kind === "ready" ? await prepared.run(stop.signal) : prepared.outcome;
    running.delete(callId);
    deps.mark("toolFinished", turnId, { tool: prepared.name, ok: outcome.ok });
    deps.narrate({ type: "actionEnded", callId, ok: outcome.ok, result: outcome.summary });
    deps.emit({ type: "toolFinished", turnId, callId, output: outcome.output });
  }

  return {
    run(turnId, call) {
      // A call is never run twice, whatever the server repeats.
      if (running.has(call.callId)) return;
      const stop = new AbortController();
      running.set(call.callId, stop);
      queueMicrotask(() => void run(turnId, call, stop));
    },
    stopAll() {
      for (const stop of running.values()) stop.abort();
    },
  };
}
