import { describe, expect, it } from "vitest";
import { createResponseSequencer } from "../../../electron/main/realtime/response-sequencer.ts";
import type { ErrorReport } from "../../../electron/main/realtime/server-errors.ts";
import { cancelBoundMs, remarkBoundMs } from "../../../electron/main/realtime/realtime-tuning.ts";
import { remarkRequest } from "../../../electron/main/realtime/remark.ts";
import { turnId } from "../../../shared/ids.ts";
import { createFakeTimers } from "./support.ts";
import type { WireEvent } from "./support.ts";

const one = turnId("t1");
const two = turnId("t2");

const alreadyActive = (
  message = "Conversation already has an active response in progress: resp_A.",
): ErrorReport => ({
  type: "invalid_request_error",
  code: "conversation_already_has_active_response",
  message,
});
const notActive: ErrorReport = {
  type: "invalid_request_error",
  code: "response_cancel_not_active",
  message: null,
};

function setUp() {
  const timers = createFakeTimers();
  const sent: WireEvent[] = [];
  const told: string[] = [];
  /** How many events were out whenever something could be said between two responses. */
  const between: number[] = [];
  let ids = 0;
  const sequencer = createResponseSequencer({
    timers,
    nextEventId: () => `e${(ids += 1)}`,
    send: (text, onWritten) => {
      sent.push(JSON.parse(text) as WireEvent);
      onWritten?.();
    },
    onRemark: () => told.push("remark"),
    onRemarkLost: (turn) => told.push(`remark of ${turn} lost`),
    remarkOf: (turn) => remarkRequest(turn, "", ""),
    onNext: () => between.push(sent.length),
    onRequested: (turn) => told.push(`requested ${turn}`),
    onStarted: (turn, response) => told.push(`started ${turn} ${response}`),
    onRefused: (turn, report) => told.push(`refused ${turn} ${report.code ?? ""}`),
  });
  const take = () =>
    sent
      .splice(0)
      .map((event) => Object.fromEntries(Object.entries(event).filter(([name]) => name !== "event_id")));
  return { sequencer, timers, sent, told, between, take };
}

const create = (turn: string) => ({ type: "response.create", response: { metadata: { turn } } });
const cancel = (id: string) => ({ type: "response.cancel", response_id: id });

describe("one response at a time", () => {
  it("leaves a moment before each request in which none runs", () => {
    const { sequencer, between, sent } = setUp();
    expect(sequencer.isFree).toBe(true);
    sequencer.request(one);
    sequencer.request(two);
    expect([between, sent.length, sequencer.isFree]).toEqual([[0], 1, false]);
    sequencer.created("resp_A", "t1");
    sequencer.abandon(one);
    // Cancelled and not over.
    expect([between, sent.length, sequencer.isFree]).toEqual([[0], 2, false]);
    sequencer.done("resp_A", "t1");
    expect([between, sent.length]).toEqual([[0, 2], 3]);
  });

  it("holds the next request until the response before it is done", () => {
    const { sequencer, take, told } = setUp();
    sequencer.request(one);
    sequencer.request(two);
    expect(take()).toEqual([create("t1")]);
    sequencer.created("resp_A", "t1");
    expect(sequencer.done("resp_A", "t1")).toEqual({ turnId: one, responseId: "resp_A", isRemark: false });
    expect(take()).toEqual([create("t2")]);
    expect(told).toEqual(["requested t1", "started t1 resp_A", "requested t2"]);
  });

  it("holds the request after a cancel until the cancelled response is done", () => {
    // Sent at once, it races the cancel and is refused: the classic way to a silent assistant.
    const { sequencer, take, timers } = setUp();
    sequencer.request(one);
    sequencer.created("resp_A", "t1");
    sequencer.abandon(one);
    sequencer.request(two);
    expect(take()).toEqual([create("t1"), cancel("resp_A")]);
    expect(sequencer.liveTurn("resp_A")).toBeNull();
    expect(sequencer.done("resp_A", "t1")).toBeNull();
    expect(take()).toEqual([create("t2")]);
    expect(timers.running).toEqual([]);
  });

  it("cancels a response that was given up before it had a name, as soon as it has one", () => {
    const { sequencer, take, told } = setUp();
    sequencer.request(one);
    sequencer.abandon(one);
    sequencer.request(two);
    expect(take()).toEqual([create("t1")]);
    sequencer.created("resp_A", "t1");
    expect(take()).toEqual([cancel("resp_A")]);
    sequencer.done("resp_A", "t1");
    expect(take()).toEqual([create("t2")]);
    expect(told).not.toContain("started t1 resp_A");
  });

  it("forgets a request that never went out", () => {
    const { sequencer, take } = setUp();
    sequencer.request(one);
    sequencer.request(two);
    sequencer.abandon(two);
    sequencer.created("resp_A", "t1");
    sequencer.done("resp_A", "t1");
    expect(take()).toEqual([create("t1")]);
    expect(sequencer.owes(two)).toBe(false);
  });

  it("goes on after its bound when the response.done after a cancel is lost", () => {
    const { sequencer, take, timers, told } = setUp();
    sequencer.request(one);
    sequencer.created("resp_A", "t1");
    sequencer.abandon(one);
    sequencer.request(two);
    take();
    expect(timers.fire(cancelBoundMs)).toBe(1);
    expect(take()).toEqual([create("t2")]);
    sequencer.created("resp_B", "t2");
    // The lost one turns up after all: it must not end the newer response.
    expect(sequencer.done("resp_A", "t1")).toBeNull();
    expect(sequencer.liveTurn("resp_B")).toBe(two);
    expect(told).toContain("started t2 resp_B");
  });

  it("takes a refused cancel as the news that its response is over", () => {
    const { sequencer, take, sent } = setUp();
    sequencer.request(one);
    sequencer.created("resp_A", "t1");
    sequencer.abandon(one);
    sequencer.request(two);
    const cancelId = String(sent.at(-1)?.["event_id"]);
    take();
    expect(sequencer.refused(cancelId, notActive)).toBe(true);
    expect(take()).toEqual([create("t2")]);
  });
});

describe("a request refused because another response runs", () => {
  it.each([
    ["with its event id", true],
    ["without an event id", false],
  ])("is sent once more when that one is done (%s)", (_name, hasId) => {
    const { sequencer, take, sent, told } = setUp();
    sequencer.request(one);
    const createId = String(sent[0]?.["event_id"]);
    take();
    expect(sequencer.refused(hasId ? createId : null, alreadyActive())).toBe(true);
    expect(take()).toEqual([]);
    expect(sequencer.owes(one)).toBe(true);
    sequencer.done("resp_other", null);
    expect(take()).toEqual([]);
    sequencer.done("resp_A", null);
    expect(take()).toEqual([create("t1")]);
    sequencer.created("resp_B", "t1");
    expect(told.at(-1)).toBe("started t1 resp_B");
  });

  it("waits for any end when the refusal names none", () => {
    const { sequencer, take } = setUp();
    sequencer.request(one);
    take();
    sequencer.refused(null, alreadyActive(""));
    sequencer.done("resp_whichever", null);
    expect(take()).toEqual([create("t1")]);
  });

  it("does not wait for a response.done that has already been", () => {
    const { sequencer, take } = setUp();
    sequencer.done("resp_A", null);
    sequencer.request(one);
    take();
    sequencer.refused(null, alreadyActive());
    expect(take()).toEqual([create("t1")]);
  });

  it("does not wait for ever, and fails the turn when it is refused again", () => {
    const { sequencer, take, timers, told } = setUp();
    sequencer.request(one);
    sequencer.refused(null, alreadyActive());
    take();
    expect(timers.fire(cancelBoundMs)).toBe(1);
    expect(take()).toEqual([create("t1")]);
    sequencer.refused(null, alreadyActive());
    expect(told.at(-1)).toBe("refused t1 conversation_already_has_active_response");
    expect(sequencer.owes(one)).toBe(false);
  });

  it("is not sent again when the turn has been given up meanwhile", () => {
    const { sequencer, take } = setUp();
    sequencer.request(one);
    sequencer.refused(null, alreadyActive());
    sequencer.abandon(one);
    take();
    sequencer.done("resp_A", null);
    expect(take()).toEqual([]);
  });
});

describe("errors", () => {
  it("fails the turn whose request is refused for good, and no newer one", () => {
    const { sequencer, sent, told } = setUp();
    sequencer.request(one);
    const stale = String(sent[0]?.["event_id"]);
    const report: ErrorReport = { type: "invalid_request_error", code: "invalid_value", message: null };
    sequencer.refused(stale, report);
    sequencer.request(two);
    expect(sequencer.refused(stale, report)).toBe(false);
    expect(sequencer.refused(null, report)).toBe(false);
    expect(told).toEqual(["requested t1", "refused t1 invalid_value", "requested t2"]);
    expect(sequencer.owes(two)).toBe(true);
  });
});

describe("responses that nobody asked for", () => {
  it("are cancelled, and the next request waits for their end", () => {
    const { sequencer, take } = setUp();
    sequencer.created("resp_X", null);
    sequencer.request(one);
    expect(take()).toEqual([cancel("resp_X")]);
    sequencer.done("resp_X", null);
    expect(take()).toEqual([create("t1")]);
  });

  it("do not become the answer of a turn", () => {
    const { sequencer, told } = setUp();
    sequencer.request(two);
    sequencer.created("resp_old", "t1");
    expect(sequencer.liveTurn("resp_old")).toBeNull();
    sequencer.created("resp_new", "t2");
    expect(sequencer.liveTurn("resp_new")).toBe(two);
    expect(told.at(-1)).toBe("started t2 resp_new");
  });
});

describe("a remark", () => {
  const remarkOf = (turn: string) => ({
    type: "response.create",
    response: expect.objectContaining({ conversation: "none", input: [], tools: [], metadata: { turn } }),
  });

  it("is no answer: it is begun and done by itself, and owed to nobody", () => {
    const { sequencer, take, told } = setUp();
    sequencer.remark(one);
    expect(take()).toEqual([remarkOf("t1")]);
    expect([sequencer.owes(one), sequencer.isAwaiting, sequencer.isFree]).toEqual([false, false, false]);
    sequencer.created("resp_A", "t1");
    expect([sequencer.liveTurn("resp_A"), sequencer.remarking]).toEqual([one, one]);
    expect(sequencer.done("resp_A", "t1")).toEqual({ turnId: one, responseId: "resp_A", isRemark: true });
    expect(told).toEqual(["remark"]);
  });

  it("is waited for by the answer, however early that is asked for", () => {
    const { sequencer, take } = setUp();
    sequencer.remark(one);
    sequencer.request(one);
    sequencer.created("resp_A", "t1");
    expect(take()).toHaveLength(1);
    expect(sequencer.owes(one)).toBe(true);
    sequencer.done("resp_A", "t1");
    expect(take()).toEqual([create("t1")]);
    expect(sequencer.remarking).toBeNull();
  });

  it("that has not been asked for when its answer is, is not any more", () => {
    const { sequencer, take } = setUp();
    sequencer.request(two);
    sequencer.created("resp_A", "t2");
    sequencer.abandon(two);
    sequencer.remark(one);
    sequencer.request(one);
    take();
    sequencer.done("resp_A", "t2");
    expect(take()).toEqual([create("t1")]);
  });

  it("is cancelled with its turn, as an answer is", () => {
    const { sequencer, take, told } = setUp();
    sequencer.remark(one);
    sequencer.created("resp_A", "t1");
    take();
    sequencer.abandon(one);
    expect(take()).toEqual([cancel("resp_A")]);
    expect([sequencer.liveTurn("resp_A"), sequencer.remarking]).toEqual([null, null]);
    expect(sequencer.done("resp_A", "t1")).toBeNull();
    expect(told).toEqual(["remark"]);
  });

  it("that is refused is lost, and its turn goes on", () => {
    const { sequencer, sent, take, told } = setUp();
    sequencer.remark(one);
    sequencer.request(one);
    const eventId = String(sent[0]?.["event_id"]);
    take();
    expect(sequencer.refused(eventId, { ...notActive, code: "invalid_value" })).toBe(true);
    expect(told.slice(0, 1)).toEqual(["remark of t1 lost"]);
    expect(take()).toEqual([create("t1")]);
  });

  it("that is too slow is cancelled, so that the answer does not wait for it", () => {
    const { sequencer, take, told, timers } = setUp();
    sequencer.remark(one);
    sequencer.created("resp_A", "t1");
    sequencer.request(one);
    take();
    expect(timers.fire(remarkBoundMs)).toBe(1);
    expect(take()).toEqual([cancel("resp_A")]);
    expect(told.at(-1)).toBe("remark of t1 lost");
    expect(sequencer.done("resp_A", "t1")).toBeNull();
    expect(take()).toEqual([create("t1")]);
    // Its bound is no longer there to end another.
    expect(timers.running).toEqual([]);
  });
});

describe("servers that leave things out", () => {
  it("matches without metadata and without ids", () => {
    const { sequencer, take } = setUp();
    sequencer.request(one);
    sequencer.created(null, null);
    expect(sequencer.liveTurn(null)).toBe(one);
    expect(sequencer.done(null, null)).toEqual({ turnId: one, responseId: "unnamed", isRemark: false });
    sequencer.request(two);
    sequencer.created(null, null);
    sequencer.abandon(two);
    expect(take().at(-1)).toEqual({ type: "response.cancel" });
  });

  it("tells the beginning with the end when the beginning was lost", () => {
    const { sequencer, told } = setUp();
    sequencer.request(one);
    expect(sequencer.done("resp_A", "t1")).toEqual({ turnId: one, responseId: "resp_A", isRemark: false });
    expect(told).toEqual(["requested t1", "started t1 resp_A"]);
  });

  it("does not take a repeated end for that of the next response of the same turn", () => {
    // It did, in the moment before that one had a name: the tools of the turn ran and were answered twice.
    const { sequencer, told } = setUp();
    sequencer.request(one);
    sequencer.created("resp_A", "t1");
    sequencer.done("resp_A", "t1");
    sequencer.request(one);
    expect(sequencer.done("resp_A", "t1")).toBeNull();
    sequencer.created("resp_B", "t1");
    expect(sequencer.done("resp_B", "t1")).toEqual({ turnId: one, responseId: "resp_B", isRemark: false });
    expect(told.filter((what) => what.startsWith("started"))).toEqual([
      "started t1 resp_A",
      "started t1 resp_B",
    ]);
  });

  it("tells a repeated beginning or end only once", () => {
    const { sequencer, told, take } = setUp();
    sequencer.request(one);
    sequencer.created("resp_A", "t1");
    sequencer.created("resp_A", "t1");
    expect(sequencer.done("resp_A", "t1")).not.toBeNull();
    expect(sequencer.done("resp_A", "t1")).toBeNull();
    sequencer.created("resp_A", "t1");
    expect(told.filter((line) => line.startsWith("started"))).toHaveLength(1);
    expect(take()).toEqual([create("t1")]);
  });
});

it("keeps nothing over the end of a connection", () => {
  const { sequencer, take, timers } = setUp();
  sequencer.request(one);
  sequencer.created("resp_A", "t1");
  sequencer.abandon(one);
  sequencer.request(two);
  sequencer.reset();
  expect(timers.running).toEqual([]);
  take();
  sequencer.request(two);
  expect(take()).toEqual([create("t2")]);
});
