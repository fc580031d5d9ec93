import { describe, expect, it } from "vitest";
import { respondToPower, type SleepingParts } from "../../../electron/main/power/awakening.ts";
import type { PowerFact } from "../../../electron/main/power/sleep-watch.ts";

function callsOf(fact: PowerFact): readonly string[] {
  const calls: string[] = [];
  const note = (name: keyof SleepingParts) => () => void calls.push(name);
  respondToPower(fact, {
    forgetKeys: note("forgetKeys"),
    finishRecording: note("finishRecording"),
    releaseMicrophone: note("releaseMicrophone"),
    replaceLine: note("replaceLine"),
    rebuildLoudspeaker: note("rebuildLoudspeaker"),
    reconnectDesktop: note("reconnectDesktop"),
    lookAtDisplays: note("lookAtDisplays"),
  });
  return calls;
}

describe("the answer to a sleep", () => {
  it.each(["suspend", "lock"] as const)(
    "sends what is being said before the %s, and listens no more",
    (reason) => {
      expect(callsOf({ type: "leaving", reason })).toEqual([
        "forgetKeys",
        "finishRecording",
        "releaseMicrophone",
      ]);
    },
  );

  it("replaces everything that a sleep leaves doubtful", () => {
    expect(new Set(callsOf({ type: "awakened", reason: "resume", isPress: false }))).toEqual(
      new Set([
        "forgetKeys",
        "reconnectDesktop",
        "lookAtDisplays",
        "replaceLine",
        "releaseMicrophone",
        "rebuildLoudspeaker",
      ]),
    );
  });

  it("does not forget the key whose press has made it look", () => {
    const calls = callsOf({ type: "awakened", reason: "clock-jump", isPress: true });
    expect(calls).not.toContain("forgetKeys");
    expect(calls).toContain("replaceLine");
  });

  it("forgets what was typed on the lock screen, and no more", () => {
    expect(callsOf({ type: "unlocked", reason: "unlock" })).toEqual(["forgetKeys"]);
  });
});
