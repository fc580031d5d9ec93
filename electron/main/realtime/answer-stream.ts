/**
 * Owns what arrives of one response: its audio as whole samples, its words by item. It decides neither which response
 * is live nor when one is over.
 */
import type { ItemId, TurnId } from "../../../shared/ids.ts";
import { itemId as toItemId } from "../../../shared/ids.ts";
import type { Narration } from "../session/conversation.ts";
import type { AnswerAudio } from "../session/ports.ts";
import type { OutputAudioDelta, ResponseDone } from "./protocol.ts";

interface PartAddress {
  readonly item_id: string;
  readonly content_index: number;
}

export interface AnswerStream {
  audio(turnId: TurnId, event: OutputAudioDelta): void;
  textDelta(turnId: TurnId, part: PartAddress, delta: string): void;
  /** The whole text of one part, which replaces its deltas. */
  textWhole(turnId: TurnId, part: PartAddress, text: string): void;
  /** Words that came with `response.done` only, as some servers do. */
  completeText(turnId: TurnId, response: ResponseDone["response"]): void;
  /** The next response begins with nothing of this one. */
  reset(): void;
}

export function createAnswerStream(deps: {
  readonly answerAudio: AnswerAudio;
  readonly narrate: (narration: Narration) => void;
}): AnswerStream {
  /** The half sample at the end of a delta, by part. A delta may be cut anywhere. */
  const halves = new Map<string, number>();
  /** Text by content part, by item: an item may have several parts, and is shown as one text. */
  const texts = new Map<ItemId, Map<number, string>>();

  const partsOf = (item: ItemId): Map<number, string> => {
    const known = texts.get(item);
    if (known !== undefined) return known;
    const parts = new Map<number, string>();
    texts.set(item, parts);
    return parts;
  };
  const narrateWhole = (turnId: TurnId, item: ItemId): void => {
    const parts = [...partsOf(item)].toSorted(([left], [right]) => left - right);
    deps.narrate({ type: "answerWhole", turnId, itemId: item, text: parts.map(([, text]) => text).join("") });
  };

  return {
    audio: (turnId, event) => {
      const key = `${event.content_index} ${event.item_id}`;
      const { samples, half } = decodeSamples(event.delta, halves.get(key) ?? null);
      if (half === null) halves.delete(key);
      else halves.set(key, half);
      if (samples.length === 0) return;
      deps.answerAudio.enqueue(turnId, toItemId(event.item_id), event.content_index, samples);
    },
    textDelta: (turnId, part, delta) => {
      const item = toItemId(part.item_id);
      const parts = partsOf(item);
      parts.set(part.content_index, (parts.get(part.content_index) ?? "") + delta);
      deps.narrate({ type: "answerDelta", turnId, itemId: item, delta });
    },
    textWhole: (turnId, part, text) => {
      const item = toItemId(part.item_id);
      partsOf(item).set(part.content_index, text);
      narrateWhole(turnId, item);
    },
    completeText: (turnId, response) => {
      for (const item of response.output) {
        if (item.type !== "message" || item.id === null || texts.has(toItemId(item.id))) continue;
        const text = item.content.map((part) => part.transcript ?? part.text ?? "").join("");
        if (text !== "") deps.narrate({ type: "answerWhole", turnId, itemId: toItemId(item.id), text });
      }
    },
    reset: () => {
      halves.clear();
      texts.clear();
    },
  };
}

/**
 * Base64 of PCM16 LE as samples, in memory of their own: what Node hands out from its pool may start at an odd address.
 * @param half the byte left over from the delta before, low byte of the first sample.
 */
export function decodeSamples(
  base64: string,
  half: number | null,
): { readonly samples: Int16Array; readonly half: number | null } {
  const carried = half === null ? 0 : 1;
  const mostBytes = carried + Buffer.byteLength(base64, "base64");
  const bytes = Buffer.from(new ArrayBuffer(mostBytes + (mostBytes % 2)));
  if (half !== null) bytes[0] = half;
  const pcmBytes = carried + bytes.write(base64, carried, "base64");
  const samples = new Int16Array(bytes.buffer, 0, Math.floor(pcmBytes / 2));
  return { samples, half: pcmBytes % 2 === 0 ? null : (bytes[pcmBytes - 1] ?? null) };
}
