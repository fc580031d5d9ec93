/**
 * Owns what comes in as sound: the strict decoding of base64 and the input buffer, counted in bytes.
 * Never listens to it.
 */
import { pcmBytesToMs, samplesFromBytes } from "./pcm.ts";
import { accept, invalidRequest, refuse } from "./wire-error.ts";
import type { Checked } from "./wire-error.ts";

/** The service's limit for one append. */
const maxAppendBytes = 15 * 1024 * 1024;
/** The shortest commit that the service takes. */
const minCommitMs = 100;

/** Whole PCM16 samples in canonical base64, at most 15 MiB. Anything else is refused, never repaired. */
export function decodeAudio(base64: string, param: string): Checked<Buffer> {
  const bytes = Buffer.from(base64, "base64");
  // Node's decoder skips what it does not understand, so only the way back shows that nothing was skipped.
  if (bytes.toString("base64") !== base64) {
    const message = `Invalid '${param}'. Expected base64-encoded audio bytes (mono PCM16 at 24kHz) but got an invalid value.`;
    return refuse(invalidRequest("invalid_value", message, param));
  }
  if (bytes.byteLength % 2 !== 0) {
    const message = `Invalid '${param}'. Expected whole 16-bit samples but got ${bytes.byteLength} bytes.`;
    return refuse(invalidRequest("invalid_value", message, param));
  }
  if (bytes.byteLength > maxAppendBytes) {
    const message = `Invalid '${param}'. Expected at most 15 MiB of audio.`;
    return refuse(invalidRequest("invalid_value", message, param));
  }
  return accept(bytes);
}

export class InputBuffer {
  #pieces: Buffer[] = [];
  #bytes = 0;

  append(bytes: Buffer): void {
    this.#pieces.push(bytes);
    this.#bytes += bytes.byteLength;
  }

  clear(): void {
    this.#pieces = [];
    this.#bytes = 0;
  }

  /** Empties the buffer into samples, or refuses and keeps what is there when it is less than 100 ms. */
  commit(): Checked<Int16Array> {
    const bufferedMs = pcmBytesToMs(this.#bytes);
    if (bufferedMs < minCommitMs) {
      const message =
        "Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, " +
        `but buffer only has ${bufferedMs.toFixed(2)}ms of audio.`;
      return refuse(invalidRequest("input_audio_buffer_commit_empty", message));
    }
    const pcm = samplesFromBytes(Buffer.concat(this.#pieces));
    this.clear();
    return accept(pcm);
  }
}
