/** Owns the proof that a tool call ends as a value, whatever the model writes and whatever the tool does. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createRegistry } from "../../../electron/main/tools/registry.ts";
import { prepareCall, type Preparation, type ToolOutcome } from "../../../electron/main/tools/run-tool.ts";
import { ToolFailure, type Tool } from "../../../electron/main/tools/tool.ts";
import { c1 } from "../../support/session-samples.ts";

const parameters = z.object({ zone: z.string().max(20), hours: z.int().optional() });
type Echo = Tool<typeof parameters>;

function echo(changes: Partial<Echo> = {}): Tool {
  const tool: Echo = {
    name: "echo",
    description: "Says it again.",
    risk: "read",
    parameters,
    timeBoundMs: 60_000,
    summarize: ({ zone }) => zone,
    run: (args) => ({ output: { ...args }, summary: args.zone }),
    ...changes,
  };
  return tool;
}

interface Prepared {
  readonly prepared: Preparation;
  readonly mistakes: unknown[];
}

function prepare(argumentsJson: string, tool = echo(), name = "echo"): Prepared {
  const mistakes: unknown[] = [];
  const call = { callId: c1, name, argumentsJson };
  const prepared = prepareCall(createRegistry([tool]), call, (_tool, error) => mistakes.push(error));
  return { prepared, mistakes };
}

function outcomeOf({ prepared }: Prepared, signal = new AbortController().signal): Promise<ToolOutcome> {
  return prepared.kind === "ready" ? prepared.run(signal) : Promise.resolve(prepared.outcome);
}

const zone = JSON.stringify({ zone: "Asia/Tokyo" });
const never = (): Promise<never> => new Promise(() => undefined);

describe("a call that does not fit", () => {
  it.each([
    ["is for no tool that there is", zone, "other", "There is no tool named “other”."],
    ["is no JSON", '{"zone":', "echo", "The arguments are not valid JSON."],
    ["is JSON of another kind", '"Asia/Tokyo"', "echo", "The arguments do not fit"],
    ["is null", "null", "echo", "The arguments do not fit"],
    ["has an argument of the wrong type", '{"zone": 9}', "echo", "zone"],
    ["lacks an argument", "{}", "echo", "zone"],
    ["has an argument that is too long", JSON.stringify({ zone: "x".repeat(21) }), "echo", "zone"],
    ["is empty although there is an argument to give", "", "echo", "zone"],
  ])("because it %s is refused, with a reason the model can use", async (_why, json, name, reason) => {
    const call = prepare(json, echo(), name);
    expect(call.prepared).toMatchObject({ kind: "refused", name, summary: "" });
    const outcome = await outcomeOf(call);
    expect(outcome.ok).toBe(false);
    expect(JSON.parse(outcome.output)).toEqual({ error: outcome.summary });
    expect(outcome.summary).toContain(reason);
    expect(outcome.summary).not.toContain("\n");
    // The model's mistake, not ours.
    expect(call.mistakes).toEqual([]);
  });
});

describe("a call that fits", () => {
  it("runs with its arguments, and without those that the tool does not know", async () => {
    const call = prepare('{"zone": "Asia/Tokyo", "hours": 2, "extra": true}');
    expect(call.prepared).toMatchObject({ kind: "ready", name: "echo", summary: "Asia/Tokyo" });
    expect(await outcomeOf(call)).toEqual({
      ok: true,
      output: '{"zone":"Asia/Tokyo","hours":2}',
      summary: "Asia/Tokyo",
    });
  });

  it("may come with an empty string where nothing needs to be said", async () => {
    const tool = { ...echo(), parameters: z.object({}), summarize: () => "", run: () => empty };
    const empty = { output: { done: true }, summary: "Done" };
    expect(await outcomeOf(prepare("  ", tool))).toEqual({
      ok: true,
      output: '{"done":true}',
      summary: "Done",
    });
  });

  it("runs also when its card cannot be written", async () => {
    const summarize = (): never => {
      throw new Error("no words");
    };
    const call = prepare(zone, echo({ summarize }));
    expect(call.prepared).toMatchObject({ kind: "ready", summary: "" });
    expect((await outcomeOf(call)).ok).toBe(true);
    expect(call.mistakes).toHaveLength(1);
  });
});

describe("a tool that fails", () => {
  it("on purpose tells the model why", async () => {
    const run = (): never => {
      throw new ToolFailure("There is no such zone.");
    };
    const call = prepare(zone, echo({ run }));
    expect(await outcomeOf(call)).toEqual({
      ok: false,
      output: '{"error":"There is no such zone."}',
      summary: "There is no such zone.",
    });
    expect(call.mistakes).toEqual([]);
  });

  it("by a mistake of ours tells us what and the model only that", async () => {
    const error = new Error("secret path /home/user");
    const call = prepare(zone, echo({ run: () => Promise.reject(error) }));
    const outcome = await outcomeOf(call);
    expect(outcome.ok).toBe(false);
    expect(outcome.output).not.toContain("secret");
    expect(call.mistakes).toEqual([error]);
  });

  it("with a result that is no JSON is a mistake of ours, too", async () => {
    const call = prepare(zone, echo({ run: () => ({ output: { big: 1n }, summary: "" }) }));
    expect((await outcomeOf(call)).ok).toBe(false);
    expect(call.mistakes).toHaveLength(1);
  });

  it("with more words than anybody wants to hear is told so", async () => {
    const run = () => ({ output: { text: "x".repeat(16_000) }, summary: "much" });
    expect(await outcomeOf(prepare(zone, echo({ run })))).toEqual({
      ok: false,
      output: '{"error":"The result is too long to be used."}',
      summary: "The result is too long to be used.",
    });
  });
});

describe("a tool that never ends", () => {
  it("is stopped at its bound, and its signal says so", async () => {
    const signals: AbortSignal[] = [];
    const run: Echo["run"] = (_args, signal) => {
      signals.push(signal);
      return never();
    };
    const outcome = await outcomeOf(prepare(zone, echo({ run, timeBoundMs: 11 })));
    expect(outcome).toMatchObject({ ok: false, summary: "It took longer than 0.011 s and was stopped." });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it("is stopped at its bound also when garbage is collected meanwhile", async () => {
    // What broke: AbortSignal.any over AbortSignal.timeout was collected with its listeners (nodejs/node#57736), and
    // the turn hung for the ten minutes of its stage. A timer of its own holds it now.
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const outcome = outcomeOf(prepare(zone, echo({ run: never, timeBoundMs: 37 })));
    const collecting = setInterval(collect, 5);
    expect((await outcome).ok).toBe(false);
    clearInterval(collecting);
  });

  it("is stopped by the person", async () => {
    const stop = new AbortController();
    const call = prepare(zone, echo({ run: never }));
    const outcome = outcomeOf(call, stop.signal);
    stop.abort();
    expect(await outcome).toMatchObject({ ok: false, summary: "It was stopped by the user." });
  });

  it("does not begin when it was stopped before", async () => {
    let runs = 0;
    const run = (): Promise<never> => {
      runs += 1;
      return never();
    };
    const outcome = await outcomeOf(prepare(zone, echo({ run })), AbortSignal.abort());
    expect(outcome).toMatchObject({ ok: false, summary: "It was stopped by the user." });
    expect(runs).toBe(0);
  });

  it("and gives up when it is told to makes no mistake", async () => {
    const stop = new AbortController();
    const run: Echo["run"] = (_args, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(new Error("aborted")));
      });
    const call = prepare(zone, echo({ run }));
    const outcome = outcomeOf(call, stop.signal);
    stop.abort();
    expect((await outcome).summary).toBe("It was stopped by the user.");
    await new Promise(setImmediate);
    expect(call.mistakes).toEqual([]);
  });
});
