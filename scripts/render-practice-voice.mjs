/**
 * Renders the practice voice at development time: every phrase by `flite` (voice `slt`), cleaned, levelled and
 * packed into `resources/practice/`. Never runs in the app and is not needed to build it.
 *
 * Needs Debian's `flite` and `sox`. Run: npx tsx scripts/render-practice-voice.mjs
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeClip, encodeClip } from "../electron/main/practice/clip-codec.ts";
import { phrases } from "../electron/main/practice/phrases.ts";
import { voiceFiles } from "../electron/main/practice/voice-bank.ts";

const sampleRateHz = 16_000;
const target = join(import.meta.dirname, "..", "resources", "practice");
const maxPackBytes = 2_900_000;

/** Loudness of the voiced parts, and the highest sample that the levelling may make. */
const targetRms = 3277; // -20 dBFS
const maxPeak = 26_000; // -2 dBFS
/** Below this a 5 ms window is silence. -47 dBFS. */
const silencePeak = 150;
const windowSamples = 80;
const keptSilenceSamples = 160;
const fadeSamples = 96;

const workDirectory = mkdtempSync(join(tmpdir(), "practice-voice-"));
try {
  const clips = phrases.map((phrase) => ({ phrase, samples: finish(render(phrase)) }));
  const packed = clips.map(({ phrase, samples }) => {
    const bytes = encodeClip(samples);
    const back = decodeClip(bytes, samples.length);
    if (samples.some((sample, index) => Math.abs(sample - back[index]) > 8)) {
      throw new Error(`"${phrase.id}" does not come back from the pack as it went in.`);
    }
    return { phrase, bytes, samples: samples.length };
  });
  let offsetBytes = 0;
  const index = packed.map(({ phrase, bytes, samples }) => {
    const entry = { id: phrase.id, text: phrase.text, offsetBytes, lengthBytes: bytes.byteLength, samples };
    offsetBytes += bytes.byteLength;
    return entry;
  });
  if (offsetBytes > maxPackBytes) {
    throw new Error(`The pack would be ${offsetBytes} bytes; ${maxPackBytes} are allowed.`);
  }
  writeFileSync(
    join(target, voiceFiles.index),
    `${JSON.stringify({ sampleRateHz, clips: index }, null, 2)}\n`,
  );
  writeFileSync(join(target, voiceFiles.pack), Buffer.concat(packed.map(({ bytes }) => bytes)));
  const seconds = packed.reduce((total, { samples }) => total + samples, 0) / sampleRateHz;
  console.log(`${packed.length} clips, ${seconds.toFixed(1)} s, ${offsetBytes} bytes`);
} finally {
  rmSync(workDirectory, { recursive: true });
}

/** One phrase as 16 kHz samples, rumble and offset removed. */
function render(phrase) {
  const spoken = phrase.say ?? phrase.text;
  const raw = join(workDirectory, "raw.wav");
  const clean = join(workDirectory, "clean.raw");
  // A comma keeps the voice up where the phrase is the beginning of a longer one.
  execFileSync("flite", ["-voice", "slt", "-t", /[.?!]$/.test(spoken) ? spoken : `${spoken},`, "-o", raw]);
  const form = ["-r", String(sampleRateHz), "-e", "signed", "-b", "16", "-c", "1", "-L"];
  execFileSync("sox", ["-D", "-v", "0.8", raw, "-t", "raw", ...form, clean, "highpass", "60"]);
  const bytes = readFileSync(clean);
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** Silence cut off both ends, one loudness for all, ends faded to zero so that clips join without a click. */
function finish(samples) {
  const isSilent = (start) =>
    samples.subarray(start, start + windowSamples).every((sample) => Math.abs(sample) < silencePeak);
  let start = 0;
  let end = samples.length;
  while (start < end && isSilent(start)) {
    start += windowSamples;
  }
  while (end > start && isSilent(Math.max(0, end - windowSamples))) {
    end -= windowSamples;
  }
  const kept = samples.slice(
    Math.max(0, start - keptSilenceSamples),
    Math.min(samples.length, end + keptSilenceSamples),
  );
  const gain = gainOf(kept);
  return kept.map((sample, index) => {
    const edge = Math.min(index, kept.length - 1 - index);
    const fade = edge >= fadeSamples ? 1 : 0.5 - 0.5 * Math.cos((Math.PI * edge) / fadeSamples);
    return Math.round(sample * gain * fade);
  });
}

function gainOf(samples) {
  const windows = Array.from({ length: Math.floor(samples.length / windowSamples) }, (_, index) =>
    samples.subarray(index * windowSamples, (index + 1) * windowSamples),
  );
  const powers = windows
    .map((window) => window.reduce((sum, sample) => sum + sample * sample, 0) / windowSamples)
    .filter((power) => power > silencePeak ** 2);
  const rms = Math.sqrt(powers.reduce((sum, power) => sum + power, 0) / powers.length);
  const peak = samples.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0);
  return Math.min(targetRms / rms, maxPeak / peak);
}
