/** Turns of the realtime port over a real socket, against the strict server. */
import { afterEach, expect, it } from "vitest";
import { systemTimers } from "../../electron/main/timer-host.ts";
import { livelyPacing } from "../../electron/main/practice/pacing.ts";
import { openWebSocket } from "../../electron/main/realtime/websocket-transport.ts";
import { itemId, turnId } from "../../shared/ids.ts";
import type { TurnId } from "../../shared/ids.ts";
import { speechOf, startTestServer, testApiKey, toneOf } from "../support/realtime-server.ts";
import type { TestServer, TestServerOptions } from "../support/realtime-server.ts";
import { configFor, createPortBench } from "../unit/realtime/port-bench.ts";
import type { PortBench } from "../unit/realtime/port-bench.ts";
import { framesFrom } from "../unit/realtime/support.ts";

const one = turnId("t1");
const two = turnId("t2");

const closers: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function setUp(
  options: TestServerOptions = {},
): Promise<{ readonly server: TestServer; readonly bench: PortBench }> {
  const server = await startTestServer(options);
  closers.push(() => server.close());
  const url = `${server.url.replace(/^http/, "ws")}/realtime?model=practice`;
  const bench = createPortBench({
    openTransport: openWebSocket,
    timers: systemTimers,
    config: configFor(url, { Authorization: `Bearer ${testApiKey}` }),
  });
  closers.push(() => bench.port.close());
  return { server, bench };
}

function ask(bench: PortBench, turn: TurnId, utterance = turn): void {
  bench.port.beginInput(turn, utterance);
  bench.port.commitInput(turn);
  bench.port.requestResponse(turn, 0);
}

const typesOf = (server: TestServer): readonly string[] => server.events.map(({ type }) => type);
const samplesOf = (bench: PortBench, turn: TurnId): number[] =>
  bench.audio.filter((piece) => piece.turnId === turn).flatMap(({ pcm }) => [...pcm]);

it("sends an utterance that was spoken while connecting whole and in order before its commit", async () => {
  const { server, bench } = await setUp({ faults: () => ({ sessionUpdatedDelayMs: 120 }) });
  const frames = framesFrom(0, 60);
  const utterance = bench.utter(one, ...frames.slice(0, 20));
  bench.port.beginInput(one, one);
  await server.expectEvent("session.update");
  // The session is not confirmed yet: not a byte of it may be out.
  for (const frame of frames.slice(20, 40)) utterance.add(frame);
  expect(typesOf(server)).toEqual(["session.update"]);
  await bench.until("ready", () => bench.links.at(-1)?.status === "ready");
  for (const frame of frames.slice(40)) utterance.add(frame);
  bench.port.commitInput(one);
  bench.port.requestResponse(one, 0);
  await bench.fact("responseDone", one);
  expect([...(server.utterances[0]?.pcm ?? [])]).toEqual(frames.flatMap((frame) => [...frame]));
  expect(typesOf(server).slice(0, 3)).toEqual([
    "session.update",
    "input_audio_buffer.clear",
    "input_audio_buffer.append",
  ]);
  expect(server.errorsSent()).toEqual([]);
});

it("hands over the answer sample by sample, and its words and the question's by turn and item", async () => {
  const { server, bench } = await setUp();
  const tone = toneOf(1_234);
  server.script.answer([{ kind: "speech", transcript: "One two three.", pcm: tone }]);
  bench.utter(one, ...framesFrom(0, 20));
  ask(bench, one);
  const done = await bench.fact("responseDone", one);
  expect(done.outcome).toEqual({ kind: "completed", calls: [] });
  expect(samplesOf(bench, one)).toEqual([...tone]);
  await bench.until("the transcript", () => bench.narrations.some(({ type }) => type === "questionWhole"));
  const words = bench.narrations
    .flatMap((told) => (told.type === "answerDelta" ? [told.delta] : []))
    .join("");
  expect(words).toBe("One two three.");
  expect(bench.narrations).toContainEqual({
    type: "questionItem",
    turnId: one,
    itemId: itemId(server.utterances[0]?.itemId ?? ""),
  });
  expect(bench.marks.map(({ name }) => name)).toEqual([
    "sessionReady",
    "firstFrameSent",
    "committed",
    "responseRequested",
    "responseStarted",
    "firstDelta",
    "responseDone",
  ]);
  expect(server.errorsSent()).toEqual([]);
});

it("finds the turn of a transcript that comes after the answer", async () => {
  const { server, bench } = await setUp();
  let release = (): void => {};
  server.script.transcribeAs(
    () =>
      new Promise((resolve) => {
        release = () => resolve({ kind: "text", text: "late words" });
      }),
  );
  bench.utter(one, ...framesFrom(0, 20));
  ask(bench, one);
  await bench.fact("responseDone", one);
  expect(bench.narrations.some(({ type }) => type === "questionWhole")).toBe(false);
  release();
  await bench.until("the transcript", () => bench.narrations.some(({ type }) => type === "questionWhole"));
  expect(bench.narrations.findLast(({ type }) => type === "questionWhole")).toEqual({
    type: "questionWhole",
    itemId: server.utterances[0]?.itemId,
    text: "late words",
  });
});

it("tells two calls at once and goes on after both outputs with one request", async () => {
  const { server, bench } = await setUp();
  server.script.answer([
    { kind: "call", name: "get_current_time", arguments: '{"timezone":"Asia/Tokyo"}' },
    { kind: "call", name: "get_current_time", arguments: "{}" },
  ]);
  server.script.answer([speechOf(300)]);
  bench.port.sendText(one, one, "what time is it in Tokyo, and here");
  bench.port.requestResponse(one, 0);
  const { outcome } = await bench.fact("responseDone", one);
  const calls = outcome.kind === "completed" ? outcome.calls : [];
  expect(calls.map((call) => call.argumentsJson)).toEqual(['{"timezone":"Asia/Tokyo"}', "{}"]);
  for (const call of calls) bench.port.sendToolOutput(one, call.callId, '{"time":"12:00"}');
  bench.port.requestResponse(one, 0);
  await bench.until(
    "the second answer",
    () => bench.facts.filter(({ type }) => type === "responseDone").length === 2,
  );
  expect(samplesOf(bench, one)).toHaveLength(7_200);
  expect(typesOf(server).filter((type) => type === "response.create")).toHaveLength(2);
  expect(server.script.requests[1]?.items.filter(({ type }) => type === "function_call_output")).toHaveLength(
    2,
  );
  expect(server.errorsSent()).toEqual([]);
});

it("asks the next question while an answer is given up before it has begun", async () => {
  const { server, bench } = await setUp({ pacing: { ...livelyPacing, thinkMs: 40 } });
  server.script.answer([speechOf(5_000)]);
  server.script.answer([speechOf(200)]);
  for (const turn of [one, two]) bench.utter(turn, ...framesFrom(0, 20));
  ask(bench, one);
  await server.expectEvent("response.create");
  bench.port.abandonTurn(one);
  ask(bench, two);
  expect((await bench.fact("responseDone", two)).outcome).toEqual({ kind: "completed", calls: [] });
  expect(samplesOf(bench, one)).toEqual([]);
  expect(bench.facts.filter((fact) => "turnId" in fact && fact.turnId === one)).toEqual([]);
  // The refusal that this sequence is known for is not among them.
  expect(server.errorsSent()).toEqual([]);
});

it("barges in: cancels, cuts the item at what was heard, and nothing of the old answer follows", async () => {
  const { server, bench } = await setUp({ pacing: livelyPacing });
  server.script.answer([speechOf(20_000)]);
  server.script.answer([speechOf(200)]);
  for (const turn of [one, two]) bench.utter(turn, ...framesFrom(0, 20));
  ask(bench, one);
  await bench.until("a second of the answer", () => samplesOf(bench, one).length >= 24_000, 6_100);
  const started = await bench.fact("responseStarted", one);
  const [piece] = bench.audio;
  const item = piece?.itemId ?? itemId("none");
  const receivedMs = Math.floor(samplesOf(bench, one).length / 24);
  bench.port.abandonTurn(one);
  const heardSamples = samplesOf(bench, one).length;
  bench.port.truncateItem({ itemId: item, contentIndex: 0, playedMs: 613.7, receivedMs });
  ask(bench, two);
  expect(await server.expectEvent("response.cancel")).toMatchObject({ response_id: started.responseId });
  expect(await server.expectEvent("conversation.item.truncate")).toMatchObject({
    item_id: item,
    content_index: 0,
    audio_end_ms: 613,
  });
  server.injectLateAudio(started.responseId, item);
  await bench.fact("responseDone", two);
  expect(samplesOf(bench, one)).toHaveLength(heardSamples);
  expect(bench.marks.map(({ name }) => name)).toContain("truncated");
  expect(server.sent.map(({ type }) => type)).toContain("conversation.item.truncated");
  expect(server.errorsSent()).toEqual([]);
});

it("deletes an answer of which nothing was heard", async () => {
  const { server, bench } = await setUp({ pacing: livelyPacing });
  server.script.answer([speechOf(20_000)]);
  bench.utter(one, ...framesFrom(0, 20));
  ask(bench, one);
  await bench.until("the answer", () => bench.audio.length > 0);
  bench.port.abandonTurn(one);
  bench.port.deleteItem(bench.audio[0]?.itemId ?? itemId("none"));
  await server.expectEvent("conversation.item.delete");
  await bench.until("the server's word", () =>
    server.sent.some(({ type }) => type === "conversation.item.deleted"),
  );
  expect(server.errorsSent()).toEqual([]);
});

it("sends nothing but its configuration to a server that confirms its own turn detection", async () => {
  const { server, bench } = await setUp({
    faults: () => ({
      outgoing: (event) =>
        event.type === "session.updated"
          ? [
              JSON.stringify({
                ...event,
                session: { audio: { input: { turn_detection: { type: "server_vad" } } } },
              }),
            ]
          : [event],
    }),
  });
  bench.utter(one, ...framesFrom(0, 20));
  ask(bench, one);
  expect((await bench.fact("turnFailed", one)).failure).toEqual({
    kind: "session-refused",
    code: "turn_detection",
  });
  expect(typesOf(server)).toEqual(["session.update"]);
});

it("mends a line that breaks in the middle of speech, and sends the whole of it on the new one", async () => {
  const { server, bench } = await setUp();
  server.plan(({ index }) => (index === 0 ? { dropAfterAppendedBytes: 9_600 } : {}));
  const utterance = bench.utter(one, ...framesFrom(0, 5));
  bench.port.beginInput(one, one);
  await bench.until("ready", () => bench.links.at(-1)?.status === "ready");
  for (const frame of framesFrom(5 * 480, 15)) utterance.add(frame);
  await bench.until("trouble", () => bench.links.some(({ trouble }) => trouble?.kind === "connection-lost"));
  bench.port.commitInput(one);
  bench.port.requestResponse(one, 0);
  await bench.fact("responseDone", one);
  expect(server.utterances.map(({ pcm }) => pcm.length)).toEqual([20 * 480]);
  expect(server.connections).toHaveLength(2);
});

it("tells a rate limit with its wait, and asks again on the same session without saying it twice", async () => {
  const { server, bench } = await setUp();
  const message = "Rate limit reached for org-secret on tokens per min. Please try again in 6.2s.";
  server.script.answer([
    { kind: "fail", error: { type: "tokens", code: "rate_limit_exceeded", message, param: null } },
  ]);
  bench.utter(one, ...framesFrom(0, 20));
  ask(bench, one);
  expect((await bench.fact("responseDone", one)).outcome).toEqual({
    kind: "failed",
    failure: { kind: "rate-limit", retryAfterMs: 6_200 },
  });
  ask(bench, two, one);
  await bench.fact("responseDone", two);
  expect(server.utterances).toHaveLength(1);
  expect(server.connections).toHaveLength(1);
  expect(JSON.stringify([bench.facts, bench.log.lines])).not.toContain("org-secret");
});

it("goes on after the session has expired", async () => {
  const { server, bench } = await setUp({ pacing: { ...livelyPacing, thinkMs: 30_000 } });
  bench.utter(one, ...framesFrom(0, 20));
  ask(bench, one);
  await bench.fact("responseStarted", one);
  server.connections[0]?.expire();
  expect((await bench.fact("answerLost", one)).failure).toEqual({ kind: "session-expired" });
  // What the session's rule does where nothing of the answer was heard.
  bench.port.requestResponse(one, 0);
  await bench.until(
    "asked again",
    () => typesOf(server).filter((type) => type === "response.create").length === 2,
  );
  expect(server.connections).toHaveLength(2);
  expect(server.utterances.map(({ pcm }) => pcm.length)).toEqual([20 * 480, 20 * 480]);
});
