/**
 * Owns `PARLEY_RECORD_ANSWERS=FILE`: appends what is handed to the loudspeaker as raw PCM16, 24 kHz, mono. For the demo
 * on systems whose loudspeaker cannot be recorded. Without the variable nothing is written.
 */
import { createWriteStream } from "node:fs";
import { errorCode, type Log } from "./log.ts";
import type { AnswerAudio } from "./session/ports.ts";

export function recordAnswers(path: string | undefined, audio: AnswerAudio, log: Log): AnswerAudio {
  if (path === undefined || path === "") return audio;
  const file = createWriteStream(path, { flags: "a" });
  file.on("error", (error) => log.warn("answer-not-recorded", { code: errorCode(error) }));
  return {
    enqueue(turnId, itemId, contentIndex, pcm) {
      file.write(Buffer.from(pcm.buffer.slice(pcm.byteOffset, pcm.byteOffset + pcm.byteLength)));
      audio.enqueue(turnId, itemId, contentIndex, pcm);
    },
  };
}
