/**
 * Owns the page's microphone: at most one is open, and only while main wants one. It never decides which samples are
 * sent; the worklet does, by main's word. One opening is under way at a time, however fast the key is pressed.
 */
import type { CaptureRequest, OverlaySends } from "../../shared/ipc-contract.ts";
import type { CapturePageMessage } from "./capture-gate.ts";
import type { Ear } from "./ear.ts";
import type { Level } from "./level-meter.ts";
import type { Devices, OpenedMicrophone } from "./microphone.ts";
import { openMicrophone, systemDefault } from "./microphone.ts";

export interface CaptureTold {
  opened(fact: OverlaySends["capture:opened"]): void;
  failed(fact: OverlaySends["capture:failed"]): void;
  /** Every track is stopped. */
  released(): void;
}

export interface PageCapture {
  /** Opens the microphone, or takes the open one if it is the same; answers `opened` or `failed`. */
  open(request: CaptureRequest): void;
  /** Stops every track now, or as soon as an opening under way comes back; answers `released`. */
  release(): void;
  /** What the worklet tells the page. */
  hear(message: CapturePageMessage): void;
  /** The level of the open take, about 20 times a second. @returns its undoing. */
  onLevel(listener: (level: Level) => void): () => void;
}

interface OpenMicrophone {
  readonly request: CaptureRequest;
  readonly stream: MediaStream;
  readonly track: MediaStreamTrack;
  readonly label: string;
  /** The system's choice has changed since it was opened as such. */
  isOutdated: boolean;
}

/**
 * Between looks at the devices while one is open. Chromium hears of cards by udev; a Bluetooth headset or a virtual
 * device that goes away is noticed only by looking, and meanwhile the sound server records from another one, unasked.
 */
const lookEveryMs = 1_000;

/** Chromium's name on Linux for the system's choice. It says which one only where there is no choice. */
const nameless = "Default";

function nameOf(label: string, names: readonly string[]): string {
  const [only] = names;
  return label === nameless && names.length === 1 && only !== undefined ? only : label;
}

export type DevicesWithChanges = Devices & Pick<MediaDevices, "addEventListener">;

export function createPageCapture(ear: Ear, told: CaptureTold, devices: DevicesWithChanges): PageCapture {
  /** The latest wish: a request, or `null` for none open. */
  let wanted: CaptureRequest | null = null;
  let microphone: OpenMicrophone | null = null;
  let isOpening = false;
  let stopWatching = (): void => undefined;
  /** Every microphone's name, the system's choice apart. */
  let names: readonly string[] = [];
  const levelListeners = new Set<(level: Level) => void>();

  const stop = (): void => {
    const stopped = microphone;
    if (stopped === null) return;
    microphone = null;
    stopWatching();
    for (const track of stopped.stream.getTracks()) track.stop();
    ear.disconnect();
  };

  const tellOpened = (request: CaptureRequest, { label }: OpenMicrophone): void =>
    told.opened({ take: request.take, deviceLabel: label.slice(0, 300) });

  const lose = (lost: OpenMicrophone): void => {
    if (microphone !== lost) return;
    stop();
    const take = wanted?.take ?? lost.request.take;
    wanted = null;
    told.failed({ take, problem: "lost", deviceLabel: lost.label.slice(0, 300), detail: "the track ended" });
  };

  const take = (request: CaptureRequest, { stream, label }: OpenedMicrophone & { kind: "opened" }): void => {
    const track = stream.getAudioTracks()[0];
    if (track === undefined) throw new Error("getUserMedia resolved without an audio track");
    const current: OpenMicrophone = {
      request,
      stream,
      track,
      label: nameOf(label, names),
      isOutdated: false,
    };
    microphone = current;
    const watch = setInterval(() => void look(), lookEveryMs);
    stopWatching = () => clearInterval(watch);
    track.addEventListener("ended", () => lose(current));
    ear.connect(track);
    tellOpened(request, current);
  };

  const open = async (request: CaptureRequest): Promise<void> => {
    isOpening = true;
    ear.wake();
    const result = await openMicrophone(request, devices);
    isOpening = false;
    // Meanwhile the key may have been released, or pressed again, even for another microphone.
    const wish = wanted;
    if (wish !== null && result.kind === "opened" && isSame(wish, request)) {
      take(wish, result);
      return;
    }
    if (result.kind === "opened") for (const track of result.stream.getTracks()) track.stop();
    if (wish === null) {
      ear.disconnect();
      told.released();
    } else if (result.kind === "failed" && isSame(wish, request)) {
      wanted = null;
      ear.disconnect();
      const { problem, deviceLabel, detail } = result;
      told.failed({ take: wish.take, problem, deviceLabel, detail });
    } else {
      await open(wish);
    }
  };

  const look = async (): Promise<void> => {
    const inputs = (await devices.enumerateDevices()).filter(({ kind }) => kind === "audioinput");
    names = inputs
      .filter(({ deviceId, label }) => deviceId !== systemDefault && label !== "")
      .map(({ label }) => label);
    const current = microphone;
    if (current === null || current.request.microphoneId !== systemDefault) return;
    const choice = inputs.find(({ deviceId }) => deviceId === systemDefault);
    current.isOutdated = choice !== undefined && choice.groupId !== current.track.getSettings().groupId;
  };
  devices.addEventListener("devicechange", () => void look());
  void look();

  return {
    open(request) {
      wanted = request;
      if (isOpening) return;
      if (microphone !== null && !microphone.isOutdated && isSame(microphone.request, request)) {
        tellOpened(request, microphone);
        return;
      }
      stop();
      void open(request);
    },
    release() {
      wanted = null;
      stop();
      if (!isOpening) told.released();
    },
    hear(message) {
      if (message.type === "level") for (const listener of levelListeners) listener(message.level);
    },
    onLevel(listener) {
      levelListeners.add(listener);
      return () => levelListeners.delete(listener);
    },
  };
}

/** Would both requests open the same device in the same way? */
function isSame(a: CaptureRequest, b: CaptureRequest): boolean {
  return (
    a.microphoneId === b.microphoneId &&
    a.microphoneLabel === b.microphoneLabel &&
    a.echoCancellation === b.echoCancellation &&
    a.noiseSuppression === b.noiseSuppression &&
    a.autoGainControl === b.autoGainControl
  );
}
