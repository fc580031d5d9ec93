import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { cities } from "../../../electron/main/practice/cities.ts";
import { decodeClip, encodeClip } from "../../../electron/main/practice/clip-codec.ts";
import { phrases } from "../../../electron/main/practice/phrases.ts";
import type { PhraseId } from "../../../electron/main/practice/phrases.ts";
import { speak } from "../../../electron/main/practice/spoken.ts";
import { upsample16To24 } from "../../../electron/main/practice/upsample.ts";
import { loadVoiceBank, voiceFiles, voiceIndexSchema } from "../../../electron/main/practice/voice-bank.ts";
import type { VoiceBank } from "../../../electron/main/practice/voice-bank.ts";

const directory = join(import.meta.dirname, "../../../resources/practice");
let voice: VoiceBank;

beforeAll(async () => {
  voice = await loadVoiceBank(directory);
});

const rms = (pcm: Int16Array): number =>
  Math.sqrt(pcm.reduce((sum, sample) => sum + sample * sample, 0) / pcm.length);
const peak = (pcm: Int16Array): number =>
  pcm.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0);

describe("the pack of clips", () => {
  it("holds every phrase with its words as they are now, and no other, in at most 3 MB", async () => {
    const index = voiceIndexSchema.parse(
      JSON.parse(await readFile(join(directory, voiceFiles.index), "utf8")),
    );
    expect(index.clips.map(({ id, text }) => ({ id, text }))).toEqual(
      phrases.map(({ id, text }) => ({ id, text })),
    );
    const sizes = await Promise.all(
      Object.values(voiceFiles).map(async (name) => (await stat(join(directory, name))).size),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(3_000_000);
  });

  it("has every id that the brain can form", () => {
    const ids = [
      ...Array.from({ length: 12 }, (_, hour) => `hour.${hour + 1}`),
      ...Array.from({ length: 60 }, (_, minute) => `minute.${minute}`),
      ...cities.map(({ name }) => `city.${name}`),
    ];
    expect(ids.filter((id) => !voice.has(id))).toEqual([]);
    expect(() => voice.clip("city.Atlantis")).toThrow("render it again");
  });

  it("is clean: audible, never clipped, without offset, silent at both ends", () => {
    const faulty = phrases.filter(({ id, text }) => {
      const { pcm } = voice.clip(id as PhraseId);
      const mean = pcm.reduce((sum, sample) => sum + sample, 0) / pcm.length;
      const endPeak = Math.max(Math.abs(pcm[0] ?? 0), Math.abs(pcm.at(-1) ?? 0));
      const seconds = pcm.length / 24_000;
      const isClean = rms(pcm) > 1000 && peak(pcm) < 29_000 && Math.abs(mean) < 15 && endPeak < 20;
      return !isClean || seconds < 0.25 || text.length / seconds > 25;
    });
    expect(faulty).toEqual([]);
  });
});

describe("a spoken sentence", () => {
  const tokyo: readonly PhraseId[] = ["city.Tokyo", "hour.9", "minute.41", "daypart.evening"];

  it("has the words that are heard, with capitals where sentences begin", () => {
    expect(speak(voice, tokyo).transcript).toBe("In Tokyo it is nine forty-one in the evening.");
    expect(
      speak(voice, ["hour.1", "minute.0", "daypart.night", "place.there", "clock.noon"]).transcript,
    ).toBe("It is one o'clock at night. There it is noon.");
  });

  it("joins its clips without a click and without a long gap", () => {
    const { pcm } = speak(voice, tokyo);
    const inside = Math.max(...tokyo.map((id) => steepest(voice.clip(id).pcm)));
    expect(steepest(pcm)).toBeLessThanOrEqual(inside);
    expect(pcm.length / 24_000).toBeGreaterThan(2);
    expect(pcm.length / 24_000).toBeLessThan(4);
  });
});

const steepest = (pcm: Int16Array): number =>
  pcm.reduce((highest, sample, index) => Math.max(highest, Math.abs(sample - (pcm[index - 1] ?? 0))), 0);

describe("the codec", () => {
  it("gives back every sample within half a quantum, whatever the signal", () => {
    const details = fc.check(
      fc.property(fc.int16Array({ maxLength: 800 }), (samples) => {
        const safe = samples.map((sample) => Math.max(-32_000, Math.min(32_000, sample)));
        const back = decodeClip(encodeClip(safe), safe.length);
        return safe.every((sample, index) => Math.abs(sample - (back[index] ?? 0)) <= 8);
      }),
    );
    expect(details.counterexample).toBeNull();
  });

  it("ends on a pack that is cut short", () => {
    const whole = encodeClip(Int16Array.from({ length: 500 }, (_, index) => 9000 * Math.sin(index / 5)));
    expect(decodeClip(whole.subarray(0, 40), 500)).toHaveLength(500);
  });
});

describe("the way from 16 kHz to 24 kHz", () => {
  const sine = (hz: number, rateHz: number, length: number): Int16Array =>
    Int16Array.from({ length }, (_, index) =>
      Math.round(12_000 * Math.sin((2 * Math.PI * hz * index) / rateHz)),
    );

  it.each([100, 1000, 3000, 6000])("keeps a tone of %i Hz, 60 dB above what it adds", (hz) => {
    const converted = upsample16To24(sine(hz, 16_000, 8000));
    const ideal = sine(hz, 24_000, 12_000);
    const error = converted.map((sample, index) => sample - (ideal[index] ?? 0)).slice(200, -200);
    expect(converted).toHaveLength(12_000);
    expect(20 * Math.log10(rms(ideal) / rms(error))).toBeGreaterThan(60);
  });

  it("keeps a constant", () => {
    const converted = upsample16To24(new Int16Array(400).fill(5000));
    expect(converted.slice(60, -60).every((sample) => Math.abs(sample - 5000) <= 1)).toBe(true);
  });
});
