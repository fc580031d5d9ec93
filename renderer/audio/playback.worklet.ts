/**
 * Owns the way of samples from main's port to the loudspeaker's node, on the audio thread. It never waits for the
 * page, and decides nothing: see answer-player.ts.
 */
import type { PlaybackCommand } from "../../shared/audio-port.ts";
import { AnswerPlayer } from "./answer-player.ts";
import { playbackProcessor } from "./worklet-words.ts";

class PlaybackProcessor extends AudioWorkletProcessor {
  #main: MessagePort | null = null;
  readonly #player = new AnswerPlayer((message) => this.#main?.postMessage(message));

  constructor() {
    super();
    this.port.addEventListener("message", (event: MessageEvent<unknown>) => {
      // The one thing the page has to say: here is main's port.
      this.#listenTo(event.ports[0]);
    });
    this.port.start();
  }

  process(_inputs: readonly (readonly Float32Array[])[], outputs: readonly Float32Array[][]): boolean {
    const channel = outputs[0]?.[0];
    if (channel !== undefined) this.#player.render(channel);
    return true;
  }

  #listenTo(port: MessagePort | undefined): void {
    this.#main?.close();
    this.#main = port ?? null;
    port?.addEventListener("message", (event: MessageEvent<PlaybackCommand>) =>
      this.#player.command(event.data),
    );
    port?.start();
  }
}

registerProcessor(playbackProcessor, PlaybackProcessor);
