/**
 * Owns how clips become an utterance: their words with spaces and capitals, their sound with pauses between.
 * Never decides what is said.
 */
import { joinSamples, msToSamples } from "./pcm.ts";
import type { PhraseId } from "./phrases.ts";
import type { VoiceBank } from "./voice-bank.ts";

export interface Spoken {
  readonly transcript: string;
  /** Mono, 24 kHz. */
  readonly pcm: Int16Array;
}

/** A breath after a sentence, and next to nothing inside one: the clips bring soft ends of their own. */
const sentencePauseMs = 320;
const wordPauseMs = 15;

/** The phrases one after another. Their words are in the transcript exactly as they are heard. */
export function speak(voice: VoiceBank, ids: readonly PhraseId[]): Spoken {
  let transcript = "";
  const pieces: Int16Array[] = [];
  for (const id of ids) {
    const { text, pcm } = voice.clip(id);
    const startsSentence = transcript === "" || endsSentence(transcript);
    if (transcript !== "") {
      pieces.push(silence(endsSentence(transcript) ? sentencePauseMs : wordPauseMs));
      transcript += " ";
    }
    transcript += startsSentence ? text.charAt(0).toUpperCase() + text.slice(1) : text;
    pieces.push(pcm);
  }
  return { transcript, pcm: joinSamples(pieces) };
}

/** Utterances as they follow each other in one message: joined verbatim, transcripts and sound fit together. */
export function* inOneMessage(parts: Iterable<Spoken>): Iterable<Spoken> {
  let isFirst = true;
  for (const part of parts) {
    yield isFirst
      ? part
      : { transcript: ` ${part.transcript}`, pcm: joinSamples([silence(sentencePauseMs), part.pcm]) };
    isFirst = false;
  }
}

const endsSentence = (text: string): boolean => /[.?!]$/.test(text);
const silence = (ms: number): Int16Array => new Int16Array(msToSamples(ms));
