import { describe, expect, it } from "vitest";
import { createViewPublisher } from "../../../electron/main/view-publisher.ts";
import type { SessionView } from "../../../shared/session-view.ts";
import { viewOf } from "../../support/view-samples.ts";

const view = (phase: SessionView["phase"], talkKeyLabel: string): SessionView =>
  viewOf({ phase, turnId: "t1", talkKeyLabel });

function publisher() {
  const sent: SessionView[] = [];
  const waiting: (() => void)[] = [];
  const { publish } = createViewPublisher(
    { start: (_durationMs, onElapsed) => (waiting.push(onElapsed), () => undefined) },
    (each) => sent.push(each),
  );
  return { sent, publish, elapse: () => waiting.splice(0).forEach((each) => each()) };
}

describe("publishing views", () => {
  it("sends a change of phase at once, also right after another view", () => {
    const { sent, publish } = publisher();
    publish(view("arming", "1"));
    publish(view("listening", "2"));
    expect(sent.map((each) => each.phase)).toEqual(["arming", "listening"]);
  });

  it("sends only the newest of a stream of words, and never loses the last one", () => {
    const { sent, publish, elapse } = publisher();
    for (const word of ["1", "2", "3", "4"]) publish(view("speaking", word));
    expect(sent.map((each) => each.talkKeyLabel)).toEqual(["1"]);
    elapse();
    expect(sent.map((each) => each.talkKeyLabel)).toEqual(["1", "4"]);
    elapse();
    expect(sent).toHaveLength(2);
  });
});
