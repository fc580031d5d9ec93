import { describe, expect, it } from "vitest";
import type {
  ChosenMicrophone,
  ListedDevice,
  TriedMicrophone,
} from "../../../renderer/audio/microphone-ladder.ts";
import { nextRung, realMicrophones, replacedBy, verdict } from "../../../renderer/audio/microphone-ladder.ts";
import type { CaptureProblem } from "../../../shared/ipc-contract.ts";

const input = (deviceId: string, label: string, groupId = `group of ${deviceId}`): ListedDevice => ({
  kind: "audioinput",
  deviceId,
  label,
  groupId,
});
const system = input("default", "Default", "the system's");
const desk = input("desk", "Desk microphone");
const headset = input("headset", "Headset");
const webcam = input("webcam", "Webcam");
const monitor = input("monitor", "Monitor of Built-in Audio");
const communications = input("communications", "Communications - Headset", headset.groupId);
const loudspeaker: ListedDevice = { ...input("speaker", "Speaker"), kind: "audiooutput" };

const byId: ChosenMicrophone = { microphoneId: "desk", microphoneLabel: "Desk microphone" };
const bySystem: ChosenMicrophone = { microphoneId: "default", microphoneLabel: "" };
const tried = (deviceId: string, problem: CaptureProblem, label: string | null = null): TriedMicrophone => ({
  deviceId,
  label,
  problem,
});

/** Goes down the whole ladder, every rung failing in the same way. */
function wholeLadder(
  chosen: ChosenMicrophone,
  devices: readonly ListedDevice[],
  problem: CaptureProblem = "busy",
): readonly string[] {
  const failed: TriedMicrophone[] = [];
  for (;;) {
    const rung = nextRung(chosen, devices, failed);
    if (rung.kind === "failed") return failed.map(({ deviceId }) => deviceId);
    failed.push(tried(rung.deviceId, problem));
    if (failed.length > 20) throw new Error("The ladder has no end.");
  }
}

describe("the ladder", () => {
  const all = [system, desk, headset, communications, monitor, loudspeaker, webcam];

  it.each<[string, ChosenMicrophone, readonly ListedDevice[], readonly string[]]>([
    ["chosen, the system's, every real one", byId, all, ["desk", "default", "headset", "webcam"]],
    ["the system's, every real one", bySystem, all, ["default", "desk", "headset", "webcam"]],
    [
      "the namesake of a chosen one whose id is gone",
      { ...byId, microphoneId: "old" },
      [system, headset, desk],
      ["old", "desk", "default", "headset"],
    ],
    [
      "two namesakes",
      { ...byId, microphoneId: "old" },
      [desk, input("desk-2", desk.label)],
      ["old", "desk", "desk-2", "default"],
    ],
    [
      "no namesake by an empty name",
      { microphoneId: "old", microphoneLabel: "" },
      [system, input("x", "")],
      ["old", "default", "x"],
    ],
    ["no devices at all", byId, [], ["desk", "default"]],
    ["nothing but a loudspeaker's monitor", bySystem, [monitor, loudspeaker], ["default"]],
    [
      "the system's choice is the one that failed",
      byId,
      [{ ...system, groupId: desk.groupId }, desk, headset],
      ["desk", "headset"],
    ],
    [
      "groups that tell nothing",
      byId,
      [{ ...system, groupId: "" }, { ...desk, groupId: "" }, headset],
      ["desk", "default", "headset"],
    ],
    [
      "the one that the system's choice is known to be, last of all",
      bySystem,
      [{ ...system, groupId: desk.groupId }, desk, headset, webcam],
      ["default", "headset", "webcam", "desk"],
    ],
  ])("tries %s, each once", (_, chosen, devices, expected) => {
    expect(wholeLadder(chosen, devices)).toEqual(expected);
  });

  it("needs no list for its first rung", () => {
    expect(nextRung(byId, [], [])).toEqual({ kind: "try", deviceId: "desk", rivalId: null });
    expect(nextRung(bySystem, [], [])).toEqual({ kind: "try", deviceId: "default", rivalId: null });
  });

  it("ends at once without a permission: the other ones would be refused as well", () => {
    expect(wholeLadder(byId, all, "denied")).toEqual(["desk"]);
    const failed = [tried("desk", "missing", "Desk microphone"), tried("default", "denied")];
    expect(nextRung(byId, all, failed)).toEqual({ kind: "failed" });
    expect(verdict(failed)).toMatchObject({ problem: "denied", label: null });
  });

  it.each(["missing", "busy", "failed", "lost", "stuck"] as const)("goes on after %s", (problem) => {
    expect(nextRung(byId, all, [tried("desk", problem)])).toMatchObject({ kind: "try", deviceId: "default" });
  });

  it("goes back to the chosen one when it is its stand-in that was lost", () => {
    expect(nextRung(byId, all, [tried("default", "lost", "Default")])).toEqual({
      kind: "try",
      deviceId: "desk",
      rivalId: null,
    });
  });

  /** What stopped was tried again under its other name, and 300 ms of speech were missing instead of 200. */
  it.each<[string, ChosenMicrophone, readonly TriedMicrophone[], string, string]>([
    ["the system's", bySystem, [tried("default", "stuck")], "desk", "headset"],
    ["the chosen", byId, [tried("desk", "stuck")], "default", "headset"],
  ])("tries two at once where one may be %s that is stuck, under another name", (_, chosen, stuck, a, b) => {
    expect(nextRung(chosen, all, stuck)).toEqual({ kind: "try", deviceId: a, rivalId: b });
  });

  it.each<[string, ChosenMicrophone, readonly ListedDevice[], readonly TriedMicrophone[]]>([
    ["what failed could not be opened", bySystem, all, [tried("default", "busy")]],
    ["two real ones are never the same", byId, all, [tried("desk", "stuck"), tried("default", "missing")]],
    [
      "the system tells which one its choice is",
      bySystem,
      [{ ...system, groupId: desk.groupId }, desk, headset, webcam],
      [tried("default", "stuck")],
    ],
    ["there is no other one", bySystem, [system, desk], [tried("default", "stuck")]],
  ])("tries one alone where %s", (_, chosen, devices, before) => {
    expect(nextRung(chosen, devices, before)).toMatchObject({ kind: "try", rivalId: null });
  });
});

describe("a detour found at the press before", () => {
  const all = [system, desk, headset, webcam];
  const detour = { around: tried("desk", "stuck", "Desk microphone"), viaId: "webcam" };

  it("is tried beside the one that it goes around, found by its name too", () => {
    expect(nextRung(byId, all, [], detour)).toEqual({ kind: "try", deviceId: "desk", rivalId: "webcam" });
    const chosen = { microphoneId: "old", microphoneLabel: "Desk microphone" };
    expect(nextRung(chosen, all, [], detour)).toEqual({ kind: "try", deviceId: "old", rivalId: null });
    expect(nextRung(chosen, all, [tried("old", "missing")], detour)).toEqual({
      kind: "try",
      deviceId: "desk",
      rivalId: "webcam",
    });
  });

  it("leads nowhere where it has been tried in vain, or is gone", () => {
    expect(nextRung(byId, all, [tried("webcam", "busy")], detour)).toMatchObject({ rivalId: null });
    expect(nextRung(byId, [system, desk], [], detour)).toMatchObject({ deviceId: "desk", rivalId: null });
  });
});

describe("the verdict", () => {
  it.each<[string, readonly TriedMicrophone[], object]>([
    ["nothing was tried", [], { problem: "missing", label: null }],
    [
      "the one that was to be used is busy, the others are gone",
      [tried("desk", "busy", "Desk"), tried("default", "missing")],
      { problem: "busy", label: "Desk" },
    ],
    [
      "found by its name, and stuck",
      [tried("old", "missing", "Desk"), tried("desk", "stuck", "Desk"), tried("default", "busy")],
      { problem: "stuck", label: "Desk" },
    ],
    [
      "it was pulled out, and its id is unknown by now",
      [tried("desk", "lost", "Desk"), tried("old", "missing", "Desk"), tried("default", "missing")],
      { problem: "lost", label: "Desk" },
    ],
    [
      "the system has none",
      [tried("default", "missing"), tried("webcam", "busy", "Webcam")],
      { problem: "missing", label: null },
    ],
  ])("names the one that was to be used: %s", (_, failed, expected) => {
    expect(verdict(failed)).toMatchObject(expected);
  });
});

it("stands in for nobody when it is the chosen one under another id", () => {
  const gone = tried("old", "missing", "Desk microphone");
  expect(replacedBy("Desk microphone", byId, [gone])).toBeNull();
  expect(replacedBy("Headset", byId, [gone])).toEqual(gone);
  expect(replacedBy("Desk microphone", byId, [])).toBeNull();
  const stuck = tried("desk", "stuck", "Desk microphone");
  expect(replacedBy("Headset", byId, [gone, stuck])).toEqual(stuck);
});

it("knows a real microphone from an alias, a monitor and a loudspeaker", () => {
  const named = input("mine", "My Monitor of choice");
  expect(realMicrophones([system, communications, monitor, loudspeaker, desk, input("", ""), named])).toEqual(
    [desk, named],
  );
});
