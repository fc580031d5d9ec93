import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { livelyPacing } from "../../electron/main/practice/pacing.ts";
import { endlessAnswer, speechOf, startTestServer, testApiKey, toneOf } from "../support/realtime-server.ts";
import type { TestServer } from "../support/realtime-server.ts";
import { connectWire } from "../support/wire-client.ts";
import type { Received, WireClient } from "../support/wire-client.ts";

let server: TestServer;
let client: WireClient;

const start = async (options: Parameters<typeof startTestServer>[0] = {}): Promise<void> => {
  server = await startTestServer(options);
  client = await connectWire(server.url, { apiKey: testApiKey });
  client.send({
    type: "session.update",
    session: {
      type: "realtime",
      audio: { input: { turn_detection: null, transcription: { model: "gpt-transcribe" } } },
    },
  });
  await client.next("session.updated");
};

beforeEach(() => start());

afterEach(async () => {
  client.close();
  await server.close();
});

const base64 = (pcm: Int16Array): string =>
  Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength).toString("base64");
const typesOf = (events: readonly Received[]): readonly string[] => events.map(({ type }) => type);
const responseOf = (event: Received): Record<string, unknown> => event["response"] as Record<string, unknown>;

const speakTurn = (pcm: Int16Array, response: object = {}): void => {
  client.send({ type: "input_audio_buffer.append", audio: base64(pcm) });
  client.send({ type: "input_audio_buffer.commit" });
  client.send({ type: "response.create", response });
};
/** All sound that came for a response, in order. */
const soundOf = (responseId: unknown): Buffer =>
  Buffer.concat(
    client.received
      .filter((event) => event.type === "response.output_audio.delta" && event["response_id"] === responseId)
      .map((event) => Buffer.from(event["delta"] as string, "base64")),
  );

describe("a spoken turn", () => {
  it("comes in the order of the protocol, with the sound whole and the words ahead of it", async () => {
    const voice = toneOf(2345);
    server.script.answer([{ kind: "speech", transcript: "one two three four five six", pcm: voice }]);
    const before = client.received.length;
    speakTurn(toneOf(1500), { metadata: { turn: "7" } });
    const done = responseOf(await client.next("response.done"));
    await client.next("rate_limits.updated");
    const events = client.received.slice(before).filter(({ type }) => !type.includes("transcription"));
    const order = typesOf(events).filter((type, index, all) => type !== all[index - 1]);
    const body = order.filter((type) => !type.endsWith(".delta"));
    expect(body).toEqual([
      "input_audio_buffer.committed",
      "conversation.item.added",
      "conversation.item.done",
      "response.created",
      "response.output_item.added",
      "conversation.item.added",
      "response.content_part.added",
      "response.output_audio.done",
      "response.output_audio_transcript.done",
      "response.content_part.done",
      "conversation.item.done",
      "response.output_item.done",
      "response.done",
      "rate_limits.updated",
    ]);
    expect(order[order.indexOf("response.content_part.added") + 1]).toBe(
      "response.output_audio_transcript.delta",
    );
    expect(soundOf(done["id"]).equals(Buffer.from(voice.buffer))).toBe(true);
    const sizes = new Set(
      events
        .filter(({ type }) => type === "response.output_audio.delta")
        .map((event) => (event["delta"] as string).length),
    );
    expect(sizes.size).toBeGreaterThan(4);
    const words = typesOf(events).lastIndexOf("response.output_audio_transcript.delta");
    expect(words).toBeLessThan(typesOf(events).lastIndexOf("response.output_audio.delta"));
    expect(done).toMatchObject({
      object: "realtime.response",
      status: "completed",
      status_details: null,
      metadata: { turn: "7" },
      output: [{ content: [{ type: "output_audio", transcript: "one two three four five six" }] }],
    });
  });

  it("counts tokens by the rates of the service", async () => {
    server.script.answer([speechOf(2000, "12345678")]);
    speakTurn(toneOf(1500));
    const usage = responseOf(await client.next("response.done"))["usage"];
    expect(usage).toMatchObject({
      input_token_details: { audio_tokens: 15 },
      output_token_details: { audio_tokens: 40, text_tokens: 2 },
    });
  });

  it("reads the whole conversation again on the next response, and finds it cached", async () => {
    speakTurn(toneOf(30_000));
    await client.next("response.done");
    speakTurn(toneOf(1000));
    const usage = responseOf(await client.next("response.done"))["usage"];
    expect(usage).toMatchObject({
      input_token_details: { audio_tokens: 300 + 10 + 10, cached_tokens_details: { audio_tokens: 256 } },
    });
  });

  it("keeps what was appended, to the sample", async () => {
    const voice = toneOf(777);
    for (let position = 0; position < voice.length; position += 480) {
      client.send({
        type: "input_audio_buffer.append",
        audio: base64(voice.slice(position, position + 480)),
      });
    }
    client.send({ type: "input_audio_buffer.commit" });
    const committed = await client.next("input_audio_buffer.committed");
    expect(server.utterances).toEqual([{ itemId: committed["item_id"], pcm: voice }]);
    expect(server.errorsSent()).toEqual([]);
  });

  it("streams faster than it plays, but not at once, at a lively pace", async () => {
    client.close();
    await server.close();
    await start({ pacing: { ...livelyPacing, thinkMs: 10, speedup: 10 } });
    server.script.answer([speechOf(3000)]);
    const startedAt = performance.now();
    speakTurn(toneOf(200));
    await client.next("response.done");
    const tookMs = performance.now() - startedAt;
    expect(tookMs).toBeGreaterThan(200);
    expect(tookMs).toBeLessThan(2000);
  });
});

describe("the transcript of what was said", () => {
  it("may come after the answer, and goes by the item's id", async () => {
    let finish: (text: string) => void = () => undefined;
    server.script.transcribeAs(async () => ({
      kind: "text",
      text: await new Promise<string>((resolve) => {
        finish = resolve;
      }),
    }));
    speakTurn(toneOf(400));
    const { item_id } = await client.next("input_audio_buffer.committed");
    await client.next("response.done");
    finish("late words");
    expect(await client.next("conversation.item.input_audio_transcription.completed")).toMatchObject({
      item_id,
      content_index: 0,
      transcript: "late words",
      usage: { type: "duration", seconds: 0.4 },
    });
  });

  it("may fail alone", async () => {
    server.script.transcribeAs({ kind: "failed", message: "inaudible" });
    speakTurn(toneOf(400));
    const failed = await client.next("conversation.item.input_audio_transcription.failed");
    expect(failed["error"]).toMatchObject({ message: "inaudible" });
    expect(responseOf(await client.next("response.done"))["status"]).toBe("completed");
  });

  it("is billed in tokens by the older transcribers", async () => {
    client.send({
      type: "session.update",
      session: { type: "realtime", audio: { input: { transcription: { model: "gpt-4o-transcribe" } } } },
    });
    speakTurn(toneOf(400));
    const completed = await client.next("conversation.item.input_audio_transcription.completed");
    expect(completed["usage"]).toMatchObject({ type: "tokens", input_token_details: { audio_tokens: 4 } });
  });

  it("does not come while transcription is off", async () => {
    client.send({
      type: "session.update",
      session: { type: "realtime", audio: { input: { transcription: null } } },
    });
    speakTurn(toneOf(400));
    await client.next("rate_limits.updated");
    expect(typesOf(client.received).filter((type) => type.includes("transcription"))).toEqual([]);
  });
});

describe("a cancelled answer", () => {
  it("ends with partial events, `incomplete` and usage, and can be truncated to what has come", async () => {
    client.close();
    await server.close();
    await start({ pacing: { ...livelyPacing, thinkMs: 0, speedup: 2 } });
    server.script.answer([speechOf(20_000, "a long answer ".repeat(50))]);
    client.send({ type: "response.create" });
    const { item_id } = await client.next("response.output_audio.delta");
    client.send({ type: "response.cancel" });
    client.send({ type: "conversation.item.truncate", item_id, content_index: 0, audio_end_ms: 20 });
    const done = responseOf(await client.next("response.done"));
    expect(done).toMatchObject({
      status: "cancelled",
      status_details: { type: "cancelled", reason: "client_cancelled" },
      output: [{ id: item_id, status: "incomplete" }],
      usage: { output_tokens: expect.any(Number) },
    });
    expect(typesOf(client.received)).toEqual(
      expect.arrayContaining([
        "response.output_audio.done",
        "response.output_audio_transcript.done",
        "response.content_part.done",
        "response.output_item.done",
        "conversation.item.truncated",
      ]),
    );
    const doneAt = typesOf(client.received).indexOf("response.done");
    client.send({ type: "response.create" });
    await client.next("response.done");
    const late = client.received
      .slice(doneAt)
      .filter((event) => event.type.endsWith("delta") && event["response_id"] === done["id"]);
    expect(late).toEqual([]);
    expect(server.errorsSent()).toEqual([]);
  });

  it("holds the next response off until its `response.done`, and is not cancelled twice", async () => {
    client.close();
    await server.close();
    await start({ pacing: { ...livelyPacing, thinkMs: 0, cancelMs: 150 } });
    server.script.answer(endlessAnswer);
    client.send({ type: "response.create" });
    await client.next("response.output_audio.delta");
    client.send({ type: "response.cancel" });
    client.send({ type: "response.cancel", event_id: "again" });
    client.send({ type: "response.create", event_id: "early" });
    await client.next("response.done");
    expect(server.errorsSent()).toMatchObject([
      { code: "response_cancel_not_active", eventId: "again" },
      { code: "conversation_already_has_active_response", eventId: "early" },
    ]);
    client.send({ type: "response.create" });
    expect(responseOf(await client.next("response.done"))["status"]).toBe("completed");
  });

  it("ends at once when its brain hangs", async () => {
    server.script.answer(async function* () {
      yield speechOf(100);
      await new Promise(() => undefined);
    });
    client.send({ type: "response.create" });
    await client.next("response.output_audio.delta");
    client.send({ type: "response.cancel" });
    expect(responseOf(await client.next("response.done", 1900))["status"]).toBe("cancelled");
  });

  it("leaves a call with broken JSON and `incomplete`", async () => {
    client.close();
    await server.close();
    await start({ pacing: { ...livelyPacing, thinkMs: 0, textDeltaMs: 5 } });
    server.script.answer([
      { kind: "call", name: "f", arguments: JSON.stringify({ text: "x".repeat(9000) }) },
    ]);
    client.send({ type: "response.create" });
    await client.next("response.function_call_arguments.delta");
    client.send({ type: "response.cancel" });
    const { item } = await client.next("response.output_item.done");
    expect(item).toMatchObject({ type: "function_call", status: "incomplete" });
    expect(() => JSON.parse((item as { arguments: string }).arguments) as unknown).toThrow(SyntaxError);
    await client.next("response.done");
  });
});

describe("tools", () => {
  it("come in parallel beside speech, and their outputs are read by the next response", async () => {
    server.script.answer([
      speechOf(200, "Let me see."),
      { kind: "call", name: "f", arguments: '{"a":1}', callId: "call_a" },
      { kind: "call", name: "g", arguments: "{}", callId: "call_b" },
    ]);
    client.send({ type: "response.create" });
    const done = responseOf(await client.next("response.done"));
    expect(done["output"]).toMatchObject([
      { type: "message" },
      { type: "function_call", status: "completed", name: "f", call_id: "call_a", arguments: '{"a":1}' },
      { type: "function_call", status: "completed", name: "g", call_id: "call_b", arguments: "{}" },
    ]);
    expect(await client.next("response.function_call_arguments.done")).toMatchObject({
      call_id: "call_a",
      name: "f",
      arguments: '{"a":1}',
      output_index: 1,
    });
    for (const call_id of ["call_a", "call_b"]) {
      const item = { type: "function_call_output", call_id, output: `"from ${call_id}"` };
      client.send({ type: "conversation.item.create", item });
    }
    client.send({ type: "response.create" });
    await client.next("response.done");
    expect(server.script.requests[1]?.items.slice(-2)).toMatchObject([
      { type: "function_call_output", output: '"from call_a"' },
      { type: "function_call_output", output: '"from call_b"' },
    ]);
  });
});

describe("other answers", () => {
  it("are text when text is asked for, spoken ones included", async () => {
    server.script.answer([speechOf(300, "Only the words.")]);
    client.send({ type: "response.create", response: { output_modalities: ["text"] } });
    expect((await client.next("response.output_text.done"))["text"]).toBe("Only the words.");
    const done = responseOf(await client.next("response.done"));
    expect(done["output"]).toMatchObject([{ content: [{ type: "output_text", text: "Only the words." }] }]);
    expect(typesOf(client.received)).not.toContain("response.output_audio.delta");
  });

  it("run out of band beside the active one and leave the conversation as it is", async () => {
    server.script.answer(endlessAnswer);
    client.send({ type: "response.create" });
    await client.next("response.output_audio.delta");
    server.script.answer([{ kind: "text", text: "A title" }]);
    client.send({
      type: "response.create",
      response: {
        conversation: "none",
        output_modalities: ["text"],
        input: [],
        metadata: { purpose: "title" },
      },
    });
    const done = responseOf(await client.next("response.done"));
    expect(done).toMatchObject({ conversation_id: null, metadata: { purpose: "title" } });
    client.send({ type: "response.cancel" });
    await client.next("response.done");
    expect(typesOf(client.received).filter((type) => type === "conversation.item.added")).toHaveLength(1);
    expect(server.script.requests[1]?.items).toEqual([]);
  });

  it.each([
    [
      "a rate limit",
      {
        kind: "fail",
        error: {
          type: "tokens",
          code: "rate_limit_exceeded",
          message: "Rate limit reached. Please try again in 6.2s.",
          param: null,
        },
      },
      {
        status: "failed",
        output: [],
        usage: null,
        status_details: { error: { code: "rate_limit_exceeded" } },
      },
    ],
    [
      "the end of the output tokens",
      { kind: "incomplete", reason: "max_output_tokens" },
      { status: "incomplete", status_details: { type: "incomplete", reason: "max_output_tokens" } },
    ],
  ] as const)("may end with %s", async (_, step, expected) => {
    server.script.answer([step]);
    client.send({ type: "response.create" });
    expect(responseOf(await client.next("response.done"))).toMatchObject(expected);
  });

  it("may hold several messages", async () => {
    server.script.answer([speechOf(100, "First."), { kind: "newMessage" }, speechOf(100, "Second.")]);
    client.send({ type: "response.create" });
    expect(responseOf(await client.next("response.done"))["output"]).toMatchObject([
      { content: [{ transcript: "First." }] },
      { content: [{ transcript: "Second." }] },
    ]);
  });

  it("see the overrides of their own request", async () => {
    client.send({ type: "response.create", response: { instructions: "Be loud.", tool_choice: "none" } });
    await client.next("response.done");
    expect(server.script.requests[0]?.session).toMatchObject({
      instructions: "Be loud.",
      tool_choice: "none",
    });
  });
});
