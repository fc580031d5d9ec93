/**
 * Owns the client events that we send and their text on the wire. Every one carries an `event_id`, because a
 * server's error names it. It never sends anything.
 */
import type { ToolImage } from "../tools/tool.ts";
import type { ToolCall } from "../session/types.ts";
import type { SessionUpdatePayload } from "./session-config.ts";

export type ClientEvent =
  | {
      readonly type: "session.update";
      readonly event_id: string;
      readonly session: SessionUpdatePayload | ToolsUpdate;
    }
  | { readonly type: "input_audio_buffer.commit"; readonly event_id: string }
  | { readonly type: "input_audio_buffer.clear"; readonly event_id: string }
  | {
      readonly type: "conversation.item.create";
      readonly event_id: string;
      readonly item: CreatedItem;
    }
  | {
      readonly type: "conversation.item.truncate";
      readonly event_id: string;
      readonly item_id: string;
      readonly content_index: number;
      /** Whole milliseconds from the start of this part; the server refuses fractions. */
      readonly audio_end_ms: number;
    }
  | { readonly type: "conversation.item.delete"; readonly event_id: string; readonly item_id: string }
  | {
      readonly type: "response.create";
      readonly event_id: string;
      readonly response: AnswerRequest | RemarkRequest;
    }
  | { readonly type: "response.cancel"; readonly event_id: string; readonly response_id?: string };

interface AnswerRequest {
  /** Echoed in `response.created` and `response.done`: that is how an answer finds its turn. */
  readonly metadata: { turn: string };
}

/** A response beside the conversation, which neither reads it nor adds to it. */
export interface RemarkRequest extends AnswerRequest {
  readonly conversation: "none";
  readonly input: [];
  readonly tools: [];
  readonly instructions: string;
  readonly max_output_tokens: number;
}

/** What is left out of an update stays as it is. */
type ToolsUpdate = Pick<SessionUpdatePayload, "type" | "tools">;

export type CreatedItem = UserText | UserPictures | AssistantText | FunctionCall | FunctionCallOutput;

interface UserText {
  readonly type: "message";
  readonly role: "user";
  readonly content: { type: "input_text"; text: string }[];
}

export interface UserPictures {
  /** Ours; at most 32 characters. */
  readonly id: string;
  readonly type: "message";
  readonly role: "user";
  readonly content: (
    | { type: "input_text"; text: string }
    | { type: "input_image"; image_url: string; detail: "auto" }
  )[];
}

/** What the model has said before, as text: its voice cannot be given back to it. */
interface AssistantText {
  readonly type: "message";
  readonly role: "assistant";
  readonly content: { type: "output_text"; text: string }[];
}

interface FunctionCall {
  readonly type: "function_call";
  readonly call_id: string;
  readonly name: string;
  readonly arguments: string;
}

interface FunctionCallOutput {
  readonly type: "function_call_output";
  readonly call_id: string;
  readonly output: string;
}

export const userText = (text: string): UserText => ({
  type: "message",
  role: "user",
  content: [{ type: "input_text", text }],
});

export const userPictures = (id: string, words: string, images: readonly ToolImage[]): UserPictures => ({
  id,
  type: "message",
  role: "user",
  content: [
    { type: "input_text", text: words },
    ...images.map(
      ({ mimeType, base64 }) =>
        ({
          type: "input_image",
          image_url: `data:${mimeType};base64,${base64}`,
          detail: "auto",
        }) as const,
    ),
  ],
});

export const assistantText = (text: string): AssistantText => ({
  type: "message",
  role: "assistant",
  content: [{ type: "output_text", text }],
});

export const functionCall = ({ callId, name, argumentsJson }: ToolCall): FunctionCall => ({
  type: "function_call",
  call_id: callId,
  name,
  arguments: argumentsJson,
});

export const functionCallOutput = (callId: string, output: string): FunctionCallOutput => ({
  type: "function_call_output",
  call_id: callId,
  output,
});

export const encode = (event: ClientEvent): string => JSON.stringify(event);

/**
 * `input_audio_buffer.append` as text. Base64 needs no escaping, so a template is enough; JSON.stringify would walk
 * over every character (15 times slower).
 * @param eventId ours, made of letters, digits and hyphens only.
 * @param pcm mono PCM16 at 24 kHz.
 */
export function encodeAppend(eventId: string, pcm: Int16Array): string {
  const base64 = Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength).toString("base64");
  return `{"type":"input_audio_buffer.append","event_id":"${eventId}","audio":"${base64}"}`;
}
