/** Owns the proof that each call runs once and ends with exactly one toolFinished. */
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createRegistry } from "../../../electron/main/tools/registry.ts";
import { createToolPort } from "../../../electron/main/tools/tool-port.ts";
import type { Tool, ToolResult } from "../../../electron/main/tools/tool.ts";
import type { CallId } from "../../../shared/ids.ts";
import { c1, c2, t1 } from "../../support/session-samples.ts";

/** A port over one tool `wait` that ends when the test says so, and what it told, in order. */
function waitingPort() {
  const told: string[] = [];
  const waiting: ((result: ToolResult) => void)[] = [];
  const wait: Tool = {
    name: "wait",
    description: "Waits.",
    risk: "read",
    parameters: z.object({}),
    timeBoundMs: 60_000,
    summarize: () => "in short",
    run: () => new Promise<ToolResult>((resolve) => waiting.push(resolve)),
  };
  const port = createToolPort({
    registry: createRegistry([wait]),
    emit: (event) =>
      told.push(event.type === "toolFinished" ? `finished ${event.callId} ${event.output}` : ""),
    narrate: (narration) =>
      told.push(
        narration.type === "actionStarted"
          ? `card ${narration.callId} ${narration.name}`
          : narration.type === "actionEnded"
            ? `card ${narration.callId} ${narration.ok ? "done" : "failed"}`
            : "",
      ),
    mark: (name) => told.push(name),
    onMistake: (tool) => told.push(`mistake in ${tool}`),
  });
  const end = (index: number): void => waiting[index]?.({ output: { ok: true }, summary: "waited" });
  return { port, told, waiting, end };
}

const call = (callId: CallId, name = "wait") => ({ callId, name, argumentsJson: "{}" });
const settled = (): Promise<void> => new Promise(setImmediate);

describe("the tool port", () => {
  it("shows the card, runs the tool, and tells its end once, never inside the call", async () => {
    const { port, told, end } = waitingPort();
    port.run(t1, call(c1));
    expect(told).toEqual([]);
    await settled();
    expect(told).toEqual(["card c1 wait", "toolStarted"]);
    end(0);
    await settled();
    expect(told.slice(2)).toEqual(["toolFinished", "card c1 done", 'finished c1 {"ok":true}']);
  });

  it("runs calls side by side, and each ends when it ends", async () => {
    const { port, told, end } = waitingPort();
    port.run(t1, call(c1));
    port.run(t1, call(c2));
    await settled();
    end(1);
    end(0);
    await settled();
    expect(told.filter((word) => word.startsWith("finished"))).toEqual([
      'finished c2 {"ok":true}',
      'finished c1 {"ok":true}',
    ]);
  });

  it("runs a call once, also when it is named twice in one breath", async () => {
    const { port, told, waiting, end } = waitingPort();
    port.run(t1, call(c1));
    port.run(t1, call(c1));
    await settled();
    port.run(t1, call(c1));
    await settled();
    expect(waiting).toHaveLength(1);
    end(0);
    await settled();
    expect(told.filter((word) => word.startsWith("finished"))).toHaveLength(1);
  });

  it("ends a call that it has no tool for, too", async () => {
    const { port, told } = waitingPort();
    port.run(t1, call(c1, "fly"));
    await settled();
    expect(told).toEqual([
      "card c1 fly",
      "toolStarted",
      "toolFinished",
      "card c1 failed",
      'finished c1 {"error":"There is no tool named “fly”."}',
    ]);
  });

  it("stops everything that runs, and each call still gets its output", async () => {
    const { port, told } = waitingPort();
    port.run(t1, call(c1));
    port.run(t1, call(c2));
    await settled();
    port.stopAll();
    await settled();
    expect(told.filter((word) => word.startsWith("finished"))).toEqual([
      'finished c1 {"error":"It was stopped by the user."}',
      'finished c2 {"error":"It was stopped by the user."}',
    ]);
  });

  it("stops also a call that has not begun yet", async () => {
    const { port, told, waiting } = waitingPort();
    port.run(t1, call(c1));
    port.stopAll();
    await settled();
    expect(waiting).toHaveLength(0);
    expect(told.at(-1)).toBe('finished c1 {"error":"It was stopped by the user."}');
  });
});
