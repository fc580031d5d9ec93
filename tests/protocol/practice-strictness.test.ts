import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createScript, endlessAnswer, startTestServer, testApiKey } from "../support/realtime-server.ts";
import type { TestServer } from "../support/realtime-server.ts";
import { dataUrlOf, jpegPicture, pngPicture } from "../support/sample-pictures.ts";
import { connectWire } from "../support/wire-client.ts";
import type { WireClient } from "../support/wire-client.ts";

let server: TestServer;
let client: WireClient;

beforeEach(async () => {
  server = await startTestServer();
  client = await connectWire(server.url, { apiKey: testApiKey });
  await client.next("session.created");
});

afterEach(async () => {
  client.close();
  await server.close();
});

const errorOf = async (frame: object | string | Buffer): Promise<Record<string, unknown>> => {
  client.send(frame);
  const event = await client.next("error", 3100);
  return event["error"] as Record<string, unknown>;
};

const update = (session: object): object => ({
  type: "session.update",
  session: { type: "realtime", ...session },
});
const pcm = (ms: number): string => Buffer.alloc(ms * 48).toString("base64");
/** A PNG of this width and some height, filled up with zeros. */
function pngOf(width: Buffer, fillBytes = 0): string {
  const bytes = Buffer.concat([Buffer.from(pngPicture.base64, "base64"), Buffer.alloc(fillBytes)]);
  width.copy(bytes, 16);
  return `data:image/png;base64,${bytes.toString("base64")}`;
}
const userText = { type: "message", role: "user", content: [{ type: "input_text", text: "hello" }] };

describe("the form of an event", () => {
  const cases: readonly [string, object | string | Buffer, { code: string; param: string | null }][] = [
    ["no JSON", "{", { code: "invalid_json", param: null }],
    ["JSON that is no object", "[]", { code: "invalid_event", param: null }],
    ["a binary frame", Buffer.from("{}"), { code: "invalid_event", param: null }],
    ["no type", {}, { code: "missing_required_parameter", param: "type" }],
    ["a type that is no string", { type: 5 }, { code: "invalid_type", param: "type" }],
    ["an unknown type", { type: "session.explode" }, { code: "invalid_value", param: "type" }],
    ["an inherited name as type", { type: "toString" }, { code: "invalid_value", param: "type" }],
    ["WebRTC's buffer", { type: "output_audio_buffer.clear" }, { code: "invalid_value", param: "type" }],
    [
      "an unknown field",
      { type: "input_audio_buffer.commit", now: true },
      { code: "unknown_parameter", param: "now" },
    ],
    [
      "an event_id that is no string",
      { type: "input_audio_buffer.clear", event_id: 7 },
      { code: "invalid_type", param: "event_id" },
    ],
  ];
  it.each(cases)("refuses %s", async (_, frame, expected) => {
    expect(await errorOf(frame)).toMatchObject({ type: "invalid_request_error", ...expected });
    client.send({ type: "input_audio_buffer.clear" });
    await client.next("input_audio_buffer.cleared", 3200);
  });

  it("names the client's event in the error", async () => {
    expect(await errorOf({ type: "response.cancel", event_id: "x-17" })).toMatchObject({ event_id: "x-17" });
    expect(await errorOf({ type: "response.cancel" })).toMatchObject({ event_id: null });
  });
});

describe("session.update", () => {
  it("starts with the defaults of the real service, voice activity detection included", () => {
    const session = client.received[0]?.["session"] as { expires_at: number };
    expect(session).toMatchObject({
      type: "realtime",
      object: "realtime.session",
      model: "practice",
      output_modalities: ["audio"],
      audio: {
        input: {
          format: { type: "audio/pcm", rate: 24_000 },
          transcription: null,
          turn_detection: { type: "server_vad", create_response: true },
        },
        output: { voice: "alloy", speed: 1 },
      },
    });
    expect(session.expires_at - Date.now() / 1000).toBeGreaterThan(59 * 60);
  });

  const refused: readonly [string, object, { code: string; param: string }][] = [
    [
      "no session.type",
      { type: "session.update", session: { instructions: "x" } },
      { code: "missing_required_parameter", param: "session.type" },
    ],
    ["no session", { type: "session.update" }, { code: "missing_required_parameter", param: "session" }],
    [
      "the transcription kind",
      { type: "session.update", session: { type: "transcription" } },
      { code: "invalid_value", param: "session.type" },
    ],
    [
      "modalities",
      update({ modalities: ["text"] }),
      { code: "unknown_parameter", param: "session.modalities" },
    ],
    ["voice at the top", update({ voice: "alloy" }), { code: "unknown_parameter", param: "session.voice" }],
    [
      "input_audio_format",
      update({ input_audio_format: "pcm16" }),
      { code: "unknown_parameter", param: "session.input_audio_format" },
    ],
    [
      "turn_detection at the top",
      update({ turn_detection: null }),
      { code: "unknown_parameter", param: "session.turn_detection" },
    ],
    [
      "temperature",
      update({ temperature: 0.8 }),
      { code: "unknown_parameter", param: "session.temperature" },
    ],
    [
      "max_response_output_tokens",
      update({ max_response_output_tokens: 100 }),
      { code: "unknown_parameter", param: "session.max_response_output_tokens" },
    ],
    [
      "both modalities at once",
      update({ output_modalities: ["audio", "text"] }),
      { code: "invalid_value", param: "session.output_modalities" },
    ],
    [
      "a rate of 16 kHz",
      update({ audio: { input: { format: { type: "audio/pcm", rate: 16_000 } } } }),
      { code: "invalid_value", param: "session.audio.input.format.rate" },
    ],
    [
      "a format that this server does not speak",
      update({ audio: { input: { format: { type: "audio/pcmu" } } } }),
      { code: "invalid_value", param: "session.audio.input.format.type" },
    ],
    [
      "instructions that are no string",
      update({ instructions: 5 }),
      { code: "invalid_type", param: "session.instructions" },
    ],
    [
      "a speed out of range",
      update({ audio: { output: { speed: 3 } } }),
      { code: "invalid_value", param: "session.audio.output.speed" },
    ],
    [
      "an unknown field deep inside",
      update({ audio: { input: { turn_detection: { type: "server_vad", eagerness: "low" } } } }),
      { code: "unknown_parameter", param: "session.audio.input.turn_detection.eagerness" },
    ],
    [
      "a tool with `strict`",
      update({ tools: [{ type: "function", name: "f", strict: true }] }),
      { code: "unknown_parameter", param: "session.tools[0].strict" },
    ],
    [
      "a retention ratio without its number",
      update({ truncation: { type: "retention_ratio" } }),
      { code: "missing_required_parameter", param: "session.truncation.retention_ratio" },
    ],
  ];
  it.each(refused)("refuses %s", async (_, frame, expected) => {
    expect(await errorOf(frame)).toMatchObject(expected);
  });

  it("discards a refused update as a whole", async () => {
    await errorOf(update({ instructions: "must not stick", modalities: ["text"] }));
    client.send(update({ audio: { input: { turn_detection: null } } }));
    const updated = await client.next("session.updated");
    expect(updated["session"]).toMatchObject({ instructions: "" });
  });

  it("changes only what is present, clears with null and echoes the whole session", async () => {
    client.send(update({ instructions: "Be brief.", audio: { output: { voice: "marin" } } }));
    await client.next("session.updated");
    client.send(
      update({ audio: { input: { turn_detection: null, transcription: { model: "gpt-transcribe" } } } }),
    );
    await client.next("session.updated");
    client.send(update({ audio: { input: { transcription: null } }, model: "another" }));
    expect((await client.next("session.updated"))["session"]).toMatchObject({
      instructions: "Be brief.",
      model: "practice",
      audio: { input: { turn_detection: null, transcription: null }, output: { voice: "marin", speed: 1 } },
    });
  });

  it("refuses another voice once the assistant has spoken, and takes the same one", async () => {
    client.send(update({ audio: { output: { voice: "marin" } } }));
    client.send({ type: "response.create" });
    await client.next("response.done");
    expect(
      await errorOf(update({ instructions: "new", audio: { output: { voice: "cedar" } } })),
    ).toMatchObject({
      code: "cannot_update_voice",
    });
    client.send(update({ audio: { output: { voice: "marin" } } }));
    await client.next("session.updated");
    expect((await client.next("session.updated"))["session"]).toMatchObject({ instructions: "" });
  });
});

describe("the input buffer", () => {
  it("refuses a commit of less than 100 ms, keeps what is there and takes it with the rest", async () => {
    client.send({ type: "input_audio_buffer.append", audio: pcm(99) });
    expect(await errorOf({ type: "input_audio_buffer.commit", event_id: "c-1" })).toMatchObject({
      code: "input_audio_buffer_commit_empty",
      event_id: "c-1",
      message: expect.stringContaining("99.00ms"),
    });
    client.send({ type: "input_audio_buffer.append", audio: pcm(1) });
    client.send({ type: "input_audio_buffer.commit" });
    await client.next("input_audio_buffer.committed");
    expect(server.utterances.map((utterance) => utterance.pcm.length)).toEqual([2400]);
  });

  it("forgets on clear and after a commit", async () => {
    client.send({ type: "input_audio_buffer.append", audio: pcm(200) });
    client.send({ type: "input_audio_buffer.clear" });
    await client.next("input_audio_buffer.cleared");
    expect(await errorOf({ type: "input_audio_buffer.commit" })).toMatchObject({
      code: "input_audio_buffer_commit_empty",
    });
    client.send({ type: "input_audio_buffer.append", audio: pcm(200) });
    client.send({ type: "input_audio_buffer.commit" });
    await client.next("input_audio_buffer.committed");
    expect(await errorOf({ type: "input_audio_buffer.commit" })).toMatchObject({
      code: "input_audio_buffer_commit_empty",
    });
  });

  it.each([
    ["base64 with strange letters", "AA$A"],
    ["base64 without its padding", "AAA"],
    ["half a sample", Buffer.alloc(3).toString("base64")],
    ["more than 15 MiB", Buffer.alloc(15 * 1024 * 1024 + 2).toString("base64")],
  ])("refuses %s", async (_, audio) => {
    expect(await errorOf({ type: "input_audio_buffer.append", audio })).toMatchObject({
      code: "invalid_value",
      param: "audio",
    });
    expect(server.appendedPcm()).toHaveLength(0);
  });

  it("takes 15 MiB in one append and says nothing", async () => {
    client.send({
      type: "input_audio_buffer.append",
      audio: Buffer.alloc(15 * 1024 * 1024).toString("base64"),
    });
    client.send({ type: "input_audio_buffer.clear" });
    await client.next("input_audio_buffer.cleared");
    expect(client.received.map(({ type }) => type)).toEqual([
      "session.created",
      "input_audio_buffer.cleared",
    ]);
  });
});

describe("items", () => {
  const create = (item: object, more: object = {}): object => ({
    type: "conversation.item.create",
    item,
    ...more,
  });
  const refused: readonly [string, object, { code: string; param?: string | null }][] = [
    ["no item", { type: "conversation.item.create" }, { code: "missing_required_parameter", param: "item" }],
    ["an item without type", create({}), { code: "missing_required_parameter", param: "item.type" }],
    [
      "a message without role",
      create({ type: "message", content: [] }),
      { code: "missing_required_parameter", param: "item.role" },
    ],
    [
      "the retired content type `text`",
      create({ type: "message", role: "user", content: [{ type: "text", text: "x" }] }),
      { code: "invalid_value", param: "item.content[0].type" },
    ],
    [
      "assistant audio put back",
      create({ type: "message", role: "assistant", content: [{ type: "output_audio", transcript: "x" }] }),
      { code: "missing_required_parameter", param: "item.content[0].text" },
    ],
    [
      "an image that is no PNG or JPEG",
      create({
        type: "message",
        role: "user",
        content: [{ type: "input_image", image_url: "http://x/y.png" }],
      }),
      { code: "invalid_value", param: "item.content[0].image_url" },
    ],
    ...(
      [
        ["whose bytes are no base64", "data:image/png;base64,iVBOR~"],
        ["that says PNG and is a JPEG", dataUrlOf(jpegPicture).replace("jpeg", "png")],
        ["that says JPEG and is a PNG", dataUrlOf(pngPicture).replace("png", "jpeg")],
        ["that is cut off in its header", dataUrlOf(pngPicture).slice(0, 50)],
        ["of no width", pngOf(Buffer.alloc(4))],
        ["of more than 1 MB", pngOf(Buffer.from([0, 0, 0, 9]), 1024 * 1024)],
      ] as const
    ).map(([what, image_url]): (typeof refused)[number] => [
      `an image ${what}`,
      create({ type: "message", role: "user", content: [{ type: "input_image", image_url }] }),
      { code: "invalid_value", param: "item.content[0].image_url" },
    ]),
    [
      "an id of more than 32 characters",
      create({ ...userText, id: "x".repeat(33) }),
      { code: "string_above_max_length", param: "item.id" },
    ],
    [
      "an output for a call that never was",
      create({ type: "function_call_output", call_id: "call_x", output: "{}" }),
      { code: "invalid_tool_call_id" },
    ],
    [
      "a predecessor that is not there",
      create(userText, { previous_item_id: "item_x" }),
      { code: "item_create_invalid_previous_item_id", param: "previous_item_id" },
    ],
    [
      "deleting what is not there",
      { type: "conversation.item.delete", item_id: "item_x" },
      { code: "item_delete_invalid_item_id", param: "item_id" },
    ],
    [
      "retrieving what is not there",
      { type: "conversation.item.retrieve", item_id: "item_x" },
      { code: "item_retrieve_invalid_item_id" },
    ],
    [
      "truncating what is not there",
      { type: "conversation.item.truncate", item_id: "item_x", content_index: 0, audio_end_ms: 1 },
      { code: "item_truncate_invalid_item_id" },
    ],
  ];
  it.each(refused)("refuses %s", async (_, frame, expected) => {
    expect(await errorOf(frame)).toMatchObject(expected);
  });

  it("takes pictures under a name of the client's choice, once, and lets go of them by it", async () => {
    const content = [pngPicture, jpegPicture].map((picture) => ({
      type: "input_image",
      image_url: dataUrlOf(picture),
      detail: "auto",
    }));
    const picture = create({ type: "message", role: "user", id: "my_picture", content });
    client.send(picture);
    expect(await client.next("conversation.item.done")).toMatchObject({
      item: { id: "my_picture", content },
    });
    expect(await errorOf(picture)).toMatchObject({ code: "item_create_duplicate_item_id", param: "item.id" });
    client.send({ type: "conversation.item.delete", item_id: "my_picture" });
    await client.next("conversation.item.deleted");
    client.send(picture);
    await client.next("conversation.item.done");
  });

  it("refuses an id that is taken", async () => {
    client.send(create({ ...userText, id: "mine" }));
    await client.next("conversation.item.done");
    expect(await errorOf(create({ ...userText, id: "mine" }))).toMatchObject({ param: "item.id" });
  });

  it("puts items at the end, in front and behind a given one", async () => {
    for (const [id, more] of [
      ["b", {}],
      ["a", { previous_item_id: "root" }],
      ["c", { previous_item_id: "b" }],
      ["ab", { previous_item_id: "a" }],
    ] as const) {
      client.send(create({ ...userText, id }, more));
      await client.next("conversation.item.done");
    }
    client.send({ type: "response.create" });
    await client.next("response.done");
    expect(server.script.requests[0]?.items.map((item) => item.id)).toEqual(["a", "ab", "b", "c"]);
  });

  it("forgets a deleted call, so that its output is refused", async () => {
    client.send(create({ type: "function_call", id: "f", name: "f", arguments: "{}", call_id: "call_1" }));
    client.send({ type: "conversation.item.delete", item_id: "f" });
    await client.next("conversation.item.deleted");
    expect(
      await errorOf(create({ type: "function_call_output", call_id: "call_1", output: "{}" })),
    ).toMatchObject({ code: "invalid_tool_call_id" });
  });

  it("gives an item back with its audio", async () => {
    client.send({ type: "input_audio_buffer.append", audio: pcm(150) });
    client.send({ type: "input_audio_buffer.commit" });
    const { item_id } = await client.next("input_audio_buffer.committed");
    client.send({ type: "conversation.item.retrieve", item_id });
    const retrieved = await client.next("conversation.item.retrieved");
    expect(retrieved["item"]).toMatchObject({
      id: item_id,
      role: "user",
      content: [{ type: "input_audio", audio: pcm(150) }],
    });
  });
});

describe("truncation", () => {
  const spokenItem = async (): Promise<string> => {
    client.send({ type: "response.create" });
    const added = await client.next("response.output_item.added");
    await client.next("response.done");
    return (added["item"] as { id: string }).id;
  };
  const truncate = (item_id: string, audio_end_ms: unknown, content_index: unknown = 0): object => ({
    type: "conversation.item.truncate",
    item_id,
    content_index,
    audio_end_ms,
  });

  it.each([
    ["a fraction", 12.5, "invalid_type"],
    ["null, which is what NaN becomes", Number.NaN, "invalid_type"],
    ["a string", "12", "invalid_type"],
    ["zero", 0, "invalid_value"],
    ["a negative number", -5, "invalid_value"],
    ["a millisecond too many", 501, "invalid_value"],
  ])("refuses %s", async (_, audioEndMs, code) => {
    expect(await errorOf(truncate(await spokenItem(), audioEndMs))).toMatchObject({ code });
  });

  it("says how long the audio really is", async () => {
    expect(await errorOf(truncate(await spokenItem(), 900))).toMatchObject({
      message: "Audio content of 500ms is already shorter than 900ms",
    });
  });

  it("cuts the audio, drops the transcript and then refuses to cut behind the new end", async () => {
    const id = await spokenItem();
    client.send(truncate(id, 300));
    expect(await client.next("conversation.item.truncated")).toMatchObject({
      item_id: id,
      content_index: 0,
      audio_end_ms: 300,
    });
    client.send({ type: "conversation.item.retrieve", item_id: id });
    const item = (await client.next("conversation.item.retrieved"))["item"] as {
      content: { audio: string; transcript: string }[];
    };
    expect(item.content[0]?.transcript).toBe("");
    expect(Buffer.from(item.content[0]?.audio ?? "", "base64")).toHaveLength(300 * 48);
    expect(await errorOf(truncate(id, 301))).toMatchObject({ code: "invalid_value" });
  });

  it("refuses what is no spoken answer", async () => {
    client.send({ type: "conversation.item.create", item: { ...userText, id: "u" } });
    const text = {
      type: "message",
      role: "assistant",
      content: [{ type: "output_text", text: "x" }],
      id: "t",
    };
    client.send({ type: "conversation.item.create", item: text });
    expect(await errorOf(truncate("u", 10))).toMatchObject({ code: "item_truncate_invalid_item_id" });
    expect(await errorOf(truncate("t", 10))).toMatchObject({ code: "item_truncate_invalid_item_id" });
    expect(await errorOf(truncate(await spokenItem(), 10, 1))).toMatchObject({ param: "content_index" });
  });
});

describe("responses", () => {
  it("refuses a second one while the first runs, naming the first", async () => {
    client.send({ type: "response.create" });
    const created = await client.next("response.created");
    const { id } = created["response"] as { id: string };
    expect(await errorOf({ type: "response.create", event_id: "rc-2" })).toMatchObject({
      code: "conversation_already_has_active_response",
      message: expect.stringContaining(id),
      event_id: "rc-2",
    });
    await client.next("response.done");
    client.send({ type: "response.create" });
    await client.next("response.created");
    await client.next("response.done");
  });

  it("refuses to cancel when nothing runs, also by a wrong id", async () => {
    const inactive = { code: "response_cancel_not_active" };
    expect(await errorOf({ type: "response.cancel" })).toMatchObject(inactive);
    server.script.answer(endlessAnswer);
    client.send({ type: "response.create" });
    await client.next("response.created");
    expect(await errorOf({ type: "response.cancel", response_id: "resp_x" })).toMatchObject(inactive);
    client.send({ type: "response.cancel" });
    expect((await client.next("response.done"))["response"]).toMatchObject({ status: "cancelled" });
    expect(await errorOf({ type: "response.cancel" })).toMatchObject(inactive);
  });

  const refused: readonly [string, object, { code: string; param?: string }][] = [
    ["modalities", { modalities: ["text"] }, { code: "unknown_parameter", param: "response.modalities" }],
    ["voice at the top", { voice: "marin" }, { code: "unknown_parameter", param: "response.voice" }],
    [
      "too many pairs of metadata",
      { metadata: Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`k${index}`, "v"])) },
      { code: "invalid_value", param: "response.metadata" },
    ],
    [
      "too long a value of metadata",
      { metadata: { turn: "x".repeat(513) } },
      { code: "string_above_max_length", param: "response.metadata.turn" },
    ],
    [
      "a reference to an item that is not there",
      { conversation: "none", input: [{ type: "item_reference", id: "item_x" }] },
      { code: "item_reference_invalid_item_id" },
    ],
    [
      "too many output tokens",
      { max_output_tokens: 5000 },
      { code: "invalid_value", param: "response.max_output_tokens" },
    ],
  ];
  it.each(refused)("refuses %s", async (_, response, expected) => {
    expect(await errorOf({ type: "response.create", response })).toMatchObject(expected);
    expect(server.script.requests).toEqual([]);
  });

  it("fails a response whose brain throws, and goes on", async () => {
    const broken = await startTestServer({
      // eslint-disable-next-line require-yield
      script: createScript(async function* () {
        await Promise.resolve();
        throw new Error("a mistake of ours");
      }),
    });
    const other = await connectWire(broken.url, { apiKey: testApiKey });
    other.send({ type: "response.create" });
    expect((await other.next("response.done"))["response"]).toMatchObject({
      status: "failed",
      status_details: { type: "failed", error: { type: "server_error" } },
    });
    expect(broken.brainErrors).toHaveLength(1);
    other.send({ type: "response.create" });
    expect((await other.next("response.done"))["response"]).toMatchObject({ status: "completed" });
    await broken.close();
  });
});
