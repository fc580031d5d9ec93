/**
 * Owns the token counts of a response: 100 ms of heard sound or 50 ms of spoken sound is one token, about four
 * characters of text are one. Never knows prices.
 */
import { assertNever } from "../../../shared/assert-never.ts";
import { audioSamples } from "./items.ts";
import type { Item } from "./items.ts";
import { samplesToMs } from "./pcm.ts";
import type { SessionState } from "./session-state.ts";

export interface TokenCount {
  readonly text: number;
  readonly audio: number;
}

const inputAudioTokenMs = 100;
const outputAudioTokenMs = 50;
const charactersPerToken = 4;
/** The service reports what it found in its cache in blocks of this size. */
const cacheBlockTokens = 64;

const textTokens = (text: string): number => Math.ceil(text.length / charactersPerToken);

const sum = (counts: readonly TokenCount[]): TokenCount => ({
  text: counts.reduce((total, count) => total + count.text, 0),
  audio: counts.reduce((total, count) => total + count.audio, 0),
});

export function countItem(item: Item): TokenCount {
  if (item.type === "function_call") {
    return { text: textTokens(item.name + item.arguments), audio: 0 };
  }
  if (item.type === "function_call_output") {
    return { text: textTokens(item.output), audio: 0 };
  }
  return sum(
    item.content.map((part): TokenCount => {
      switch (part.type) {
        case "input_audio":
          return { text: 0, audio: Math.ceil(samplesToMs(part.pcm.length) / inputAudioTokenMs) };
        case "output_audio":
          return {
            text: textTokens(part.transcript),
            audio: Math.ceil(samplesToMs(audioSamples(part)) / outputAudioTokenMs),
          };
        case "input_text":
        case "output_text":
          return { text: textTokens(part.text), audio: 0 };
        case "input_image":
          return { text: 0, audio: 0 };
        default:
          return assertNever(part);
      }
    }),
  );
}

/** All that a response reads: instructions, tools and the whole context. */
export const countInput = (session: SessionState, items: readonly Item[]): TokenCount =>
  sum([
    { text: textTokens(session.instructions) + textTokens(JSON.stringify(session.tools)), audio: 0 },
    ...items.map(countItem),
  ]);

/** `cachedInput` is what the response before has read, as far as this one reads it again. */
export function usageOf(input: TokenCount, output: readonly Item[], cachedInput: TokenCount): object {
  const spoken = sum(output.map(countItem));
  const cachedText = wholeBlocks(Math.min(cachedInput.text, input.text));
  const cachedAudio = wholeBlocks(Math.min(cachedInput.audio, input.audio));
  const inputTokens = input.text + input.audio;
  const outputTokens = spoken.text + spoken.audio;
  return {
    total_tokens: inputTokens + outputTokens,
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    input_token_details: {
      text_tokens: input.text,
      audio_tokens: input.audio,
      image_tokens: 0,
      cached_tokens: cachedText + cachedAudio,
      cached_tokens_details: { text_tokens: cachedText, audio_tokens: cachedAudio, image_tokens: 0 },
    },
    output_token_details: { text_tokens: spoken.text, audio_tokens: spoken.audio },
  };
}

const wholeBlocks = (tokens: number): number => Math.floor(tokens / cacheBlockTokens) * cacheBlockTokens;
