/**
 * Owns the page's side of hearing by a track processor: samples go from the capture callback to a worker, without an
 * output clock, an output device or the page's thread between. It never opens a microphone and never sees a sample.
 */
import type { CaptureThreadMessage, WorkerCommand } from "./capture-words.ts";
import type { Ear } from "./ear.ts";
// The linter looks for the export in the worker itself; what is imported is its address, made by Vite.
// oxlint-disable-next-line import/default
import workerUrl from "./capture.worker.ts?worker&url";
import { ownScript } from "./own-script.ts";

/** Buffers of 3-25 ms: seconds, should the worker ever be kept from running. */
const mostWaitingBuffers = 400;

export function createWorkerEar(
  Processor: NonNullable<typeof MediaStreamTrackProcessor>,
  onMessage: (message: CaptureThreadMessage) => void,
): Ear {
  const worker = new Worker(ownScript(workerUrl), { type: "module" });
  const command = (word: WorkerCommand, transfer: Transferable[] = []): void =>
    worker.postMessage(word, transfer);
  worker.addEventListener("message", (event: MessageEvent<CaptureThreadMessage>) => onMessage(event.data));

  return {
    attach: (port) => command({ type: "port" }, [port]),
    wake: () => undefined,
    connect(track, source, patienceMs) {
      const { readable } = new Processor({ track, maxBufferSize: mostWaitingBuffers });
      command({ type: "track", readable, source, patienceMs }, [readable]);
    },
    async delivers(track) {
      try {
        const reader = new Processor({ track, maxBufferSize: 1 }).readable.getReader();
        const { value, done } = await reader.read();
        value?.close();
        await reader.cancel();
        return !done;
      } catch {
        // It had ended before anybody could read from it.
        return false;
      }
    },
    disconnect: () => command({ type: "released" }),
  };
}
