import * as fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import { clientEventSchemas } from "../../electron/main/practice/client-events.ts";
import { startTestServer, testApiKey } from "../support/realtime-server.ts";
import type { TestServer } from "../support/realtime-server.ts";
import { connectWire } from "../support/wire-client.ts";
import type { WireClient } from "../support/wire-client.ts";

/*
 * Whatever a client sends, the server answers or stays silent, and lives: no crash, no unhandled rejection (which
 * would fail the run), no brain called with what the schemas should have stopped, one `response.done` for each
 * response, and never two responses at once.
 */

let server: TestServer;
let client: WireClient;

beforeEach(async () => {
  server = await startTestServer();
  client = await connectWire(server.url, { apiKey: testApiKey });
});

afterEach(async () => {
  client.close();
  await server.close();
});

const types = Object.keys(clientEventSchemas);
const id = fc.constantFrom("a", "b", "item_x", "", "root");
const junk = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<unknown>;
const or = <T>(good: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 4, arbitrary: good }, { weight: 1, arbitrary: junk });
const base64 = fc.uint8Array({ maxLength: 6000 }).map((bytes) => Buffer.from(bytes).toString("base64"));
const item = fc.record(
  {
    id: or(id),
    type: or(fc.constantFrom("message", "function_call", "function_call_output")),
    role: or(fc.constantFrom("user", "assistant", "system")),
    content: or(
      fc.array(
        fc.record(
          {
            type: or(fc.constantFrom("input_text", "input_audio", "output_text")),
            text: or(fc.string()),
            audio: or(base64),
          },
          { requiredKeys: ["type"] },
        ),
        { maxLength: 3 },
      ),
    ),
    name: or(fc.string()),
    call_id: or(fc.constantFrom("call_1", "call_2")),
    arguments: or(fc.string()),
    output: or(fc.string()),
  },
  { requiredKeys: ["type"] },
);
const frame = fc.oneof(
  fc.string(),
  junk.map((value) => JSON.stringify(value)),
  fc
    .record(
      {
        type: or(fc.constantFrom(...types)),
        event_id: or(fc.string()),
        audio: or(base64),
        item_id: or(id),
        previous_item_id: or(id),
        content_index: or(fc.constantFrom(0, 1, -1)),
        audio_end_ms: or(fc.integer({ min: -10, max: 600 })),
        item: or(item),
        session: or(fc.record({ type: or(fc.constant("realtime")), instructions: or(fc.string()) })),
        response: or(fc.record({ conversation: or(fc.constantFrom("auto", "none")) }, { requiredKeys: [] })),
        response_id: or(id),
      },
      { requiredKeys: ["type"] },
    )
    .map((value) => JSON.stringify(value)),
);
/** Well-formed events whose order is what is random. */
const wellFormed = fc
  .constantFrom<object>(
    { type: "input_audio_buffer.append", audio: Buffer.alloc(4800).toString("base64") },
    { type: "input_audio_buffer.commit" },
    { type: "input_audio_buffer.clear" },
    { type: "response.create" },
    { type: "response.create", response: { conversation: "none" } },
    { type: "response.cancel" },
    { type: "conversation.item.delete", item_id: "u" },
    {
      type: "conversation.item.create",
      item: { id: "u", type: "message", role: "user", content: [{ type: "input_text", text: "hi" }] },
    },
    { type: "conversation.item.retrieve", item_id: "u" },
    { type: "session.update", session: { type: "realtime", audio: { input: { turn_detection: null } } } },
  )
  .map((value) => JSON.stringify(value));

/** Sends all frames, then waits until the server has got through them. */
const survive = async (frames: readonly string[]): Promise<void> => {
  for (const text of frames) {
    client.send(text);
  }
  const probe = { type: "session.update", session: { type: "realtime", instructions: "probe" } };
  client.send(probe);
  await client.next(
    (event) =>
      event.type === "session.updated" &&
      (event["session"] as { instructions: string }).instructions === "probe",
    15_100,
  );
};

it("survives 20,000 malformed frames", async () => {
  await survive(fc.sample(frame, 20_000));
  expect(client.socket.readyState).toBe(client.socket.OPEN);
  expect(server.errorsSent().length).toBeGreaterThan(10_000);
  expect(server.brainErrors).toEqual([]);
}, 40_000);

it("keeps to one response at a time and one `response.done` each, whatever the order of events", async () => {
  await survive(fc.sample(wellFormed, 5000));
  client.send({ type: "response.cancel" });
  const count = (type: string): number => client.received.filter((event) => event.type === type).length;
  await expect.poll(() => count("response.created") - count("response.done"), { timeout: 9000 }).toBe(0);
  expect(count("response.created")).toBeGreaterThan(10);
  // Each created is followed by its own done before the next one of the conversation is created.
  const inConversation = client.received.flatMap((event) => {
    const response = event["response"] as { id: string; conversation_id: string | null } | undefined;
    return response === undefined || response.conversation_id === null ? [] : [{ event, id: response.id }];
  });
  const overlaps = inConversation.filter(({ event, id }, index) =>
    event.type === "response.created"
      ? index % 2 !== 0
      : index % 2 !== 1 || inConversation[index - 1]?.id !== id,
  );
  expect(overlaps).toEqual([]);
  expect(server.brainErrors).toEqual([]);
}, 40_000);
