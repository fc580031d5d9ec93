import { describe, expect, it } from "vitest";
import { lossOf, lossOfTyped, type Unheard } from "../../../scripts/soak/lost.ts";
import type { Ending } from "../../../scripts/soak/record.ts";

const failed = (kind: string, canSendAgain: boolean): Ending => ({ tag: "failed", kind, canSendAgain });

const loss = (rest: Partial<Unheard> = {}): string | null =>
  lossOf({
    startedMs: 1_000,
    endedMs: 2_200,
    deafFromMs: Number.POSITIVE_INFINITY,
    missingMs: 0,
    ending: failed("connection-lost", false),
    ...rest,
  });

describe("words of which nothing arrived", () => {
  // What broke: a turn that failed of something that was to be expected counted as well, whether anything of it was
  // kept or not, so that the soak passed with words lost for ever.
  it("are lost where the turn failed, however well excused, and nothing can be sent again", () => {
    expect(loss()).toBe(
      "1200 ms were said, nothing of it arrived, and nothing can be sent again (failed of connection-lost)",
    );
    expect(loss({ ending: failed("microphone-lost", false) })).toContain("1200 ms were said");
  });

  it("are not lost while they can be sent again", () => {
    expect(loss({ ending: failed("connection-lost", true) })).toBeNull();
  });

  it("are lost where the turn was interrupted by the next one, got stuck, or goes on without them", () => {
    expect(loss({ ending: { tag: "interrupted" } })).toContain("(interrupted)");
    expect(loss({ ending: { tag: "stuck" } })).toContain("(stuck)");
    expect(loss({ ending: { tag: "too-short" } })).toContain("(too-short)");
    expect(loss({ ending: null })).toContain("(going on)");
  });

  it("are none where nothing was recorded, or less than the server takes", () => {
    expect(loss({ startedMs: null })).toBeNull();
    expect(loss({ endedMs: 1_099 })).toBeNull();
    expect(loss({ endedMs: 1_100 })).not.toBeNull();
  });

  it("are none but those that there was a microphone for", () => {
    expect(loss({ deafFromMs: 1_050 })).toBeNull();
    expect(loss({ deafFromMs: 900 })).toBeNull();
    expect(loss({ deafFromMs: 1_300 })).toContain("300 ms were said");
    expect(loss({ missingMs: 1_150 })).toBeNull();
    expect(loss({ missingMs: 250 })).toContain("950 ms were said");
  });

  it("cannot have been answered", () => {
    expect(loss({ ending: { tag: "answered" }, startedMs: null })).toBe("answered without having been heard");
  });
});

describe("a typed question that the model was never asked", () => {
  it("is lost, however its turn ended, unless it can be sent again", () => {
    expect(lossOfTyped({ tag: "answered" })).toBe("a typed question was never asked (answered)");
    expect(lossOfTyped(failed("connection-lost", false))).toContain("failed of connection-lost");
    expect(lossOfTyped(failed("connection-lost", true))).toBeNull();
  });
});
