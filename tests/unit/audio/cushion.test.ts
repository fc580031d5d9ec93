import { describe, expect, it } from "vitest";
import { AnswerPlayer } from "../../../renderer/audio/answer-player.ts";
import type { PlaybackMessage } from "../../../shared/audio-port.ts";
import { Cushion } from "../../../renderer/audio/cushion.ts";
import { noise, seededRandom } from "../../support/audio-signals.ts";

const ms = (durationMs: number): number => durationMs * 24;

describe("the cushion", () => {
  it("is nothing on a link that keeps up", () => {
    const cushion = new Cushion();
    for (let i = 0; i < 50; i += 1) cushion.arrived(ms(i * 50), ms(100));
    expect(cushion.targetSamples).toBe(0);
  });

  it("grows to the spread of the arrivals after a gap, and is gone after 30 s of peace", () => {
    const cushion = new Cushion();
    cushion.arrived(ms(0), ms(100));
    cushion.arrived(ms(220), ms(100));
    cushion.ranDry(ms(120));
    expect(cushion.targetSamples).toBeGreaterThanOrEqual(ms(120));
    expect(cushion.targetSamples).toBeLessThanOrEqual(ms(150));
    cushion.played(ms(15_000));
    expect(cushion.targetSamples).toBeGreaterThan(ms(40));
    cushion.played(ms(15_100));
    expect(cushion.targetSamples).toBe(0);
  });

  it("is never longer than 300 ms", () => {
    const cushion = new Cushion();
    cushion.arrived(ms(0), ms(20));
    cushion.arrived(ms(900), ms(20));
    cushion.ranDry(ms(880));
    expect(cushion.targetSamples).toBe(ms(300));
  });

  it("takes the pause of a running tool for no jitter", () => {
    const cushion = new Cushion();
    cushion.arrived(ms(0), ms(100));
    cushion.arrived(ms(4_000), ms(100));
    cushion.ranDry(ms(3_900));
    expect(cushion.targetSamples).toBe(0);
  });
});

it("plays ten minutes that arrive in real time with 60 ms of jitter, with few gaps at the start and none later", () => {
  const messages: PlaybackMessage[] = [];
  const player = new AnswerPlayer((message) => void messages.push(message));
  const random = seededRandom(42);
  const chunk = noise(ms(20), 1);
  const chunks = (10 * 60_000) / 20;
  const arrivals = Array.from({ length: chunks }, (_, i) => ms(i * 20 + random() * 120));
  // The network keeps the order.
  for (let i = 1; i < chunks; i += 1) arrivals[i] = Math.max(arrivals[i] ?? 0, arrivals[i - 1] ?? 0);
  const block = new Float32Array(128);
  let next = 0;
  let gapsAfterTenSeconds = 0;
  let gaps = 0;
  for (let at = 0; next < chunks; at += 128) {
    while (next < chunks && (arrivals[next] ?? 0) <= at) {
      player.command({ type: "audio", stream: 1, pcm: chunk });
      next += 1;
    }
    player.render(block);
    const cursor = messages.findLast((message) => message.type === "cursor");
    messages.length = 0;
    if (cursor?.type !== "cursor") continue;
    if (at > ms(10_000)) gapsAfterTenSeconds += cursor.underruns - gaps;
    gaps = cursor.underruns;
  }
  expect(gaps).toBeLessThanOrEqual(4);
  expect(gapsAfterTenSeconds).toBe(0);
});
