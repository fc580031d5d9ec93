import { describe, expect, it } from "vitest";
import { LevelMeter, quietestDb } from "../../../renderer/audio/level-meter.ts";
import { tone } from "../../support/audio-signals.ts";

describe("the level meter", () => {
  it("tells a half-scale sine as -6 dB at its peak and -9 dB on the whole, once a period", () => {
    const meter = new LevelMeter(1_200);
    const pcm = tone(1_200, 500, 24_000, 0.5);
    expect(meter.push(pcm.subarray(0, 600))).toBeNull();
    const level = meter.push(pcm.subarray(600));
    expect(level?.peakDb).toBeCloseTo(-6.02, 1);
    expect(level?.rmsDb).toBeCloseTo(-9.03, 1);
  });

  it("tells silence as the quietest there is, and forgets what was loud before", () => {
    const meter = new LevelMeter(480);
    meter.push(tone(480, 500, 24_000, 0.5));
    expect(meter.push(new Int16Array(480))).toEqual({ rmsDb: quietestDb, peakDb: quietestDb });
  });
});
