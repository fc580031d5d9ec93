/** Proves that the sound of a reminder is heard at the loudspeaker: its two tones, once, softly, and then nothing. */
import { expect, test } from "@playwright/test";
import type { RunningApp } from "../../scripts/driver/app.ts";
import { monotonicMs } from "../../scripts/driver/clock.ts";
import { recordLoudspeaker } from "../../scripts/driver/sound.ts";
import { useRig } from "../support/e2e-rig.ts";

const rig = useRig();

const sampleRateHz = 24_000;
/** Longer than it rings. */
const ringsMs = 3_600;

const ring = (running: RunningApp, times = 1): Promise<void> =>
  running.app.evaluate(({ BrowserWindow }, count) => {
    const overlay = BrowserWindow.getAllWindows().find(({ webContents }) =>
      webContents.getURL().includes("/overlay.html"),
    );
    for (let ring = 0; ring < count; ring += 1) overlay?.webContents.send("chime:ring", null);
  }, times);

/** How much of a sound is one tone, 0…1 (Goertzel's algorithm over all of it). */
function shareOf(samples: Int16Array, frequencyHz: number): number {
  const turn = (2 * Math.PI * frequencyHz) / sampleRateHz;
  let [real, imaginary, energy] = [0, 0, 0];
  samples.forEach((sample, index) => {
    real += sample * Math.cos(turn * index);
    imaginary += sample * Math.sin(turn * index);
    energy += sample * sample;
  });
  return energy === 0 ? 0 : (2 * (real * real + imaginary * imaginary)) / (samples.length * energy);
}

const peakOf = (samples: Int16Array): number =>
  samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);

test("a reminder rings with two soft strokes of a bell, and not louder when several are due", async () => {
  const running = await rig.launch();
  const recording = await recordLoudspeaker(rig.desktop);
  const heard: Int16Array[] = [];
  for (const times of [1, 3]) {
    const from = recording.indexAt(monotonicMs());
    await ring(running, times);
    await recording.reach(monotonicMs() + ringsMs);
    heard.push(recording.samples().subarray(from));
  }
  await recording.stop();
  const [once, thrice] = heard;
  if (once === undefined || thrice === undefined) throw new Error("It rang twice.");
  const first = once.findIndex((sample) => Math.abs(sample) > 200);
  expect(first).toBeGreaterThan(0);
  // Each stroke where it is alone, or loudest: the first before the second begins, the second after.
  const strokeAt = (ms: number, lengthMs: number): Int16Array =>
    once.subarray(first + ms * 24, first + (ms + lengthMs) * 24);
  expect(shareOf(strokeAt(0, 200), 659.26)).toBeGreaterThan(0.6);
  expect(shareOf(strokeAt(280, 200), 987.77)).toBeGreaterThan(0.5);
  for (const samples of heard) {
    expect(peakOf(samples)).toBeGreaterThan(2_000);
    // A third of what there is: it may come while somebody wears headphones.
    expect(peakOf(samples)).toBeLessThan(11_000);
  }
  expect(Math.abs(peakOf(thrice) / peakOf(once) - 1)).toBeLessThan(0.2);
  expect(peakOf(once.subarray(-2_400))).toBeLessThan(12);
});
