/**
 * Owns the practice voice: reads the pack of clips and gives each phrase's words and sound.
 * Never renders speech: that happened when the pack was made.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { decodeClip } from "./clip-codec.ts";
import type { PhraseId } from "./phrases.ts";
import { upsample16To24 } from "./upsample.ts";

interface Clip {
  /** The words that are heard. */
  readonly text: string;
  /** Mono, 24 kHz, silent at both ends. */
  readonly pcm: Int16Array;
}

export interface VoiceBank {
  has(id: string): boolean;
  /** Throws for an id that the pack does not hold: a mistake of ours, for the ids are in `phrases.ts`. */
  clip(id: PhraseId): Clip;
}

/** The index beside the pack: where each clip's bytes are, and how many samples at 16 kHz they hold. */
export const voiceIndexSchema = z.object({
  sampleRateHz: z.literal(16_000),
  clips: z.array(
    z.object({
      id: z.string(),
      text: z.string(),
      offsetBytes: z.int().nonnegative(),
      lengthBytes: z.int().nonnegative(),
      samples: z.int().nonnegative(),
    }),
  ),
});

export const voiceFiles = { index: "voice.json", pack: "voice.bin" } as const;

/**
 * Reads `voice.json` and `voice.bin` in `directory`. Clips are decoded when they are first asked for.
 * Rejects when the files are missing or are not what the script writes.
 */
export async function loadVoiceBank(directory: string): Promise<VoiceBank> {
  const [index, pack] = await Promise.all([
    readFile(join(directory, voiceFiles.index), "utf8"),
    readFile(join(directory, voiceFiles.pack)),
  ]);
  const entries = new Map(voiceIndexSchema.parse(JSON.parse(index)).clips.map((clip) => [clip.id, clip]));
  const decoded = new Map<string, Clip>();
  return {
    has: (id) => entries.has(id),
    clip: (id) => {
      const known = decoded.get(id);
      if (known !== undefined) {
        return known;
      }
      const entry = entries.get(id);
      if (entry === undefined) {
        throw new Error(`No clip "${id}" in the voice pack: render it again after a change of the phrases.`);
      }
      const bytes = pack.subarray(entry.offsetBytes, entry.offsetBytes + entry.lengthBytes);
      const clip = { text: entry.text, pcm: upsample16To24(decodeClip(bytes, entry.samples)) };
      decoded.set(id, clip);
      return clip;
    },
  };
}
