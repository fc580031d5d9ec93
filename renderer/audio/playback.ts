/**
 * Owns the page's loudspeaker: a context that runs while an answer is near or being heard, and sleeps otherwise. It
 * never sees a sample: main's port goes straight to the worklet. A new port means a new context.
 */
import { sampleRateHz } from "../../shared/audio-format.ts";
import { OutputDevices } from "./output-devices.ts";
// The linter looks for the export in the worklet itself; what is imported is its address, made by Vite.
// oxlint-disable-next-line import/default
import workletUrl from "./playback.worklet.ts?worker&url";
import { playbackProcessor } from "./worklet-words.ts";

export interface PagePlayback {
  /** Main's port, for the worklet. Any loudspeaker there was is torn down and built anew. */
  attach(port: MessagePort): void;
  wake(): void;
  /** Sleeps as soon as the device has played what was rendered, unless woken before. */
  sleep(): void;
}

export interface PagePlaybackEvents {
  /**
   * Why the loudspeaker cannot be used; main offers a new port for another attempt. Whatever was rendered in the last
   * `sinceMs` may not have been heard, on top of what was on its way anyway.
   */
  failed(detail: string, sinceMs: number): void;
  /** How long what is rendered takes to be heard, when that has changed. */
  latency(latencyMs: number): void;
}

/** On top of the device's own latency, so that its last buffer is out before it is stopped. */
const sleepGraceMs = 150;
/**
 * A sound server moves a stream away from a device that is gone, and the context hears nothing of it. What was heard
 * since the last look is then heard once more: so it is looked for often, as long as the context runs.
 */
const lookEveryMs = 80;
/** Between two buffers the latency swings by about this much. */
const latencyChangeMs = 8;
/** A page that was blocked for longer has not looked; nobody wants to hear more than this twice. */
const longestSinceMs = 400;

interface Loudspeaker {
  readonly context: AudioContext;
  node: AudioWorkletNode | null;
  /** It runs since it was woken: nobody here has put it to sleep. */
  isRunning: boolean;
  /** When all loudspeakers were last seen to be there. */
  wholeAtMs: number;
}

export function createPagePlayback(
  tell: PagePlaybackEvents,
  mediaDevices: Pick<MediaDevices, "enumerateDevices">,
): PagePlayback {
  const devices = new OutputDevices(mediaDevices);
  let present: Loudspeaker | null = null;
  /** The port of the loudspeaker that is there or being built. */
  let newest: MessagePort | null = null;
  let isAwake = false;
  let toldLatencyMs = 0;
  let sleepTimer: ReturnType<typeof setTimeout> | undefined;
  let lookTimer: ReturnType<typeof setInterval> | undefined;

  const fail = (of: Loudspeaker, detail: string, sinceMs = 0): void => {
    if (of === present) tell.failed(detail.slice(0, 300), Math.min(longestSinceMs, Math.round(sinceMs)));
  };

  const run = (of: Loudspeaker): void => {
    of.context.resume().catch((error: unknown) => fail(of, `resume: ${String(error)}`));
  };

  const noteState = (of: Loudspeaker): void => {
    const { state } = of.context;
    const wasRunning = of.isRunning;
    of.isRunning = isAwake && state === "running";
    if (of.isRunning) return;
    // Nobody here closes the present context, nor suspends it while it is to be awake: what was on its way is lost.
    if (state === "closed") fail(of, "the context was closed");
    else if (isAwake && wasRunning) fail(of, "the context was suspended");
    else if (isAwake) run(of);
  };

  const tellLatency = ({ outputLatency, baseLatency }: AudioContext): void => {
    // It is rendered in blocks, each of them as long as the base latency.
    const latencyMs = Math.ceil((outputLatency + baseLatency) * 1000);
    if (outputLatency === 0 || Math.abs(latencyMs - toldLatencyMs) < latencyChangeMs) return;
    toldLatencyMs = latencyMs;
    tell.latency(latencyMs);
  };

  const look = async (): Promise<void> => {
    const of = present;
    if (of?.isRunning !== true) return;
    tellLatency(of.context);
    const atMs = performance.now();
    const change = await devices.look();
    if (change === "fine") of.wholeAtMs = atMs;
    else fail(of, "the loudspeaker is gone", performance.now() - of.wholeAtMs);
  };

  const tearDown = (of: Loudspeaker | null): void => {
    of?.node?.disconnect();
    of?.node?.port.close();
    // One that is closed already says so.
    of?.context.close().catch(() => undefined);
  };

  const build = async (of: Loudspeaker, port: MessagePort): Promise<void> => {
    const { context } = of;
    context.addEventListener("error", () => fail(of, "the output device failed"));
    context.addEventListener("statechange", () => noteState(of));
    await context.audioWorklet.addModule(workletUrl);
    // Another one has taken its place meanwhile.
    if (of !== present) return;
    of.node = new AudioWorkletNode(context, playbackProcessor, {
      numberOfInputs: 0,
      numberOfOutputs: 1,
      outputChannelCount: [1],
    });
    of.node.connect(context.destination);
    of.node.port.postMessage(null, [port]);
    if (!isAwake) await context.suspend();
  };

  const open = async (port: MessagePort): Promise<void> => {
    newest = port;
    tearDown(present);
    present = null;
    const change = await devices.look();
    if (port !== newest) return;
    // Chromium would play to nobody, as if it were heard, and go on with that for seconds after a device has come.
    if (change === "none") return tell.failed("there is no loudspeaker", 0);
    const context = new AudioContext({ sampleRate: sampleRateHz, latencyHint: "interactive" });
    const next: Loudspeaker = { context, node: null, isRunning: false, wholeAtMs: performance.now() };
    present = next;
    try {
      await build(next, port);
    } catch (error) {
      fail(next, `build: ${String(error)}`);
    }
  };

  return {
    attach(port) {
      open(port).catch((error: unknown) => tell.failed(`open: ${String(error)}`.slice(0, 300), 0));
    },
    wake() {
      isAwake = true;
      clearTimeout(sleepTimer);
      clearInterval(lookTimer);
      lookTimer = setInterval(() => void look(), lookEveryMs);
      if (present === null) return;
      if (present.context.state === "running") present.isRunning = true;
      run(present);
    },
    sleep() {
      isAwake = false;
      clearTimeout(sleepTimer);
      const latencyMs = (present?.context.outputLatency ?? 0) * 1000;
      sleepTimer = setTimeout(() => {
        clearInterval(lookTimer);
        if (present === null) return;
        present.isRunning = false;
        void present.context.suspend();
      }, latencyMs + sleepGraceMs);
    },
  };
}
