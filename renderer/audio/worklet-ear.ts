/**
 * Owns the page's side of hearing by Web Audio, for a Chromium without a track processor: a context asleep while no
 * microphone is connected. It never opens a microphone and never sees a sample.
 */
import { sampleRateHz } from "../../shared/audio-format.ts";
import type { CaptureThreadMessage, WorkletCommand } from "./capture-words.ts";
// The linter looks for the export in the worklet itself; what is imported is its address, made by Vite.
// oxlint-disable-next-line import/default
import workletUrl from "./capture.worklet.ts?worker&url";
import type { Ear } from "./ear.ts";
import { captureProcessor } from "./worklet-words.ts";

/** @throws if the worklet cannot be loaded: the app's own files are damaged. */
export async function createWorkletEar(onMessage: (message: CaptureThreadMessage) => void): Promise<Ear> {
  const context = new AudioContext({ sampleRate: sampleRateHz, latencyHint: "interactive" });
  await context.audioWorklet.addModule(workletUrl);
  const node = new AudioWorkletNode(context, captureProcessor, {
    numberOfInputs: 1,
    numberOfOutputs: 0,
    channelCount: 1,
    channelCountMode: "explicit",
  });
  node.port.addEventListener("message", (event: MessageEvent<CaptureThreadMessage>) => onMessage(event.data));
  node.port.start();
  await context.suspend();
  let source: MediaStreamAudioSourceNode | null = null;

  const command = (word: WorkletCommand, transfer: Transferable[] = []): void =>
    node.port.postMessage(word, transfer);
  const leave = (): void => {
    source?.disconnect();
    source = null;
    command({ type: "released" });
  };

  return {
    attach: (port) => command({ type: "port" }, [port]),
    wake: () => void context.resume(),
    connect(track, number) {
      if (source !== null) leave();
      command({ type: "connected", source: number });
      void context.resume();
      source = new MediaStreamAudioSourceNode(context, { mediaStream: new MediaStream([track]) });
      source.connect(node);
    },
    delivers: null,
    disconnect() {
      leave();
      void context.suspend();
    },
  };
}
