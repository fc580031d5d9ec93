/**
 * Owns a computer with three microphones, as a page sees it: each of them may be pulled out, deliver nothing, be busy,
 * begin late, or be opened only much later; and the system's choice among them changes, or is told to nobody. It
 * remembers what was asked for and what is open. It never looks at who asks, and never at a sample.
 */
import type { DevicesWithChanges } from "../../renderer/audio/capture.ts";
import type { PassingTimers } from "./passing-timers.ts";
import type { Random } from "./session-random.ts";
import { step, trouble, type Step } from "./session-step.ts";

const conditions = [
  { condition: "works", weight: 3 },
  { condition: "is stuck", weight: 3 },
  { condition: "is busy", weight: 1 },
  { condition: "hangs", weight: 1 },
  { condition: "is slow", weight: 1 },
] as const;

interface Microphone {
  readonly id: string;
  readonly label: string;
  readonly groupId: string;
  condition: (typeof conditions)[number]["condition"];
  isPluggedIn: boolean;
  /** It has been as it is since then. */
  sinceMs: number;
}

/** Which one it is; that there is one; nothing: the list has no such entry. */
const choicesTold = ["which", "that", "nothing"] as const;

export interface Opening {
  /** `null` asks for the system's choice. */
  readonly deviceId: string | null;
  readonly askedAtMs: number;
}

export interface ComputerListener {
  /** For the story. */
  tell(what: string): void;
  asked(opening: Opening): void;
  /** One more is open from now on. */
  opened(): void;
}

export interface Computer {
  readonly devices: DevicesWithChanges;
  readonly steps: () => readonly Step[];
  /** Does this track of one of its microphones deliver samples now? */
  readonly isDelivering: (track: MediaStreamTrack) => boolean;
  /** The microphone of this track delivers nothing from now on. */
  readonly jam: (track: MediaStreamTrack) => void;
  /** Tracks that are not stopped: the indicator is lit. */
  readonly openTracks: () => number;
  readonly unanswered: () => readonly Opening[];
  readonly openingsAsked: () => number;
  /** The name of a microphone that was there and has worked without a break since then; `null` if there is none. */
  readonly workingSince: (atMs: number) => string | null;
}

/** A headset that changes its mode: longer than another one is waited for while somebody talks. */
const slowFirstSampleMs = 300;
/** Longer than the page waits for any opening; and longer than anybody does. */
const hangsForMs = [2_500, 100_000] as const;

/** As much of a track as the page looks at. */
class ComputerTrack extends EventTarget {
  readyState: MediaStreamTrackState = "live";
  readonly label: string;
  readonly openedAtMs: number;
  /** What it records now: a system that tells nobody which one its choice is moves the recording by itself. */
  readonly microphone: () => Microphone | undefined;
  readonly #groupId: string;

  constructor(of: Pick<ComputerTrack, "label" | "openedAtMs" | "microphone"> & { readonly groupId: string }) {
    super();
    this.label = of.label;
    this.openedAtMs = of.openedAtMs;
    this.microphone = of.microphone;
    this.#groupId = of.groupId;
  }

  getSettings(): MediaTrackSettings {
    return { groupId: this.#groupId };
  }

  stop(): void {
    this.readyState = "ended";
  }

  /** By the system: only this is told to the page. */
  end(): void {
    this.stop();
    this.dispatchEvent(new Event("ended"));
  }
}

export function createComputer(deps: {
  readonly random: Random;
  readonly timers: PassingTimers;
  readonly listener: ComputerListener;
}): Computer {
  const { random, timers, listener } = deps;
  const microphones = ["Desk", "Laptop", "Webcam"].map((label, index): Microphone => {
    const number = index + 1;
    return {
      id: `usb-${number}`,
      label,
      groupId: `group-${number}`,
      condition: "works",
      isPluggedIn: true,
      sinceMs: -Infinity,
    };
  });
  const told = choicesTold[random.whole(0, choicesTold.length - 1)];
  let chosen = microphones[1];
  let tracks: readonly ComputerTrack[] = [];
  let unanswered: readonly Opening[] = [];
  let openingsAsked = 0;
  let onDeviceChange = (): void => undefined;

  const choice = (): Microphone | undefined =>
    chosen?.isPluggedIn === true ? chosen : microphones.find(({ isPluggedIn }) => isPluggedIn);
  const find = (deviceId: string | null): Microphone | undefined =>
    deviceId === null ? choice() : microphones.find(({ id, isPluggedIn }) => isPluggedIn && id === deviceId);
  const live = (): readonly ComputerTrack[] => tracks.filter(({ readyState }) => readyState === "live");

  const grant = (deviceId: string | null): MediaStream | DOMException => {
    const microphone = find(deviceId);
    if (microphone === undefined) return new DOMException("not there", "OverconstrainedError");
    if (microphone.condition === "is busy") return new DOMException("in use", "NotReadableError");
    const isMoved = deviceId === null && told === "that";
    const track = new ComputerTrack({
      label: deviceId === null && told !== "nothing" ? "Default" : microphone.label,
      groupId: isMoved ? "default" : microphone.groupId,
      openedAtMs: timers.nowMs(),
      microphone: isMoved ? choice : () => microphone,
    });
    tracks = [...live(), track];
    listener.tell(`${microphone.label} is open`);
    // As much of a stream as the page looks at.
    return { getTracks: () => [track], getAudioTracks: () => [track] } as unknown as MediaStream;
  };

  const open = (constraints: { readonly audio: { readonly deviceId?: { readonly exact: string } } }) =>
    new Promise<MediaStream>((resolve, reject) => {
      const deviceId = constraints.audio.deviceId?.exact ?? null;
      const opening: Opening = { deviceId, askedAtMs: timers.nowMs() };
      openingsAsked += 1;
      unanswered = [...unanswered, opening];
      listener.asked(opening);
      const hasHung = find(deviceId)?.condition === "hangs";
      const afterMs = hasHung ? hangsForMs[random.whole(0, 1)] : random.whole(10, 90);
      timers.start(afterMs ?? 0, () => {
        unanswered = unanswered.filter((other) => other !== opening);
        const granted = grant(deviceId);
        if (granted instanceof DOMException) {
          reject(granted);
          return;
        }
        resolve(granted);
        listener.opened();
      });
    });

  const list = (): readonly object[] => {
    const real = microphones
      .filter(({ isPluggedIn }) => isPluggedIn)
      .map(({ id, label, groupId }) => ({ kind: "audioinput", deviceId: id, label, groupId }));
    const current = choice();
    if (told === "nothing" || current === undefined) return real;
    const groupId = told === "which" ? current.groupId : "default";
    return [{ kind: "audioinput", deviceId: "default", label: "Default", groupId }, ...real];
  };

  const tellOfChange = (): void => void timers.start(random.whole(0, 10), () => onDeviceChange());

  const plugInOrOut = (microphone: Microphone): void => {
    microphone.isPluggedIn = !microphone.isPluggedIn;
    microphone.sinceMs = timers.nowMs();
    listener.tell(`${microphone.label} is ${microphone.isPluggedIn ? "plugged in" : "pulled out"}`);
    if (!microphone.isPluggedIn)
      for (const track of live()) if (track.microphone() === microphone) track.end();
    // What is no card, such as a wireless headset, is noticed only by looking.
    if (random.chance(0.8)) tellOfChange();
  };

  const become = (microphone: Microphone, condition: Microphone["condition"]): void => {
    microphone.condition = condition;
    microphone.sinceMs = timers.nowMs();
    listener.tell(`${microphone.label} ${condition}`);
  };

  const stepsOf = (microphone: Microphone): readonly Step[] => [
    ...conditions.map(({ condition, weight }) =>
      trouble(`a microphone ${condition}`, weight / 15, () => become(microphone, condition)),
    ),
    microphone.isPluggedIn
      ? trouble("a microphone is pulled out", 0.2, () => plugInOrOut(microphone))
      : step("a microphone is plugged in", 0.5, () => plugInOrOut(microphone)),
    trouble("the system's choice changes", 0.1, () => {
      chosen = microphone;
      listener.tell(`the system's choice is ${microphone.label}`);
      tellOfChange();
    }),
  ];

  return {
    devices: {
      getUserMedia: open,
      // A moment later at least, so that what comes after a look never coincides with what led to it.
      enumerateDevices: () => {
        const listed = list();
        return new Promise((resolve) => timers.start(random.whole(1, 5), () => resolve(listed)));
      },
      addEventListener: (_: string, changed: () => void) => {
        onDeviceChange = changed;
      },
    } as unknown as DevicesWithChanges,
    steps: () => microphones.flatMap(stepsOf),
    isDelivering(track) {
      const { readyState, openedAtMs, microphone } = track as unknown as ComputerTrack;
      const source = microphone();
      if (readyState !== "live" || source?.isPluggedIn !== true) return false;
      if (source.condition === "is slow") return timers.nowMs() - openedAtMs > slowFirstSampleMs;
      return source.condition === "works";
    },
    jam(track) {
      const microphone = (track as unknown as ComputerTrack).microphone();
      if (microphone !== undefined) become(microphone, "is stuck");
    },
    openTracks: () => live().length,
    unanswered: () => unanswered,
    openingsAsked: () => openingsAsked,
    workingSince: (atMs) =>
      microphones.find(
        ({ isPluggedIn, condition, sinceMs }) => isPluggedIn && condition === "works" && sinceMs < atMs,
      )?.label ?? null,
  };
}
