/**
 * Owns the way of samples from the microphone's node to main's port, on the audio thread, where there is no track
 * processor (see ear.ts). It never waits for the
 * page, and decides nothing: see capture-gate.ts.
 */
import type { CaptureCommand } from "../../shared/audio-port.ts";
import { CaptureGate } from "./capture-gate.ts";
import type { WorkletCommand } from "./capture-words.ts";
import { captureProcessor } from "./worklet-words.ts";

class CaptureProcessor extends AudioWorkletProcessor {
  #main: MessagePort | null = null;
  readonly #gate = new CaptureGate({
    toMain: (message) => this.#main?.postMessage(message),
    toPage: (message) => this.port.postMessage(message, []),
  });

  constructor() {
    super();
    this.port.addEventListener("message", (event: MessageEvent<WorkletCommand>) => {
      const command = event.data;
      if (command.type === "port") this.#listenTo(event.ports[0]);
      else if (command.type === "connected") this.#gate.connected(command.source);
      else this.#gate.release();
    });
    this.port.start();
  }

  process(inputs: readonly (readonly Float32Array[])[]): boolean {
    this.#gate.push(inputs[0]?.[0] ?? null, null);
    return true;
  }

  #listenTo(port: MessagePort | undefined): void {
    this.#main?.close();
    this.#main = port ?? null;
    port?.addEventListener("message", (event: MessageEvent<CaptureCommand>) =>
      this.#gate.command(event.data),
    );
    port?.start();
  }
}

registerProcessor(captureProcessor, CaptureProcessor);
