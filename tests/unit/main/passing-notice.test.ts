import { describe, expect, it } from "vitest";
import { createPassingNotice, passingNoticeShownMs } from "../../../electron/main/passing-notice.ts";
import { manualTimers } from "../../support/session-timers.ts";
import { viewOf } from "../../support/view-samples.ts";

const notice = { title: "Copied", advice: "Paste it.", action: null };
const failed = { title: "No answer came", advice: "Send it again.", action: "send-again" } as const;

describe("a passing notice", () => {
  it("lies over the present view, and the view comes back after a while", () => {
    const timers = manualTimers();
    let changes = 0;
    const passing = createPassingNotice(timers, () => {
      changes += 1;
    });
    const view = viewOf({ phase: "failed", notice: failed });
    passing.show(notice, view);
    expect(passing.dress(view).notice).toEqual(notice);
    timers.fire(passingNoticeShownMs);
    expect(passing.dress(view)).toBe(view);
    expect(changes).toBe(2);
  });

  it("never hides what happens meanwhile", () => {
    const timers = manualTimers();
    const passing = createPassingNotice(timers, () => undefined);
    for (const next of [viewOf({ phase: "arming" }), viewOf({ notice: failed })]) {
      passing.show(notice, viewOf());
      expect(passing.dress(next)).toBe(next);
      expect(passing.dress(viewOf()).notice).toBeNull();
      expect(timers.running()).toEqual([]);
    }
  });
});
