/** Owns tools that take a while and always end, in any order. It keeps count: each call is run once and ends once. */
import type { CallId, TurnId } from "../../shared/ids.ts";
import type { Emit, Narrate, ToolPort } from "../../electron/main/session/ports.ts";
import type { Random } from "./session-random.ts";
import { promise, step, type Step } from "./session-step.ts";

export interface ToolsSim extends ToolPort {
  readonly steps: () => readonly Step[];
  readonly runCalls: ReadonlySet<CallId>;
  /** Calls that run and were not told to stop. */
  readonly unstopped: () => readonly CallId[];
}

interface Running {
  readonly turnId: TurnId;
  isStopped: boolean;
}

export interface ToolsSimDeps {
  readonly emit: Emit;
  readonly narrate: Narrate;
  readonly random: Random;
}

export function toolsSim({ emit, narrate, random }: ToolsSimDeps): ToolsSim {
  const runCalls = new Set<CallId>();
  const running = new Map<CallId, Running>();
  return {
    runCalls,
    unstopped: () => [...running].filter(([, { isStopped }]) => !isStopped).map(([callId]) => callId),
    stopAll() {
      for (const call of running.values()) call.isStopped = true;
    },
    run(turnId, { callId, name }) {
      promise(!runCalls.has(callId), `the tool call ${callId} runs once`);
      runCalls.add(callId);
      running.set(callId, { turnId, isStopped: false });
      // A narration changes no turn, so it may be told at once.
      narrate({
        type: "actionStarted",
        turnId,
        callId,
        name,
        title: "",
        server: null,
        summary: "",
        thumbnail: null,
      });
    },
    steps: () =>
      [...running].map(([callId, { turnId, isStopped }]) =>
        step(isStopped ? "stopped tool ends" : "tool ends", isStopped ? 6 : 2, () => {
          running.delete(callId);
          narrate({
            type: "actionEnded",
            callId,
            state: !isStopped && random.chance(0.9) ? "done" : "failed",
            result: "done",
            canUndo: false,
          });
          emit({ type: "toolFinished", turnId, callId, output: "{}" });
        }),
      ),
  };
}
