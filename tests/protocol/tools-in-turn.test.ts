/**
 * Owns the proof of what tools do to a conversation, and a person to tools, with the real engine on a real socket to
 * the strict server.
 */
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { ClientEvent } from "../../electron/main/practice/client-events.ts";
import { livelyPacing } from "../../electron/main/practice/pacing.ts";
import { builtInTool } from "../../electron/main/tools/built-in-tool.ts";
import type { Tool, ToolResult } from "../../electron/main/tools/tool.ts";
import type { Risk } from "../../shared/tools.ts";
import { createWorldClock } from "../support/engine-clock.ts";
import { startLineRig, type LineRig } from "../support/line-rig.ts";
import { speechOf, toneOf, type TestServer } from "../support/realtime-server.ts";

const closers: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function setUp(options: Parameters<typeof startLineRig>[0] = {}): Promise<LineRig> {
  const rig = await startLineRig(options);
  closers.push(() => rig.close());
  return rig;
}

interface WaitingTool {
  readonly tool: Tool;
  /** Ends the call that has waited longest. */
  readonly end: (result?: Partial<ToolResult>) => void;
  /** Calls that have begun, and those that were told to stop. */
  readonly begun: () => number;
  readonly stopped: () => number;
}

/** A tool that takes as long as the test says. */
function waitingTool(name = "look_up", risk: Risk = "read"): WaitingTool {
  const waiting: ((result: ToolResult) => void)[] = [];
  let begun = 0;
  let stopped = 0;
  return {
    tool: builtInTool({
      name,
      title: "Look something up",
      description: "Looks something up.",
      risk,
      parameters: z.object({}),
      timeBoundMs: 600_000,
      summarize: () => "it",
      run: (_args, { signal }) =>
        new Promise((resolve) => {
          begun += 1;
          waiting.push(resolve);
          signal.addEventListener("abort", () => (stopped += 1));
        }),
    }),
    end: (result) => waiting.shift()?.({ output: { found: "rain" }, summary: "found", ...result }),
    begun: () => begun,
    stopped: () => stopped,
  };
}

const callTo = (name: string) => ({ kind: "call", name, arguments: "{}" }) as const;

/** A whole spoken question by tap. */
function say(rig: LineRig): void {
  rig.toggle();
  rig.speak(toneOf(400));
  rig.toggle();
}

const outputsIn = (server: TestServer): readonly string[] =>
  server.events.flatMap((event) =>
    event.type === "conversation.item.create" && event.item.type === "function_call_output"
      ? [event.item.output]
      : [],
  );

const countOf = (server: TestServer, type: ClientEvent["type"]): number =>
  server.events.filter((event) => event.type === type).length;

const isAnswered = (rig: LineRig) => (): boolean => {
  rig.play();
  const state = rig.engine.shell.state();
  return state.tag === "idle" && state.reason === "answered";
};

describe("Esc", () => {
  it("stops the tools of this turn at once, and the model is told so with the next question", async () => {
    const { tool, begun, stopped } = waitingTool();
    const rig = await setUp({ tools: [tool] });
    rig.server.script.answer([callTo("look_up"), callTo("look_up")]);
    rig.server.script.answer([speechOf(200)]);
    say(rig);
    await rig.until("both tools", () => begun() === 2);
    const pressedMs = performance.now();
    rig.engine.shell.key("escapeDown");
    expect(stopped()).toBe(2);
    expect(rig.engine.shell.view().phase).toBe("idle");
    await rig.until("both outputs", () => outputsIn(rig.server).length === 2);
    expect(performance.now() - pressedMs).toBeLessThan(250);
    expect(outputsIn(rig.server).every((output) => output.includes("stopped by the user"))).toBe(true);
    expect(rig.engine.shell.view().canStop).toBe(false);
    expect(countOf(rig.server, "response.create")).toBe(1);
    say(rig);
    await rig.until("the next answer", isAnswered(rig));
    expect(rig.server.script.requests.at(-1)?.items.map(({ type }) => type)).toEqual([
      "message",
      "function_call",
      "function_call",
      "function_call_output",
      "function_call_output",
      "message",
    ]);
    expect(rig.server.errorsSent()).toEqual([]);
  });

  it("reaches a tool that an earlier turn has left running, also at rest", async () => {
    const { tool, begun, stopped } = waitingTool();
    const rig = await setUp({ tools: [tool] });
    rig.server.script.answer([callTo("look_up")]);
    say(rig);
    await rig.until("the tool", () => begun() === 1);
    // Pressed and let go without a word: the turn is over, the tool is not.
    rig.engine.shell.startTalk();
    rig.engine.shell.finishTalk();
    await rig.until("rest", ({ phase }) => phase === "idle");
    expect(stopped()).toBe(0);
    expect(rig.engine.shell.view().canStop).toBe(true);
    rig.engine.shell.key("escapeDown");
    expect(stopped()).toBe(1);
    await rig.until("its output", () => outputsIn(rig.server).length === 1);
    expect(rig.engine.shell.view().canStop).toBe(false);
    expect(rig.server.errorsSent()).toEqual([]);
  });
});

describe("a spoken yes", () => {
  /** The model has called a tool that writes, and the person has had the time to read what it is about to do. */
  async function asked(transcript: string, tool: WaitingTool): Promise<LineRig> {
    const rig = await setUp({ tools: [tool.tool], asksFirst: true, clock: createWorldClock() });
    rig.server.script.answer([callTo("change_it")]);
    say(rig);
    await rig.until("the question", ({ approval }) => approval !== null);
    await rig.pass(600);
    expect(rig.engine.shell.view().approval?.isArmed).toBe(true);
    rig.server.script.transcribeAs({ kind: "text", text: transcript });
    return rig;
  }

  async function sayHoldingTheKey(rig: LineRig): Promise<void> {
    rig.engine.shell.key("talkDown");
    await rig.pass(600);
    rig.speak(toneOf(400));
    rig.engine.shell.key("talkUp");
  }

  const typesIn = (rig: LineRig): readonly string[] =>
    rig.server.script.requests.at(-1)?.items.map(({ type }) => type) ?? [];

  it("said while the key is held lets the tool run, and is no question: one answer follows, built on what the tool gave", async () => {
    const tool = waitingTool("change_it", "write");
    const rig = await asked("Yes.", tool);
    rig.server.script.answer([speechOf(200, "It is done.")]);
    await sayHoldingTheKey(rig);
    await rig.until("the tool", () => tool.begun() === 1);
    await rig.until("that it is waited for", ({ phase }) => phase === "acting");
    expect(countOf(rig.server, "response.create")).toBe(1);
    tool.end();
    await rig.until("the answer", isAnswered(rig));
    expect(typesIn(rig)).toEqual(["message", "function_call", "message", "function_call_output"]);
    expect(rig.engine.shell.view().turns.at(-1)?.answer.text).toBe("It is done.");
    expect(countOf(rig.server, "response.create")).toBe(2);
    expect(rig.server.errorsSent()).toEqual([]);
  });

  it("or a no is told to the model as what became of the call", async () => {
    const tool = waitingTool("change_it", "write");
    const rig = await asked("No, thanks.", tool);
    await sayHoldingTheKey(rig);
    await rig.until("the answer", isAnswered(rig));
    expect(tool.begun()).toBe(0);
    expect(outputsIn(rig.server)[0]).toContain("did not allow it");
    expect(countOf(rig.server, "response.create")).toBe(2);
  });

  it("is none where something else is said: that is answered, and the tool goes on asking", async () => {
    const tool = waitingTool("change_it", "write");
    const rig = await asked("What would it do?", tool);
    await sayHoldingTheKey(rig);
    await rig.until("the answer", isAnswered(rig));
    expect(rig.engine.shell.view().approval).not.toBeNull();
    expect([tool.begun(), outputsIn(rig.server).length]).toEqual([0, 0]);
  });

  it("is none where nobody holds the key, whatever is heard", async () => {
    const tool = waitingTool("change_it", "write");
    const rig = await asked("Yes.", tool);
    // By tap: the key is up while it is said.
    rig.engine.shell.key("talkDown");
    rig.engine.shell.key("talkUp");
    rig.speak(toneOf(400));
    rig.engine.shell.key("talkDown");
    await rig.until("the answer", isAnswered(rig));
    expect(rig.engine.shell.view().approval).not.toBeNull();
    expect(tool.begun()).toBe(0);
  });

  it("survives a line that breaks under it: said again, it still is one, and the tool runs once", async () => {
    const tool = waitingTool("change_it", "write");
    const rig = await asked("Yes.", tool);
    let isLost = false;
    rig.server.script.transcribeAs(() => {
      // Nobody has taken it down yet when the line goes.
      if (!isLost) rig.server.connections.at(-1)?.drop();
      isLost = true;
      return Promise.resolve({ kind: "text", text: "Yes." });
    });
    await sayHoldingTheKey(rig);
    for (let rounds = 0; tool.begun() === 0 && rounds < 100; rounds += 1) await rig.pass(50);
    expect(tool.begun()).toBe(1);
    tool.end();
    await rig.until("the answer", isAnswered(rig));
    expect(rig.server.connections).toHaveLength(2);
    // The new session has never heard of the call, so it is told of it with its output.
    expect(typesIn(rig)).toEqual(["message", "function_call", "function_call_output"]);
    expect(JSON.stringify(rig.server.script.requests.at(-1)?.items)).toContain("rain");
    expect(rig.server.errorsSent()).toEqual([]);
  });
});

describe("a list of tools that changes", () => {
  const updatesIn = (server: TestServer) =>
    server.events.flatMap((event) => (event.type === "session.update" ? [event.session] : []));
  const toolNames = (rig: LineRig): readonly string[] =>
    rig.server.script.requests
      .at(-1)
      ?.session.tools.flatMap((tool) => (tool.type === "function" ? [tool.name] : [])) ?? [];

  it("is told to the session that stands, with nothing else, and the next answer knows it", async () => {
    const tools = [waitingTool("look_up").tool];
    const rig = await setUp({ tools });
    say(rig);
    await rig.until("an answer", isAnswered(rig));
    tools.push(waitingTool("another").tool);
    rig.engine.realtime.toolsChanged();
    await rig.until("the update", () => updatesIn(rig.server).length === 2);
    say(rig);
    await rig.until("the next answer", isAnswered(rig));
    expect(toolNames(rig)).toEqual(["look_up", "another"]);
    expect(Object.keys(updatesIn(rig.server)[1] ?? {})).toEqual(["type", "tools"]);
    expect(rig.server.connections).toHaveLength(1);
    expect(rig.server.errorsSent()).toEqual([]);
  });

  it("is not told in the middle of an answer, and is before the next one that is asked for", async () => {
    const first = waitingTool("look_up");
    const tools = [first.tool];
    const rig = await setUp({ tools, pacing: { ...livelyPacing, thinkMs: 60 } });
    rig.server.script.answer([callTo("look_up")]);
    say(rig);
    await rig.until("the answer has begun", (_view, { tag }) => tag === "responding");
    tools.push(waitingTool("another").tool);
    rig.engine.realtime.toolsChanged();
    expect(updatesIn(rig.server)).toHaveLength(1);
    await rig.until("the tool", () => first.begun() === 1);
    first.end();
    await rig.until("the answer", isAnswered(rig));
    const order = rig.server.events.map(({ type }) => type).filter((type) => /session|response/.test(type));
    expect(order).toEqual(["session.update", "response.create", "session.update", "response.create"]);
    const told = rig.server.sent.map(({ type }) => type);
    expect(told.lastIndexOf("session.updated")).toBeGreaterThan(told.indexOf("response.done"));
    expect(toolNames(rig)).toEqual(["look_up", "another"]);
    expect(rig.server.errorsSent()).toEqual([]);
  });

  it("that the server refuses is logged, and the old one stays, in the next session too", async () => {
    const tools = [waitingTool("look_up").tool];
    const rig = await setUp({ tools });
    say(rig);
    await rig.until("an answer", isAnswered(rig));
    // The service takes letters, digits, hyphens and underscores.
    tools.push(waitingTool("look up").tool);
    rig.engine.realtime.toolsChanged();
    await rig.until("the refusal", () => rig.logged.some(({ event }) => event === "tools-refused"));
    say(rig);
    await rig.until("the next answer", isAnswered(rig));
    expect(toolNames(rig)).toEqual(["look_up"]);
    rig.server.connections[0]?.drop();
    say(rig);
    await rig.until("an answer over a new line", isAnswered(rig));
    expect(rig.server.connections).toHaveLength(2);
    expect(toolNames(rig)).toEqual(["look_up"]);
    expect(rig.server.errorsSent().map(({ code }) => code)).toEqual(["invalid_value"]);
  });
});
