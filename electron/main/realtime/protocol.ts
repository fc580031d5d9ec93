/**
 * Owns the schemas of the server events that we use; any other event stays whole as generic.
 * It never throws on what a server sends, and never decides what an event means for a turn.
 */
import { z } from "zod";

/** Servers leave fields out or send `null`; both read as `null`. */
const nullable = <Schema extends z.ZodType>(schema: Schema) =>
  schema.nullish().transform((value) => value ?? null);

const text = z.string();
const optionalText = nullable(text);
const optionalIndex = z
  .int()
  .nonnegative()
  .nullish()
  .transform((value) => value ?? 0);

const errorBody = z.object({
  type: optionalText,
  code: optionalText,
  message: optionalText,
  event_id: optionalText,
});

/** Of `turn_detection`, `undefined` (left out) and `null` (off) must stay apart. */
const session = z.object({
  expires_at: nullable(z.number()),
  audio: nullable(
    z.object({
      input: nullable(z.object({ turn_detection: z.object({ type: text.optional() }).nullish() })),
    }),
  ),
});

/** Part types come as `text`/`audio` and as `output_text`/`output_audio`; either spelling is taken. */
const contentPart = z.object({ type: optionalText, text: optionalText, transcript: optionalText });

const outputItem = z.object({
  id: optionalText,
  type: optionalText,
  status: optionalText,
  name: optionalText,
  call_id: optionalText,
  arguments: optionalText,
  content: z
    .array(contentPart)
    .nullish()
    .transform((parts) => parts ?? []),
});

const statusDetails = z.object({
  reason: optionalText,
  error: nullable(z.object({ type: optionalText, code: optionalText, message: optionalText })),
});

/** `status_details` has been seen as a bare string: it is the reason then. */
const anyStatusDetails = z
  .union([statusDetails, text])
  .nullish()
  .transform((details) =>
    typeof details === "string" ? { reason: details, error: null } : (details ?? null),
  );

const metadata = nullable(z.record(z.string(), z.unknown()));

/** The official types have even the id optional. */
const createdResponse = z.object({ id: optionalText, metadata });
const doneResponse = createdResponse.extend({
  status: optionalText,
  status_details: anyStatusDetails,
  output: z
    .array(outputItem)
    .nullish()
    .transform((items) => items ?? []),
});

const ofResponse = { response_id: optionalText, item_id: text, content_index: optionalIndex };

/** The events that we use, but for `response.output_audio.delta`, which is checked by hand. */
export const serverEventSchemas = {
  error: z.object({ type: z.literal("error"), error: errorBody }),
  "session.created": z.object({ type: z.literal("session.created") }),
  "session.updated": z.object({ type: z.literal("session.updated"), session }),
  "input_audio_buffer.committed": z.object({
    type: z.literal("input_audio_buffer.committed"),
    item_id: text,
  }),
  "conversation.item.input_audio_transcription.delta": z.object({
    type: z.literal("conversation.item.input_audio_transcription.delta"),
    item_id: text,
    delta: optionalText,
  }),
  "conversation.item.input_audio_transcription.completed": z.object({
    type: z.literal("conversation.item.input_audio_transcription.completed"),
    item_id: text,
    transcript: text,
  }),
  "conversation.item.input_audio_transcription.failed": z.object({
    type: z.literal("conversation.item.input_audio_transcription.failed"),
    item_id: text,
  }),
  "response.created": z.object({ type: z.literal("response.created"), response: createdResponse }),
  "response.output_audio_transcript.delta": z.object({
    type: z.literal("response.output_audio_transcript.delta"),
    ...ofResponse,
    delta: text,
  }),
  "response.output_audio_transcript.done": z.object({
    type: z.literal("response.output_audio_transcript.done"),
    ...ofResponse,
    transcript: text,
  }),
  "response.output_text.delta": z.object({
    type: z.literal("response.output_text.delta"),
    ...ofResponse,
    delta: text,
  }),
  "response.output_text.done": z.object({
    type: z.literal("response.output_text.done"),
    ...ofResponse,
    text,
  }),
  "response.done": z.object({ type: z.literal("response.done"), response: doneResponse }),
} as const;

/** The hot one: up to a hundred in a second, most of its bytes are audio. */
export interface OutputAudioDelta {
  readonly type: "response.output_audio.delta";
  readonly response_id: string | null;
  readonly item_id: string;
  readonly content_index: number;
  /** Base64 of PCM16 LE. */
  readonly delta: string;
}

type Schemas = typeof serverEventSchemas;
type SchemaEvent = { [Type in keyof Schemas]: z.output<Schemas[Type]> }[keyof Schemas];
export type ServerEvent = SchemaEvent | OutputAudioDelta;
export type ResponseDone = z.output<Schemas["response.done"]>;
export type ServerError = z.output<Schemas["error"]>;
export type SessionUpdated = z.output<Schemas["session.updated"]>;

export type ParsedServerEvent =
  | { readonly kind: "event"; readonly event: ServerEvent }
  /** An event that we do not use; `raw` is all of it. */
  | { readonly kind: "generic"; readonly type: string; readonly raw: Readonly<Record<string, unknown>> }
  /** `reason` names the event type or the kind of damage, never its content. */
  | { readonly kind: "malformed"; readonly reason: string };

/** One text frame of the server as an event. Total: whatever the bytes are, it returns a value. */
export function parseServerEvent(frame: string): ParsedServerEvent {
  let raw: unknown;
  try {
    raw = JSON.parse(frame);
  } catch {
    return { kind: "malformed", reason: "not-json" };
  }
  if (!isRecord(raw)) return { kind: "malformed", reason: "not-an-object" };
  const type = raw["type"];
  if (typeof type !== "string") return { kind: "malformed", reason: "no-type" };
  if (type === "response.output_audio.delta") return audioDelta(raw);
  if (!isUsed(type)) return { kind: "generic", type, raw };
  const parsed = serverEventSchemas[type].safeParse(raw);
  if (parsed.success) return { kind: "event", event: parsed.data };
  const event = type === "response.done" ? unreadableDone(raw) : null;
  return event === null ? { kind: "malformed", reason: type } : { kind: "event", event };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isUsed = (type: string): type is keyof Schemas => Object.hasOwn(serverEventSchemas, type);

function audioDelta(raw: Record<string, unknown>): ParsedServerEvent {
  const { item_id, delta, response_id, content_index } = raw;
  if (typeof item_id !== "string" || typeof delta !== "string") {
    return { kind: "malformed", reason: "response.output_audio.delta" };
  }
  const event: OutputAudioDelta = {
    type: "response.output_audio.delta",
    response_id: typeof response_id === "string" ? response_id : null,
    item_id,
    content_index: typeof content_index === "number" && content_index >= 0 ? Math.floor(content_index) : 0,
    delta,
  };
  return { kind: "event", event };
}

/** A `response.done` that cannot be read still ends its response, or the next question would wait in vain. */
function unreadableDone(raw: Record<string, unknown>): ResponseDone | null {
  const response = z.object({ id: text }).safeParse(raw["response"]);
  if (!response.success) return null;
  return {
    type: "response.done",
    response: {
      id: response.data.id,
      metadata: null,
      status: "failed",
      status_details: { reason: null, error: { type: null, code: "unreadable_response", message: null } },
      output: [],
    },
  };
}
