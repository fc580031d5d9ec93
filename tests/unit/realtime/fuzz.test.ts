/** A million server frames that no server should send, as bytes, through parser and port. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { parseServerEvent } from "../../../electron/main/realtime/protocol.ts";
import { cancelBoundMs, stallBoundMs } from "../../../electron/main/realtime/realtime-tuning.ts";
import { callId, itemId, turnId } from "../../../shared/ids.ts";
import type { TurnId } from "../../../shared/ids.ts";
import { configFor, createPortBench } from "./port-bench.ts";
import { createFakeNetwork, createFakeTimers, framesFrom, type FakeDial } from "./support.ts";

const frames = 1_000_000;
const seed = 20_261_123;

/** mulberry32: small, seeded, good enough to reach corners. */
function createRandom(state: number): () => number {
  let current = state;
  return () => {
    current = (current + 0x6d2b79f5) | 0;
    let mixed = Math.imul(current ^ (current >>> 15), 1 | current);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const random = createRandom(seed);
const below = (limit: number): number => Math.floor(random() * limit);
const pick = <Value>(values: readonly Value[]): Value => values[below(values.length)] as Value;

const oddValues: readonly unknown[] = [
  null,
  "",
  0,
  -1,
  1e308,
  true,
  [],
  {},
  [null],
  "x".repeat(300),
  "\u0000\ud800",
  { type: { type: {} } },
];

/** Ids from a small pool, so that events meet by accident: the right turn, an old one, another's. */
let newest = 0;
const response = (): string => `resp_${random() < 0.7 ? newest : below(newest + 1)}`;
const freshResponse = (): string => {
  if (random() < 0.2) newest += 1;
  return `resp_${newest}`;
};
const item = (): string => `item_${below(6)}`;
const ofResponse = () => ({
  response_id: response(),
  item_id: item(),
  output_index: 0,
  content_index: below(3),
});

function wellFormed(turn: TurnId): Record<string, unknown> {
  const metadata = pick([{ turn }, { turn }, { turn: `t${below(50)}` }, null, {}]);
  const call = {
    type: "function_call",
    status: pick(["completed", "incomplete", null]),
    name: "t",
    call_id: `call_${below(9)}`,
    arguments: pick(["{}", "{", ""]),
  };
  const message = {
    type: "message",
    id: item(),
    content: [{ type: pick(["audio", "output_text"]), text: "a" }],
  };
  const event_id = pick([null, `parley-${below(4_000)}`, `parley-${below(4_000)}.${below(9)}`, "zzz"]);
  const code = pick([
    null,
    "conversation_already_has_active_response",
    "response_cancel_not_active",
    "input_audio_buffer_commit_empty",
    "invalid_value",
    "session_expired",
    "rate_limit_exceeded",
    "brand_new_code",
  ]);
  return pick<() => Record<string, unknown>>([
    () => ({ type: "response.created", response: { id: freshResponse(), metadata } }),
    () => ({
      type: "response.done",
      response: {
        id: response(),
        metadata,
        status: pick(["completed", "cancelled", "failed", "incomplete", "in_progress", null, "new"]),
        status_details: pick([
          null,
          "text",
          { reason: "content_filter" },
          { error: { code, message: "try again in 5s" } },
        ]),
        output: pick([[], [call], [call, call], [message], [message, call]]),
      },
    }),
    () => ({
      type: "response.output_audio.delta",
      ...ofResponse(),
      delta: pick(["AAAA", "AA==", "!", "", "AAECAwQF"]),
    }),
    () => ({ type: "response.output_audio_transcript.delta", ...ofResponse(), delta: "word " }),
    () => ({ type: "response.output_audio_transcript.done", ...ofResponse(), transcript: "words" }),
    () => ({ type: "response.output_text.delta", ...ofResponse(), delta: "word " }),
    () => ({ type: "response.output_text.done", ...ofResponse(), text: "words" }),
    () => ({ type: "input_audio_buffer.committed", item_id: item() }),
    () => ({ type: "conversation.item.input_audio_transcription.delta", item_id: item(), delta: "w" }),
    () => ({
      type: "conversation.item.input_audio_transcription.completed",
      item_id: item(),
      transcript: "w",
    }),
    () => ({ type: "conversation.item.input_audio_transcription.failed", item_id: item(), error: {} }),
    () => ({
      type: "error",
      error: { type: "invalid_request_error", code, message: "resp_3 is active", event_id },
    }),
    () => ({ type: "session.created", session: {} }),
    () => ({
      type: "session.updated",
      session: { audio: { input: { turn_detection: { type: "server_vad" } } } },
    }),
    () => ({ type: "rate_limits.updated", rate_limits: [] }),
    () => ({ type: `unknown.${below(1e9)}`, deep: { er: [1, 2, { x: null }] } }),
  ])();
}

/** One field, anywhere, replaced or removed. */
function damage(value: Record<string, unknown>): void {
  const key = pick(Object.keys(value));
  const inner = value[key];
  if (typeof inner === "object" && inner !== null && !Array.isArray(inner) && random() < 0.6) {
    if (Object.keys(inner).length > 0) damage(inner as Record<string, unknown>);
  } else if (random() < 0.4) {
    delete value[key];
  } else {
    value[key] = pick(oddValues);
  }
}

function frameFor(turn: TurnId, earlier: readonly Buffer[]): Buffer {
  const kind = random();
  if (kind < 0.1 && earlier.length > 0) return pick(earlier);
  const event = wellFormed(turn);
  if (kind > 0.55) damage(event);
  const bytes = Buffer.from(JSON.stringify(event));
  if (kind < 0.9) return bytes;
  if (kind < 0.94) return bytes.subarray(0, below(bytes.length));
  if (kind < 0.98) {
    bytes[below(bytes.length)] = below(256);
    return bytes;
  }
  return Buffer.from(Array.from({ length: below(64) }, () => below(256)));
}

it(
  `stays alive and correct through ${frames} frames, and answers a clean turn after them`,
  { timeout: 240_000 },
  async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const heapBytes = (): number => {
      collect();
      return process.memoryUsage().heapUsed + process.memoryUsage().external;
    };

    const timers = createFakeTimers();
    const network = createFakeNetwork();
    const config = configFor("ws://127.0.0.1:9/v1/realtime?model=m");
    const bench = createPortBench({ openTransport: network.open, timers, config });
    const { port, facts, audio, narrations, links, marks, log } = bench;
    const known = new Set<TurnId>();
    const ended = new Set<string>();
    const abandoned = new Set<TurnId>();
    let turns = 0;
    let turn = turnId("t0");
    let failures = 0;
    const total = { facts: 0, audio: 0, narrations: 0 };

    const startTurn = (): void => {
      abandoned.add(turn);
      port.abandonTurn(turn);
      bench.forgetUtterance(turn);
      turns += 1;
      turn = turnId(`t${turns}`);
      known.add(turn);
      if (random() < 0.3) {
        port.sendText(turn, turn, "question");
      } else {
        bench.utter(turn, ...framesFrom(0, 6));
        port.beginInput(turn, turn);
        if (random() < 0.1) port.dropInput(turn);
        port.commitInput(turn);
      }
      port.requestResponse(turn, 0);
      if (random() < 0.4) return;
      // Often enough the answer begins as it should, so that the damage falls on a living one.
      timers.fire(cancelBoundMs);
      newest += 1;
      network.dials
        .at(-1)
        ?.push({ type: "response.created", response: { id: `resp_${newest}`, metadata: { turn } } });
    };

    /** What the session relies on, whatever a server does. */
    const judge = (): void => {
      for (const fact of facts) {
        expect("turnId" in fact && known.has(fact.turnId)).toBe(true);
        const end =
          fact.type === "turnFailed"
            ? `failed ${fact.turnId}`
            : fact.type === "responseStarted"
              ? `started ${fact.turnId} ${fact.responseId}`
              : null;
        if (end === null || fact.type === "responseStarted") continue;
        failures += 1;
        expect(ended.has(end)).toBe(false);
        ended.add(end);
      }
      total.facts += facts.length;
      total.audio += audio.length;
      total.narrations += narrations.length;
      for (const list of [facts, audio, narrations, links, marks, log.lines as unknown[]]) list.length = 0;
      network.forgetOld();
    };

    let dialled = 0;
    let confirmed: FakeDial | undefined;
    const confirmNewest = (): void => {
      const dial = network.dials.at(-1);
      if (confirmed === dial) return;
      confirmed = dial;
      dialled += 1;
      dial?.confirm();
    };

    let earlier: Buffer[] = [];
    let heapAfterWarmUp = 0;
    startTurn();
    for (let count = 0; count < frames; count += 1) {
      const dial = network.dials.at(-1);
      // Now and then garbage arrives before the session is ready, too.
      if (random() < 0.5) confirmNewest();
      const frame = frameFor(turn, earlier);
      if (random() < 0.05) earlier = [...earlier, frame].slice(-50);
      const heard = audio.length;
      dial?.listener.message(frame.toString("utf8"));
      if (audio.slice(heard).some((piece) => abandoned.has(piece.turnId))) {
        throw new Error(`Sound of an abandoned turn after frame ${count}: ${frame.toString("utf8")}`);
      }

      const chance = random();
      if (chance < 0.015) startTurn();
      else if (chance < 0.017)
        dial?.listener.ended({ kind: "closed", code: pick([1001, 1006, 1013, 4000]), reason: "x" });
      else if (chance < 0.08) timers.fire(cancelBoundMs);
      else if (chance < 0.081) timers.fire(stallBoundMs);
      else if (chance < 0.1) port.sendToolOutput(turn, callId(`call_${below(9)}`), "{}");
      else if (chance < 0.12) {
        port.truncateItem({ itemId: itemId(item()), contentIndex: 0, playedMs: below(500), receivedMs: 400 });
      }
      if (count % 500 === 0) {
        await new Promise((resolve) => setImmediate(resolve));
        judge();
      }
      if (count === frames / 4) heapAfterWarmUp = heapBytes();
    }
    await new Promise((resolve) => setImmediate(resolve));
    judge();
    const grownBytes = heapBytes() - heapAfterWarmUp;
    const { counters } = port;

    // The fuzz has reached the depths that it is for.
    expect(total.facts).toBeGreaterThan(10_000);
    expect(total.audio).toBeGreaterThan(1_500);
    expect(total.narrations).toBeGreaterThan(50_000);
    expect(failures).toBeGreaterThan(500);
    expect(dialled).toBeGreaterThan(2_000);
    expect(counters.malformed).toBeGreaterThan(100_000);
    expect(counters.generic).toBeGreaterThan(50_000);
    expect(counters.late).toBeGreaterThan(50_000);
    expect(grownBytes).toBeLessThan(20 * 1024 * 1024);

    const clean = turnId("clean");
    known.add(clean);
    port.abandonTurn(turn);
    timers.fire(cancelBoundMs);
    bench.utter(clean, ...framesFrom(0, 10));
    port.beginInput(clean, clean);
    port.commitInput(clean);
    port.requestResponse(clean, 0);
    confirmNewest();
    timers.fire(cancelBoundMs);
    const dial = network.dials.at(-1);
    expect(dial?.sent.map(({ type }) => type).slice(-2)).toEqual([
      "input_audio_buffer.commit",
      "response.create",
    ]);
    const metadata = { turn: clean };
    dial?.push({ type: "response.created", response: { id: "resp_clean", metadata } });
    dial?.push({
      type: "response.output_audio.delta",
      response_id: "resp_clean",
      item_id: "item_clean",
      delta: "AQACAA==",
    });
    dial?.push({
      type: "response.done",
      response: { id: "resp_clean", status: "completed", metadata, output: [] },
    });
    expect((await bench.fact("responseDone", clean)).outcome).toEqual({ kind: "completed", calls: [] });
    expect(audio.map((piece) => [...piece.pcm])).toEqual([[1, 2]]);
    port.close();
  },
);

it("parses whatever bytes come, and never throws", () => {
  for (let count = 0; count < 20_000; count += 1) {
    const parsed = parseServerEvent(frameFor(turnId("t1"), []).toString("utf8"));
    expect(["event", "generic", "malformed"]).toContain(parsed.kind);
  }
});
