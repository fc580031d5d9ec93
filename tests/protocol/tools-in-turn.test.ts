/**
 * Owns the proof of what tools do to a conversation, and a person to tools, with the real engine on a real socket to
 * the strict server.
 */
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { BrainRequest, Step } from "../../electron/main/practice/brain.ts";
import type { ClientEvent } from "../../electron/main/practice/client-events.ts";
import { livelyPacing } from "../../electron/main/practice/pacing.ts";
import { builtInTool } from "../../electron/main/tools/built-in-tool.ts";
import type { Tool, ToolImage, ToolResult } from "../../electron/main/tools/tool.ts";
import type { Risk } from "../../shared/tools.ts";
import { createWorldClock } from "../support/engine-clock.ts";
import { startLineRig, type LineRig } from "../support/line-rig.ts";
import { endlessAnswer, speechOf, toneOf, type TestServer } from "../support/realtime-server.ts";
import { pngPicture } from "../support/sample-pictures.ts";

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

describe("a picture", () => {
  const picturesIn = (items: BrainRequest["items"] = []): number =>
    items.flatMap((item) =>
      item.type === "message" && item.role === "user"
        ? item.content.filter(({ type }) => type === "input_image")
        : [],
    ).length;
  /** Pictures that each response so far could see. */
  const seen = (rig: LineRig): readonly number[] =>
    rig.server.script.requests.map(({ items }) => picturesIn(items));
  const deleted = (rig: LineRig) => (): boolean =>
    rig.server.sent.some(({ type }) => type === "conversation.item.deleted");

  it("that a tool has taken is shown after its output, for this answer, and taken out after it", async () => {
    const tool = waitingTool();
    const rig = await setUp({ tools: [tool.tool] });
    rig.server.script.answer([callTo("look_up")]);
    say(rig);
    await rig.until("the tool", () => tool.begun() === 1);
    tool.end({ images: [pngPicture], source: "screen" });
    await rig.until("the answer", isAnswered(rig));
    await rig.until("its end", deleted(rig));
    const types = rig.server.events.flatMap((event) =>
      event.type === "conversation.item.create"
        ? [event.item.type]
        : event.type === "response.create"
          ? ["-"]
          : [],
    );
    expect(types).toEqual(["-", "function_call_output", "message", "-"]);
    say(rig);
    await rig.until("the next answer", isAnswered(rig));
    expect(seen(rig)).toEqual([0, 1, 0]);
    expect(rig.server.errorsSent()).toEqual([]);
  });

  it("of a call whose turn was given up is shown to the next answer, and taken out after that", async () => {
    const tool = waitingTool();
    const rig = await setUp({ tools: [tool.tool] });
    rig.server.script.answer([callTo("look_up")]);
    say(rig);
    await rig.until("the tool", () => tool.begun() === 1);
    rig.engine.shell.startTalk();
    tool.end({ images: [pngPicture], source: "screen" });
    await rig.until("its output", () => outputsIn(rig.server).length === 1);
    rig.speak(toneOf(400));
    rig.engine.shell.finishTalk();
    await rig.until("the answer", isAnswered(rig));
    await rig.until("its end", deleted(rig));
    say(rig);
    await rig.until("the next answer", isAnswered(rig));
    expect(seen(rig)).toEqual([0, 1, 0]);
    expect(rig.server.errorsSent()).toEqual([]);
  });

  it("is taken out of an answer that is cut off, too", async () => {
    const tool = waitingTool();
    const rig = await setUp({ tools: [tool.tool], pacing: livelyPacing });
    rig.server.script.answer([callTo("look_up")]);
    rig.server.script.answer(endlessAnswer);
    say(rig);
    await rig.until("the tool", () => tool.begun() === 1);
    tool.end({ images: [pngPicture], source: "screen" });
    await rig.until("the answer", () => rig.givenSamples() > 0);
    rig.engine.shell.key("escapeDown");
    await rig.until("its end", deleted(rig));
    say(rig);
    await rig.until("the next answer", isAnswered(rig));
    expect(seen(rig)).toEqual([0, 1, 0]);
    expect(rig.server.errorsSent()).toEqual([]);
  });

  it("is taken out of an answer that is cut off while the person is still asked about an older call", async () => {
    // The call goes on with the turn whose words were no answer, so that one seemed to wait for it still.
    const tool = waitingTool("change_it", "write");
    const rig = await setUp({
      tools: [tool.tool],
      asksFirst: true,
      lookAtScreen: () => Promise.resolve([pngPicture]),
    });
    rig.server.script.answer([callTo("change_it")]);
    rig.server.script.answer(endlessAnswer);
    say(rig);
    await rig.until("the question", ({ approval }) => approval !== null);
    rig.engine.shell.key("talkDownWithShift");
    rig.engine.shell.key("talkUp");
    rig.speak(toneOf(400));
    rig.engine.shell.key("talkDown");
    rig.engine.shell.key("talkUp");
    await rig.until("another answer", () => rig.givenSamples() > 0);
    rig.engine.shell.startTalk();
    await rig.until("its end", deleted(rig));
    expect(rig.engine.shell.view().approval).not.toBeNull();
    expect(rig.server.errorsSent()).toEqual([]);
  });

  it("is shown again when the line breaks before the answer, to the session that gives it, and seeds none", async () => {
    const tool = waitingTool();
    const rig = await setUp({ tools: [tool.tool], pacing: livelyPacing });
    rig.server.script.answer([callTo("look_up")]);
    rig.server.script.answer(endlessAnswer);
    say(rig);
    await rig.until("the tool", () => tool.begun() === 1);
    tool.end({ images: [pngPicture], source: "screen" });
    await rig.until("the second response", () => rig.server.script.requests.length === 2);
    rig.server.connections[0]?.drop();
    await rig.until("a new line", () => rig.server.connections.length === 2);
    await rig.until("the answer", isAnswered(rig));
    rig.server.connections[1]?.drop();
    say(rig);
    await rig.until("the next answer", isAnswered(rig));
    expect(seen(rig)).toEqual([0, 1, 1, 0]);
    expect(rig.server.errorsSent()).toEqual([]);
  });

  /** Press with Shift, speak, let go. */
  async function sayWithScreen(rig: LineRig): Promise<void> {
    rig.engine.shell.key("talkDownWithShift");
    rig.engine.shell.key("talkUp");
    rig.speak(toneOf(400));
    rig.engine.shell.key("talkDown");
    rig.engine.shell.key("talkUp");
    await rig.until("the answer", isAnswered(rig));
  }

  it("of the screen goes with the question, ahead of its words, and is gone after its answer", async () => {
    const rig = await setUp({ lookAtScreen: () => Promise.resolve([pngPicture]) });
    await sayWithScreen(rig);
    await rig.until("its end", deleted(rig));
    const items = rig.server.script.requests[0]?.items ?? [];
    expect(
      items.map((item) => (item.type === "message" ? item.content.map(({ type }) => type) : [])),
    ).toEqual([["input_text", "input_image"], ["input_audio"]]);
    say(rig);
    await rig.until("the next answer", isAnswered(rig));
    expect(seen(rig)).toEqual([1, 0]);
    expect(rig.server.errorsSent()).toEqual([]);
  });

  it("of the screen never leaves for a press that turned out to be part of a shortcut", async () => {
    const rig = await setUp({ lookAtScreen: () => Promise.resolve([pngPicture]) });
    rig.engine.shell.key("talkDownWithShift");
    rig.speak(toneOf(400));
    await rig.until("the sound is out", () => countOf(rig.server, "input_audio_buffer.append") > 0);
    rig.engine.shell.key("otherDown");
    rig.engine.shell.key("talkUp");
    say(rig);
    await rig.until("an answer", isAnswered(rig));
    expect(rig.server.events.some((event) => JSON.stringify(event).includes("input_image"))).toBe(false);
  });

  it("of the screen that cannot be had, or takes too long, does not hold the question up, and that is said", async () => {
    const refused = await setUp({ lookAtScreen: () => Promise.reject(new Error("no permission")) });
    await sayWithScreen(refused);
    expect(refused.engine.shell.view().notice?.title).toBe("Your screen could not be looked at");
    expect(seen(refused)).toEqual([0]);
    let give: (images: readonly ToolImage[]) => void = () => undefined;
    const clock = createWorldClock();
    const slow = await setUp({ clock, lookAtScreen: () => new Promise((resolve) => (give = resolve)) });
    slow.engine.shell.key("talkDownWithShift");
    slow.engine.shell.key("talkUp");
    await slow.pass(50);
    slow.speak(toneOf(400));
    slow.engine.shell.key("talkDown");
    await slow.until("the wait", (_view, { tag }) => tag === "looking");
    await slow.pass(2_050);
    await slow.until("the answer", isAnswered(slow));
    expect(slow.engine.shell.view().notice?.title).toBe("Your screen could not be looked at");
    // Too late: it was said without.
    give([pngPicture]);
    await slow.pass(50);
    expect(slow.server.events.some((event) => JSON.stringify(event).includes("input_image"))).toBe(false);
  });

  it("of the screen goes again with a question that is sent again", async () => {
    const rig = await setUp({ lookAtScreen: () => Promise.resolve([pngPicture]) });
    const error = { type: "invalid_request_error", code: "invalid_prompt", message: "no", param: null };
    rig.server.script.answer([{ kind: "fail", error }]);
    rig.engine.shell.key("talkDownWithShift");
    rig.engine.shell.key("talkUp");
    rig.speak(toneOf(400));
    rig.engine.shell.key("talkDown");
    rig.engine.shell.key("talkUp");
    await rig.until("the failure", ({ phase }) => phase === "failed");
    rig.engine.shell.sendAgain();
    await rig.until("the answer", isAnswered(rig));
    expect(seen(rig)).toEqual([1, 1]);
    expect(rig.server.errorsSent()).toEqual([]);
  });
});

describe("a tool that is slow", () => {
  const still: Step = speechOf(300, "I am still looking.");
  /** The model has called the tool, and 8 s have passed. */
  async function waiting(tool: WaitingTool, ...remark: readonly Step[]): Promise<LineRig> {
    const rig = await setUp({ tools: [tool.tool], clock: createWorldClock() });
    rig.server.script.answer([callTo("look_up")]);
    rig.server.script.answer(remark);
    say(rig);
    await rig.until("the tool", () => tool.begun() === 1);
    await rig.pass(7_900);
    expect(rig.server.script.requests).toHaveLength(1);
    await rig.pass(150);
    await rig.until("the remark", () => rig.server.script.requests.length === 2);
    return rig;
  }
  const answerOf = (rig: LineRig): string => rig.engine.shell.view().turns.at(-1)?.answer.text ?? "";

  it("makes the model say so, once, beside the conversation and in the person's language", async () => {
    const tool = waitingTool();
    const rig = await waiting(tool, still);
    const [, remark] = rig.server.script.requests;
    expect(remark?.isOutOfBand).toBe(true);
    expect([remark?.items, remark?.session.tools]).toEqual([[], []]);
    expect(remark?.session.instructions).toContain("what was said");
    await rig.until("its words", () => answerOf(rig) === "I am still looking.");
    rig.play();
    expect(rig.engine.shell.view().phase).toBe("acting");
    await rig.pass(20_000);
    expect(rig.server.script.requests).toHaveLength(2);
    rig.server.script.answer([speechOf(200, "It rains.")]);
    tool.end();
    await rig.until("the answer", isAnswered(rig));
    expect(answerOf(rig)).toBe("I am still looking.\nIt rains.");
    // The model remembers nothing of it.
    expect(rig.server.script.requests[2]?.items.map(({ type }) => type)).toEqual([
      "message",
      "function_call",
      "function_call_output",
    ]);
    expect(rig.server.errorsSent()).toEqual([]);
  });

  it("that ends in the middle of the remark lets it be said, and is answered then", async () => {
    const tool = waitingTool();
    const rig = await waiting(tool, still, { kind: "wait", ms: 1_000 });
    rig.server.script.answer([speechOf(200, "It rains.")]);
    await rig.until("its words", () => answerOf(rig) !== "");
    tool.end();
    await rig.until("its output", () => outputsIn(rig.server).length === 1);
    await rig.pass(500);
    expect(countOf(rig.server, "response.create")).toBe(2);
    await rig.pass(600);
    await rig.until("the answer", isAnswered(rig));
    expect(answerOf(rig)).toBe("I am still looking.\nIt rains.");
    expect(rig.server.errorsSent()).toEqual([]);
  });

  it("is answered although the remark fails, or never ends", async () => {
    const error = { type: "server_error", code: "server_error", message: "oops", param: null };
    for (const remark of [{ kind: "fail", error } as const, { kind: "wait", ms: 3_600_000 } as const]) {
      const tool = waitingTool();
      const rig = await waiting(tool, remark);
      rig.server.script.answer([speechOf(200, "It rains.")]);
      tool.end();
      await rig.pass(8_100);
      await rig.until("the answer", isAnswered(rig));
      expect(answerOf(rig)).toBe("It rains.");
      expect(rig.server.errorsSent()).toEqual([]);
    }
  });

  it("is stopped by Esc in mid-remark, which is silent at once and cut nowhere on the server", async () => {
    const tool = waitingTool();
    const rig = await waiting(tool, still, { kind: "wait", ms: 3_600_000 });
    await rig.until("its sound", () => rig.givenSamples() > 0);
    rig.play(1_200);
    rig.engine.shell.key("escapeDown");
    await rig.until("the cancel", () => countOf(rig.server, "response.cancel") === 1);
    await rig.until("the tool's output", () => outputsIn(rig.server).length === 1);
    expect(rig.givenSamples()).toBe(0);
    expect(tool.stopped()).toBe(1);
    await rig.pass(100);
    expect(countOf(rig.server, "conversation.item.truncate")).toBe(0);
    expect(countOf(rig.server, "conversation.item.delete")).toBe(0);
    say(rig);
    await rig.until("the next answer", isAnswered(rig));
    expect(rig.server.errorsSent()).toEqual([]);
  });

  it("is not remarked on while the person is asked whether it may run", async () => {
    const tool = waitingTool("change_it", "write");
    const rig = await setUp({ tools: [tool.tool], asksFirst: true, clock: createWorldClock() });
    rig.server.script.answer([callTo("change_it")]);
    say(rig);
    await rig.until("the question", ({ approval }) => approval !== null);
    await rig.pass(20_000);
    expect(countOf(rig.server, "response.create")).toBe(1);
  });
});
