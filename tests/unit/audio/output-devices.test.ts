import { expect, it } from "vitest";
import { OutputDevices } from "../../../renderer/audio/output-devices.ts";

type Listed = readonly string[] | null;

/** `null`: the system does not answer. */
const looks = async (lists: readonly Listed[]): Promise<readonly string[]> => {
  let index = 0;
  const devices = new OutputDevices({
    enumerateDevices: () => {
      const list = lists[index] ?? null;
      index += 1;
      if (list === null) return Promise.reject(new Error("not now"));
      const entries = list.map((deviceId) => ({
        deviceId,
        kind: deviceId.startsWith("mic") ? "audioinput" : "audiooutput",
      }));
      return Promise.resolve(entries as unknown as MediaDeviceInfo[]);
    },
  });
  const seen: string[] = [];
  for (const _ of lists) seen.push(await devices.look());
  return seen;
};

it.each<readonly [string, readonly Listed[], readonly string[]]>([
  [
    "nothing changes",
    [
      ["default", "a"],
      ["default", "a"],
    ],
    ["fine", "fine"],
  ],
  ["another one comes", [["a"], ["a", "b"], ["a", "b"]], ["fine", "fine", "fine"]],
  ["one goes, once", [["a", "b"], ["b"], ["b"]], ["fine", "lost", "fine"]],
  ["one is replaced by another", [["a"], ["b"]], ["fine", "lost"]],
  ["the last one goes and comes back", [["a"], [], [], ["a"]], ["fine", "none", "none", "fine"]],
  ["a microphone goes", [["a", "mic"], ["a"]], ["fine", "fine"]],
  ["the system does not answer", [["a"], null, ["a"]], ["fine", "fine", "fine"]],
])("tells what became of the loudspeakers when %s", async (_what, lists, expected) => {
  expect(await looks(lists)).toEqual(expected);
});
