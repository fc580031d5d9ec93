/** Owns the proof of the rule when the server is dialled: every state × event, and what holds in all of them. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lineDown, stepLine, troubleOf } from "../../../electron/main/realtime/line.ts";
import type { Line, LineEvent, LineState, Need } from "../../../electron/main/realtime/line.ts";
import { mostRedialsPerMinute, redialDelaysMs } from "../../../electron/main/realtime/realtime-tuning.ts";
import type { Failure } from "../../../shared/failure.ts";

const host = "api.example";
const refused: Failure = { kind: "connection-refused", host };
const passing: readonly Failure[] = [
  { kind: "connection-lost", host },
  refused,
  { kind: "no-network" },
  { kind: "unknown-host", host },
  { kind: "no-reply", host },
  { kind: "proxy-unreachable", proxy: "proxy.example:3128" },
  { kind: "server-error", status: 503 },
  { kind: "session-expired" },
  { kind: "rate-limit", retryAfterMs: 4_000 },
];
const lasting: readonly Failure[] = [
  { kind: "invalid-key" },
  { kind: "no-credit" },
  { kind: "model-not-found", model: "m" },
  { kind: "insecure-connection", host, reason: "expired" },
  { kind: "proxy-credentials", proxy: "proxy.example:3128", problem: "missing" },
  { kind: "proxy-refused", proxy: "proxy.example:3128", host },
  { kind: "ca-file-unusable", path: "ca.pem", problem: "missing" },
  { kind: "not-realtime", host },
  { kind: "rate-limit", retryAfterMs: null },
  { kind: "rate-limit", retryAfterMs: 3_600_000 },
];
const needs: readonly Need[] = ["none", "question", "recording"];

const states: readonly LineState[] = [
  { tag: "down" },
  { tag: "dialling", redials: 0, trouble: null },
  { tag: "dialling", redials: redialDelaysMs.length, trouble: refused },
  { tag: "ready" },
  { tag: "waiting", redials: 1, trouble: refused, notBeforeMs: null },
  { tag: "waiting", redials: 1, trouble: { kind: "rate-limit", retryAfterMs: 4_000 }, notBeforeMs: 4_000 },
];
const ended = (failure: Failure, need: Need, nowMs = 0): LineEvent => ({
  type: "ended",
  failure,
  need,
  nowMs,
  chance: 1,
});
const events: readonly LineEvent[] = [
  { type: "wanted" },
  { type: "awaited", nowMs: 0 },
  { type: "needed" },
  { type: "ready" },
  { type: "slow", failure: { kind: "no-reply", host } },
  { type: "waitElapsed", nowMs: 0 },
  { type: "replaced" },
  { type: "released" },
  ...[...passing, ...lasting].flatMap((failure) => needs.map((need) => ended(failure, need))),
];

const stateText = (state: LineState): string =>
  state.tag === "dialling" || state.tag === "waiting"
    ? `${state.tag}(${state.redials}${state.trouble === null ? "" : `, ${state.trouble.kind}`})`
    : state.tag;
const failureText = (failure: Failure): string =>
  failure.kind === "rate-limit" ? `rate-limit for ${failure.retryAfterMs} ms` : failure.kind;
const eventText = (event: LineEvent): string =>
  event.type === "ended" ? `ended(${failureText(event.failure)}, ${event.need} needs it)` : event.type;

const lineOf = (state: LineState): Line => ({ ...lineDown, state });
const rows = states.flatMap((state) =>
  events.map((event) => ({ state, event, ...stepLine(lineOf(state), event) })),
);

describe("the line", () => {
  it("follows the table that is checked in", async () => {
    const lines = rows.map(({ state, event, line, effects }) => {
      const told = effects.map((effect) =>
        effect.type === "wait"
          ? `wait ${effect.delayMs} ms`
          : effect.type === "giveUp"
            ? `give up: ${effect.failure.kind}`
            : effect.type,
      );
      return `${stateText(state)} × ${eventText(event)} → ${stateText(line.state)} [${told.join(", ")}]`;
    });
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("line-table.txt");
  });

  it("is dialled at once by a wish of the person, whatever went wrong before", () => {
    for (const state of states) {
      const { line, effects } = stepLine(lineOf(state), { type: "wanted" });
      const isUnderWay = state.tag === "dialling" || state.tag === "ready";
      expect(effects.some(({ type }) => type === "dial")).toBe(!isUnderWay);
      expect(["dialling", "ready"]).toContain(line.state.tag);
    }
  });

  it("has a way out of every state: what waits elapses, what is dialled ends, what stands can be let go", () => {
    for (const state of states) {
      if (state.tag === "down") continue;
      expect(stepLine(lineOf(state), { type: "released" }).line.state).toEqual({ tag: "down" });
      expect(stepLine(lineOf(state), { type: "replaced" }).effects.at(-1)).toEqual({ type: "dial" });
    }
    const waiting = lineOf({ tag: "waiting", redials: 1, trouble: refused, notBeforeMs: null });
    expect(stepLine(waiting, { type: "waitElapsed", nowMs: 0 }).effects).toEqual([{ type: "dial" }]);
  });

  it("is never dialled again unasked for what only a person can mend", () => {
    const wrong = rows.filter(
      ({ event, effects }) =>
        event.type === "ended" &&
        lasting.includes(event.failure) &&
        effects.some(({ type }) => type === "wait" || type === "dial"),
    );
    expect(wrong).toEqual([]);
  });

  it("does not give up on somebody who is talking while it may still come back", () => {
    const given = rows.filter(
      ({ event, effects }) =>
        event.type === "ended" &&
        event.need === "recording" &&
        passing.includes(event.failure) &&
        effects.some(({ type }) => type === "giveUp"),
    );
    expect(given).toEqual([]);
  });

  it("waits as long as the server has asked for", () => {
    const limited = stepLine(
      lineOf({ tag: "ready" }),
      ended({ kind: "rate-limit", retryAfterMs: 4_000 }, "question"),
    );
    expect(limited.effects).toEqual([{ type: "wait", delayMs: 4_000 }]);
    // Nor is that cut short by letting go of the key, as a pause of our own is.
    expect(stepLine(limited.line, { type: "awaited", nowMs: 1_000 })).toEqual({
      line: limited.line,
      effects: [{ type: "stopWaiting" }, { type: "wait", delayMs: 3_000 }],
    });
    const paused = stepLine(lineOf({ tag: "ready" }), ended(refused, "question"));
    expect(stepLine(paused.line, { type: "awaited", nowMs: 1_000 }).effects.at(-1)).toEqual({ type: "dial" });
  });

  it("waits no longer than that for whoever has let go of the key, also where no attempt is left in the minute", () => {
    const redialedAtMs = Array.from({ length: mostRedialsPerMinute }, (_, index) => index);
    const limited: Failure = { kind: "rate-limit", retryAfterMs: 1_000 };
    const talking = stepLine({ state: { tag: "ready" }, redialedAtMs }, ended(limited, "recording", 10_000));
    expect(talking.effects).toEqual([{ type: "wait", delayMs: 50_000 }]);
    expect(stepLine(talking.line, { type: "awaited", nowMs: 10_400 }).effects).toEqual([
      { type: "stopWaiting" },
      { type: "wait", delayMs: 600 },
    ]);
    expect(stepLine(talking.line, { type: "awaited", nowMs: 12_000 }).effects.at(-1)).toEqual({
      type: "dial",
    });
  });

  it("says why it is not there, until it is", () => {
    const broken = stepLine(lineOf({ tag: "ready" }), ended(refused, "question")).line;
    expect(troubleOf(broken)).toEqual(refused);
    const dialling = stepLine(broken, { type: "waitElapsed", nowMs: 0 }).line;
    expect(troubleOf(dialling)).toEqual(refused);
    expect(troubleOf(stepLine(dialling, { type: "ready" }).line)).toBeNull();
  });

  it("says that nobody replies while it is still being dialled, and not in the place of what it knows better", () => {
    const noReply: Failure = { kind: "no-reply", host };
    const dialling = stepLine(lineDown, { type: "wanted" }).line;
    const { line: slow, effects } = stepLine(dialling, { type: "slow", failure: noReply });
    expect(effects).toEqual([]);
    expect(troubleOf(slow)).toEqual(noReply);
    expect(troubleOf(stepLine(slow, { type: "ready" }).line)).toBeNull();
    const again = lineOf({ tag: "dialling", redials: 1, trouble: refused });
    expect(troubleOf(stepLine(again, { type: "slow", failure: noReply }).line)).toEqual(refused);
  });

  it("is dialled unasked at most six times in any minute, and a question is told within 3 s of failures", () => {
    const steps = fc.array(
      fc.record({
        failure: fc.constantFrom(...passing),
        need: fc.constantFrom<Need>("question", "recording"),
        chance: fc.double({ min: 0, max: 1, noNaN: true }),
        getsReady: fc.boolean(),
        passesMs: fc.integer({ min: 0, max: 9_000 }),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, (course) => {
        let line = stepLine(lineDown, { type: "wanted" }).line;
        let nowMs = 0;
        const unaskedAtMs: number[] = [];
        for (const { failure, need, chance, getsReady, passesMs } of course) {
          nowMs += passesMs;
          if (getsReady) line = stepLine(line, { type: "ready" }).line;
          const step = stepLine(line, { type: "ended", failure, need, nowMs, chance });
          line = step.line;
          const wait = step.effects.find((effect) => effect.type === "wait");
          if (wait === undefined) {
            // Given up: the person asks again.
            line = stepLine(line, { type: "wanted" }).line;
            continue;
          }
          const isHurried = need === "question" && failure.kind !== "rate-limit";
          expect(isHurried ? wait.delayMs : 0).toBeLessThan(3_000);
          nowMs += wait.delayMs;
          unaskedAtMs.push(nowMs);
          line = stepLine(line, { type: "waitElapsed", nowMs }).line;
        }
        for (const fromMs of unaskedAtMs) {
          const within = unaskedAtMs.filter((atMs) => atMs >= fromMs && atMs < fromMs + 60_000);
          expect(within.length).toBeLessThanOrEqual(mostRedialsPerMinute);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
