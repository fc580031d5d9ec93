import { afterEach, describe, expect, it } from "vitest";
import {
  announcedEndBoundMs,
  cancelBoundMs,
  handshakeBoundMs,
  mostRedialsPerMinute,
  redialDelaysMs,
  renewalLeadMs,
  sessionBoundMs,
  slowAgainMs,
  slowDialMs,
  stallBoundMs,
  usualSessionMs,
} from "../../../electron/main/realtime/realtime-tuning.ts";
import { callId, itemId, turnId } from "../../../shared/ids.ts";
import type { TurnId } from "../../../shared/ids.ts";
import { pngPicture } from "../../support/sample-pictures.ts";
import { configFor, createPortBench, idleDisconnectMs } from "./port-bench.ts";
import { appendedSamples, confirmed, createFakeNetwork, createFakeTimers, framesFrom } from "./support.ts";
import type { FakeDial, FakeTimers } from "./support.ts";

const one = turnId("t1");
const two = turnId("t2");
const three = turnId("t3");
const url = "ws://127.0.0.1:9/v1/realtime?model=gpt-x";
const host = "127.0.0.1:9";

/** Facts are told in microtasks, never from within a call. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Elapses the pause before another attempt. */
const redial = (timers: FakeTimers): number => {
  const pauses = new Set(redialDelaysMs);
  return timers.running.filter((durationMs) => pauses.has(durationMs)).map(timers.fire).length;
};

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function setUp() {
  const timers = createFakeTimers();
  const network = createFakeNetwork();
  const bench = createPortBench({ openTransport: network.open, timers, config: configFor(url) });
  closers.push(() => bench.port.close());
  const dial = (index = network.dials.length - 1): FakeDial => {
    const found = network.dials[index];
    if (found === undefined) throw new Error(`There was no dial number ${index}.`);
    return found;
  };
  /** A spoken question, whole, asked of a confirmed session; its events are taken. */
  const speak = (turn: TurnId, frames = 10): void => {
    bench.utter(turn, ...framesFrom(0, frames));
    bench.port.beginInput(turn, turn);
    bench.port.commitInput(turn);
    bench.port.requestResponse(turn, 0);
  };
  const answer = (turn: TurnId, id: string): void => {
    dial().push({ type: "response.created", response: { id, status: "in_progress", metadata: { turn } } });
  };
  const done = (turn: TurnId, id: string, more: object = {}): void => {
    dial().push({
      type: "response.done",
      response: { id, status: "completed", output: [], metadata: { turn }, ...more },
    });
  };
  /** The words of a question that was committed. */
  const write = (item: string): void => {
    dial().push({ type: "input_audio_buffer.committed", item_id: item, previous_item_id: null });
    dial().push({
      type: "conversation.item.input_audio_transcription.completed",
      item_id: item,
      content_index: 0,
      transcript: "what was said",
    });
  };
  const types = () =>
    dial()
      .take()
      .map(({ type }) => type);
  return { ...bench, bench, timers, network, dial, speak, answer, done, write, types };
}

type Bench = ReturnType<typeof setUp>;

const asked = [
  "input_audio_buffer.clear",
  "input_audio_buffer.append",
  "input_audio_buffer.commit",
  "response.create",
];

describe("the connection", () => {
  it("is opened by the first work, and asks for the configuration only then", async () => {
    const { bench, network, speak, links } = setUp();
    expect(bench.configReads).toBe(0);
    speak(one);
    await settled();
    expect(network.dials).toHaveLength(1);
    expect(bench.configReads).toBe(1);
    expect(links).toEqual([{ status: "connecting", trouble: null }]);
  });

  it("carries no audio before the session is confirmed, and all of it after", () => {
    const { speak, dial, types } = setUp();
    speak(one, 30);
    dial().listener.opened();
    expect(dial().sent).toEqual([]);
    dial().push({ type: "session.created", session: {} });
    expect(types()).toEqual(["session.update"]);
    dial().push(confirmed);
    expect(types()).toEqual(asked);
    expect(appendedSamples(dial().sent)).toHaveLength(30 * 480);
  });

  it("ignores a confirmation that answers nothing", () => {
    const { speak, dial, types } = setUp();
    speak(one);
    dial().listener.opened();
    dial().push(confirmed);
    expect(types()).toEqual([]);
  });

  it.each([
    ["another turn detection", { audio: { input: { turn_detection: { type: "server_vad" } } } }],
    ["no word of turn detection", { audio: { input: {} } }],
    ["nothing at all", {}],
  ])("is refused when the server confirms %s", async (_name, session) => {
    const { speak, dial, fact } = setUp();
    speak(one);
    dial().listener.opened();
    dial().push({ type: "session.created", session: {} });
    dial().take();
    dial().push({ type: "session.updated", session });
    expect((await fact("turnFailed", one)).failure).toEqual({
      kind: "session-refused",
      code: "turn_detection",
    });
    expect(dial().take()).toEqual([]);
    expect(dial().isClosed).toBe(true);
  });

  it("is made with our own tools alone when the server takes no session with those of others", async () => {
    const { bench, network, speak, dial, types, facts } = setUp();
    const tool = (name: string) => ({ type: "function", name, description: "", parameters: {} }) as const;
    bench.ownTools = [tool("own")];
    bench.tools = [tool("own"), tool("theirs")];
    bench.config = {
      ...bench.config,
      session: { ...bench.config.session, tools: [tool("own"), tool("theirs")] },
    };
    const error = { type: "invalid_request_error", code: "invalid_value", message: "session.tools" };
    const meet = (): unknown => {
      dial().listener.opened();
      dial().push({ type: "session.created", session: {} });
      return dial()
        .take()
        .map(({ session }) => (session as { tools: { name: string }[] }).tools.map(({ name }) => name));
    };
    speak(one);
    expect(meet()).toEqual([["own", "theirs"]]);
    dial().push({ type: "error", error });
    await settled();
    expect(network.dials).toHaveLength(2);
    expect(meet()).toEqual([["own"]]);
    dial().push(confirmed);
    expect(types()).toEqual(asked);
    await settled();
    expect(facts.map(({ type }) => type)).not.toContain("turnFailed");
    expect(bench.port.toolsRefusal()).toBe("invalid_value");
  });

  it("is given up when the server takes no session without the tools of others either", async () => {
    const { bench, network, speak, dial, fact } = setUp();
    const tools = [{ type: "function", name: "theirs", description: "", parameters: {} } as const];
    bench.tools = tools;
    bench.config = { ...bench.config, session: { ...bench.config.session, tools } };
    speak(one);
    for (const count of [1, 2]) {
      expect(network.dials).toHaveLength(count);
      dial().listener.opened();
      dial().push({ type: "session.created", session: {} });
      dial().push({
        type: "error",
        error: { type: "invalid_request_error", code: "invalid_value", message: "" },
      });
      await settled();
    }
    expect((await fact("turnFailed", one)).failure.kind).toBe("session-refused");
    expect([network.dials.length, bench.port.toolsRefusal()]).toEqual([2, null]);
  });

  it.each([
    ["the socket does not open", handshakeBoundMs, (_dial: FakeDial) => {}],
    ["the session does not come", sessionBoundMs, (dial: FakeDial) => dial.listener.opened()],
  ])("is tried once more when %s, and given up then", async (_name, boundMs, before) => {
    const { speak, dial, timers, fact, facts, links, network } = setUp();
    speak(one);
    before(dial());
    expect(timers.fire(boundMs)).toBe(1);
    await settled();
    expect(facts).toEqual([]);
    expect(links.at(-1)).toEqual({ status: "connecting", trouble: { kind: "no-reply", host } });
    expect(redial(timers)).toBe(1);
    before(dial());
    expect(timers.fire(boundMs)).toBe(1);
    expect(network.dials).toHaveLength(2);
    expect((await fact("turnFailed", one)).failure).toEqual({ kind: "no-reply", host });
    expect(dial().isClosed).toBe(true);
  });

  // After 2.5 s it was the server that did not reply, after 4 s the proxy that could not be reached.
  it("that is slow is put down to whoever is waited for, and to nobody before anyone was called", async () => {
    const { speak, dial, timers, links, fact } = setUp();
    speak(one);
    dial().awaited = { kind: "way" };
    expect(timers.fire(slowDialMs)).toBe(1);
    await settled();
    expect(links).toEqual([{ status: "connecting", trouble: null }]);
    dial().awaited = { kind: "proxy", proxy: "proxy:3128" };
    expect(timers.fire(slowAgainMs)).toBe(1);
    await settled();
    const trouble = { kind: "proxy-unreachable", proxy: "proxy:3128" };
    expect(links.at(-1)).toEqual({ status: "connecting", trouble });
    timers.fire(handshakeBoundMs);
    expect(redial(timers)).toBe(1);
    dial().awaited = { kind: "proxy", proxy: "proxy:3128" };
    timers.fire(handshakeBoundMs);
    expect((await fact("turnFailed", one)).failure).toEqual(trouble);
  });

  it("is closed after a while without a turn, and not while one is going on", async () => {
    const { speak, dial, timers, answer, done, links } = setUp();
    speak(one);
    dial().confirm();
    expect(timers.running).not.toContain(idleDisconnectMs);
    answer(one, "resp_A");
    done(one, "resp_A");
    expect(timers.fire(idleDisconnectMs)).toBe(1);
    expect(dial().isClosed).toBe(true);
    await settled();
    expect(links.map(({ status }) => status)).toEqual(["connecting", "ready", "offline"]);
    speak(two);
    await settled();
    expect(links.at(-1)).toEqual({ status: "connecting", trouble: null });
  });

  it("stays open while a tool runs, however long", () => {
    const { speak, dial, timers, answer, done } = setUp();
    speak(one);
    dial().confirm();
    answer(one, "resp_A");
    done(one, "resp_A", {
      output: [{ type: "function_call", name: "slow", call_id: "call_1", arguments: "{}" }],
    });
    // Nothing but the renewal of the session, an hour from now.
    expect(timers.running).toEqual([usualSessionMs - renewalLeadMs]);
  });

  it("is opened ahead by the key, and closed again when nothing comes of it", () => {
    const { port, dial, timers } = setUp();
    port.warmUp();
    dial().confirm();
    expect(timers.fire(idleDisconnectMs)).toBe(1);
    expect(dial().isClosed).toBe(true);
  });

  it("lets late callbacks of an earlier dial fall dead", async () => {
    const { speak, network, dial, timers, facts, answer } = setUp();
    speak(one);
    timers.fire(handshakeBoundMs);
    await settled();
    redial(timers);
    dial(1).confirm();
    const [old] = network.dials;
    old?.listener.opened();
    old?.push({ type: "session.created", session: {} });
    old?.listener.ended({ kind: "closed", code: 1006, reason: "" });
    answer(one, "resp_B");
    await settled();
    expect(facts.map(({ type }) => type)).toEqual(["responseStarted"]);
    expect(old?.sent).toEqual([]);
  });

  it("is renewed after a change of the settings, but not in the middle of a turn", async () => {
    const { port, speak, network, dial, answer, done, write } = setUp();
    speak(one);
    dial().confirm();
    answer(one, "resp_A");
    write("item_A");
    port.settingsChanged();
    await settled();
    expect(dial().isClosed).toBe(false);
    done(one, "resp_A");
    await settled();
    expect(dial().isClosed).toBe(true);
    speak(two);
    expect(network.dials).toHaveLength(2);
    dial().confirm();
    answer(two, "resp_B");
    write("item_B");
    done(two, "resp_B");
    await settled();
    expect(dial().isClosed).toBe(false);
    port.settingsChanged();
    await settled();
    expect(dial().isClosed).toBe(true);
  });

  it("is not renewed between a question and the request for its answer", async () => {
    const { bench, port, network, dial, types } = setUp();
    const utterance = bench.utter(one, ...framesFrom(0, 10));
    port.beginInput(one, one);
    dial().confirm();
    types();
    port.settingsChanged();
    for (const frame of framesFrom(4_800, 1)) utterance.add(frame);
    port.commitInput(one);
    port.requestResponse(one, 0);
    await settled();
    expect(network.dials).toHaveLength(1);
    expect(dial().isClosed).toBe(false);
    expect(types()).toEqual(["input_audio_buffer.append", "input_audio_buffer.commit", "response.create"]);
  });

  it("is not renewed between the output of a tool and the request for what follows", async () => {
    const { port, speak, network, dial, answer, done, write, types } = setUp();
    speak(one);
    dial().confirm();
    answer(one, "resp_A");
    write("item_A");
    const call = { type: "function_call", id: "item_B", call_id: "call_A", name: "now", arguments: "{}" };
    done(one, "resp_A", { output: [{ ...call, status: "completed" }] });
    port.settingsChanged();
    await settled();
    types();
    port.sendToolOutput(one, callId("call_A"), "{}");
    port.requestResponse(one, 0);
    await settled();
    expect(network.dials).toHaveLength(1);
    expect(dial().isClosed).toBe(false);
    expect(types()).toEqual(["conversation.item.create", "response.create"]);
  });

  it("is neither closed nor renewed while a tool runs that nobody waits for any more", async () => {
    const { port, speak, dial, timers, answer, done, write, types } = setUp();
    speak(one);
    dial().confirm();
    answer(one, "resp_A");
    write("item_A");
    done(one, "resp_A", {
      output: [{ type: "function_call", name: "slow", call_id: "call_1", arguments: "{}" }],
    });
    port.abandonTurn(one);
    port.settingsChanged();
    await settled();
    expect(timers.running).not.toContain(idleDisconnectMs);
    expect(dial().isClosed).toBe(false);
    types();
    port.sendToolOutput(one, callId("call_1"), "{}");
    expect(types()).toEqual(["conversation.item.create"]);
    await settled();
    expect(dial().isClosed).toBe(true);
  });

  it("is not renewed while the words of a question are still to come, unless the next turn begins", async () => {
    const { port, speak, network, dial, answer, done, write, narrations } = setUp();
    speak(one);
    dial().confirm();
    answer(one, "resp_A");
    dial().push({ type: "input_audio_buffer.committed", item_id: "item_A", previous_item_id: null });
    done(one, "resp_A");
    port.settingsChanged();
    await settled();
    expect(dial().isClosed).toBe(false);
    speak(two);
    await settled();
    expect(network.dials).toHaveLength(2);
    // Nobody waits for words that cannot come any more.
    expect(narrations).toContainEqual({ type: "questionClosed", turnId: one });
    dial().confirm();
    answer(two, "resp_B");
    done(two, "resp_B");
    write("item_B");
    port.settingsChanged();
    await settled();
    expect(dial().isClosed).toBe(true);
    expect(narrations).not.toContainEqual({ type: "questionClosed", turnId: two });
  });

  it("tells nothing any more once it is closed for good", async () => {
    const { port, speak, dial, facts, links, network } = setUp();
    speak(one);
    dial().confirm();
    await settled();
    const before = links.length;
    port.close();
    port.close();
    speak(two);
    await settled();
    expect([facts, links.length, network.dials.length]).toEqual([[], before, 1]);
  });
});

describe("a failure", () => {
  it("that may pass is told at once and tried again; what does not pass is told to its turn, and the next press dials afresh", async () => {
    const { speak, network, dial, facts, fact, answer, timers, links } = setUp();
    speak(one);
    for (const delayMs of redialDelaysMs) {
      dial().listener.ended({ kind: "unreachable", code: "ECONNREFUSED" });
      await settled();
      expect(links.at(-1)).toEqual({ status: "connecting", trouble: { kind: "connection-refused", host } });
      expect(timers.fire(delayMs)).toBe(1);
    }
    expect(facts).toEqual([]);
    dial().listener.ended({ kind: "unreachable", code: "ECONNREFUSED" });
    expect((await fact("turnFailed", one)).failure).toEqual({ kind: "connection-refused", host });
    await settled();
    expect(facts).toHaveLength(1);
    expect(network.dials).toHaveLength(4);
    speak(two);
    expect(network.dials).toHaveLength(5);
    dial().confirm();
    answer(two, "resp_B");
    await fact("responseStarted", two);
  });

  it("that is known before dialling is told the same way", async () => {
    const { bench, network, speak, facts } = setUp();
    const failure = { kind: "key-needed", host: "api.example" } as const;
    bench.config = { ...bench.config, target: { kind: "failed", failure } };
    speak(one);
    expect(facts).toEqual([]);
    await settled();
    expect(facts).toEqual([{ type: "turnFailed", turnId: one, failure }]);
    expect(network.dials).toHaveLength(0);
  });

  // A model that was not found once, for its words to be written down, was what every later break was put down to.
  it.each([
    ["the server has gone on", ({ answer }: Bench) => answer(one, "resp_A")],
    ["a while has passed", ({ timers }: Bench) => void timers.fire(announcedEndBoundMs)],
  ])("is not put down to an error after which %s", async (_name, since) => {
    const bench = setUp();
    const { speak, dial, timers, facts, links, types } = bench;
    speak(one);
    dial().confirm();
    dial().push({ type: "error", error: { type: "invalid_request_error", code: "model_not_found" } });
    since(bench);
    dial().listener.ended({ kind: "closed", code: 1006, reason: "" });
    await settled();
    expect(links.at(-1)).toEqual({ status: "connecting", trouble: { kind: "connection-lost", host } });
    expect(facts.filter(({ type }) => type === "turnFailed")).toEqual([]);
    expect(redial(timers)).toBe(1);
    dial().confirm();
    expect(types()).toContain("input_audio_buffer.commit");
  });

  it("is put down to the error right before it", async () => {
    const { speak, dial, fact } = setUp();
    speak(one);
    dial().confirm();
    dial().push({ type: "error", error: { type: "invalid_request_error", code: "model_not_found" } });
    dial().listener.ended({ kind: "closed", code: 1006, reason: "" });
    expect((await fact("turnFailed", one)).failure).toEqual({ kind: "model-not-found", model: "gpt-x" });
  });

  it("while the person still speaks is mended under their words, all of which go out again", async () => {
    const { bench, port, network, dial, facts, timers } = setUp();
    const utterance = bench.utter(one, ...framesFrom(0, 10));
    port.beginInput(one, one);
    dial().confirm();
    dial().listener.ended({ kind: "closed", code: 1006, reason: "" });
    for (const frame of framesFrom(4_800, 10)) utterance.add(frame);
    expect(redial(timers)).toBe(1);
    dial().confirm();
    expect(appendedSamples(dial().sent)).toHaveLength(20 * 480);
    utterance.add(framesFrom(9_600, 1)[0] ?? new Int16Array());
    port.commitInput(one);
    port.requestResponse(one, 0);
    await settled();
    expect(appendedSamples(dial().sent)).toHaveLength(21 * 480);
    expect(
      dial()
        .sent.map(({ type }) => type)
        .slice(-2),
    ).toEqual(["input_audio_buffer.commit", "response.create"]);
    expect([facts, network.dials.length]).toEqual([[], 2]);
  });

  it("while the person still speaks is never the end of their patience: it is tried as long as they talk", async () => {
    const { bench, port, network, dial, facts, timers } = setUp();
    bench.utter(one, ...framesFrom(0, 10));
    port.beginInput(one, one);
    for (let attempt = 0; attempt < mostRedialsPerMinute; attempt += 1) {
      dial().listener.ended({ kind: "unreachable", code: "ENOTFOUND" });
      expect(redial(timers)).toBe(1);
    }
    // Six in a minute are enough: the next one waits until the first is a minute old.
    dial().listener.ended({ kind: "unreachable", code: "ENOTFOUND" });
    expect(Math.max(...timers.running)).toBeGreaterThan(55_000);
    // Letting go of the key is a wish of the person, and waits for nothing.
    port.commitInput(one);
    expect(network.dials).toHaveLength(mostRedialsPerMinute + 2);
    await settled();
    expect(facts).toEqual([]);
  });

  it("that only a person can mend fails the turn at once, and what it asks for in ignorance does not dial again", async () => {
    const { bench, port, network, dial, fact } = setUp();
    const utterance = bench.utter(one, ...framesFrom(0, 10));
    port.beginInput(one, one);
    dial().listener.opened();
    dial().listener.ended({ kind: "closed", code: 3000, reason: "invalid_request_error.invalid_api_key" });
    expect((await fact("turnFailed", one)).failure).toEqual({ kind: "invalid-key" });
    for (const frame of framesFrom(4_800, 10)) utterance.add(frame);
    port.commitInput(one);
    port.requestResponse(one, 0);
    await settled();
    expect(network.dials).toHaveLength(1);
    // Sent again, it goes out whole, under a turn of its own.
    port.beginInput(two, one);
    port.commitInput(two);
    port.requestResponse(two, 0);
    dial().confirm();
    expect(appendedSamples(dial().sent)).toHaveLength(20 * 480);
  });

  it("while tools run leaves them alone: the new session is told of call and output, once both are there", async () => {
    const { port, speak, dial, answer, done, facts, network, timers, types } = setUp();
    speak(one);
    dial().confirm();
    answer(one, "resp_A");
    done(one, "resp_A", {
      output: [{ type: "function_call", name: "t", call_id: "call_1", arguments: "{}" }],
    });
    dial().listener.ended({ kind: "closed", code: 1012, reason: "" });
    await settled();
    expect(redial(timers)).toBe(1);
    dial().confirm();
    expect(types()).toEqual(["session.update", ...asked.slice(0, 3)]);
    port.sendToolOutput(one, callId("call_1"), "{}");
    expect(dial().take()).toEqual([]);
    port.requestResponse(one, 0);
    expect(
      dial()
        .take()
        .map(({ type, item }) => (item as { type?: string } | undefined)?.type ?? type),
    ).toEqual(["function_call", "function_call_output", "response.create"]);
    await settled();
    expect(facts.map(({ type }) => type)).toEqual(["responseStarted", "responseDone"]);
    expect(network.dials).toHaveLength(2);
  });

  // It was told to nobody: the model never heard what the tool had done.
  it.each([
    ["the next turn is told call and output", false],
    ["another server is told nothing", true],
  ])("while the tool of a turn runs that nobody waits for any more: %s", async (_name, isElsewhere) => {
    const { bench, port, speak, dial, answer, done, write, timers } = setUp();
    speak(one);
    dial().confirm();
    answer(one, "resp_A");
    write("item_A");
    done(one, "resp_A", {
      output: [{ type: "function_call", name: "t", call_id: "call_1", arguments: "{}" }],
    });
    port.abandonTurn(one);
    dial().listener.ended({ kind: "closed", code: 1012, reason: "" });
    await settled();
    expect(redial(timers), "nobody waits").toBe(0);
    bench.foreignCalls.add(callId("call_1"));
    port.sendToolOutput(one, callId("call_1"), "{}");
    if (isElsewhere) bench.config = configFor("ws://elsewhere.example/v1/realtime?model=gpt-x");
    for (const turn of [two, three]) {
      speak(turn);
      if (turn === two) dial().confirm();
      answer(turn, `resp_${turn}`);
      done(turn, `resp_${turn}`);
    }
    const sent = dial().sent.map(({ type, item }) => (item as { type?: string } | undefined)?.type ?? type);
    expect(sent.slice(1)).toEqual([
      ...asked.slice(0, 3),
      ...(isElsewhere ? [] : ["function_call", "function_call_output"]),
      "response.create",
      ...asked,
    ]);
    expect(bench.tainted, "others have written it").toEqual(isElsewhere ? [] : [two]);
  });

  it("without a turn going on is nobody's failure", async () => {
    const { port, dial, facts, links } = setUp();
    port.warmUp();
    dial().confirm();
    dial().listener.ended({ kind: "closed", code: 1001, reason: "" });
    await settled();
    expect(facts).toEqual([]);
    expect(links.at(-1)?.status).toBe("offline");
  });

  it("is put off by any sign of life, also by one that we do not understand", () => {
    const { speak, dial, timers } = setUp();
    speak(one);
    dial().confirm();
    const before = timers.started(stallBoundMs);
    dial().push({ type: "something.new" });
    dial().listener.message("not even JSON");
    expect(timers.started(stallBoundMs)).toBe(before + 2);
    expect(timers.running.filter((durationMs) => durationMs === stallBoundMs)).toHaveLength(1);
  });

  it("is what a server gets that owes an answer and falls silent", async () => {
    const { speak, dial, timers, answer, fact, network } = setUp();
    speak(one);
    dial().confirm();
    expect(timers.running).toContain(stallBoundMs);
    answer(one, "resp_A");
    expect(timers.fire(stallBoundMs)).toBe(1);
    expect((await fact("turnFailed", one)).failure).toEqual({ kind: "answer-missing" });
    expect(dial().isClosed).toBe(true);
    speak(two);
    expect(network.dials).toHaveLength(2);
  });
});

describe("a question", () => {
  it("streams while it is spoken, and finds its item when the server has made one", async () => {
    const { bench, port, dial, narrations, types, marks } = setUp();
    port.warmUp();
    dial().confirm();
    dial().take();
    const utterance = bench.utter(one);
    port.beginInput(one, one);
    for (const frame of framesFrom(0, 10)) utterance.add(frame);
    expect(types()).toEqual([asked[0], ...Array.from({ length: 10 }, () => asked[1])]);
    port.commitInput(one);
    port.requestResponse(one, 0);
    expect(types()).toEqual(asked.slice(2));
    dial().push({ type: "input_audio_buffer.committed", item_id: "item_U", previous_item_id: null });
    dial().push({
      type: "conversation.item.input_audio_transcription.completed",
      item_id: "item_U",
      content_index: 0,
      transcript: "hello",
    });
    await settled();
    expect(narrations).toEqual([
      { type: "questionItem", turnId: one, itemId: "item_U" },
      { type: "questionWhole", itemId: "item_U", text: "hello" },
    ]);
    expect(marks.map(({ name }) => name)).toEqual([
      "sessionReady",
      "firstFrameSent",
      "committed",
      "responseRequested",
    ]);
  });

  it("that is dropped leaves nothing in the server's buffer", () => {
    const { bench, port, dial, types } = setUp();
    bench.utter(one, ...framesFrom(0, 10));
    port.beginInput(one, one);
    dial().confirm();
    port.dropInput(one);
    expect(types().slice(1)).toEqual([asked[0], asked[1], asked[0]]);
  });

  it("that is dropped while connecting is never sent", () => {
    const { bench, port, dial, types } = setUp();
    bench.utter(one, ...framesFrom(0, 10));
    port.beginInput(one, one);
    port.dropInput(one);
    dial().confirm();
    expect(types()).toEqual(["session.update"]);
  });

  it("that was complete is handed over even if its turn was given up, ahead of the next one", () => {
    const { bench, port, dial, speak, types } = setUp();
    speak(one);
    port.abandonTurn(one);
    bench.utter(two, ...framesFrom(0, 10));
    port.beginInput(two, two);
    dial().confirm();
    expect(types()).toEqual(["session.update", ...asked.slice(0, 3), asked[0], asked[1]]);
  });

  /** A turn was abandoned while there was no line, and its question sent again by another one before there was. */
  it("that another turn sends again before there is a line is said once, by that one", async () => {
    const { port, dial, speak, types, narrations } = setUp();
    speak(one);
    port.abandonTurn(one);
    port.beginInput(two, one);
    port.commitInput(two);
    port.requestResponse(two, 0);
    dial().confirm();
    expect(types()).toEqual(["session.update", ...asked]);
    dial().push({ type: "input_audio_buffer.committed", item_id: "item_U", previous_item_id: null });
    await settled();
    expect(narrations).toEqual([{ type: "questionItem", turnId: two, itemId: "item_U" }]);
  });

  it("gives way when the next one begins and nobody completed it", () => {
    const { bench, port, dial, speak, types } = setUp();
    bench.utter(one, ...framesFrom(0, 10));
    port.beginInput(one, one);
    dial().confirm();
    dial().take();
    speak(two);
    expect(types()).toEqual([asked[0], ...asked]);
  });

  it("sent again on the same session is not said twice", async () => {
    const { port, speak, dial, answer, done, types, facts } = setUp();
    speak(one);
    dial().confirm();
    answer(one, "resp_A");
    done(one, "resp_A", { status: "failed", status_details: { error: { code: "server_error" } } });
    await settled();
    expect(facts.at(-1)).toMatchObject({
      outcome: { kind: "failed", failure: { kind: "server-error", status: null } },
    });
    dial().take();
    port.beginInput(two, one);
    port.commitInput(two);
    port.requestResponse(two, 0);
    expect(types()).toEqual(["response.create"]);
  });

  it("sent again with its picture of the screen taints the turn in which it is", () => {
    const { bench, port, speak, dial } = setUp();
    bench.utter(one, ...framesFrom(0, 10));
    port.beginInput(one, one);
    port.attachPictures(one, [pngPicture]);
    port.commitInput(one);
    dial().confirm();
    dial().listener.ended({ kind: "closed", code: 3000, reason: "" });
    port.beginInput(two, one);
    dial().confirm();
    expect(bench.tainted).toEqual([one]);
    port.commitInput(two);
    expect(bench.tainted).toEqual([one, two]);
    speak(three);
    expect(bench.tainted).toEqual([one, two]);
  });

  it("typed goes out once, also when asked again before any answer", () => {
    const { port, dial, answer, done, types } = setUp();
    port.sendText(one, one, "what time is it");
    port.requestResponse(one, 0);
    dial().confirm();
    expect(types()).toEqual(["session.update", "conversation.item.create", "response.create"]);
    answer(one, "resp_A");
    done(one, "resp_A", { status: "failed" });
    port.sendText(two, one, "what time is it");
    port.requestResponse(two, 0);
    expect(types()).toEqual(["response.create"]);
    answer(two, "resp_B");
    done(two, "resp_B");
    port.sendText(three, one, "what time is it");
    port.requestResponse(three, 0);
    expect(types()).toEqual(["conversation.item.create", "response.create"]);
  });

  it("that nobody can find any more fails its turn", async () => {
    const { port, fact } = setUp();
    port.beginInput(one, turnId("gone"));
    expect((await fact("turnFailed", one)).failure).toEqual({
      kind: "answer-failed",
      code: "utterance_missing",
    });
  });

  it("that is too short to commit fails its turn rather than asking about nothing", async () => {
    const { speak, dial, fact, types } = setUp();
    speak(one, 2);
    dial().confirm();
    expect((await fact("turnFailed", one)).failure).toEqual({
      kind: "answer-failed",
      code: "utterance_too_short",
    });
    expect(types()).not.toContain("response.create");
  });

  it("is marked as never to be transcribed where transcription is off", async () => {
    const { bench, speak, dial, narrations } = setUp();
    const { session } = bench.config;
    const input = { ...session.audio.input, transcription: null };
    bench.config = { ...bench.config, session: { ...session, audio: { ...session.audio, input } } };
    speak(one);
    dial().confirm();
    dial().push({ type: "input_audio_buffer.committed", item_id: "item_U" });
    await settled();
    expect(narrations.at(-1)).toEqual({ type: "questionUnavailable", itemId: "item_U" });
  });
});

describe("an answer", () => {
  const call = (callId: string, status: string | null = "completed") => ({
    type: "function_call",
    id: `item_${callId}`,
    call_id: callId,
    name: "t",
    arguments: "{}",
    status,
  });
  const outputs = (dial: FakeDial): readonly unknown[] =>
    dial.take().map(({ type, item }) => (type === "conversation.item.create" ? item : type));
  const refusal = (callId: string, why: string) => ({
    type: "function_call_output",
    call_id: callId,
    output: JSON.stringify({ error: `${why}; it was not run.` }),
  });

  // A call without an output dangles in the conversation, and the model waits for it or makes it again.
  it("that has called a tool as it was cancelled is told that it was not run, before the next is asked for", async () => {
    const { port, speak, dial, answer, done, facts } = setUp();
    speak(one);
    dial().confirm();
    answer(one, "resp_A");
    port.abandonTurn(one);
    speak(two);
    dial().take();
    done(one, "resp_A", { output: [call("call_1"), call("call_2", "incomplete")] });
    expect(outputs(dial())).toEqual([refusal("call_1", "The user interrupted"), "response.create"]);
    done(one, "resp_A", { output: [call("call_1")] });
    expect(outputs(dial()), "told again").toEqual([]);
    await settled();
    expect(facts.filter(({ type }) => type === "responseDone")).toEqual([]);
  });

  it("that nobody has asked for is told the same of what it has called", () => {
    const { port, dial, done } = setUp();
    port.warmUp();
    dial().confirm();
    dial().take();
    done(one, "resp_X", { output: [call("call_1")] });
    expect(outputs(dial())).toEqual([refusal("call_1", "The user interrupted")]);
  });

  it("that was cut off is told that what it had called is not run", () => {
    const { speak, dial, answer, done } = setUp();
    speak(one);
    dial().confirm();
    answer(one, "resp_A");
    dial().take();
    const output = [call("call_1"), call("call_2", "incomplete"), call("call_3", null)];
    done(one, "resp_A", {
      status: "incomplete",
      status_details: { type: "incomplete", reason: "max_output_tokens" },
      output,
    });
    expect(outputs(dial())).toEqual([refusal("call_1", "The answer was cut off")]);
  });

  const delta = (response_id: string, item_id: string, pcm = Int16Array.of(1, 2, 3)) => ({
    type: "response.output_audio.delta",
    response_id,
    item_id,
    output_index: 0,
    content_index: 0,
    delta: Buffer.from(pcm.buffer).toString("base64"),
  });

  it("of two calls at once tells each call once, and is gone on with after all outputs", async () => {
    const { port, speak, dial, answer, done, fact, types, narrations } = setUp();
    speak(one);
    dial().confirm();
    answer(one, "resp_A");
    const call = (call_id: string, status: string | null) => ({
      type: "function_call",
      name: "get_current_time",
      call_id,
      arguments: "{}",
      status,
    });
    dial().take();
    const output = [
      call("call_1", "completed"),
      call("call_2", null),
      call("call_1", "completed"),
      call("call_3", "incomplete"),
    ];
    done(one, "resp_A", { output });
    expect((await fact("responseDone", one)).outcome).toEqual({
      kind: "completed",
      calls: [
        { callId: "call_1", name: "get_current_time", argumentsJson: "{}" },
        { callId: "call_2", name: "get_current_time", argumentsJson: "{}" },
      ],
    });
    expect(narrations).toEqual([]);
    port.sendToolOutput(one, callId("call_1"), "1");
    port.sendToolOutput(one, callId("call_2"), "2");
    port.sendToolOutput(one, callId("call_2"), "2");
    port.sendToolOutput(one, callId("call_3"), "3");
    port.requestResponse(one, 0);
    expect(types()).toEqual(["conversation.item.create", "conversation.item.create", "response.create"]);
  });

  it("that nobody wants any more is silent at once, and cancelled", async () => {
    const { port, speak, dial, answer, done, types, audio, facts, narrations } = setUp();
    speak(one);
    dial().confirm();
    answer(one, "resp_A");
    dial().push(delta("resp_A", "item_A"));
    dial().take();
    port.abandonTurn(one);
    expect(types()).toEqual(["response.cancel"]);
    dial().push(delta("resp_A", "item_A"));
    dial().push({
      type: "response.output_audio_transcript.delta",
      response_id: "resp_A",
      item_id: "item_A",
      delta: "late",
    });
    done(one, "resp_A", { status: "cancelled" });
    dial().push(delta("resp_A", "item_A"));
    await settled();
    expect(audio).toHaveLength(1);
    expect(facts.map(({ type }) => type)).toEqual(["responseStarted"]);
    expect(narrations).toEqual([]);
    expect(port.counters.late).toBe(3);
  });

  it("is cut where it was heard, in whole milliseconds, and never beyond what was received", () => {
    const { port, speak, dial, answer } = setUp();
    speak(one);
    dial().confirm();
    answer(one, "resp_A");
    dial().push(delta("resp_A", "item_A"));
    port.abandonTurn(one);
    dial().take();
    const cut = (playedMs: number, receivedMs: number, item = "item_A") =>
      port.truncateItem({ itemId: itemId(item), contentIndex: 0, playedMs, receivedMs });
    cut(1_830.9, 5_000);
    cut(5_001, 5_000);
    cut(0.4, 5_000);
    cut(Number.NaN, 5_000);
    cut(100, 5_000, "item_of_another_session");
    expect(
      dial()
        .take()
        .map((event) => event["audio_end_ms"]),
    ).toEqual([1_830, 5_000]);
    port.deleteItem(itemId("item_A"));
    port.deleteItem(itemId("item_A"));
    cut(100, 5_000);
    expect(dial().take()).toEqual([
      { type: "conversation.item.delete", event_id: expect.any(String), item_id: "item_A" },
    ]);
  });

  it.each([
    [
      "rate limit",
      { error: { code: "rate_limit_exceeded", message: "org-1: try again in 1m26.4s" } },
      { kind: "rate-limit", retryAfterMs: 86_400 },
    ],
    [
      "rate limit by type",
      { error: { type: "tokens", message: "try again in 174ms" } },
      { kind: "rate-limit", retryAfterMs: 174 },
    ],
    ["server", { error: { type: "server_error", code: null } }, { kind: "server-error", status: null }],
    ["quota", { error: { code: "insufficient_quota" } }, { kind: "no-credit" }],
    ["other", { error: { code: "odd_thing" } }, { kind: "answer-failed", code: "odd_thing" }],
    ["bare string", "failed", { kind: "answer-failed", code: "unknown" }],
    ["nothing", null, { kind: "answer-failed", code: "unknown" }],
  ])("that failed says why (%s), once", async (_name, status_details, failure) => {
    const { speak, dial, answer, done, facts } = setUp();
    speak(one);
    dial().confirm();
    answer(one, "resp_A");
    done(one, "resp_A", { status: "failed", status_details });
    done(one, "resp_A", { status: "failed", status_details });
    await settled();
    expect(facts.slice(1)).toEqual([
      { type: "responseDone", turnId: one, responseId: "resp_A", outcome: { kind: "failed", failure } },
    ]);
  });

  it.each([
    ["max_output_tokens", { kind: "incomplete" }],
    ["content_filter", { kind: "failed", failure: { kind: "answer-filtered" } }],
  ])("that is incomplete for %s is told as such", async (reason, outcome) => {
    const { speak, dial, answer, done, fact } = setUp();
    speak(one);
    dial().confirm();
    answer(one, "resp_A");
    done(one, "resp_A", { status: "incomplete", status_details: { type: "incomplete", reason } });
    expect((await fact("responseDone", one)).outcome).toEqual(outcome);
  });
});

describe("an error event", () => {
  const error = (code: string | null, event_id: string | null, message = "…") => ({
    type: "error",
    error: { type: "invalid_request_error", code, message, event_id },
  });
  const idOf = (dial: FakeDial, type: string) =>
    String(dial.sent.findLast((event) => event.type === type)?.["event_id"]);

  it("about the commit of this turn fails it, and a later utterance is sent in full again", async () => {
    const { port, speak, dial, fact, log, types } = setUp();
    speak(one);
    dial().confirm();
    dial().push(error("invalid_value", idOf(dial(), "input_audio_buffer.commit")));
    expect((await fact("turnFailed", one)).failure).toEqual({ kind: "answer-failed", code: "invalid_value" });
    expect(log.lines.at(-1)).toMatchObject({
      level: "error",
      detail: { code: "invalid_value", request: "input" },
    });
    answerLost();
    port.beginInput(two, one);
    port.commitInput(two);
    expect(types().slice(-3)).toEqual(asked.slice(0, 3));

    // The response asked for on top of the refused commit is of no use to anybody.
    function answerLost() {
      dial().push({ type: "response.created", response: { id: "resp_A", metadata: { turn: "t1" } } });
      expect(dial().sent.at(-1)).toMatchObject({ type: "response.cancel", response_id: "resp_A" });
    }
  });

  it("about a commit is matched by its code when it names no request", async () => {
    const { speak, dial, fact } = setUp();
    speak(one);
    dial().confirm();
    dial().push(error("input_audio_buffer_commit_empty", null));
    expect((await fact("turnFailed", one)).failure).toEqual({
      kind: "answer-failed",
      code: "input_audio_buffer_commit_empty",
    });
  });

  it("about an append or a typed question fails the turn it belongs to", async () => {
    const { speak, dial, fact, port, timers } = setUp();
    speak(one);
    dial().confirm();
    dial().push(error("invalid_value", idOf(dial(), "input_audio_buffer.append")));
    expect((await fact("turnFailed", one)).failure).toEqual({ kind: "answer-failed", code: "invalid_value" });
    timers.fire(cancelBoundMs);
    port.sendText(two, two, "hello");
    port.requestResponse(two, 0);
    dial().push(error("invalid_type", idOf(dial(), "conversation.item.create")));
    expect((await fact("turnFailed", two)).failure).toEqual({ kind: "answer-failed", code: "invalid_type" });
  });

  it("about an earlier turn does not fail the current one", async () => {
    const { speak, dial, facts, answer, done } = setUp();
    speak(one);
    dial().confirm();
    const stale = [idOf(dial(), "input_audio_buffer.commit"), idOf(dial(), "response.create")];
    answer(one, "resp_A");
    done(one, "resp_A");
    speak(two);
    await settled();
    facts.length = 0;
    for (const id of [...stale, "not-ours", null]) dial().push(error("invalid_value", id));
    await settled();
    expect(facts).toEqual([]);
  });

  it.each(["response_cancel_not_active", "item_truncate_invalid_item_id", "item_delete_invalid_item_id"])(
    "%s is expected, and nobody's failure",
    async (code) => {
      const { speak, dial, facts, log } = setUp();
      speak(one);
      dial().confirm();
      await settled();
      dial().push(error(code, null));
      dial().push(error(null, null, "audio content of 1200ms is already shorter than 1300ms"));
      await settled();
      expect(facts).toEqual([]);
      expect(log.lines.filter(({ level }) => level === "warn" || level === "error")).toEqual([]);
    },
  );
});

it("checks a server on a connection of its own", async () => {
  const { port, bench, dial, network, facts, links } = setUp();
  const good = port.checkServer(bench.config);
  dial().confirm();
  expect(await good).toEqual({ kind: "ok" });
  expect(dial().isClosed).toBe(true);
  const refused = port.checkServer(bench.config);
  dial().listener.opened();
  dial().push({ type: "error", error: { code: "invalid_api_key" } });
  expect(await refused).toEqual({ kind: "failed", failure: { kind: "invalid-key" } });
  const failure = { kind: "bad-endpoint", reason: "…" } as const;
  expect(await port.checkServer({ ...bench.config, target: { kind: "failed", failure } })).toEqual({
    kind: "failed",
    failure,
  });
  expect([network.dials.length, facts, links]).toEqual([2, [], []]);
});

it("never logs a header, an address or a server's words", async () => {
  const { bench, speak, dial, log, port } = setUp();
  bench.config = configFor(url, { Authorization: "Bearer sk-canary-42" });
  speak(one);
  dial().confirm();
  dial().push({
    type: "error",
    error: { type: "sk-canary-42", code: "sk-canary-42", message: "sk-canary-42" },
  });
  dial().push({ type: "sk-canary-42" });
  dial().listener.message("sk-canary-42");
  dial().listener.ended({ kind: "closed", code: 4242, reason: "sk-canary-42.sk-canary-42" });
  port.warmUp();
  dial().listener.ended({ kind: "unreachable", code: "sk-canary-42" });
  await settled();
  expect(JSON.stringify([log.lines, bench.facts, bench.links])).not.toContain("canary");
  expect(dial().target.headers).toEqual({ Authorization: "Bearer sk-canary-42" });
});
