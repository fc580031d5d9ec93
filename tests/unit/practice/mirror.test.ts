import { describe, expect, it } from "vitest";
import { isSilent, mirrored, transcriptNote } from "../../../electron/main/practice/mirror.ts";
import { toneOf } from "../../support/realtime-server.ts";

const noise = (peak: number, samples = 24_000): Int16Array => {
  let state = 1;
  return Int16Array.from({ length: samples }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return Math.round((state / 2_147_483_647 - 0.5) * 2 * peak);
  });
};

describe("the mirror", () => {
  it("gives back what was said, sample for sample but for 5 ms at each end", () => {
    const said = toneOf(2400);
    const { pcm, transcript } = mirrored(said);
    expect(transcript).toBe("(your own voice, 2.4 s)");
    expect(pcm).toHaveLength(said.length);
    expect(pcm.slice(120, -120)).toEqual(said.slice(120, -120));
    expect([pcm[0], pcm.at(-1)]).toEqual([0, 0]);
  });

  it("gives back at most 30 seconds", () => {
    expect(mirrored(new Int16Array(24_000 * 40)).pcm).toHaveLength(24_000 * 30);
  });

  it("never touches the recording itself", () => {
    const said = noise(8000);
    const before = said.slice();
    mirrored(said);
    expect(said).toEqual(before);
  });
});

describe("silence", () => {
  it.each([
    ["zeros", new Int16Array(24_000), true],
    ["hiss at -54 dBFS", noise(110), true],
    ["quiet speech at -40 dBFS", toneOf(1000).map((sample) => sample / 25), false],
  ])("is judged for %s", (_, pcm, expected) => {
    expect(isSilent(pcm)).toBe(expected);
  });

  it("is no silence when one short word stands in it", () => {
    const pcm = new Int16Array(24_000 * 5);
    pcm.set(toneOf(150), 50_000);
    expect(isSilent(pcm)).toBe(false);
  });

  it("is named in the transcript", () => {
    expect(transcriptNote(new Int16Array(57_600))).toBe(
      "(practice cannot understand speech: 2.4 s of silence)",
    );
    expect(transcriptNote(toneOf(1000))).toBe("(practice cannot understand speech: 1.0 s of sound)");
  });
});
