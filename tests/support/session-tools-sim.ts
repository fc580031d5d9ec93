/**
 * Owns tools that take a while and always end, in any order, and a desk that asks the person whether some of them may
 * run. It keeps count: each call is run once and ends once.
 */
import type { CallId, TurnId } from "../../shared/ids.ts";
import type { ConsentPort, Emit, Narrate, ToolPort } from "../../electron/main/session/ports.ts";
import type { Random } from "./session-random.ts";
import { promise, step, whim, type Step } from "./session-step.ts";

export interface ToolsSim extends ToolPort {
  readonly consent: ConsentPort;
  readonly steps: () => readonly Step[];
  readonly runCalls: ReadonlySet<CallId>;
  /** Calls that run and were not told to stop. */
  readonly unstopped: () => readonly CallId[];
}

interface Call {
  readonly callId: CallId;
  readonly turnId: TurnId;
  stage: "to be asked" | "asked" | "running";
  isStopped: boolean;
}

export interface ToolsSimDeps {
  readonly emit: Emit;
  readonly narrate: Narrate;
  readonly random: Random;
}

export function toolsSim({ emit, narrate, random }: ToolsSimDeps): ToolsSim {
  const runCalls = new Set<CallId>();
  const calls = new Map<CallId, Call>();
  /** Turns whose words may be the answer to the question about a call. */
  const replies = new Map<TurnId, CallId>();
  let toTell: readonly Step[] = [];
  const later = (name: string, run: () => void): void => {
    const next: Step = step(name, 6, () => {
      toTell = toTell.filter((other) => other !== next);
      run();
    });
    toTell = [...toTell, next];
  };

  const asked = (): Call | undefined => [...calls.values()].find(({ stage }) => stage === "asked");

  const settle = (call: Call, isAllowed: boolean): void => {
    call.stage = "running";
    if (!isAllowed) call.isStopped = true;
    emit({ type: "approvalSettled", callId: call.callId });
  };
  const end = (call: Call): void => {
    const { callId, turnId, stage, isStopped } = call;
    calls.delete(callId);
    if (stage === "asked") emit({ type: "approvalSettled", callId });
    const state = !isStopped && random.chance(0.9) ? "done" : "failed";
    narrate({ type: "actionEnded", callId, state, result: "", canUndo: false });
    emit({ type: "toolFinished", turnId, callId, output: "{}" });
  };
  const callSteps = (call: Call): readonly Step[] => {
    if (call.isStopped) return [step("stopped tool ends", 6, () => end(call))];
    switch (call.stage) {
      case "to be asked":
        return [
          step("person is asked", 4, () => {
            call.stage = "asked";
            emit({ type: "approvalAsked", callId: call.callId });
          }),
        ];
      case "asked":
        return [
          whim("click on a question", 0.3, () => settle(call, random.chance(0.6))),
          step("question is given up", 0.1, () => settle(call, false)),
        ];
      case "running":
        return [step("tool ends", 2, () => end(call))];
    }
  };

  const consent: ConsentPort = {
    turnBegan(turnId, isByKey) {
      const call = asked();
      if (isByKey && call !== undefined && random.chance(0.9)) replies.set(turnId, call.callId);
    },
    notHeld: (turnId) => void replies.delete(turnId),
    heard(turnId, words) {
      const call = calls.get(replies.get(turnId) ?? ("" as CallId));
      replies.delete(turnId);
      const isAnswered = words !== null && call?.stage === "asked" && random.chance(0.7);
      const answer = (): void => {
        if (call?.stage === "asked") settle(call, random.chance(0.6));
      };
      later(isAnswered ? "consent is heard" : "words are no consent", () =>
        emit({ type: "consentHeard", turnId, isAnswered }),
      );
      // Before the word of it, or after.
      if (isAnswered) later("answer is taken", answer);
    },
  };

  return {
    consent,
    runCalls,
    unstopped: () => [...calls.values()].filter(({ isStopped }) => !isStopped).map(({ callId }) => callId),
    stopAll() {
      for (const call of calls.values()) call.isStopped = true;
    },
    run(turnId, { callId, name }) {
      promise(!runCalls.has(callId), `the tool call ${callId} runs once`);
      runCalls.add(callId);
      const stage = random.chance(0.6) ? "to be asked" : "running";
      calls.set(callId, { callId, turnId, stage, isStopped: false });
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
    steps: () => [...[...calls.values()].flatMap(callSteps), ...toTell],
  };
}
