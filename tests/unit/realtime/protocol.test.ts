import { describe, expect, it } from "vitest";
import { encode, encodeAppend } from "../../../electron/main/realtime/client-events.ts";
import { parseServerEvent } from "../../../electron/main/realtime/protocol.ts";
import { appendedSamples } from "./support.ts";
import type { WireEvent } from "./support.ts";

const parse = (event: unknown) => parseServerEvent(JSON.stringify(event));
const eventOf = (event: unknown) => {
  const parsed = parse(event);
  if (parsed.kind !== "event") throw new Error(`Expected an event, got ${JSON.stringify(parsed)}`);
  return parsed.event;
};

describe("parseServerEvent", () => {
  it("keeps an event that we do not use whole, whatever its name", () => {
    const event = { type: "rate_limits.updated", event_id: "e", rate_limits: [{ name: "tokens", limit: 1 }] };
    expect(parse(event)).toEqual({ kind: "generic", type: "rate_limits.updated", raw: event });
    for (const type of ["constructor", "__proto__", "toString", ""]) {
      expect(parse({ type })).toMatchObject({ kind: "generic", type });
    }
  });

  it.each([
    ["", "not-json"],
    ["{", "not-json"],
    ["null", "not-an-object"],
    ["[]", "not-an-object"],
    ["7", "not-an-object"],
    ["{}", "no-type"],
    ['{"type":7}', "no-type"],
    ['{"type":"response.output_audio.delta","delta":5}', "response.output_audio.delta"],
    ['{"type":"error"}', "error"],
    ['{"type":"response.done","response":{"status":"completed","output":7}}', "response.done"],
    ["[".repeat(200_000), "not-json"],
  ])("counts %.40s as malformed", (frame, reason) => {
    expect(parseServerEvent(frame)).toEqual({ kind: "malformed", reason });
  });

  it("reads what is left out as what is null", () => {
    const full = { type: "error", error: { type: null, code: null, message: null, event_id: null } };
    expect(eventOf({ type: "error", event_id: "e", error: {} })).toEqual(full);
    expect(eventOf({ ...full, event_id: null })).toEqual(full);
  });

  it("tells a turn detection that is off from one that is not told", () => {
    const updated = (input: object) => eventOf({ type: "session.updated", session: { audio: { input } } });
    const detection = (event: ReturnType<typeof eventOf>) =>
      event.type === "session.updated" ? event.session.audio?.input?.turn_detection : "other event";
    expect(detection(updated({ turn_detection: null }))).toBeNull();
    expect(detection(updated({}))).toBeUndefined();
    expect(detection(updated({ turn_detection: { type: "server_vad" } }))).toEqual({ type: "server_vad" });
  });

  it("takes status_details as an object, as a bare string and as nothing", () => {
    const details = (status_details: unknown) => {
      const event = eventOf({
        type: "response.done",
        response: { id: "r", status: "incomplete", status_details },
      });
      return event.type === "response.done" ? event.response.status_details : undefined;
    };
    expect(details("content_filter")).toEqual({ reason: "content_filter", error: null });
    expect(details({ type: "incomplete", reason: "max_output_tokens" })).toEqual({
      reason: "max_output_tokens",
      error: null,
    });
    expect(details(null)).toBeNull();
  });

  it.each(["audio", "output_audio", "text", "output_text"])("takes a content part of type %s", (type) => {
    const item = { id: "i", type: "message", content: [{ type, transcript: "a", text: "b" }] };
    expect(eventOf({ type: "response.done", response: { id: "r", output: [item] } })).toMatchObject({
      response: { output: [{ content: [{ type, transcript: "a", text: "b" }] }] },
    });
  });

  it("ends a response whose response.done cannot be read otherwise", () => {
    // One wrong field must not make the next question wait for a response that is over.
    const event = eventOf({ type: "response.done", response: { id: "r", output: [{ content: "no list" }] } });
    expect(event).toMatchObject({
      response: {
        id: "r",
        status: "failed",
        output: [],
        status_details: { error: { code: "unreadable_response" } },
      },
    });
  });

  it("takes an audio delta without response id or index", () => {
    expect(
      eventOf({ type: "response.output_audio.delta", item_id: "i", delta: "AAA=", obfuscation: "x" }),
    ).toEqual({
      type: "response.output_audio.delta",
      response_id: null,
      item_id: "i",
      content_index: 0,
      delta: "AAA=",
    });
  });
});

describe("client events", () => {
  it("encodes a view into a larger buffer as exactly its samples", () => {
    const buffer = Int16Array.from({ length: 100 }, (_, at) => at - 50);
    const view = buffer.subarray(10, 60);
    const event = JSON.parse(encodeAppend("parley-1.2", view)) as WireEvent;
    expect(event).toMatchObject({ type: "input_audio_buffer.append", event_id: "parley-1.2" });
    expect(appendedSamples([event])).toEqual([...view]);
  });

  it("escapes what a person typed", () => {
    const text = 'a "quote"\n\u2028 and \\ ✓';
    const wire = encode({
      type: "conversation.item.create",
      event_id: "parley-1",
      item: { type: "message", role: "user", content: [{ type: "input_text", text }] },
    });
    expect(JSON.parse(wire)).toMatchObject({ item: { content: [{ text }] } });
  });
});
