/**
 * Owns the shapes of every event a client may send, as strict schemas.
 * Never looks at the state of a conversation: what depends on that is refused there.
 */
import { z } from "zod";

const pcmFormat = z.strictObject({ type: z.literal("audio/pcm"), rate: z.literal(24_000).optional() });
const voice = z.union([z.string().min(1), z.strictObject({ id: z.string().min(1) })]);

const serverVad = z.strictObject({
  type: z.literal("server_vad"),
  threshold: z.number().min(0).max(1).optional(),
  prefix_padding_ms: z.int().min(0).optional(),
  silence_duration_ms: z.int().min(0).optional(),
  idle_timeout_ms: z.int().min(0).nullable().optional(),
  create_response: z.boolean().optional(),
  interrupt_response: z.boolean().optional(),
});
const semanticVad = z.strictObject({
  type: z.literal("semantic_vad"),
  eagerness: z.enum(["low", "medium", "high", "auto"]).optional(),
  create_response: z.boolean().optional(),
  interrupt_response: z.boolean().optional(),
});

const transcription = z.strictObject({
  model: z.string().min(1),
  language: z.string().optional(),
  languages: z.array(z.string()).optional(),
  prompt: z.string().optional(),
  keywords: z.array(z.string()).optional(),
  delay: z.enum(["minimal", "low", "medium", "high", "xhigh"]).optional(),
});

const functionTool = z.strictObject({
  type: z.literal("function"),
  name: z
    .string()
    .max(64)
    .regex(/^[a-zA-Z0-9_-]+$/),
  description: z.string().optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
});
const mcpTool = z.looseObject({ type: z.literal("mcp"), server_label: z.string() });
const tools = z.array(z.discriminatedUnion("type", [functionTool, mcpTool]));

const toolChoice = z.union([
  z.enum(["auto", "none", "required"]),
  z.strictObject({ type: z.literal("function"), name: z.string() }),
  z.strictObject({ type: z.literal("mcp"), server_label: z.string(), name: z.string().optional() }),
]);
const maxOutputTokens = z.union([z.int().min(1).max(4096), z.literal("inf")]);
const outputModalities = z.array(z.enum(["text", "audio"])).length(1);
const reasoning = z.strictObject({ effort: z.enum(["minimal", "low", "medium", "high", "xhigh"]) });
const prompt = z.strictObject({
  id: z.string(),
  version: z.string().nullable().optional(),
  variables: z.record(z.string(), z.unknown()).nullable().optional(),
});
const metadataValue = z.string().max(512);
const metadata = z.record(z.string().max(64), metadataValue).nullable();

const sessionUpdate = z.strictObject({
  type: z.literal("realtime"),
  model: z.string().optional(),
  output_modalities: outputModalities.optional(),
  instructions: z.string().optional(),
  audio: z
    .strictObject({
      input: z
        .strictObject({
          format: pcmFormat.optional(),
          noise_reduction: z
            .strictObject({
              type: z.enum(["near_field", "far_field"]),
              strength: z.number().min(0).max(1).optional(),
            })
            .nullable()
            .optional(),
          transcription: transcription.nullable().optional(),
          turn_detection: z.discriminatedUnion("type", [serverVad, semanticVad]).nullable().optional(),
        })
        .optional(),
      output: z
        .strictObject({
          format: pcmFormat.optional(),
          voice: voice.optional(),
          speed: z.number().min(0.25).max(1.5).optional(),
        })
        .optional(),
    })
    .optional(),
  tools: tools.optional(),
  tool_choice: toolChoice.optional(),
  parallel_tool_calls: z.boolean().optional(),
  reasoning: reasoning.optional(),
  max_output_tokens: maxOutputTokens.optional(),
  truncation: z
    .union([
      z.enum(["auto", "disabled"]),
      z.strictObject({
        type: z.literal("retention_ratio"),
        retention_ratio: z.number().min(0).max(1),
        token_limits: z.strictObject({ post_instructions: z.int().min(0).optional() }).optional(),
      }),
    ])
    .optional(),
  prompt: prompt.nullable().optional(),
  tracing: z
    .union([
      z.literal("auto"),
      z.strictObject({
        workflow_name: z.string().optional(),
        group_id: z.string().optional(),
        metadata: z.unknown().optional(),
      }),
    ])
    .nullable()
    .optional(),
  include: z.array(z.literal("item.input_audio_transcription.logprobs")).nullable().optional(),
});

// The service takes ids of at most 32 characters, and letters, digits, "_" and "-" in call ids.
const itemId = z.string().min(1).max(32);
const callId = z
  .string()
  .max(32)
  .regex(/^[a-zA-Z0-9_-]+$/);
const itemBase = {
  id: itemId.optional(),
  object: z.literal("realtime.item").optional(),
  status: z.enum(["completed", "incomplete", "in_progress"]).optional(),
};

const userPart = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("input_text"), text: z.string() }),
  z.strictObject({
    type: z.literal("input_audio"),
    audio: z.string(),
    transcript: z.string().nullable().optional(),
  }),
  z.strictObject({
    type: z.literal("input_image"),
    image_url: z.string().regex(/^data:image\/(?:png|jpeg);base64,/),
    detail: z.enum(["auto", "low", "high"]).optional(),
  }),
]);
// Assistant audio cannot be put back into a conversation: the service asks for `text` when it is tried.
const assistantPart = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("output_text"), text: z.string() }),
  z.strictObject({
    type: z.literal("output_audio"),
    text: z.string(),
    audio: z.string().optional(),
    transcript: z.string().optional(),
  }),
]);
const systemPart = z.strictObject({ type: z.literal("input_text"), text: z.string() });

const message = z.discriminatedUnion("role", [
  z.strictObject({
    ...itemBase,
    type: z.literal("message"),
    role: z.literal("user"),
    content: z.array(userPart),
  }),
  z.strictObject({
    ...itemBase,
    type: z.literal("message"),
    role: z.literal("assistant"),
    content: z.array(assistantPart),
  }),
  z.strictObject({
    ...itemBase,
    type: z.literal("message"),
    role: z.literal("system"),
    content: z.array(systemPart),
  }),
]);
const itemDraft = z.discriminatedUnion("type", [
  message,
  z.strictObject({
    ...itemBase,
    type: z.literal("function_call"),
    name: z.string(),
    arguments: z.string(),
    call_id: callId.optional(),
  }),
  z.strictObject({
    ...itemBase,
    type: z.literal("function_call_output"),
    call_id: callId,
    output: z.string(),
  }),
]);

const responseOptions = z.strictObject({
  instructions: z.string().optional(),
  output_modalities: outputModalities.optional(),
  audio: z
    .strictObject({
      output: z.strictObject({ voice: voice.optional(), format: pcmFormat.optional() }).optional(),
    })
    .optional(),
  tools: tools.optional(),
  tool_choice: toolChoice.optional(),
  parallel_tool_calls: z.boolean().optional(),
  max_output_tokens: maxOutputTokens.optional(),
  reasoning: reasoning.optional(),
  prompt: prompt.nullable().optional(),
  metadata: metadata.optional(),
  conversation: z.enum(["auto", "none"]).optional(),
  input: z
    .array(
      z.discriminatedUnion("type", [
        itemDraft,
        z.strictObject({ type: z.literal("item_reference"), id: z.string() }),
      ]),
    )
    .optional(),
});

const head = { event_id: z.string().max(512).optional() };

/** The complete list of client events that a WebSocket session accepts. */
export const clientEventSchemas = {
  "session.update": z.strictObject({ ...head, type: z.literal("session.update"), session: sessionUpdate }),
  "input_audio_buffer.append": z.strictObject({
    ...head,
    type: z.literal("input_audio_buffer.append"),
    audio: z.string(),
  }),
  "input_audio_buffer.commit": z.strictObject({ ...head, type: z.literal("input_audio_buffer.commit") }),
  "input_audio_buffer.clear": z.strictObject({ ...head, type: z.literal("input_audio_buffer.clear") }),
  "conversation.item.create": z.strictObject({
    ...head,
    type: z.literal("conversation.item.create"),
    previous_item_id: z.string().nullable().optional(),
    item: itemDraft,
  }),
  "conversation.item.retrieve": z.strictObject({
    ...head,
    type: z.literal("conversation.item.retrieve"),
    item_id: z.string(),
  }),
  "conversation.item.truncate": z.strictObject({
    ...head,
    type: z.literal("conversation.item.truncate"),
    item_id: z.string(),
    content_index: z.int(),
    audio_end_ms: z.int(),
  }),
  "conversation.item.delete": z.strictObject({
    ...head,
    type: z.literal("conversation.item.delete"),
    item_id: z.string(),
  }),
  "response.create": z.strictObject({
    ...head,
    type: z.literal("response.create"),
    response: responseOptions.optional(),
  }),
  "response.cancel": z.strictObject({
    ...head,
    type: z.literal("response.cancel"),
    response_id: z.string().optional(),
  }),
} as const;

export type ClientEventType = keyof typeof clientEventSchemas;
export type ClientEvent = {
  [T in ClientEventType]: z.infer<(typeof clientEventSchemas)[T]>;
}[ClientEventType];
export type SessionUpdate = z.infer<typeof sessionUpdate>;
export type ItemDraft = z.infer<typeof itemDraft>;
export type ResponseOptions = z.infer<typeof responseOptions>;
export type ToolDeclaration = z.infer<typeof tools>[number];
