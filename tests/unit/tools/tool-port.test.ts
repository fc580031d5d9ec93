/** Owns the proof that each call is asked for, runs once if it may, and ends with exactly one toolFinished. */
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { builtInTool } from "../../../electron/main/tools/built-in-tool.ts";
import type { Clearance, GateRequest } from "../../../electron/main/tools/gate.ts";
import { createRegistry } from "../../../electron/main/tools/registry.ts";
import { createToolPort } from "../../../electron/main/tools/tool-port.ts";
import {
  ToolFailure,
  type ToolContext,
  type Aside,
  type ToolResult,
} from "../../../electron/main/tools/tool.ts";
import { callId, type CallId } from "../../../shared/ids.ts";
import type { ActionEntry, Risk } from "../../../shared/tools.ts";
import type { Narration } from "../../../electron/main/session/conversation.ts";
import { c1, c2, t1 } from "../../support/session-samples.ts";

/**
 * A port over one tool `wait` that ends when the test says so, and what it told, in order.
 * @param broken what throws instead of taking what it is given: the log, or each narration of this type.
 */
function waitingPort(
  clear: (request: GateRequest) => Promise<Clearance> = () => Promise.resolve(allowed),
  broken: "record" | Narration["type"] | null = null,
  risk: Risk = "write",
) {
  const told: string[] = [];
  const waiting: ((result: ToolResult) => void)[] = [];
  const contexts: ToolContext[] = [];
  const recorded: ActionEntry[] = [];
  const asides: ({ readonly callId: CallId } & Aside)[] = [];
  const begun: ActionEntry[] = [];
  const wait = builtInTool({
    name: "wait",
    title: "Wait",
    description: "Waits.",
    risk,
    parameters: z.object({ note: z.string().optional() }),
    timeBoundMs: 60_000,
    summarize: () => "in short",
    run: (_args, context) => {
      contexts.push(context);
      return new Promise<ToolResult>((resolve) => waiting.push(resolve));
    },
  });
  const port = createToolPort({
    registry: createRegistry({ builtIn: [wait] }),
    gate: { clear, taint: (turnId) => told.push(`taint ${turnId}`) },
    emit: (event) => {
      if (event.type === "toolFinished") told.push(`finished ${event.callId} ${event.output}`);
    },
    narrate: (narration) => {
      if (narration.type === broken) throw new Error("no card");
      told.push(cardWords(narration));
    },
    mark: (name) => told.push(name),
    keepAside: (id, aside) => asides.push({ callId: id, ...aside }),
    record: (entry) => {
      if (broken === "record") throw new Error("no log");
      (entry.outcome === "started" ? begun : recorded).push(entry);
    },
    nowMs: () => 5,
    wallMs: () => 1_700_000_000_000,
    onMistake: (tool) => told.push(`mistake in ${tool}`),
  });
  const end = (index: number, more: Partial<ToolResult> = {}): void =>
    waiting[index]?.({ output: { ok: true }, summary: "waited", ...more });
  return { port, told, waiting, contexts, recorded, begun, asides, end };
}

function cardWords(narration: Narration): string {
  if (narration.type === "actionProgress") return `progress ${narration.progress}`;
  if (narration.type === "actionUndoFailed") return `not undone: ${narration.reason}`;
  if (narration.type === "actionStarted") {
    return `card ${narration.callId} ${narration.name} “${narration.title}” ${narration.summary}`.trimEnd();
  }
  if (narration.type === "actionEnded") {
    return `card ${narration.callId} ${narration.state}${narration.canUndo ? ", can be undone" : ""}`;
  }
  return "callId" in narration ? `${narration.type} ${narration.callId}` : narration.type;
}

const allowed: Clearance = { isAllowed: true, decision: "allowed-click" };
const denied: Clearance = { isAllowed: false, decision: "denied", reason: "The user said no." };

const call = (id: CallId, name = "wait", argumentsJson = "{}") => ({ callId: id, name, argumentsJson });
const settled = (): Promise<void> => new Promise(setImmediate);
const finishedOf = (told: readonly string[]): readonly string[] =>
  told.filter((word) => word.startsWith("finished"));

describe("the tool port", () => {
  it("shows the card, runs the tool, and tells its end once, never inside the call", async () => {
    const { port, told, end } = waitingPort();
    port.run(t1, call(c1));
    expect(told).toEqual([]);
    await settled();
    expect(told).toEqual(["card c1 wait “Wait” in short", "toolStarted", "actionRunning c1"]);
    end(0);
    await settled();
    expect(told.slice(3)).toEqual(["toolFinished", "card c1 done", 'finished c1 {"ok":true}']);
  });

  it("runs calls side by side, and each ends when it ends", async () => {
    const { port, told, end } = waitingPort();
    port.run(t1, call(c1));
    port.run(t1, call(c2));
    await settled();
    end(1);
    end(0);
    await settled();
    expect(finishedOf(told)).toEqual(['finished c2 {"ok":true}', 'finished c1 {"ok":true}']);
  });

  it("runs a call once, whenever it is named again: in one breath, while it runs, after it has ended", async () => {
    const { port, told, waiting, end } = waitingPort();
    port.run(t1, call(c1));
    port.run(t1, call(c1));
    await settled();
    port.run(t1, call(c1));
    await settled();
    end(0);
    await settled();
    port.run(t1, call(c1));
    await settled();
    expect(waiting).toHaveLength(1);
    expect(finishedOf(told)).toHaveLength(1);
  });

  it("ends a call that it has no tool for, too", async () => {
    const { port, told, recorded } = waitingPort();
    port.run(t1, call(c1, "fly"));
    await settled();
    expect(told).toEqual([
      "card c1 fly “”",
      "toolStarted",
      "toolFinished",
      "card c1 failed",
      'finished c1 {"error":"There is no tool named “fly”."}',
    ]);
    expect(recorded).toMatchObject([{ tool: "fly", decision: "refused", outcome: "not-run" }]);
  });

  it("stops everything that runs, and each call still gets its output", async () => {
    const { port, told, recorded } = waitingPort();
    port.run(t1, call(c1));
    port.run(t1, call(c2));
    await settled();
    expect(port.isBusy()).toBe(true);
    port.stopAll();
    await settled();
    expect(finishedOf(told)).toEqual([
      'finished c1 {"error":"It was stopped by the user."}',
      'finished c2 {"error":"It was stopped by the user."}',
    ]);
    expect(recorded.map(({ outcome }) => outcome)).toEqual(["stopped", "stopped"]);
    expect(port.isBusy()).toBe(false);
  });

  it("stops also a call that has not begun yet", async () => {
    const { port, told, waiting } = waitingPort();
    port.run(t1, call(c1));
    port.stopAll();
    await settled();
    expect(waiting).toHaveLength(0);
    expect(told.at(-1)).toBe('finished c1 {"error":"It was stopped by the user."}');
  });

  it("tells the card how far it is", async () => {
    const { port, told, contexts } = waitingPort();
    port.run(t1, call(c1));
    await settled();
    contexts[0]?.progress("3 of 7");
    expect(told.at(-1)).toBe("progress 3 of 7");
  });
});

describe("a call that has to be allowed", () => {
  it("does not run before the answer, and says on its card that it waits", async () => {
    let answer: (clearance: Clearance) => void = () => undefined;
    const { port, told, waiting } = waitingPort(({ onAsked }) => {
      onAsked();
      return new Promise((resolve) => {
        answer = resolve;
      });
    });
    port.run(t1, call(c1));
    await settled();
    expect(told.at(-1)).toBe("actionAsked c1");
    expect(waiting).toHaveLength(0);
    answer(allowed);
    await settled();
    expect(told.at(-1)).toBe("actionRunning c1");
    expect(waiting).toHaveLength(1);
  });

  it("that is denied never runs, and the model is told", async () => {
    const { port, told, waiting, recorded } = waitingPort(() => Promise.resolve(denied));
    port.run(t1, call(c1));
    await settled();
    expect(waiting).toHaveLength(0);
    expect(told.slice(-2)).toEqual(["card c1 denied", 'finished c1 {"error":"The user said no."}']);
    expect(recorded).toMatchObject([{ decision: "denied", outcome: "not-run" }]);
  });

  it("is asked about with its arguments as they will be used, and with a signal that ends with the call", async () => {
    const requests: GateRequest[] = [];
    const { port } = waitingPort((request) => {
      requests.push(request);
      return new Promise(() => undefined);
    });
    port.run(t1, call(c1, "wait", '{"note": "milk", "extra": 1}'));
    await settled();
    expect(requests.map(({ use }) => use.lines)).toEqual([[{ label: "note", text: "milk" }]]);
    expect(requests[0]?.signal.aborted).toBe(false);
    port.stopAll();
    expect(requests[0]?.signal.aborted).toBe(true);
  });
});

describe("what a call leaves behind", () => {
  it("is one line of the log: who, when, why, how large, and a hash in place of the arguments", async () => {
    const { port, recorded, end } = waitingPort();
    port.run(t1, call(c1, "wait", '{"note":"my secret"}'));
    await settled();
    end(0);
    await settled();
    expect(recorded).toEqual([
      {
        atMs: 1_700_000_000_000,
        turnId: t1,
        callId: c1,
        tool: "wait",
        title: "Wait",
        server: null,
        argumentHash: "0342d7ef46c13ebf02476516b944a5b31ba6c72b09aa6944e078ee748572780d",
        decision: "allowed-click",
        outcome: "done",
        resultBytes: 11,
        durationMs: 0,
      },
    ]);
    expect(JSON.stringify(recorded)).not.toContain("secret");
  });

  it("is there before it runs, so that a call which ends Parley is in the log, too", async () => {
    const { port, begun, recorded, end } = waitingPort();
    port.run(t1, call(c1));
    await settled();
    expect(begun).toMatchObject([{ callId: c1, decision: "allowed-click", outcome: "started" }]);
    expect(recorded).toEqual([]);
    end(0);
    await settled();
    expect(begun).toHaveLength(1);
    expect(recorded).toMatchObject([{ callId: c1, argumentHash: begun[0]?.argumentHash, outcome: "done" }]);
  });

  it("is no start where it was not allowed, and none where it only looks something up", async () => {
    const refused = waitingPort(() => Promise.resolve(denied));
    refused.port.run(t1, call(c1));
    const harmless = waitingPort(undefined, null, "read");
    harmless.port.run(t1, call(c1));
    await settled();
    expect([refused.begun, harmless.begun]).toEqual([[], []]);
    expect(harmless.waiting).toHaveLength(1);
  });

  it("taints the conversation when it comes from elsewhere, and hands its pictures on", async () => {
    const { port, told, asides, end } = waitingPort();
    const images = [{ mimeType: "image/png", base64: "AAAA" }] as const;
    port.run(t1, call(c1));
    await settled();
    end(0, { source: "screen", images });
    await settled();
    expect(told).toContain(`taint ${t1}`);
    expect(asides).toEqual([{ callId: c1, images, isForeign: true }]);
    // Before the output is told: whoever sends it finds them.
    expect(told.indexOf(`taint ${t1}`)).toBeLessThan(told.findIndex((word) => word.startsWith("finished")));
  });

  it("can be undone, once", async () => {
    const { port, told, end } = waitingPort();
    let undone = 0;
    port.run(t1, call(c1));
    await settled();
    end(0, { undo: () => void (undone += 1) });
    await settled();
    expect(told).toContain("card c1 done, can be undone");
    await port.undo(c1);
    await port.undo(c1);
    expect(undone).toBe(1);
    expect(told.at(-1)).toBe("actionUndone c1");
  });

  it("that cannot be undone any more says why", async () => {
    const { port, told, end } = waitingPort();
    port.run(t1, call(c1));
    port.run(t1, call(c2));
    await settled();
    end(0, {
      undo: () => {
        throw new ToolFailure("The note was changed meanwhile.");
      },
    });
    end(1, { undo: () => Promise.reject(new Error("EACCES")) });
    await settled();
    await port.undo(c1);
    expect(told.at(-1)).toBe("not undone: The note was changed meanwhile.");
    await port.undo(c2);
    expect(told.slice(-2)).toEqual(["mistake in undo", "not undone: It could not be undone."]);
  });

  it("can be undone for the last twenty effects only, and older cards stop offering it", async () => {
    const { port, told, end } = waitingPort();
    const ids = Array.from({ length: 21 }, (_, index) => callId(`call-${index}`));
    let undone = 0;
    for (const [index, id] of ids.entries()) {
      port.run(t1, call(id));
      await settled();
      end(index, { undo: () => void (undone += 1) });
      await settled();
    }
    expect(told.filter((word) => word.startsWith("actionSettled"))).toEqual(["actionSettled call-0"]);
    for (const id of ids) await port.undo(id);
    expect(undone).toBe(20);
  });
});

describe("a call in which something of ours goes wrong", () => {
  it("is refused when its arguments are nested thousands deep where the tool never looks, and leaves its line", async () => {
    const { port, told, waiting, recorded } = waitingPort();
    port.run(t1, call(c1, "wait", `{"note":"x","extra":${"[".repeat(6_000)}${"]".repeat(6_000)}}`));
    await settled();
    expect(waiting).toHaveLength(0);
    expect(finishedOf(told)).toEqual(['finished c1 {"error":"The arguments are nested too deep."}']);
    expect(recorded).toMatchObject([{ decision: "refused", outcome: "not-run" }]);
    expect(port.isBusy()).toBe(false);
  });

  it("runs with arguments that are as deep as anybody writes them", async () => {
    const { port, waiting } = waitingPort();
    port.run(t1, call(c1, "wait", `{"extra":${"[".repeat(60)}${"]".repeat(60)}}`));
    await settled();
    expect(waiting).toHaveLength(1);
  });

  it("never runs when the gate fails", async () => {
    const { port, told, waiting, recorded } = waitingPort(() => Promise.reject(new Error("no gate")));
    port.run(t1, call(c1));
    await settled();
    expect(waiting).toHaveLength(0);
    expect(told).toContain("mistake in gate");
    expect(finishedOf(told)).toEqual(['finished c1 {"error":"The tool failed for an internal reason."}']);
    expect(recorded).toMatchObject([{ decision: "refused", outcome: "not-run" }]);
    expect(port.isBusy()).toBe(false);
  });

  it.each(["record", "actionStarted", "actionRunning", "actionEnded"] as const)(
    "still ends with its output when %s fails",
    async (broken) => {
      const { port, told, end } = waitingPort(undefined, broken);
      port.run(t1, call(c1));
      await settled();
      end(0);
      await settled();
      expect(told).toContain(`mistake in ${broken === "record" ? "record" : "card"}`);
      expect(finishedOf(told)).toEqual(['finished c1 {"ok":true}']);
      expect(port.isBusy()).toBe(false);
    },
  );

  it("still ends with its output when an older card cannot be told that its time for an undo is over", async () => {
    const { port, told, end } = waitingPort(undefined, "actionSettled");
    for (let index = 0; index < 21; index += 1) {
      port.run(t1, call(callId(`call-${index}`)));
      await settled();
      end(index, { undo: () => undefined });
      await settled();
    }
    expect(told).toContain("mistake in card");
    expect(finishedOf(told).at(-1)).toBe('finished call-20 {"ok":true}');
  });
});
