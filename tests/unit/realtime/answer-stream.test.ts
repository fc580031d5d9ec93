import { expect, it } from "vitest";
import { createAnswerStream, decodeSamples } from "../../../electron/main/realtime/answer-stream.ts";
import type { Narration } from "../../../electron/main/session/conversation.ts";
import { itemId, turnId } from "../../../shared/ids.ts";

const turn = turnId("t1");

function setUp() {
  const narrations: Narration[] = [];
  const audio: { readonly itemId: string; readonly contentIndex: number; readonly pcm: Int16Array }[] = [];
  const stream = createAnswerStream({
    narrate: (narration) => narrations.push(narration),
    answerAudio: {
      enqueue: (_turn, item, contentIndex, pcm) => audio.push({ itemId: item, contentIndex, pcm }),
    },
  });
  const delta = (bytes: Buffer, item = "i", content_index = 0) =>
    stream.audio(turn, {
      type: "response.output_audio.delta",
      response_id: "r",
      item_id: item,
      content_index,
      delta: bytes.toString("base64"),
    });
  return { stream, narrations, audio, delta };
}

it("joins samples that a delta has cut in the middle, for each part on its own", () => {
  const { audio, delta } = setUp();
  const pcm = Int16Array.from({ length: 50 }, (_, at) => at * 601 - 15_000);
  const bytes = Buffer.from(pcm.buffer);
  for (let at = 0; at < bytes.length; at += 7) {
    delta(bytes.subarray(at, at + 7), "i", 0);
    delta(bytes.subarray(at, at + 7), "j", 1);
  }
  for (const item of ["i", "j"]) {
    expect(audio.filter((piece) => piece.itemId === item).flatMap(({ pcm }) => [...pcm])).toEqual([...pcm]);
  }
});

it("gives each delta memory of its own, at an even address", () => {
  for (let round = 0; round < 64; round += 1) {
    const { samples } = decodeSamples(Buffer.from([1, 0, 2, 0, 3]).toString("base64"), null);
    expect([...samples]).toEqual([1, 2]);
    expect(samples.byteOffset % 2).toBe(0);
    expect(samples.buffer.byteLength).toBeLessThanOrEqual(8);
  }
});

it("makes no sound of nothing or of what is no base64", () => {
  const { audio, stream } = setUp();
  for (const delta of ["", "!", "===", "\u0000", "A"]) {
    stream.audio(turn, {
      type: "response.output_audio.delta",
      response_id: null,
      item_id: "i",
      content_index: 0,
      delta,
    });
  }
  expect(audio).toEqual([]);
});

it("tells the whole text of an item that has several parts", () => {
  const { stream, narrations } = setUp();
  stream.textDelta(turn, { item_id: "i", content_index: 0 }, "Hel");
  stream.textDelta(turn, { item_id: "i", content_index: 1 }, " world");
  stream.textWhole(turn, { item_id: "i", content_index: 0 }, "Hello");
  expect(narrations.at(-1)).toEqual({
    type: "answerWhole",
    turnId: turn,
    itemId: itemId("i"),
    text: "Hello world",
  });
});

it("takes words from response.done only where none came before", () => {
  const { stream, narrations } = setUp();
  stream.textDelta(turn, { item_id: "told", content_index: 0 }, "Told");
  const message = (id: string, transcript: string) => ({
    id,
    type: "message",
    status: "completed",
    name: null,
    call_id: null,
    arguments: null,
    content: [{ type: "audio", text: null, transcript }],
  });
  stream.completeText(turn, {
    id: "r",
    metadata: null,
    status: "completed",
    status_details: null,
    output: [message("told", "Told at length"), message("late", "Only here")],
  });
  expect(narrations.slice(1)).toEqual([
    { type: "answerWhole", turnId: turn, itemId: itemId("late"), text: "Only here" },
  ]);
});
