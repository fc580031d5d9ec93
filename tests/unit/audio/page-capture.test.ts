import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DevicesWithChanges, PageCapture } from "../../../renderer/audio/capture.ts";
import { createPageCapture } from "../../../renderer/audio/capture.ts";
import type { PageClock } from "../../../renderer/audio/page-clock.ts";
import { seededRandom } from "../../support/audio-signals.ts";
import type { CaptureRequest } from "../../../shared/ipc-contract.ts";

/** A microphone's track that knows whether it is open. */
class FakeTrack extends EventTarget {
  readyState = "live";
  readonly label: string;
  readonly groupId: string;
  constructor(label: string, groupId: string) {
    super();
    this.label = label;
    this.groupId = groupId;
  }
  getSettings(): { groupId: string } {
    return { groupId: this.groupId };
  }
  stop(): void {
    this.readyState = "ended";
  }
  unplug(): void {
    this.stop();
    this.dispatchEvent(new Event("ended"));
  }
}

interface Opening {
  readonly constraints: MediaStreamConstraints;
  succeed(label?: string, groupId?: string): FakeTrack;
  /** With a stream that has nothing to be heard in it. */
  succeedEmpty(): void;
  fail(name: string): void;
}

let openings: Opening[];
let tracks: FakeTrack[];
let listed: { kind: string; deviceId: string; label: string; groupId: string }[];
/** The system refuses the list of its devices. */
let isListRefused: boolean;
/** The ear cannot take the next track. */
let isEarBroken: boolean;
let told: string[];
let ear: string[];
/** The number of the microphone that is heard, and how long its first sample may take. */
let connected: number;
let patiencesMs: number[];
/** The microphones that deliver, where the ear can tell it of one that is not connected. */
let delivering: Set<string> | null;
let capture: PageCapture;
let devicesChanged: () => void;

beforeEach(() => {
  openings = [];
  tracks = [];
  listed = [];
  isListRefused = false;
  isEarBroken = false;
  told = [];
  ear = [];
  patiencesMs = [];
  delivering = null;
  const devices = {
    getUserMedia: (constraints: MediaStreamConstraints) =>
      new Promise((resolve, reject) => {
        let isSettled = false;
        openings.push({
          constraints,
          succeed(label = "Desk microphone", groupId = "g1") {
            const track = new FakeTrack(label, groupId);
            if (isSettled) return track;
            isSettled = true;
            tracks.push(track);
            resolve({ getAudioTracks: () => [track], getTracks: () => [track] });
            return track;
          },
          succeedEmpty() {
            isSettled = true;
            resolve({ getAudioTracks: () => [], getTracks: () => [] });
          },
          fail(name) {
            isSettled = true;
            reject(new DOMException("no", name));
          },
        });
      }),
    enumerateDevices: () =>
      isListRefused
        ? Promise.reject(new DOMException("enumerateDevices() failed.", "AbortError"))
        : Promise.resolve(listed),
    addEventListener: (_: string, listener: () => void) => {
      devicesChanged = listener;
    },
  };
  capture = createPageCapture(
    {
      attach: () => undefined,
      wake: () => void ear.push("wake"),
      connect: (_track, source, patienceMs) => {
        if (isEarBroken) throw new TypeError("the track cannot be read");
        connected = source;
        patiencesMs.push(patienceMs);
        ear.push("connect");
      },
      disconnect: () => void ear.push("disconnect"),
      get delivers() {
        const labels = delivering;
        if (labels === null) return null;
        return ({ label }: MediaStreamTrack) =>
          labels.has(label) ? Promise.resolve(true) : new Promise<boolean>(() => undefined);
      },
    },
    {
      opened: ({ take, deviceLabel, insteadOf }) => {
        const instead =
          insteadOf === null ? "" : ` instead of ${insteadOf.deviceLabel} (${insteadOf.problem})`;
        told.push(`opened ${take} ${deviceLabel}${instead}`);
      },
      failed: ({ take, problem, deviceLabel }) => void told.push(`failed ${take} ${problem} ${deviceLabel}`),
      released: () => void told.push("released"),
    },
    devices as unknown as DevicesWithChanges,
    ownClock(),
  );
});
afterEach(() => {
  tests += 1;
});

let tests = 0;
/** Of what is still waited for when a test is over, the next one hears nothing. */
function ownClock(): PageClock {
  const own = tests;
  return {
    nowMs: () => performance.now(),
    after(delayMs, task) {
      const timer = setTimeout(() => {
        if (own === tests) task();
      }, delayMs);
      return () => clearTimeout(timer);
    },
  };
}

const request = (take: number, changes: Partial<CaptureRequest> = {}): CaptureRequest => ({
  take,
  microphoneId: "usb-1",
  microphoneLabel: "Desk microphone",
  echoCancellation: true,
  noiseSuppression: false,
  autoGainControl: true,
  ...changes,
});
/** Lets every promise that can go on do so. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const openTracks = (): number => tracks.filter(({ readyState }) => readyState === "live").length;

describe("opening the microphone", () => {
  it("asks for exactly the device and the processing of the settings", async () => {
    capture.open(request(1));
    expect(openings[0]?.constraints).toEqual({
      audio: {
        deviceId: { exact: "usb-1" },
        echoCancellation: true,
        noiseSuppression: false,
        autoGainControl: true,
        channelCount: 1,
      },
    });
    openings[0]?.succeed();
    await settle();
    expect(told).toEqual(["opened 1 Desk microphone"]);
    expect(ear).toEqual(["wake", "connect"]);
  });

  it("leaves the choice to the system when the setting does", () => {
    capture.open(request(1, { microphoneId: "default" }));
    expect(openings[0]?.constraints.audio).not.toHaveProperty("deviceId");
  });

  it("takes the open one again without asking anew", async () => {
    capture.open(request(1));
    openings[0]?.succeed();
    await settle();
    capture.open(request(2));
    expect(told).toEqual(["opened 1 Desk microphone", "opened 2 Desk microphone"]);
    expect(openings).toHaveLength(1);
  });

  it("closes the open one for another device or other processing", async () => {
    capture.open(request(1));
    openings[0]?.succeed();
    await settle();
    capture.open(request(2, { noiseSuppression: true }));
    expect(openTracks()).toBe(0);
    openings[1]?.succeed();
    await settle();
    expect(openTracks()).toBe(1);
    expect(told.at(-1)).toBe("opened 2 Desk microphone");
  });

  it("finds the device by its name when its id has changed", async () => {
    listed = [
      { kind: "audioinput", deviceId: "usb-9", label: "Desk microphone", groupId: "g9" },
      { kind: "audiooutput", deviceId: "usb-8", label: "Desk microphone", groupId: "g8" },
    ];
    capture.open(request(1));
    openings[0]?.fail("OverconstrainedError");
    await settle();
    expect(openings[1]?.constraints.audio).toMatchObject({ deviceId: { exact: "usb-9" } });
    openings[1]?.succeed();
    await settle();
    expect(told).toEqual(["opened 1 Desk microphone"]);
  });

  it("takes the system's choice when the chosen one is missing, and names both", async () => {
    listed = [{ kind: "audioinput", deviceId: "other", label: "Laptop", groupId: "g2" }];
    capture.open(request(1));
    openings[0]?.fail("OverconstrainedError");
    await settle();
    expect(openings[1]?.constraints.audio).not.toHaveProperty("deviceId");
    openings[1]?.succeed("Laptop");
    await settle();
    expect(told).toEqual(["opened 1 Laptop instead of Desk microphone (missing)"]);
  });

  it("names the chosen one when there is none that works", async () => {
    listed = [{ kind: "audioinput", deviceId: "other", label: "Laptop", groupId: "g2" }];
    capture.open(request(1));
    for (const name of ["NotReadableError", "NotFoundError", "AbortError"]) {
      openings.at(-1)?.fail(name);
      await settle();
    }
    expect(openings).toHaveLength(3);
    expect(told).toEqual(["failed 1 busy Desk microphone"]);
    expect(ear.at(-1)).toBe("disconnect");
  });

  it("asks no second time without a permission", async () => {
    listed = [{ kind: "audioinput", deviceId: "other", label: "Laptop", groupId: "g2" }];
    capture.open(request(1));
    openings[0]?.fail("NotAllowedError");
    await settle();
    expect(openings).toHaveLength(1);
    expect(told).toEqual(["failed 1 denied Desk microphone"]);
  });

  describe("that is kept ready, with another one in the place of the chosen one", () => {
    const laptop = { kind: "audioinput", deviceId: "other", label: "Laptop", groupId: "g2" };
    const desk = { kind: "audioinput", deviceId: "usb-1", label: "Desk microphone", groupId: "g1" };

    beforeEach(async () => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
      listed = [laptop];
      devicesChanged();
      await settle();
      capture.open(request(1));
      openings[0]?.fail("OverconstrainedError");
      await settle();
      openings[1]?.succeed("Laptop");
      await settle();
    });
    afterEach(() => vi.useRealTimers());

    /** It is heard, nobody talks any more, and the chosen one is back: that is opened. */
    const beginReplacing = async (): Promise<void> => {
      capture.hear({ type: "heard", source: connected });
      capture.hear({ type: "over", take: 1 });
      listed = [laptop, desk];
      await vi.advanceTimersByTimeAsync(1_000);
    };

    it("is opened as the chosen one while nobody talks, as soon as that is back", async () => {
      capture.hear({ type: "over", take: 1 });
      listed = [laptop, desk];
      await vi.advanceTimersByTimeAsync(1_000);
      openings[2]?.succeed();
      await settle();
      expect(openTracks()).toBe(1);
      capture.open(request(2));
      expect(openings).toHaveLength(3);
      expect(told.at(-1)).toBe("opened 2 Desk microphone");
    });

    it("is left alone while somebody talks, and for a second after that", async () => {
      listed = [laptop, desk];
      await vi.advanceTimersByTimeAsync(5_000);
      capture.hear({ type: "over", take: 1 });
      await vi.advanceTimersByTimeAsync(900);
      expect(openings).toHaveLength(2);
      await vi.advanceTimersByTimeAsync(100);
      expect(openings).toHaveLength(3);
    });

    /** It was closed for the chosen one at the very press: 58 ms were missing between the pre-roll and what came then. */
    it("is heard until the chosen one delivers", async () => {
      delivering = new Set();
      await beginReplacing();
      const track = openings[2]?.succeed();
      await settle();
      expect(tracks[0]?.readyState).toBe("live");
      expect(ear).toEqual(["wake", "connect", "wake"]);
      await vi.advanceTimersByTimeAsync(1_000);
      expect(track?.readyState, "it was given a second").toBe("ended");
      expect(openTracks()).toBe(1);
    });

    it("is used for a press that comes while the chosen one is opened, which is tried again after that", async () => {
      await beginReplacing();
      capture.open(request(2));
      expect(told.at(-1)).toBe("opened 2 Laptop instead of Desk microphone (missing)");
      openings[2]?.succeed();
      await settle();
      expect(tracks.map(({ readyState }) => readyState)).toEqual(["live", "ended"]);
      await vi.advanceTimersByTimeAsync(5_000);
      expect(openings).toHaveLength(3);
      capture.hear({ type: "over", take: 2 });
      await vi.advanceTimersByTimeAsync(1_000);
      openings[3]?.succeed();
      await settle();
      capture.open(request(3));
      expect(told.at(-1)).toBe("opened 3 Desk microphone");
      expect(openTracks()).toBe(1);
    });

    it("is replaced at once where it stops at a press that comes while the chosen one is opened", async () => {
      await beginReplacing();
      capture.open(request(2));
      capture.hear({ type: "stalled", source: connected });
      openings[2]?.succeed();
      await settle();
      expect(told.at(-1)).toBe("opened 2 Desk microphone");
      expect(openTracks()).toBe(1);
    });

    describe("and while it is waited for a sample of the chosen one", () => {
      beforeEach(async () => {
        delivering = new Set(["Laptop"]);
        await beginReplacing();
        openings[2]?.succeed();
        await settle();
      });

      it("is closed with it at once when it is released", async () => {
        expect(openTracks()).toBe(2);
        capture.release();
        await settle();
        expect(openTracks()).toBe(0);
        expect(told.at(-1)).toBe("released");
      });

      it("makes room at once for another one that is chosen now", async () => {
        capture.open(request(2, { microphoneId: "third", microphoneLabel: "Third" }));
        expect(tracks[0]?.readyState).toBe("ended");
        await settle();
        expect(openTracks()).toBe(0);
        openings[3]?.succeed("Third");
        await settle();
        expect(told.at(-1)).toBe("opened 2 Third");
      });

      it("keeps no press after a release waiting", async () => {
        capture.release();
        capture.open(request(2, { microphoneId: "other", microphoneLabel: "Laptop" }));
        await settle();
        openings[3]?.succeed("Laptop");
        await settle();
        expect(told.at(-1)).toBe("opened 2 Laptop");
        expect(openTracks()).toBe(1);
      });

      it("is not kept where it stops just before the page hears of the press", async () => {
        capture.hear({ type: "stalled", source: connected });
        capture.open(request(2));
        await vi.advanceTimersByTimeAsync(1_000);
        expect(openings.length).toBeGreaterThan(3);
      });

      it("is closed, too, where the chosen one cannot be connected", async () => {
        capture.release();
        await settle();
        capture.open(request(2));
        openings[3]?.fail("OverconstrainedError");
        await settle();
        openings[4]?.succeed("Laptop");
        await settle();
        capture.hear({ type: "heard", source: connected });
        capture.hear({ type: "over", take: 2 });
        devicesChanged();
        listed = [desk, laptop];
        await vi.advanceTimersByTimeAsync(1_000);
        delivering?.add("Desk microphone");
        isEarBroken = true;
        openings[5]?.succeed();
        await settle();
        expect(told.at(-1)).toBe("failed 2 failed Desk microphone");
        expect(openTracks()).toBe(0);
      });
    });

    it("has the whole time for what comes after it where it stops at a press that comes meanwhile", async () => {
      await beginReplacing();
      // The chosen one does not open at all.
      await vi.advanceTimersByTimeAsync(1_800);
      capture.open(request(2));
      capture.hear({ type: "stalled", source: connected });
      await vi.advanceTimersByTimeAsync(1_500);
      expect(told.at(-1)).not.toMatch(/^failed/);
    });

    it("has the whole time for what comes after it where it goes away while it is heard, too", async () => {
      await beginReplacing();
      capture.open(request(2));
      await vi.advanceTimersByTimeAsync(1_200);
      tracks[0]?.unplug();
      await vi.advanceTimersByTimeAsync(2_400);
      expect(told.at(-1)).not.toMatch(/^failed/);
      await vi.advanceTimersByTimeAsync(200);
      expect(told.at(-1)).toMatch(/^failed 2/);
    });

    it("is kept where the chosen one is back and cannot be used, which is tried once after each press", async () => {
      await beginReplacing();
      openings[2]?.fail("NotReadableError");
      await vi.advanceTimersByTimeAsync(60_000);
      expect(openings).toHaveLength(3);
      capture.open(request(2));
      expect(told.at(-1)).toBe("opened 2 Laptop instead of Desk microphone (busy)");
      capture.hear({ type: "over", take: 2 });
      await vi.advanceTimersByTimeAsync(60_000);
      expect(openings).toHaveLength(4);
      openings[3]?.succeed();
      await settle();
      expect(openTracks()).toBe(1);
    });
  });

  describe("that has delivered nothing by the end of a tap, with another one plugged in", () => {
    beforeEach(async () => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
      listed = [{ kind: "audioinput", deviceId: "other", label: "Laptop", groupId: "g2" }];
      devicesChanged();
      await settle();
      capture.open(request(1));
    });
    afterEach(() => vi.useRealTimers());

    /** The time that it had was counted from the tap: the press failed at once. */
    it.each(["after", "before"])(
      "is replaced at a press long after that, where it is told as stuck %s the page hears of the press",
      async (when) => {
        openings[0]?.succeed();
        await settle();
        capture.hear({ type: "over", take: 1 });
        await vi.advanceTimersByTimeAsync(10_000);
        if (when === "before") capture.hear({ type: "stalled", source: connected });
        await settle();
        capture.open(request(2));
        if (when === "after") capture.hear({ type: "stalled", source: connected });
        await settle();
        openings[1]?.succeed("Laptop", "g2");
        await settle();
        expect(told.at(-1)).toBe("opened 2 Laptop instead of Desk microphone (stuck)");
      },
    );

    it("is followed by those that could not be used for the tap", async () => {
      for (const opening of [0, 1]) {
        openings[opening]?.fail("NotReadableError");
        await settle();
      }
      openings[2]?.succeed("Laptop", "g2");
      await settle();
      capture.hear({ type: "over", take: 1 });
      capture.hear({ type: "stalled", source: connected });
      capture.open(request(2));
      await settle();
      openings[3]?.succeed();
      await settle();
      expect(told.at(-1)).toBe("opened 2 Desk microphone instead of Laptop (stuck)");
    });
  });

  it.each([
    ["NotAllowedError", "denied"],
    ["NotFoundError", "missing"],
    ["NotReadableError", "busy"],
    ["AbortError", "failed"],
  ])("tells %s as %s", async (name, problem) => {
    capture.open(request(1, { microphoneId: "default", microphoneLabel: "" }));
    openings[0]?.fail(name);
    await settle();
    expect(told).toEqual([`failed 1 ${problem} null`]);
    expect(ear).toEqual(["wake", "disconnect"]);
  });

  it("follows the system's choice when that has changed since, as soon as nobody talks", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    capture.open(request(1, { microphoneId: "default" }));
    openings[0]?.succeed("Laptop", "g1");
    await settle();
    capture.hear({ type: "heard", source: connected });
    listed = [{ kind: "audioinput", deviceId: "default", label: "Default", groupId: "g2" }];
    devicesChanged();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(openings).toHaveLength(1);
    capture.hear({ type: "over", take: 1 });
    await vi.advanceTimersByTimeAsync(1_000);
    openings[1]?.succeed("Headset", "g2");
    await settle();
    expect(openTracks()).toBe(1);
    capture.open(request(2, { microphoneId: "default" }));
    expect(told.at(-1)).toBe("opened 2 Headset");
    vi.useRealTimers();
  });
});

describe("what the browser refuses, though it never should", () => {
  /**
   * One list of the devices was refused while a microphone was being looked for. The page took itself to be looking
   * from then on, and every later press ended after four seconds as “does not deliver any sound”.
   */
  it("is passed over where it is the list of the devices: what was listed last has to do", async () => {
    listed = [{ kind: "audioinput", deviceId: "usb-9", label: "Desk microphone", groupId: "g9" }];
    devicesChanged();
    await settle();
    isListRefused = true;
    capture.open(request(1));
    openings[0]?.fail("OverconstrainedError");
    await settle();
    expect(openings[1]?.constraints.audio).toMatchObject({ deviceId: { exact: "usb-9" } });
    openings[1]?.succeed();
    await settle();
    expect(told).toEqual(["opened 1 Desk microphone"]);
  });

  it("fails one take, with no microphone left open, and not the next one", async () => {
    isEarBroken = true;
    capture.open(request(1));
    openings[0]?.succeed();
    await settle();
    expect(told).toEqual(["failed 1 failed Desk microphone"]);
    expect(openTracks()).toBe(0);
    isEarBroken = false;
    capture.open(request(2));
    openings[1]?.succeed();
    await settle();
    expect(told.at(-1)).toBe("opened 2 Desk microphone");
    expect(openTracks()).toBe(1);
  });

  it("is no reason to leave a release unanswered", async () => {
    // Its stream has no track, which nobody can make anything of.
    capture.open(request(1));
    capture.release();
    openings[0]?.succeedEmpty();
    await settle();
    expect(told).toEqual(["released"]);
    capture.open(request(2));
    openings[1]?.succeed();
    await settle();
    expect(told.at(-1)).toBe("opened 2 Desk microphone");
  });
});

describe("releasing the microphone", () => {
  it("stops every track at once", async () => {
    capture.open(request(1));
    openings[0]?.succeed();
    await settle();
    capture.release();
    expect(openTracks()).toBe(0);
    expect(told.at(-1)).toBe("released");
    expect(ear.at(-1)).toBe("disconnect");
  });

  it("stops a microphone that opens only afterwards", async () => {
    capture.open(request(1));
    capture.release();
    expect(told).toEqual([]);
    openings[0]?.succeed();
    await settle();
    expect(openTracks()).toBe(0);
    expect(told).toEqual(["released"]);
    expect(ear).not.toContain("connect");
  });

  it("gives a microphone that was on its way to the next press", async () => {
    capture.open(request(1));
    capture.release();
    capture.open(request(2));
    expect(openings).toHaveLength(1);
    openings[0]?.succeed();
    await settle();
    expect(told).toEqual(["opened 2 Desk microphone"]);
    expect(openTracks()).toBe(1);
  });

  it("opens the other device when the next press wants another one", async () => {
    capture.open(request(1));
    capture.release();
    capture.open(request(2, { microphoneId: "usb-2", microphoneLabel: "Headset" }));
    openings[0]?.succeed();
    await settle();
    expect(openTracks()).toBe(0);
    openings[1]?.succeed("Headset");
    await settle();
    expect(told).toEqual(["opened 2 Headset"]);
  });

  it("leaks no track and no opening, however fast the key is pressed", async () => {
    const random = seededRandom(9);
    for (let take = 1; take <= 2_000; take += 1) {
      if (random() < 0.5) capture.open(request(take, { noiseSuppression: random() < 0.2 }));
      else capture.release();
      if (random() < 0.6) await settle();
      if (random() < 0.3) openings.at(-1)?.succeed();
      if (random() < 0.05) openings.at(-1)?.fail("NotReadableError");
      // One that is connected, and one that has just come back and is about to be looked at.
      expect(openTracks()).toBeLessThanOrEqual(2);
    }
    capture.release();
    for (let i = 0; i < 3; i += 1) {
      openings.at(-1)?.succeed();
      await settle();
    }
    expect(openTracks()).toBe(0);
    expect(told.at(-1)).toBe("released");
  });
});

describe("a microphone that goes away", () => {
  const twoListed = [
    { kind: "audioinput", deviceId: "default", label: "Default", groupId: "g0" },
    { kind: "audioinput", deviceId: "usb-1", label: "Desk microphone", groupId: "g1" },
    { kind: "audioinput", deviceId: "usb-2", label: "Headset", groupId: "g2" },
  ];
  const openAndHear = async (): Promise<FakeTrack | undefined> => {
    listed = twoListed;
    devicesChanged();
    capture.open(request(1));
    const track = openings[0]?.succeed();
    await settle();
    capture.hear({ type: "heard", source: connected });
    return track;
  };

  it("is replaced while somebody talks, and named", async () => {
    const track = await openAndHear();
    listed = twoListed.slice(2);
    track?.unplug();
    await settle();
    expect(openings[1]?.constraints.audio).not.toHaveProperty("deviceId");
    openings[1]?.succeed("Headset");
    await settle();
    expect(told.at(-1)).toBe("opened 1 Headset instead of Desk microphone (lost)");
    expect(ear.at(-1)).toBe("connect");
    expect(openTracks()).toBe(1);
  });

  it("is replaced also if it went away before anybody listened for that", async () => {
    listed = twoListed;
    capture.open(request(1));
    openings[0]?.succeed().unplug();
    await settle();
    openings[1]?.succeed("Headset");
    await settle();
    expect(told).toEqual(["opened 1 Headset instead of Desk microphone (lost)"]);
    expect(openTracks()).toBe(1);
  });

  it.each(Array.from({ length: 20 }, (_, moments) => moments))(
    "is replaced also if it went away %i moments after it was open",
    async (moments) => {
      listed = twoListed;
      capture.open(request(1));
      const track = openings[0]?.succeed();
      for (let moment = 0; moment < moments; moment += 1) await Promise.resolve();
      track?.unplug();
      await settle();
      openings[1]?.succeed("Headset");
      await settle();
      expect(told.at(-1)).toBe("opened 1 Headset instead of Desk microphone (lost)");
      expect(openTracks()).toBe(1);
    },
  );

  it("fails the take when it was the only one", async () => {
    const track = await openAndHear();
    listed = [];
    track?.unplug();
    for (const _ of ["the system's", "the chosen"]) {
      await settle();
      openings.at(-1)?.fail("NotFoundError");
    }
    await settle();
    expect(told.at(-1)).toBe("failed 1 lost Desk microphone");
    expect(openTracks()).toBe(0);
  });

  /** What had been tried in vain at the press before was not tried again: it failed although one was plugged in by then. */
  it("is replaced by any one at the next press, whatever was tried at the one before", async () => {
    await openAndHear();
    for (const opening of [1, 2]) {
      capture.hear({ type: "stalled", source: connected });
      await settle();
      openings[opening]?.succeed("Default", "g0");
      await settle();
    }
    capture.hear({ type: "over", take: 1 });
    capture.open(request(2));
    capture.hear({ type: "stalled", source: connected });
    await settle();
    openings[3]?.succeed();
    await settle();
    expect(told.at(-1)).toMatch(/^opened 2 Desk microphone/);
  });

  /** It was recorded, and never told as begun: the overlay said "opening" for as long as the key was down. */
  it("is told for a press that came while it was waited for, as soon as it comes back", async () => {
    await openAndHear();
    capture.hear({ type: "stalled", source: connected });
    await settle();
    capture.open(request(2));
    for (let opening = 1; opening < openings.length; opening += 1) {
      openings[opening]?.fail("NotReadableError");
      await settle();
    }
    expect(told).toEqual(["opened 1 Desk microphone"]);
    capture.hear({ type: "heard", source: connected });
    expect(told).toEqual(["opened 1 Desk microphone", "opened 2 Desk microphone"]);
  });

  it("is tried again for a press that has come since, before that one fails", async () => {
    await openAndHear();
    capture.hear({ type: "stalled", source: connected });
    await settle();
    openings[1]?.fail("NotReadableError");
    await settle();
    capture.open(request(2));
    openings[2]?.fail("NotReadableError");
    await settle();
    openings[3]?.succeed();
    await settle();
    expect(told.at(-1)).toBe("opened 2 Desk microphone");
    expect(openTracks()).toBe(1);
  });

  it("is nobody's stand-in at the press after it has taken over from its own", async () => {
    await openAndHear();
    capture.hear({ type: "stalled", source: connected });
    await settle();
    openings[1]?.succeed("Headset");
    await settle();
    capture.hear({ type: "heard", source: connected });
    capture.hear({ type: "stalled", source: connected });
    await settle();
    openings[2]?.succeed();
    await settle();
    expect(told.at(-1)).toBe("opened 1 Desk microphone instead of Headset (stuck)");
    capture.hear({ type: "heard", source: connected });
    capture.hear({ type: "over", take: 1 });
    capture.open(request(2));
    expect(told.at(-1)).toBe("opened 2 Desk microphone");
  });

  it("is told as lost when nobody talks, and opened again at the next press", async () => {
    const track = await openAndHear();
    capture.hear({ type: "over", take: 1 });
    track?.unplug();
    await settle();
    expect(told.at(-1)).toBe("failed 1 lost Desk microphone");
    expect(ear.at(-1)).toBe("disconnect");
    expect(openings).toHaveLength(1);
    capture.open(request(2));
    expect(openings).toHaveLength(2);
  });

  it("keeps its turn when it has only stalled, until another one is open", async () => {
    const track = await openAndHear();
    capture.hear({ type: "stalled", source: connected });
    await settle();
    expect(track?.readyState).toBe("live");
    openings[1]?.succeed("Headset");
    await settle();
    expect(track?.readyState).toBe("ended");
    expect(told.at(-1)).toBe("opened 1 Headset instead of Desk microphone (stuck)");
    expect(ear.slice(-2)).toEqual(["wake", "connect"]);
  });

  it("is kept when it delivers again before another one is open", async () => {
    const track = await openAndHear();
    capture.hear({ type: "stalled", source: connected });
    await settle();
    capture.hear({ type: "heard", source: connected });
    openings[1]?.succeed("Headset");
    await settle();
    expect(track?.readyState).toBe("live");
    expect(openTracks()).toBe(1);
    expect(told).toEqual(["opened 1 Desk microphone"]);
  });

  /** The chosen one was opened again at the next press, as silent as before: of 720 ms nothing was heard. */
  it("is tried again, with its stand-in still heard, while nobody talks: once after each press", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    delivering = new Set();
    listed = twoListed;
    devicesChanged();
    await settle();
    capture.open(request(1));
    openings[0]?.succeed();
    await settle();
    capture.hear({ type: "stalled", source: connected });
    await settle();
    delivering.add("Headset");
    openings[1]?.fail("NotReadableError");
    openings[2]?.succeed("Headset", "g2");
    await vi.advanceTimersByTimeAsync(50);
    capture.hear({ type: "heard", source: connected });
    capture.hear({ type: "over", take: 1 });
    await vi.advanceTimersByTimeAsync(3_000);
    for (const take of [2, 3]) {
      capture.open(request(take));
      expect(told.at(-1)).toBe(`opened ${take} Headset instead of Desk microphone (stuck)`);
      capture.hear({ type: "over", take });
      await vi.advanceTimersByTimeAsync(1_000);
      openings.at(-1)?.succeed();
      if (take === 3) delivering.add("Desk microphone");
      await vi.advanceTimersByTimeAsync(9_000);
      expect(openTracks()).toBe(1);
    }
    expect(openings).toHaveLength(5);
    capture.open(request(4));
    expect(told.at(-1)).toBe("opened 4 Desk microphone");
    vi.useRealTimers();
  });

  /** Of a question shorter than the second that it was given nothing arrived, press after press. */
  describe("and was silent at the press before", () => {
    beforeEach(async () => {
      delivering = new Set(["Headset"]);
      await openAndHear();
      capture.hear({ type: "stalled", source: connected });
      await settle();
      openings[1]?.fail("NotReadableError");
      openings[2]?.succeed("Headset", "g2");
      await vi.waitUntil(() => told.at(-1) === "opened 1 Headset instead of Desk microphone (stuck)");
      capture.hear({ type: "heard", source: connected });
      capture.release();
    });

    it("is tried again beside the one that took its place, which is used at once", async () => {
      for (const take of [2, 3]) {
        capture.open(request(take));
        const [chosen, other] = openings.slice(-2);
        chosen?.succeed();
        other?.succeed("Headset", "g2");
        await vi.waitFor(() => {
          expect(told.at(-1)).toBe(`opened ${take} Headset instead of Desk microphone (stuck)`);
        });
        capture.hear({ type: "heard", source: connected });
        capture.release();
        await settle();
        expect(openTracks()).toBe(0);
      }
      expect(openings).toHaveLength(7);
    });

    it("is told with what is in its way this time", async () => {
      capture.open(request(2));
      openings[3]?.fail("NotReadableError");
      openings[4]?.succeed("Headset", "g2");
      await vi.waitFor(() => {
        expect(told.at(-1)).toBe("opened 2 Headset instead of Desk microphone (busy)");
      });
    });

    /** It was two tenths of a second too slow to win, press after press, and was said to be stuck each time. */
    it("is given its time at the press after one at which it has delivered, though too late", async () => {
      capture.open(request(2));
      openings[4]?.succeed("Headset", "g2");
      await vi.waitFor(() => {
        expect(told.at(-1)).toBe("opened 2 Headset instead of Desk microphone (stuck)");
      });
      capture.hear({ type: "heard", source: connected });
      delivering?.add("Desk microphone");
      openings[3]?.succeed();
      await vi.waitFor(() => {
        expect(openTracks()).toBe(1);
      });
      capture.release();
      capture.open(request(3));
      expect(openings).toHaveLength(6);
    });

    it("is used again as soon as it delivers, and alone from then on", async () => {
      delivering?.add("Desk microphone");
      capture.open(request(2));
      openings[4]?.succeed("Headset", "g2");
      await settle();
      openings[3]?.succeed();
      await vi.waitFor(() => {
        expect(told.at(-1)).toBe("opened 2 Desk microphone");
      });
      expect(openTracks()).toBe(1);
      capture.hear({ type: "heard", source: connected });
      capture.release();
      capture.open(request(3));
      expect(openings).toHaveLength(6);
    });

    it("is closed at once where it is still waited for, and the one that took its place goes away", async () => {
      capture.open(request(2));
      const stoodIn = openings[4]?.succeed("Headset", "g2");
      await vi.waitUntil(() => told.at(-1)?.startsWith("opened 2"));
      openings[3]?.succeed();
      await settle();
      expect(openTracks()).toBe(2);
      capture.hear({ type: "over", take: 2 });
      stoodIn?.unplug();
      expect(told.at(-1)).toBe("failed 2 lost Headset");
      await settle();
      expect(openTracks()).toBe(0);
    });

    it("is given its time where the devices have changed, or another one is wanted", async () => {
      capture.open(request(2, { microphoneId: "default", microphoneLabel: "" }));
      expect(openings).toHaveLength(4);
      openings[3]?.succeed("Default", "g0");
      await settle();
      capture.release();
      listed = twoListed.slice(0, 2);
      devicesChanged();
      await settle();
      capture.open(request(3));
      expect(openings).toHaveLength(5);
    });
  });

  it("goes down the whole ladder when none delivers, and fails with the name of the chosen one", async () => {
    listed = twoListed;
    devicesChanged();
    capture.open(request(1));
    for (const label of ["Desk microphone", "Default", "Headset"]) {
      openings.at(-1)?.succeed(label);
      await settle();
      capture.hear({ type: "stalled", source: connected });
      await settle();
    }
    expect(openings).toHaveLength(3);
    expect(told.at(-1)).toBe("failed 1 stuck Desk microphone");
    expect(openTracks()).toBe(0);
  });

  /**
   * The system's choice stalled, and the next one tried was the same microphone under its own name, which was given as
   * long as if it were the last hope: 600 ms of speech were missing where 300 had been enough.
   */
  it("is soon followed by the next but one where the next one is silent, too, and only the last one is given time", async () => {
    listed = twoListed;
    devicesChanged();
    await settle();
    capture.open(request(1, { microphoneId: "default", microphoneLabel: "" }));
    openings.at(-1)?.succeed("Default", "g0");
    await settle();
    capture.hear({ type: "heard", source: connected });
    for (const label of ["Desk microphone", "Headset"]) {
      capture.hear({ type: "stalled", source: connected });
      await settle();
      openings.at(-1)?.succeed(label);
      await settle();
    }
    expect(patiencesMs).toEqual([1_000, 150, 450]);
  });

  it("is replaced by the one that delivers where the system's choice and that one may be the same", async () => {
    const track = await openAndHear();
    delivering = new Set(["Headset"]);
    capture.hear({ type: "stalled", source: connected });
    await settle();
    expect(openings).toHaveLength(3);
    openings[1]?.succeed("Default");
    openings[2]?.succeed("Headset");
    await vi.waitFor(() => {
      expect(told.at(-1)).toBe("opened 1 Headset instead of Desk microphone (stuck)");
    });
    expect(track?.readyState).toBe("ended");
    expect(openTracks()).toBe(1);
  });

  it("leaves none open when the key goes up while two others are being tried", async () => {
    await openAndHear();
    delivering = new Set(["Headset"]);
    capture.hear({ type: "stalled", source: connected });
    await settle();
    openings[2]?.succeed("Headset");
    capture.release();
    openings[1]?.fail("NotReadableError");
    await vi.waitFor(() => {
      expect(told.at(-1)).toBe("released");
    });
    expect(openTracks()).toBe(0);
  });

  it("is not held against a new press that two others were closed while they were being tried", async () => {
    await openAndHear();
    delivering = new Set();
    capture.hear({ type: "stalled", source: connected });
    await settle();
    openings[1]?.succeed("Default");
    openings[2]?.succeed("Headset");
    await settle();
    capture.release();
    capture.open(request(2));
    await settle();
    for (let opening = 3; opening < openings.length; opening += 1) {
      openings[opening]?.fail("NotReadableError");
      await settle();
    }
    expect(told.at(-1)).toBe("failed 2 busy Desk microphone");
  });

  it("is followed by what failed for the press before, where a new one has come while it was opened", async () => {
    listed = twoListed;
    capture.open(request(1));
    openings[0]?.fail("NotReadableError");
    await settle();
    capture.open(request(2));
    openings[1]?.succeed("Default", "g2");
    await settle();
    capture.hear({ type: "stalled", source: connected });
    await settle();
    expect(openings[2]?.constraints).toMatchObject({ audio: { deviceId: { exact: "usb-1" } } });
  });

  it("is not heard of any more once it is replaced", async () => {
    await openAndHear();
    const old = connected;
    capture.hear({ type: "stalled", source: old });
    await settle();
    openings[1]?.succeed("Headset");
    await settle();
    capture.hear({ type: "stalled", source: old });
    capture.hear({ type: "heard", source: old });
    await settle();
    expect(openings).toHaveLength(2);
  });

  it("leaves none open when the key goes up while another one is being opened", async () => {
    const track = await openAndHear();
    track?.unplug();
    await settle();
    capture.release();
    openings[1]?.succeed("Headset");
    await settle();
    expect(openTracks()).toBe(0);
    expect(told.at(-1)).toBe("released");
  });
});

describe("a microphone that answers late or not at all", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("is passed over when it does not open in time, and closed should it open after all", async () => {
    listed = [];
    capture.open(request(1));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(openings).toHaveLength(2);
    openings[1]?.succeed("Laptop");
    await settle();
    expect(told).toEqual(["opened 1 Laptop instead of Desk microphone (stuck)"]);
    openings[0]?.succeed();
    await settle();
    expect(openTracks()).toBe(1);
  });

  it("is opened anew after a while when there is no other one, and given up then", async () => {
    listed = [];
    capture.open(request(1));
    openings[0]?.succeed();
    await settle();
    capture.hear({ type: "heard", source: connected });
    capture.hear({ type: "stalled", source: connected });
    await settle();
    openings[1]?.fail("NotFoundError");
    await settle();
    expect(told).toEqual(["opened 1 Desk microphone"]);
    expect(openTracks()).toBe(1);
    await vi.advanceTimersByTimeAsync(700);
    expect(openTracks()).toBe(0);
    // It has the time of a first one again.
    await vi.advanceTimersByTimeAsync(1_000);
    openings[2]?.succeed();
    await settle();
    expect(told).toEqual(["opened 1 Desk microphone", "opened 1 Desk microphone"]);
    capture.hear({ type: "stalled", source: connected });
    await settle();
    openings[3]?.fail("NotFoundError");
    await settle();
    expect(told.at(-1)).toBe("failed 1 stuck Desk microphone");
    expect(openTracks()).toBe(0);
  });

  it("is passed over sooner where it was tried in vain for the press before", async () => {
    listed = [];
    capture.open(request(1));
    openings[0]?.fail("NotReadableError");
    await settle();
    capture.open(request(2));
    openings[1]?.fail("NotReadableError");
    await settle();
    expect(openings).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(700);
    expect(openings).toHaveLength(4);
  });

  it("is told to a tap, too, that came while another one was waited for", async () => {
    listed = [];
    capture.open(request(1));
    await vi.advanceTimersByTimeAsync(100);
    capture.open(request(2, { microphoneId: "default", microphoneLabel: "" }));
    capture.hear({ type: "over", take: 2 });
    await vi.advanceTimersByTimeAsync(2_600);
    expect(told).toEqual(["failed 2 stuck null"]);
  });

  const many = (): typeof listed =>
    Array.from({ length: 30 }, (_, index) => ({
      kind: "audioinput",
      deviceId: `usb-${index + 10}`,
      label: `Microphone ${index}`,
      groupId: `g${index}`,
    }));

  it("is named, and not called missing, where it stops with all the others in mid-speech", async () => {
    // The sound server hangs: the whole time went into the others, and the last try, which had none left, knew of none.
    listed = many();
    capture.open(request(1));
    openings[0]?.succeed();
    await settle();
    capture.hear({ type: "heard", source: connected });
    capture.hear({ type: "stalled", source: connected });
    await vi.advanceTimersByTimeAsync(2_600);
    expect(told).toEqual(["opened 1 Desk microphone", "failed 1 stuck Desk microphone"]);
    expect(openTracks()).toBe(0);
  });

  it("is told within three seconds, however many there are to try", async () => {
    listed = many();
    capture.open(request(1));
    await vi.advanceTimersByTimeAsync(3_000);
    expect(told).toEqual(["failed 1 stuck Desk microphone"]);
  });
});

it("hands the levels of the open take to whoever listens, until they do no more", () => {
  const levels: number[] = [];
  const stop = capture.onLevel(({ rmsDb }) => void levels.push(rmsDb));
  capture.hear({ type: "level", take: 1, level: { rmsDb: -20, peakDb: -12 } });
  stop();
  capture.hear({ type: "level", take: 1, level: { rmsDb: -30, peakDb: -22 } });
  expect(levels).toEqual([-20]);
});

it("calls the system's choice by its real name where there is no other microphone", async () => {
  listed = [
    { kind: "audioinput", deviceId: "default", label: "Default", groupId: "g0" },
    { kind: "audioinput", deviceId: "a", label: "Desk microphone", groupId: "g1" },
    { kind: "audiooutput", deviceId: "b", label: "Speaker", groupId: "g2" },
  ];
  devicesChanged();
  await settle();
  capture.open(request(1, { microphoneId: "default", microphoneLabel: "" }));
  openings.at(-1)?.succeed("Default", "g0");
  await settle();
  expect(told).toEqual(["opened 1 Desk microphone"]);
});

it("calls it so where it fails, even if the names were not known when it was opened", async () => {
  capture.open(request(1, { microphoneId: "default", microphoneLabel: "" }));
  openings[0]?.succeed("Default", "g0");
  await settle();
  listed = [
    { kind: "audioinput", deviceId: "default", label: "Default", groupId: "g0" },
    { kind: "audioinput", deviceId: "usb-1", label: "Desk microphone", groupId: "g1" },
  ];
  capture.hear({ type: "stalled", source: connected });
  await settle();
  openings[1]?.fail("NotReadableError");
  await settle();
  expect(told.at(-1)).toBe("failed 1 stuck Desk microphone");
});
