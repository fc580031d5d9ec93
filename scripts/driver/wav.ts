/** Owns WAV files of PCM16: reading and writing. It never resamples. */
import { readFile, writeFile } from "node:fs/promises";

export interface Wav {
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Interleaved. */
  readonly samples: Int16Array;
}

/** A file that is no PCM16 WAV: `reason` is a sentence for the person who named it. */
export class NotWav extends Error {}

/** @throws NotWav for anything but RIFF/WAVE with 16-bit PCM. */
export async function readWav(path: string): Promise<Wav> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new NotWav(`${path} cannot be read.`, { cause });
  });
  if (
    bytes.length < 44 ||
    bytes.toString("latin1", 0, 4) !== "RIFF" ||
    bytes.toString("latin1", 8, 12) !== "WAVE"
  ) {
    throw new NotWav(`${path} is no WAV file.`);
  }
  let format: Omit<Wav, "samples"> | null = null;
  for (let at = 12; at + 8 <= bytes.length;) {
    const id = bytes.toString("latin1", at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    const body = at + 8;
    if (id === "fmt ") {
      format = readFormat(bytes.subarray(body, body + size));
      if (format === null) throw new NotWav(`${path} is not 16-bit PCM.`);
    }
    if (id === "data") {
      if (format === null) throw new NotWav(`${path} has sound before its format.`);
      // A recorder that was killed leaves a size of 0 or too large a one: what is there counts.
      const end = size === 0 ? bytes.length : Math.min(body + size, bytes.length);
      return { ...format, samples: toSamples(bytes.subarray(body, end)) };
    }
    at = body + size + (size % 2);
  }
  throw new NotWav(`${path} holds no sound.`);
}

/** PCM has tag 1, or 0xfffe where the format is said at more length. @returns `null` for anything but 16-bit PCM. */
function readFormat(chunk: Buffer): Omit<Wav, "samples"> | null {
  if (chunk.length < 16) return null;
  const tag = chunk.readUInt16LE(0);
  const channels = chunk.readUInt16LE(2);
  const sampleRateHz = chunk.readUInt32LE(4);
  const isPcm16 = (tag === 1 || tag === 0xfffe) && chunk.readUInt16LE(14) === 16;
  return isPcm16 && channels > 0 && sampleRateHz > 0 ? { channels, sampleRateHz } : null;
}

/** @param pcm mono PCM16. */
export async function writeWav(path: string, pcm: Int16Array, sampleRateHz: number): Promise<void> {
  const header = Buffer.alloc(44);
  header.write("RIFF", 0, "latin1");
  header.writeUInt32LE(36 + pcm.byteLength, 4);
  header.write("WAVEfmt ", 8, "latin1");
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(sampleRateHz, 24);
  header.writeUInt32LE(sampleRateHz * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36, "latin1");
  header.writeUInt32LE(pcm.byteLength, 40);
  await writeFile(path, Buffer.concat([header, Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength)]));
}

/** @param bytes PCM16 LE; a last odd byte is left out. The samples are a copy. */
export function toSamples(bytes: Uint8Array): Int16Array {
  const copy = new Uint8Array(bytes.byteLength - (bytes.byteLength % 2));
  copy.set(bytes.subarray(0, copy.byteLength));
  return new Int16Array(copy.buffer);
}
