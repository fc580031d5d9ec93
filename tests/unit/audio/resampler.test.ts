import { describe, expect, it } from "vitest";
import { Resampler } from "../../../renderer/audio/resampler.ts";
import { toFloats, tone } from "../../support/audio-signals.ts";

/** Brings a sine of `frequencyHz` at -6 dB from one rate to 24 kHz, in blocks of `blockSamples`. */
function resampledTone(frequencyHz: number, fromHz: number, blockSamples = 441): Float32Array {
  const resampler = new Resampler(fromHz, 24_000);
  const input = toFloats(tone(fromHz, frequencyHz, fromHz, 0.5));
  const out: number[] = [];
  for (let at = 0; at < input.length; at += blockSamples) {
    out.push(...resampler.process(input.subarray(at, at + blockSamples)));
  }
  return Float32Array.from(out);
}

/** The strength of one frequency, in dB of full scale, past the first 100 ms. */
function strengthDb(signal: Float32Array, frequencyHz: number): number {
  const steady = signal.subarray(2_400, 2_400 + 19_200);
  let real = 0;
  let imaginary = 0;
  let windows = 0;
  for (let i = 0; i < steady.length; i += 1) {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / steady.length);
    const angle = (2 * Math.PI * frequencyHz * i) / 24_000;
    real += (steady[i] ?? 0) * window * Math.cos(angle);
    imaginary += (steady[i] ?? 0) * window * Math.sin(angle);
    windows += window;
  }
  return 20 * Math.log10((2 * Math.hypot(real, imaginary)) / windows);
}

const loudestDb = (signal: Float32Array): number =>
  20 *
  Math.log10(signal.subarray(2_400, 21_600).reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 1e-9));

describe("bringing the microphone's rate to 24 kHz", () => {
  it.each([16_000, 44_100, 48_000, 96_000])("makes exactly a second of a second at %i Hz", (fromHz) => {
    // All but the half filter that waits for samples to come.
    const made = resampledTone(440, fromHz).length;
    expect(made).toBeGreaterThan(24_000 - 32);
    expect(made).toBeLessThanOrEqual(24_000);
  });

  it.each([44_100, 48_000])("leaves speech untouched up to 9 kHz at %i Hz", (fromHz) => {
    for (const frequencyHz of [100, 1_000, 4_000, 9_000]) {
      expect(Math.abs(strengthDb(resampledTone(frequencyHz, fromHz), frequencyHz) + 6.02)).toBeLessThan(0.5);
    }
  });

  it.each([44_100, 48_000])("lets nothing above 12.5 kHz fold back at %i Hz", (fromHz) => {
    for (const frequencyHz of [12_500, 13_000, 15_000, 20_000]) {
      expect(loudestDb(resampledTone(frequencyHz, fromHz))).toBeLessThan(-70);
    }
  });

  it("makes the same of one long block as of many short ones", () => {
    const short = resampledTone(700, 44_100, 128);
    const long = resampledTone(700, 44_100, 44_100);
    expect([...short]).toEqual([...long]);
  });

  it("makes no buffer for each block: a thread that does little else would collect them after minutes", () => {
    const resampler = new Resampler(48_000, 24_000);
    const block = new Float32Array(480);
    for (let blocks = 0; blocks < 10; blocks += 1) resampler.process(block);
    const { buffer } = resampler.process(block);
    for (let blocks = 0; blocks < 100; blocks += 1) expect(resampler.process(block).buffer).toBe(buffer);
  });

  it("keeps the first sample first: the filter's delay is no shift of the recording", () => {
    const resampler = new Resampler(48_000, 24_000);
    const input = new Float32Array(960);
    input[480] = 1;
    const out = resampler.process(input);
    const peak = out.reduce((best, sample, i) => (sample > (out[best] ?? 0) ? i : best), 0);
    expect(peak).toBe(240);
  });
});
