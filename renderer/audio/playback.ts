/**
 * Owns the page's loudspeaker: a context that runs while an answer is near or being heard, and sleeps otherwise. It
 * never sees a sample: main's port goes straight to the worklet. A new port means a new context.
 */
import { sampleRateHz } from "../../shared/audio-format.ts";
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

/** On top of the device's own latency, so that its last buffer is out before it is stopped. */
const sleepGraceMs = 150;

/** @param onFailed hears why the loudspeaker cannot be used; main offers a new port for another attempt. */
export function createPagePlayback(onFailed: (detail: string) => void): PagePlayback {
  let context: AudioContext | null = null;
  let isAwake = false;
  let sleepTimer: ReturnType<typeof setTimeout> | undefined;

  const run = (current: AudioContext): void => {
    current.resume().catch((error: unknown) => {
      if (current === context) onFailed(`resume: ${String(error)}`.slice(0, 300));
    });
  };

  const build = async (port: MessagePort): Promise<void> => {
    const previous = context;
    const current = new AudioContext({ sampleRate: sampleRateHz, latencyHint: "interactive" });
    context = current;
    await previous?.close();
    current.addEventListener("error", () => {
      if (current === context) onFailed("the output device failed");
    });
    current.addEventListener("statechange", () => {
      if (current !== context) return;
      // Nobody here closes the current context, so that it was the system.
      if (current.state === "closed") onFailed("the context was closed");
      // Nor does anybody suspend it while it is to be awake.
      else if (isAwake && current.state !== "running") run(current);
    });
    await current.audioWorklet.addModule(workletUrl);
    const node = new AudioWorkletNode(current, playbackProcessor, {
      numberOfInputs: 0,
      numberOfOutputs: 1,
      outputChannelCount: [1],
    });
    node.connect(current.destination);
    node.port.postMessage(null, [port]);
    if (!isAwake) await current.suspend();
  };

  return {
    attach(port) {
      build(port).catch((error: unknown) => onFailed(`build: ${String(error)}`.slice(0, 300)));
    },
    wake() {
      isAwake = true;
      clearTimeout(sleepTimer);
      if (context !== null) run(context);
    },
    sleep() {
      isAwake = false;
      clearTimeout(sleepTimer);
      const latencyMs = (context?.outputLatency ?? 0) * 1000;
      sleepTimer = setTimeout(() => void context?.suspend(), latencyMs + sleepGraceMs);
    },
  };
}
