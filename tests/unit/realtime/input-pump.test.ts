import { expect, it } from "vitest";
import { createInputPump } from "../../../electron/main/realtime/input-pump.ts";
import { turnId } from "../../../shared/ids.ts";
import { appendedSamples, createUtterance, frameFrom, framesFrom } from "./support.ts";
import type { WireEvent } from "./support.ts";

function setUp(...chunks: readonly Int16Array[]) {
  const utterance = createUtterance(turnId("t1"), ...chunks);
  const sent: WireEvent[] = [];
  const told: string[] = [];
  let isReady = false;
  let isSaid = false;
  const pump = createInputPump({
    utterance,
    isReady: () => isReady,
    isSaid: () => isSaid,
    eventId: "parley-9",
    send: (text, onWritten) => {
      sent.push(JSON.parse(text) as WireEvent);
      onWritten?.();
    },
    onFirstFrame: () => told.push("first frame"),
    onCommit: () => told.push("commit"),
    onCommitWritten: () => told.push("commit written"),
  });
  const getReady = () => {
    isReady = true;
    pump.advance();
  };
  const sayElsewhere = () => {
    isSaid = true;
  };
  return { utterance, sent, told, pump, getReady, sayElsewhere, types: () => sent.map(({ type }) => type) };
}

const numbers = (count: number) => Array.from({ length: count }, (_, at) => at);

it("sends nothing before the session is ready, then all of it in order, then the commit", () => {
  const { utterance, sent, told, pump, getReady } = setUp(...framesFrom(0, 40));
  for (const frame of framesFrom(40 * 480, 20)) utterance.add(frame);
  pump.commit();
  expect(sent).toEqual([]);
  getReady();
  expect(sent[0]?.type).toBe("input_audio_buffer.clear");
  expect(sent.at(-1)?.type).toBe("input_audio_buffer.commit");
  expect(appendedSamples(sent)).toEqual(numbers(60 * 480));
  expect(told).toEqual(["first frame", "commit", "commit written"]);
});

it("sends what has piled up in pieces of a second, and one frame at a time when live", () => {
  const { utterance, sent, getReady } = setUp(...framesFrom(0, 60));
  getReady();
  const sizes = () =>
    sent
      .filter(({ type }) => type === "input_audio_buffer.append")
      .map((event) => appendedSamples([event]).length);
  expect(sizes()).toEqual([24_000, 4_800]);
  utterance.add(frameFrom(60 * 480));
  utterance.add(frameFrom(61 * 480).subarray(0, 100));
  expect(sizes()).toEqual([24_000, 4_800, 480, 100]);
});

it("sends a chunk longer than a second as it is", () => {
  const { sent, getReady } = setUp(frameFrom(0), new Int16Array(30_000));
  getReady();
  expect(sent.slice(1).map((event) => appendedSamples([event]).length)).toEqual([480, 30_000]);
});

it("leaves out what came after the end, and listens no longer", () => {
  const { utterance, sent, pump, getReady } = setUp(...framesFrom(0, 10));
  pump.commit();
  utterance.add(frameFrom(4_800));
  expect(utterance.listeners).toBe(0);
  getReady();
  expect(appendedSamples(sent)).toEqual(numbers(4_800));
});

it("never commits under 100 ms, and takes back what it had appended", () => {
  const { utterance, pump, getReady, types } = setUp();
  getReady();
  for (const frame of framesFrom(0, 4)) utterance.add(frame);
  utterance.add(new Int16Array(479));
  pump.commit();
  expect(pump.state).toBe("skipped");
  expect(types().filter((type) => type.endsWith("commit"))).toEqual([]);
  expect(types().at(-1)).toBe("input_audio_buffer.clear");
});

it("commits exactly 100 ms", () => {
  const { pump, getReady, types } = setUp(...framesFrom(0, 5));
  pump.commit();
  getReady();
  expect(pump.state).toBe("committed");
  expect(types().at(-1)).toBe("input_audio_buffer.commit");
});

it("clears the server's buffer when dropped, if anything is in it", () => {
  const untouched = setUp();
  untouched.pump.drop();
  expect(untouched.types()).toEqual([]);
  const begun = setUp(frameFrom(0));
  begun.getReady();
  begun.pump.drop();
  begun.utterance.add(frameFrom(480));
  begun.pump.commit();
  expect(begun.types()).toEqual([
    "input_audio_buffer.clear",
    "input_audio_buffer.append",
    "input_audio_buffer.clear",
  ]);
});

it("gives each append an id that leads back to its utterance", () => {
  const { sent, getReady } = setUp(...framesFrom(0, 60));
  getReady();
  expect(sent.slice(1).map((event) => event["event_id"])).toEqual(["parley-9.1", "parley-9.2"]);
});

it("sends nothing of an utterance that another turn has said in this conversation", () => {
  const { sent, told, pump, getReady, sayElsewhere } = setUp(...framesFrom(0, 40));
  pump.commit();
  sayElsewhere();
  getReady();
  expect(pump.state).toBe("committed");
  expect(sent).toEqual([]);
  expect(told).toEqual([]);
});
