import { describe, expect, it } from "vitest";
import type { Devices } from "../../../renderer/audio/microphone.ts";
import { raceMicrophones } from "../../../renderer/audio/microphone-race.ts";
import type { CaptureRequest } from "../../../shared/ipc-contract.ts";
import { passingTimers } from "../../support/passing-timers.ts";

const request: CaptureRequest = {
  take: 1,
  microphoneId: "default",
  microphoneLabel: "",
  echoCancellation: false,
  noiseSuppression: false,
  autoGainControl: false,
};

/** What a microphone does, and after how many milliseconds from one to the next. */
interface Microphone {
  /** Asked for, it opens. */
  readonly opensMs?: number;
  /** Asked for, it is refused. */
  readonly refusedMs?: number;
  /** Open, it delivers its first sample. */
  readonly deliversMs?: number;
  /** Open, it is pulled out. */
  readonly endsMs?: number;
}

const boundMs = 700;
const patienceMs = 150;

interface Rest {
  readonly headStartMs?: number;
  /** The preferred one is heard out when it has lost. */
  readonly hearsOut?: boolean;
  /** Nobody wants any more from here on. */
  readonly unwantedMs?: number;
}

/** Lets the two race. @returns what is known of it after so many milliseconds. */
async function race(
  a: Microphone,
  b: Microphone,
  forMs: number,
  { headStartMs = 30, hearsOut = false, unwantedMs }: Rest = {},
) {
  const timers = passingTimers();
  const open = new Set<string>();
  const after = <Value>(ms: number | undefined, value: Value): Promise<Value> =>
    new Promise((resolve) => {
      if (ms !== undefined) timers.start(ms, () => resolve(value));
    });
  const microphones = new Map<unknown, Microphone>([
    ["a", a],
    ["b", b],
  ]);
  const devices = {
    getUserMedia: async ({
      audio,
    }: {
      readonly audio: { readonly deviceId: { readonly exact: string } };
    }) => {
      const id = audio.deviceId.exact;
      const { opensMs, refusedMs } = microphones.get(id) ?? {};
      if (await Promise.race([after(refusedMs, true), after(opensMs, false)]))
        throw new DOMException("no", "NotReadableError");
      open.add(id);
      const track = { stop: () => open.delete(id) };
      microphones.set(track, microphones.get(id) ?? {});
      return { getAudioTracks: () => [track], getTracks: () => [track] };
    },
  } as unknown as Devices;
  const unwanted = new AbortController();
  if (unwantedMs !== undefined) timers.start(unwantedMs, () => unwanted.abort());
  const told: string[] = [];
  let outcome: readonly string[] | null = null;
  const racing = raceMicrophones(["a", "b"], request, devices, {
    boundMs,
    patienceMs,
    headStartMs,
    signal: unwanted.signal,
    ...(hearsOut ? { onPreferredLate: () => void told.push("a delivers") } : {}),
    clock: { nowMs: () => 0, after: timers.start },
    delivers: (track) => {
      const { deliversMs, endsMs } = microphones.get(track) ?? {};
      return Promise.race([after(deliversMs, true), after(endsMs, false)]);
    },
  });
  const watch = async (): Promise<void> => {
    outcome = (await racing).map(
      ({ deviceId, result }) => `${deviceId} ${result.kind === "failed" ? result.problem : "won"}`,
    );
  };
  void watch();
  await timers.pass(forMs);
  return { outcome, open: [...open], ...(hearsOut ? { told } : {}) };
}

const works: Microphone = { opensMs: 10, deliversMs: 30 };
const isStuck: Microphone = { opensMs: 10 };

describe("of two microphones", () => {
  it("the one that delivers is used as soon as it does, and the one that is stuck is closed", async () => {
    expect(await race(isStuck, works, 39, { headStartMs: 0 })).toEqual({ outcome: null, open: ["a", "b"] });
    expect(await race(isStuck, works, 40, { headStartMs: 0 })).toEqual({ outcome: ["b won"], open: ["b"] });
    expect(await race(works, isStuck, 40)).toEqual({ outcome: ["a won"], open: ["a"] });
  });

  it("the preferred one is used where it delivers hardly later", async () => {
    const later: Microphone = { opensMs: 10, deliversMs: 59 };
    expect(await race(later, works, 69)).toEqual({ outcome: ["a won"], open: ["a"] });
    const tooLate: Microphone = { opensMs: 10, deliversMs: 61 };
    expect(await race(tooLate, works, 70)).toEqual({ outcome: ["b won"], open: ["b"] });
  });

  it("the other one is used at once where the preferred one is refused, and that is told", async () => {
    expect(await race({ refusedMs: 5 }, works, 40)).toEqual({ outcome: ["a busy", "b won"], open: ["b"] });
    expect(await race(works, { refusedMs: 5 }, 40)).toEqual({ outcome: ["a won"], open: ["a"] });
  });

  it("one that opens only after the other one has won is closed again", async () => {
    const slow: Microphone = { opensMs: 500 };
    expect(await race(slow, works, 499)).toEqual({ outcome: ["b won"], open: ["b"] });
    expect(await race(slow, works, 500 + patienceMs)).toEqual({ outcome: ["b won"], open: ["b"] });
  });

  /** It had stood still once; two tenths of a second too slow, it lost each race from then on. */
  it("the preferred one that has lost is heard out where that is wished, and closed", async () => {
    const slow: Microphone = { opensMs: 10, deliversMs: 140 };
    const hearsOut = { hearsOut: true };
    expect(await race(slow, works, 149, hearsOut)).toMatchObject({ open: ["a", "b"], told: [] });
    expect(await race(slow, works, 150, hearsOut)).toEqual({
      outcome: ["b won"],
      open: ["b"],
      told: ["a delivers"],
    });
    const none = { outcome: ["b won"], open: ["b"], told: [] };
    expect(await race(isStuck, works, 10 + patienceMs, hearsOut)).toEqual(none);
    expect(await race(slow, works, 150, { ...hearsOut, unwantedMs: 100 })).toEqual(none);
  });

  it("none is left open and no sample is waited for as soon as nobody wants any", async () => {
    const unwanted = { outcome: ["a lost", "b lost"], open: [] };
    expect(await race(isStuck, isStuck, 50, { unwantedMs: 50 })).toEqual(unwanted);
    expect(await race(isStuck, isStuck, 50, { unwantedMs: 5 })).toEqual(unwanted);
  });

  it("the one that waits for the preferred one to open waits no longer than anybody wants one", async () => {
    const rules = { headStartMs: 100, unwantedMs: 60 };
    expect(await race({}, works, 59, rules)).toEqual({ outcome: null, open: ["b"] });
    expect(await race({}, works, 60, rules)).toEqual({ outcome: ["b won"], open: ["b"] });
  });

  it.each<[string, Microphone, Microphone, readonly string[]]>([
    ["neither delivers", isStuck, isStuck, ["a stuck", "b stuck"]],
    ["neither opens", {}, { refusedMs: 5 }, ["a stuck", "b busy"]],
    ["one is pulled out, the other one never opens", { opensMs: 10, endsMs: 20 }, {}, ["a lost", "b stuck"]],
  ])("none is left open where %s, and each is told with its trouble", async (_, a, b, outcome) => {
    expect(await race(a, b, boundMs + patienceMs)).toEqual({ outcome, open: [] });
  });
});
