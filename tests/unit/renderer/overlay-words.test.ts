import { describe, expect, it } from "vitest";
import { actionName, announcement, clock } from "../../../renderer/overlay/words.ts";
import { actionOf, viewOf } from "../../support/view-samples.ts";

describe("the overlay's words", () => {
  it.each([
    [0, "0:00"],
    [999, "0:00"],
    [7_400, "0:07"],
    [61_000, "1:01"],
    [3_601_000, "60:01"],
    [-5, "0:00"],
  ])("writes %d ms as %s", (elapsedMs, expected) => {
    expect(clock(elapsedMs)).toBe(expected);
  });

  it.each([
    ["read_clipboard", "Read clipboard"],
    ["search-web.now", "Search web now"],
    ["constructor", "Constructor"],
    ["___", "___"],
  ])("calls the tool %s, of which only the name is known, “%s”", (name, expected) => {
    expect(actionName(actionOf({ name, title: "" }))).toBe(expected);
  });

  it("calls a tool as it is titled", () => {
    expect(actionName(actionOf({ name: "get_current_time", title: "Look up the time" }))).toBe(
      "Look up the time",
    );
  });

  it("announces a failure with its advice, a phase with its name, and nothing at rest", () => {
    expect(announcement(viewOf())).toBe("");
    expect(announcement(viewOf({ phase: "thinking" }))).toBe("Thinking…");
    expect(announcement(viewOf({ outcome: "too-short" }))).toBe("Too short – Hold the key while you talk");
    const notice = { title: "No answer came", advice: "Send it again.", action: null };
    expect(announcement(viewOf({ phase: "failed", notice }))).toBe("No answer came. Send it again.");
  });
});
