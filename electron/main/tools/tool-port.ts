/**
 * Owns the calls that are running: each runs once, side by side, when the gate lets it, and ends with exactly one
 * toolFinished. It keeps what can be undone.
 */
import { createHash } from "node:crypto";
import type { CallId, TurnId } from "../../../shared/ids.ts";
import type { ActionEntry, Decision } from "../../../shared/tools.ts";
import type { Emit, Mark, Narrate, ToolPort } from "../session/ports.ts";
import type { ToolCall } from "../session/types.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { Clearance, Gate, GateRequest } from "./gate.ts";
import type { ToolRegistry } from "./registry.ts";
import {
  failed,
  internalReason,
  prepareCall,
  runUse,
  type OnMistake,
  type Preparation,
  type ToolOutcome,
} from "./run-tool.ts";
import { ToolFailure, type Aside, type Undo } from "./tool.ts";

export interface ToolPortDeps {
  readonly registry: ToolRegistry;
  readonly gate: Gate;
  readonly emit: Emit;
  readonly narrate: Narrate;
  readonly mark: Mark;
  /** What goes beside the session, kept until the call's output is sent. */
  readonly keepAside: (callId: CallId, aside: Aside) => void;
  /** Each call, once it has ended; one that does more than look up also before it runs. */
  readonly record: (entry: ActionEntry) => void;
  readonly nowMs: () => number;
  /** The date, in epoch milliseconds. */
  readonly wallMs: () => number;
  readonly onMistake: OnMistake;
}

export interface ToolRunner extends ToolPort {
  /** Takes the effect of a call back, if that can be done; the card tells what came of it. */
  undo(callId: CallId): Promise<void>;
  isBusy(): boolean;
}

/** Effects of longer ago are not undone by a click. */
const keptUndos = 20;
/** Of calls, so that one that the server repeats is known. */
const keptCallIds = 500;

export function createToolPort(deps: ToolPortDeps): ToolRunner {
  const running = new Map<CallId, AbortController>();
  const seen = new Set<CallId>();
  const undos = new Map<CallId, Undo>();

  /** A mistake in what is beside the call (a card, a line of the log) costs that, and never the call its end. */
  function beside(what: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      deps.onMistake(what, error);
    }
  }

  async function run(turnId: TurnId, call: ToolCall, signal: AbortSignal): Promise<void> {
    const { callId } = call;
    let output = failed(internalReason).output;
    try {
      output = await runToItsEnd(turnId, call, signal);
    } catch (error) {
      deps.onMistake(call.name, error);
    } finally {
      running.delete(callId);
      // Whatever went wrong: a turn waits for this.
      deps.emit({ type: "toolFinished", turnId, callId, output });
    }
  }

  /** @returns the output. */
  async function runToItsEnd(turnId: TurnId, call: ToolCall, signal: AbortSignal): Promise<string> {
    const { callId } = call;
    const startedMs = deps.nowMs();
    const prepared = await prepareCall(deps.registry, call, signal, deps.onMistake);
    // Before anything is decided: what cannot be written down does not run.
    const argumentHash = createHash("sha256").update(canonicalJson(prepared.args)).digest("hex");
    beside("card", () =>
      deps.narrate({
        type: "actionStarted",
        turnId,
        callId,
        name: call.name,
        title: prepared.tool?.title ?? "",
        server: serverOf(prepared),
        summary: prepared.kind === "ready" ? prepared.use.summary : "",
        thumbnail: prepared.kind === "ready" ? prepared.use.thumbnail : null,
      }),
    );
    deps.mark("toolStarted", turnId, { tool: call.name });
    const record = (entry: Pick<ActionEntry, "decision" | "outcome" | "resultBytes">): void =>
      beside("record", () =>
        deps.record({
          atMs: deps.wallMs(),
          turnId,
          callId,
          tool: call.name,
          title: prepared.tool?.title ?? call.name,
          server: serverOf(prepared),
          argumentHash,
          durationMs: Math.round(deps.nowMs() - startedMs),
          ...entry,
        }),
      );
    const onStart = (decision: Decision): void => record({ decision, outcome: "started", resultBytes: 0 });
    const { outcome, decision } = await decideAndRun(turnId, callId, prepared, signal, onStart);
    record({
      decision,
      outcome: isNo(decision) || decision === "refused" ? "not-run" : outcome.kind,
      resultBytes: Buffer.byteLength(outcome.output),
    });
    if (outcome.isForeign) deps.gate.taint(turnId);
    deps.keepAside(callId, { images: outcome.images, isForeign: outcome.isForeign });
    if (outcome.undo !== null) keepUndo(callId, outcome.undo);
    deps.mark("toolFinished", turnId, { tool: call.name, ok: outcome.kind === "done" });
    beside("card", () =>
      deps.narrate({
        type: "actionEnded",
        callId,
        state: isNo(decision) ? "denied" : outcome.kind === "done" ? "done" : "failed",
        result: outcome.summary,
        canUndo: outcome.undo !== null,
      }),
    );
    return outcome.output;
  }

  async function decideAndRun(
    turnId: TurnId,
    callId: CallId,
    prepared: Preparation,
    signal: AbortSignal,
    onStart: (decision: Decision) => void,
  ): Promise<{ readonly outcome: ToolOutcome; readonly decision: Decision }> {
    if (prepared.kind === "refused") return { outcome: prepared.outcome, decision: "refused" };
    const { tool, use } = prepared;
    const clearance = await cleared({
      turnId,
      callId,
      tool,
      use,
      signal,
      onAsked: () => beside("card", () => deps.narrate({ type: "actionAsked", callId })),
    });
    const { decision } = clearance;
    if (!clearance.isAllowed) return { outcome: failed(clearance.reason), decision };
    // Written before it runs: it may be what ends Parley.
    if (tool.risk !== "read" || use.risk !== "read") onStart(decision);
    beside("card", () => deps.narrate({ type: "actionRunning", callId }));
    const progress = (line: string): void =>
      beside("card", () => deps.narrate({ type: "actionProgress", callId, progress: line }));
    return { outcome: await runUse(tool, use, { signal, progress }, deps.onMistake), decision };
  }

  /** A gate that fails lets nothing through. */
  async function cleared(request: GateRequest): Promise<Clearance> {
    try {
      return await deps.gate.clear(request);
    } catch (error) {
      deps.onMistake("gate", error);
      return { isAllowed: false, decision: "refused", reason: internalReason };
    }
  }

  function keepUndo(callId: CallId, undo: Undo): void {
    undos.set(callId, undo);
    for (const oldest of undos.keys()) {
      if (undos.size <= keptUndos) break;
      undos.delete(oldest);
      beside("card", () => deps.narrate({ type: "actionSettled", callId: oldest }));
    }
  }

  function remember(callId: CallId): void {
    seen.add(callId);
    for (const oldest of seen) {
      if (seen.size <= keptCallIds) break;
      seen.delete(oldest);
    }
  }

  return {
    run(turnId, call) {
      // A call is never run twice, whatever the server repeats.
      if (seen.has(call.callId)) return;
      remember(call.callId);
      const stop = new AbortController();
      running.set(call.callId, stop);
      queueMicrotask(() => void run(turnId, call, stop.signal));
    },
    stopAll() {
      for (const stop of running.values()) stop.abort();
    },
    async undo(callId) {
      const undo = undos.get(callId);
      if (undo === undefined) return;
      undos.delete(callId);
      try {
        await undo();
        deps.narrate({ type: "actionUndone", callId });
      } catch (error) {
        if (!(error instanceof ToolFailure)) deps.onMistake("undo", error);
        const reason = error instanceof ToolFailure ? error.message : "It could not be undone.";
        deps.narrate({ type: "actionUndoFailed", callId, reason });
      }
    },
    isBusy: () => running.size > 0,
  };
}

const serverOf = ({ tool }: Preparation): string | null =>
  tool?.origin.kind === "mcp" ? tool.origin.server : null;

const isNo = (decision: Decision): boolean => decision === "denied" || decision === "unanswered";
