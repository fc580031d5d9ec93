/**
 * Owns the entries of a conversation in memory, with audio as samples, and their form on the wire.
 * Never emits an event.
 */
import { assertNever } from "../../../shared/assert-never.ts";
import { base64FromSamples, joinSamples, samplesFromBytes } from "./pcm.ts";
import type { ItemDraft } from "./client-events.ts";
import { decodeAudio } from "./input-audio.ts";
import { checkImage } from "./input-image.ts";
import { accept } from "./wire-error.ts";
import type { Checked } from "./wire-error.ts";

export type ItemStatus = "in_progress" | "completed" | "incomplete";

export interface InputAudioPart {
  readonly type: "input_audio";
  readonly pcm: Int16Array;
  transcript: string | null;
}
type UserPart =
  | InputAudioPart
  | { readonly type: "input_text"; readonly text: string }
  | { readonly type: "input_image"; readonly image_url: string; readonly detail?: string | undefined };

export interface OutputAudioPart {
  readonly type: "output_audio";
  /** In the order in which they went out; what `truncate` measures. */
  pieces: Int16Array[];
  transcript: string;
}
interface OutputTextPart {
  readonly type: "output_text";
  text: string;
}
export type AssistantPart = OutputAudioPart | OutputTextPart;

export interface UserMessage {
  readonly type: "message";
  readonly role: "user";
  readonly id: string;
  status: ItemStatus;
  readonly content: readonly UserPart[];
}
export interface AssistantMessage {
  readonly type: "message";
  readonly role: "assistant";
  readonly id: string;
  status: ItemStatus;
  readonly content: AssistantPart[];
  /** The client has cut it to what was heard. */
  isTruncated: boolean;
}
interface SystemMessage {
  readonly type: "message";
  readonly role: "system";
  readonly id: string;
  status: ItemStatus;
  readonly content: readonly { readonly type: "input_text"; readonly text: string }[];
}
export interface FunctionCall {
  readonly type: "function_call";
  readonly id: string;
  status: ItemStatus;
  readonly name: string;
  readonly call_id: string;
  arguments: string;
}
export interface FunctionCallOutput {
  readonly type: "function_call_output";
  readonly id: string;
  status: ItemStatus;
  readonly call_id: string;
  readonly output: string;
}
export type Item = UserMessage | AssistantMessage | SystemMessage | FunctionCall | FunctionCallOutput;

/** Samples of a part's audio so far. */
export const audioSamples = (part: OutputAudioPart): number =>
  part.pieces.reduce((total, piece) => total + piece.length, 0);

/** Cuts the audio and drops the transcript, which the service cannot align with what is left. */
export function truncateAudio(message: AssistantMessage, part: OutputAudioPart, keptSamples: number): void {
  part.pieces = [joinSamples(part.pieces).slice(0, keptSamples)];
  part.transcript = "";
  message.isTruncated = true;
}

/** An item as a client has drafted it; `param` names the place of the draft in the event, for errors. */
export function itemFromDraft(draft: ItemDraft, id: string, callId: string, param: string): Checked<Item> {
  const status = "completed";
  switch (draft.type) {
    case "function_call":
      return accept({
        type: draft.type,
        id,
        status,
        name: draft.name,
        call_id: draft.call_id ?? callId,
        arguments: draft.arguments,
      });
    case "function_call_output":
      return accept({ type: draft.type, id, status, call_id: draft.call_id, output: draft.output });
    case "message":
      return messageFromDraft(draft, id, param);
    default:
      return assertNever(draft);
  }
}

function messageFromDraft(
  draft: Extract<ItemDraft, { type: "message" }>,
  id: string,
  param: string,
): Checked<Item> {
  const status = "completed";
  switch (draft.role) {
    case "system":
      return accept({ type: "message", role: "system", id, status, content: draft.content });
    case "assistant": {
      const content = draft.content.map(({ text }): AssistantPart => ({ type: "output_text", text }));
      return accept({ type: "message", role: "assistant", id, status, content, isTruncated: false });
    }
    case "user": {
      const content: UserPart[] = [];
      for (const [index, part] of draft.content.entries()) {
        if (part.type === "input_image") {
          const image = checkImage(part.image_url, `${param}.content[${index}].image_url`);
          if (!image.ok) {
            return image;
          }
        }
        if (part.type !== "input_audio") {
          content.push(part);
          continue;
        }
        const audio = decodeAudio(part.audio, `${param}.content[${index}].audio`);
        if (!audio.ok) {
          return audio;
        }
        const pcm = samplesFromBytes(audio.value);
        content.push({ type: part.type, pcm, transcript: part.transcript ?? null });
      }
      return accept({ type: "message", role: "user", id, status, content });
    }
    default:
      return assertNever(draft);
  }
}

/** The item as events carry it. Audio bytes are left out except where an item is retrieved. */
export function wireItem(item: Item, options: { withAudio: boolean } = { withAudio: false }): object {
  if (item.type !== "message") {
    return { object: "realtime.item", ...item };
  }
  const { id, type, status, role } = item;
  const content = item.content.map((part) => wirePart(part, options.withAudio));
  return { id, object: "realtime.item", type, status, role, content };
}

function wirePart(part: UserPart | AssistantPart, withAudio: boolean): object {
  switch (part.type) {
    case "input_audio":
      return {
        type: part.type,
        transcript: part.transcript,
        ...(withAudio ? { audio: base64FromSamples(part.pcm), format: "pcm16" } : {}),
      };
    case "output_audio":
      return {
        type: part.type,
        transcript: part.transcript,
        ...(withAudio ? { audio: base64FromSamples(joinSamples(part.pieces)), format: "pcm16" } : {}),
      };
    case "input_text":
    case "input_image":
    case "output_text":
      return { ...part };
    default:
      return assertNever(part);
  }
}
