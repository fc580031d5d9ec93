/**
 * Owns the overlay page's microphone in a simulated world: the app's own page code and gate, with a device behind them
 * that opens late or not at all, is pulled out, is muted. It remembers which samples of each take reached main.
 */
import type { CaptureAudioPort } from "../../electron/main/audio/audio-port.ts";
import {
  createPageCapture,
  type DevicesWithChanges,
  type PageCapture,
} from "../../renderer/audio/capture.ts";
import { CaptureGate } from "../../renderer/audio/capture-gate.ts";
import { samplesPerMs } from "../../shared/audio-format.ts";
import type { CaptureCommand, CaptureMessage } from "../../shared/audio-port.ts";
import type { CaptureRequest, OverlaySends } from "../../shared/ipc-contract.ts";
import { isRamp, rampBlock } from "./engine-ramp.ts";
import { Wire } from "./engine-wire.ts";
import type { Random } from "./session-random.ts";
import { promise, step, trouble, type Step } from "./session-step.ts";

/** What main is told; the engine's capture has exactly these. */
export interface MicrophoneListener {
  opened(fact: OverlaySends["capture:opened"]): void;
  failed(fact: OverlaySends["capture:failed"]): void;
  released(): void;
}

export interface WorldMicrophone {
  /** Words of main to the page. */
  readonly open: (request: CaptureRequest) => void;
  readonly release: () => void;
  /** A page loads. @returns main's end of its port. */
  readonly load: () => CaptureAudioPort;
  /** The page is gone, and the device with it. */
  readonly crash: () => void;
  readonly steps: () => readonly Step[];
  /** What is on its way arrives. @returns whether there was anything. */
  readonly deliver: () => boolean;
  /** The device records for this long. */
  readonly record: (durationMs: number) => void;
  readonly isRecording: () => boolean;
  /** The device works again, and every opening that is asked for succeeds. */
  readonly mend: () => void;
  /** Tracks that are not stopped: the indicator is lit. */
  readonly openTracks: () => number;
  /** The take that has exactly these samples, `null` if they are silence; a broken promise if there is none. */
  readonly takeOf: (pcm: Int16Array) => number | null;
  readonly newestTake: () => number | null;
}

interface Take {
  readonly frames: Int16Array[];
  samples: number;
  /** Main waits no longer than until then; `null` while the key is down. */
  closesByMs: number | null;
  /** Nothing more of it counts. */
  isOver: boolean;
  isHandedOver: boolean;
  /** Frames that were on their way went with the page; the next one need not follow on. */
  isAfterCrash: boolean;
}

interface Track {
  isLive: boolean;
  readonly onEnded: (() => void)[];
}

interface Opening {
  readonly resolve: (stream: MediaStream) => void;
  readonly reject: (error: Error) => void;
}

/** More than the session keeps utterances (12); a commit may still be on its way when the next ones begin. */
const rememberedTakes = 20;
/** As capture-port.ts has it. */
const closeBoundMs = 1_000;
const blockSamples = 480;
const silence = new Float32Array(blockSamples);
/** From the air to the gate. */
const latencyMs = 12;
const refusals = ["NotAllowedError", "NotFoundError", "NotReadableError", "AbortError"];

export function createWorldMicrophone(deps: {
  readonly random: Random;
  readonly nowMs: () => number;
  readonly listener: () => MicrophoneListener;
}): WorldMicrophone {
  const { random, nowMs, listener } = deps;
  const takes = new Map<number, Take>();
  let tracks: Track[] = [];
  let opening: Opening | null = null;
  let heard: Track | null = null;
  let gate: CaptureGate | null = null;
  let page: PageCapture | null = null;
  let channels = openChannels();
  let onDeviceChange = (): void => undefined;
  let isMuted = false;
  let isStamped = true;
  let position = 0;
  let owedSamples = 0;

  const newTrack = (): MediaStream => {
    const own: Track = { isLive: true, onEnded: [] };
    tracks = [...tracks.filter(({ isLive }) => isLive), own];
    const track = {
      label: "Headset",
      stop: () => {
        own.isLive = false;
      },
      get readyState() {
        return own.isLive ? "live" : "ended";
      },
      addEventListener: (_: string, ended: () => void) => void own.onEnded.push(ended),
      getSettings: () => ({ groupId: "one" }),
      own,
    };
    // As much of a stream as the page looks at.
    return { getTracks: () => [track], getAudioTracks: () => [track] } as unknown as MediaStream;
  };

  /** @param isAlive a page that crashed asks for nothing more. */
  const devicesOf = (isAlive: () => boolean): DevicesWithChanges =>
    ({
      getUserMedia: () =>
        new Promise<MediaStream>((resolve, reject) => {
          if (isAlive()) opening = { resolve, reject };
        }),
      enumerateDevices: () =>
        Promise.resolve([
          { kind: "audioinput", deviceId: "default", groupId: random.chance(0.5) ? "one" : "two" },
        ]),
      addEventListener: (_: string, changed: () => void) => {
        onDeviceChange = changed;
      },
    }) as unknown as DevicesWithChanges;

  const finishOpening = (finish: (of: Opening) => void): void => {
    const current = opening;
    opening = null;
    if (current !== null) finish(current);
  };

  const arriveAtMain = (message: CaptureMessage, hear: (message: CaptureMessage) => void): void => {
    const take = takes.get(message.take);
    if (take?.closesByMs !== undefined && take.closesByMs !== null && nowMs() >= take.closesByMs)
      take.isOver = true;
    if (take !== undefined && !take.isOver && message.type === "frame") {
      const before = take.isAfterCrash ? [] : (take.frames.at(-1)?.subarray(-1) ?? []);
      promise(
        isRamp(Int16Array.of(...before, ...message.pcm)),
        `take ${message.take} is in order and has no hole but that of a crash`,
      );
      take.isAfterCrash = false;
      take.frames.push(message.pcm);
      take.samples += message.pcm.length;
    }
    hear(message);
    if (take !== undefined && message.type === "closed") take.isOver = true;
  };

  const note = (command: CaptureCommand): void => {
    if (command.type === "open") {
      const known = takes.get(command.take);
      if (known !== undefined) {
        // The page crashed while somebody talked: the take goes on with what is in already.
        known.isAfterCrash = true;
        return;
      }
      const empty = { samples: 0, closesByMs: null, isOver: false, isHandedOver: false };
      takes.set(command.take, { frames: [], isAfterCrash: false, ...empty });
      for (const number of takes.keys()) if (takes.size > rememberedTakes) takes.delete(number);
      return;
    }
    if (command.type === "release") return;
    const take = takes.get(command.take);
    if (take === undefined) return;
    if (command.type === "close") take.closesByMs = nowMs() + closeBoundMs;
    else take.isOver = true;
  };

  const recordBlock = (): void => {
    gate?.push(isMuted ? silence : rampBlock(position, blockSamples), isStamped ? nowMs() - latencyMs : null);
    position += blockSamples;
  };

  const crash = (): void => {
    for (const wire of Object.values(channels)) wire.cut();
    gate = null;
    page = null;
    heard = null;
    opening = null;
    for (const track of tracks) track.isLive = false;
    tracks = [];
  };

  return {
    open: (request) => channels.requests.send(() => page?.open(request)),
    release: () => channels.requests.send(() => page?.release()),
    load() {
      crash();
      const own = openChannels();
      channels = own;
      isStamped = random.chance(0.5);
      let hear: (message: CaptureMessage) => void = () => undefined;
      const isAlive = (): boolean => gate === ownGate;
      const ownGate = new CaptureGate({
        toMain: (message) => own.frames.send(() => arriveAtMain(message, hear)),
        toPage: (message) => own.words.send(() => page?.hear(message)),
      });
      gate = ownGate;
      page = createPageCapture(
        {
          attach: () => undefined,
          wake: () => undefined,
          connect: (track, source) => {
            if (!isAlive()) return;
            if (heard !== null) ownGate.release();
            ownGate.connected(source);
            heard = (track as unknown as { readonly own: Track }).own;
          },
          // Of two at once only the race's own tests know: here one opening is under way at a time.
          delivers: null,
          disconnect: () => {
            if (!isAlive()) return;
            heard = null;
            ownGate.release();
          },
        },
        {
          opened: (fact) => own.facts.send(() => listener().opened(fact)),
          failed: (fact) => own.facts.send(() => listener().failed(fact)),
          released: () => own.facts.send(() => listener().released()),
        },
        devicesOf(isAlive),
        // Its bounds are for devices that do not answer; here every one does, and a crashed page runs no further.
        { nowMs, after: () => () => undefined },
      );
      return {
        post: (command) => {
          note(command);
          own.commands.send(() => {
            if (command.type === "release" && ownGate.source <= command.source) heard = null;
            ownGate.command(command);
          });
        },
        onMessage: (next) => {
          hear = next;
        },
        close: () => undefined,
      };
    },
    crash,
    steps() {
      const steps: Step[] = [];
      if (opening !== null) {
        steps.push(
          step("microphone opens", 3, () => finishOpening(({ resolve }) => resolve(newTrack()))),
          trouble("microphone is refused", 0.15, () => {
            const error = new Error("refused");
            error.name = refusals[random.whole(0, refusals.length - 1)] ?? "AbortError";
            finishOpening(({ reject }) => reject(error));
          }),
        );
      }
      const live = tracks.filter(({ isLive }) => isLive);
      for (const track of live) {
        const unplug = (): void => {
          track.isLive = false;
          for (const ended of track.onEnded) ended();
        };
        steps.push(trouble("microphone is pulled out", 0.04, unplug));
      }
      steps.push(
        trouble("microphone is muted or not", isMuted ? 0.5 : 0.03, () => {
          isMuted = !isMuted;
        }),
        trouble("devices change", 0.03, () => onDeviceChange()),
      );
      return steps;
    },
    deliver() {
      const busy = Object.values(channels).filter(({ isBusy }) => isBusy);
      // Each at a speed of its own.
      for (const wire of busy) if (random.chance(0.8)) wire.deliver();
      return busy.length > 0;
    },
    record(durationMs) {
      if (heard?.isLive !== true) return;
      owedSamples += durationMs * samplesPerMs;
      for (; owedSamples >= blockSamples; owedSamples -= blockSamples) recordBlock();
    },
    isRecording: () => heard?.isLive === true,
    mend() {
      isMuted = false;
      finishOpening(({ resolve }) => resolve(newTrack()));
    },
    openTracks: () => tracks.filter(({ isLive }) => isLive).length,
    newestTake: () => [...takes.keys()].at(-1) ?? null,
    takeOf(pcm) {
      if (pcm.every((sample) => sample === 0)) return null;
      const fitting = [...takes].filter(([, take]) => isTake(take, pcm));
      // The ramp comes round: of two takes that are the same, it is the one that was not handed over yet.
      const [number, found] = fitting.find(([, take]) => !take.isHandedOver) ?? fitting.at(-1) ?? [];
      if (number !== undefined && found !== undefined) {
        found.isHandedOver = true;
        return number;
      }
      const lengths = [...takes].map(([number, { samples }]) => `${number}: ${samples}`).join(", ");
      throw new Error(`Broken promise: the ${pcm.length} samples committed are those of a take (${lengths})`);
    },
  };
}

/** Page and worklet have channels of their own: nothing is in order from one to the other. */
const openChannels = () => ({
  requests: new Wire(),
  facts: new Wire(),
  commands: new Wire(),
  frames: new Wire(),
  words: new Wire(),
});

/** Equal to the last sample. */
function isTake(take: Take, pcm: Int16Array): boolean {
  let at = 0;
  for (const frame of take.frames) {
    for (const sample of frame) {
      if (pcm[at] !== sample) return false;
      at += 1;
    }
  }
  return at === pcm.length;
}
