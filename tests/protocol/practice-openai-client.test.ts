import OpenAI from "openai";
import { OpenAIRealtimeWS } from "openai/realtime/ws";
import type { RealtimeServerEvent } from "openai/resources/realtime/realtime";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { instantPacing } from "../../electron/main/practice/pacing.ts";
import { startPractice } from "../../electron/main/practice/practice-server.ts";
import type { Practice } from "../../electron/main/practice/practice-server.ts";
import { base64FromSamples } from "../../electron/main/practice/pcm.ts";
import { toneOf } from "../support/realtime-server.ts";
import { startTlsTerminator } from "../support/tls-terminator.ts";
import type { TlsTerminator } from "../support/tls-terminator.ts";

/*
 * The server must not only be our own client's mirror: OpenAI's own client holds the conversation here. It speaks
 * nothing but `wss:`, so a TLS terminator with a throw-away certificate stands in front.
 */

let practice: Practice;
let tls: TlsTerminator;
let realtime: OpenAIRealtimeWS;

type EventOf<T extends RealtimeServerEvent["type"]> = Extract<RealtimeServerEvent, { type: T }>;
const events: RealtimeServerEvent[] = [];
let arrived: () => void = () => undefined;

/** The next event of the type that comes after the first `from` events. */
const next = async <T extends RealtimeServerEvent["type"]>(type: T, from: number): Promise<EventOf<T>> => {
  for (;;) {
    const found = events.slice(from).find((event): event is EventOf<T> => event.type === type);
    if (found !== undefined) {
      return found;
    }
    await new Promise<void>((resolve) => {
      arrived = resolve;
    });
  }
};
const soundSince = (from: number): Buffer =>
  Buffer.concat(
    events
      .slice(from)
      .flatMap((event) =>
        event.type === "response.output_audio.delta" ? [Buffer.from(event.delta, "base64")] : [],
      ),
  );

beforeEach(async () => {
  practice = await startPractice({
    resourcesDir: join(import.meta.dirname, "../../resources/practice"),
    pacing: instantPacing,
  });
  tls = await startTlsTerminator(Number(new URL(practice.baseUrl).port));
  const openai = new OpenAI({ apiKey: practice.apiKey, baseURL: `https://127.0.0.1:${tls.port}/v1` });
  realtime = new OpenAIRealtimeWS({ model: practice.model, options: { ca: tls.certificate } }, openai);
  realtime.on("error", (error) => {
    throw error;
  });
  events.length = 0;
  realtime.on("event", (event) => {
    events.push(event);
    arrived();
  });
});

afterEach(async () => {
  realtime.close();
  await tls.close();
  await practice.close();
});

it("holds a whole conversation with OpenAI's own client: a typed question with a tool, then a spoken turn", async () => {
  await next("session.created", 0);
  realtime.send({
    type: "session.update",
    session: {
      type: "realtime",
      output_modalities: ["audio"],
      instructions: "Answer briefly.",
      audio: {
        input: {
          format: { type: "audio/pcm", rate: 24_000 },
          noise_reduction: { type: "near_field" },
          transcription: { model: "gpt-transcribe", language: "en" },
          turn_detection: null,
        },
        output: { format: { type: "audio/pcm", rate: 24_000 }, voice: "marin", speed: 1 },
      },
      tools: [
        {
          type: "function",
          name: "get_current_time",
          description: "The time in a time zone.",
          parameters: { type: "object", properties: { time_zone: { type: "string" } } },
        },
      ],
      tool_choice: "auto",
      max_output_tokens: "inf",
      truncation: { type: "retention_ratio", retention_ratio: 0.8 },
    },
  });
  const updated = await next("session.updated", 0);
  expect(updated.session).toMatchObject({ audio: { input: { turn_detection: null } } });

  const typedFrom = events.length;
  realtime.send({
    type: "conversation.item.create",
    item: {
      type: "message",
      role: "user",
      content: [{ type: "input_text", text: "What time is it in Tokyo?" }],
    },
  });
  realtime.send({ type: "response.create" });
  const called = await next("response.done", typedFrom);
  const [call] = called.response.output ?? [];
  expect(call).toMatchObject({
    type: "function_call",
    status: "completed",
    name: "get_current_time",
    arguments: '{"time_zone":"Asia/Tokyo"}',
  });

  const answeredFrom = events.length;
  const output = {
    time_zone: "Asia/Tokyo",
    iso: "2026-11-23T21:41:05+09:00",
    weekday: "Monday",
    date: "2026-11-23",
    time: "21:41",
  };
  realtime.send({
    type: "conversation.item.create",
    item: {
      type: "function_call_output",
      call_id: call?.type === "function_call" ? (call.call_id ?? "") : "",
      output: JSON.stringify(output),
    },
  });
  realtime.send({ type: "response.create" });
  const words = await next("response.output_audio_transcript.done", answeredFrom);
  expect(words.transcript).toBe("In Tokyo it is nine forty-one in the evening.");
  await next("response.done", answeredFrom);
  expect(soundSince(answeredFrom).byteLength / 48).toBeGreaterThan(2000);

  const spokenFrom = events.length;
  const utterance = toneOf(1200);
  realtime.send({ type: "input_audio_buffer.clear" });
  realtime.send({ type: "input_audio_buffer.append", audio: base64FromSamples(utterance) });
  realtime.send({ type: "input_audio_buffer.commit" });
  realtime.send({ type: "response.create" });
  const answered = await next("response.done", spokenFrom);
  expect(answered.response).toMatchObject({ status: "completed" });
  const heard = await next("conversation.item.input_audio_transcription.completed", spokenFrom);
  expect(heard.transcript).toBe("(practice cannot understand speech: 1.2 s of sound)");
  // The mirror: the middle of what was said is in the answer, sample for sample.
  const middle = Buffer.from(utterance.buffer).subarray(24_000, 33_600);
  expect(soundSince(spokenFrom).includes(middle)).toBe(true);
}, 15_000);
