import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCaptureMessage, parsePlaybackMessage } from "../../../electron/main/audio/audio-port.ts";
import { counting } from "../../support/audio-signals.ts";

describe("what a page's audio thread may say", () => {
  it("is a frame or the end of a take", () => {
    const frame = { type: "frame", take: 1, sequence: 0, pcm: counting(480) };
    const closed = { type: "closed", take: 1, totalSamples: 480 };
    expect(parseCaptureMessage(frame)).toEqual(frame);
    expect(parseCaptureMessage(closed)).toEqual(closed);
  });

  it("is where the playing is", () => {
    for (const message of [
      { type: "started", stream: 1 },
      { type: "cursor", stream: 1, playedSamples: 480, underruns: 0 },
      { type: "drained", stream: 1, playedSamples: 480 },
      { type: "flushed", stream: 1, playedSamples: 480 },
    ]) {
      expect(parsePlaybackMessage(message)).toEqual(message);
    }
  });

  it.each([
    { type: "frame", take: 1, sequence: 0, pcm: counting(481) },
    { type: "frame", take: 1, sequence: 0, pcm: [1, 2, 3] },
    { type: "frame", take: 1.5, sequence: 0, pcm: counting(480) },
    { type: "closed", take: 1, totalSamples: -1 },
    { type: "open", take: 1, preRollMs: 0 },
  ])("is not %j", (message) => {
    expect(parseCaptureMessage(message)).toBeNull();
  });

  it("is nothing else, and nothing makes the check throw", () => {
    fc.assert(
      fc.property(fc.anything(), (data) => {
        expect(parseCaptureMessage(data)).toBeNull();
        expect(parsePlaybackMessage(data)).toBeNull();
      }),
    );
  });
});
