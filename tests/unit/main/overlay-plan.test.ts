import { describe, expect, it } from "vitest";
import { failureShownMs, planOverlay } from "../../../electron/main/overlay-plan.ts";
import type { Outcome, Phase } from "../../../shared/session-view.ts";
import { approvalOf, viewOf } from "../../support/view-samples.ts";

const hideAfterMs = 6_000;
const speaking = viewOf({ phase: "speaking", turnId: "t1" });

describe("whether a view asks for the overlay", () => {
  it.each<Phase>(["reconnecting", "thinking", "acting", "speaking"])(
    "shows it while a turn is %s",
    (phase) => {
      expect(planOverlay(viewOf(), viewOf({ phase, turnId: "t1" }), hideAfterMs)).toEqual({ kind: "show" });
    },
  );

  it.each<Phase>(["arming", "listening"])("brings it to the person when a turn begins by %s", (phase) => {
    const next = viewOf({ phase, turnId: "t2" });
    expect(planOverlay(viewOf(), next, hideAfterMs)).toEqual({ kind: "show-here" });
    expect(planOverlay(speaking, next, hideAfterMs)).toEqual({ kind: "show-here" });
  });

  it("leaves it where it is when the turn that has begun goes on to listen", () => {
    const arming = viewOf({ phase: "arming", turnId: "t1" });
    const listening = viewOf({ phase: "listening", turnId: "t1" });
    expect(planOverlay(arming, listening, hideAfterMs)).toEqual({ kind: "show" });
  });

  it.each<Phase>(["idle", "failed"])("shows it for a question, also when the turn is %s", (phase) => {
    const approval = approvalOf();
    expect(planOverlay(viewOf({ phase }), viewOf({ phase, approval }), hideAfterMs)).toEqual({
      kind: "show",
    });
    expect(planOverlay(viewOf({ phase, approval }), viewOf({ phase, approval }), hideAfterMs)).toEqual({
      kind: "leave",
    });
    const next = approvalOf({ id: "question-2" });
    expect(planOverlay(viewOf({ approval }), viewOf({ approval: next }), hideAfterMs).kind).toBe("show");
  });

  it("hides it when the question is answered and nothing else is to be seen", () => {
    const before = viewOf({ outcome: "answered", approval: approvalOf() });
    expect(planOverlay(before, viewOf({ outcome: "answered" }), hideAfterMs)).toEqual({
      kind: "hide-after",
      delayMs: hideAfterMs,
    });
  });

  it("keeps a failure long enough to be found", () => {
    expect(planOverlay(speaking, viewOf({ phase: "failed", turnId: "t1" }), hideAfterMs)).toEqual({
      kind: "hide-after",
      delayMs: failureShownMs,
    });
  });

  it.each<[Outcome, unknown]>([
    ["answered", { kind: "hide-after", delayMs: hideAfterMs }],
    ["interrupted", { kind: "hide-after", delayMs: hideAfterMs }],
    ["too-short", { kind: "hide-after", delayMs: 2_500 }],
    ["cancelled", { kind: "hide-now" }],
    ["none", { kind: "hide-now" }],
  ])("at the end, after “%s”: %j", (outcome, plan) => {
    expect(planOverlay(speaking, viewOf({ outcome }), hideAfterMs)).toEqual(plan);
  });

  it("keeps an answer that can only be read as long as a failure", () => {
    const notice = { title: "The answer cannot be played", advice: "", action: null };
    expect(planOverlay(speaking, viewOf({ outcome: "answered", notice }), hideAfterMs)).toEqual({
      kind: "hide-after",
      delayMs: failureShownMs,
    });
  });

  it("leaves it alone while only words change, and at the start", () => {
    expect(planOverlay(speaking, { ...speaking, deviceLabel: "Headset" }, hideAfterMs)).toEqual({
      kind: "leave",
    });
    expect(planOverlay(null, viewOf(), hideAfterMs)).toEqual({ kind: "leave" });
  });

  it("shows it again when the next turn has the phase of the one before", () => {
    const next = viewOf({ phase: "speaking", turnId: "t2" });
    expect(planOverlay(speaking, next, hideAfterMs)).toEqual({ kind: "show" });
  });
});
