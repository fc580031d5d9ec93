/**
 * Owns the way of samples from the microphone's track to main's port, on a thread of its own. The samples come as
 * the device delivers them, so that no other clock can tear a gap into them. It decides nothing: see capture-gate.ts.
 */
import { sampleRateHz } from "../../shared/audio-format.ts";
import type { CaptureCommand } from "../../shared/audio-port.ts";
import { CaptureGate } from "./capture-gate.ts";
import type { CaptureThreadMessage, WorkerCommand } from "./capture-words.ts";
import { Mixer } from "./mixer.ts";
import { Resampler } from "./resampler.ts";
import { StallWatch, stallTickMs } from "./stall-watch.ts";

let main: MessagePort | null = null;
let reader: ReadableStreamDefaultReader<AudioData> | null = null;
let ticking: ReturnType<typeof setInterval> | undefined;

const toPage = (message: CaptureThreadMessage): void => self.postMessage(message, { transfer: [] });
const gate = new CaptureGate({ toMain: (message) => main?.postMessage(message, []), toPage });
const watch = new StallWatch();
const mixer = new Mixer();

self.addEventListener("message", (event: MessageEvent<WorkerCommand>) => {
  const command = event.data;
  switch (command.type) {
    case "port":
      listenTo(event.ports[0]);
      return;
    case "track":
      void hear(command);
      return;
    case "released":
      leave();
  }
});

function listenTo(port: MessagePort | undefined): void {
  main?.close();
  main = port ?? null;
  port?.addEventListener("message", (event: MessageEvent<CaptureCommand>) => {
    const command = event.data;
    if (command.type === "release" && gate.source <= command.source) stopHearing();
    gate.command(command);
  });
  port?.start();
}

function leave(): void {
  stopHearing();
  gate.release();
}

function stopHearing(): void {
  const left = reader;
  reader = null;
  clearInterval(ticking);
  // The track is stopped by the page; its stream may have ended by itself.
  left?.cancel().catch(() => undefined);
}

async function hear({ readable, source, patienceMs }: WorkerCommand & { type: "track" }): Promise<void> {
  if (reader !== null) leave();
  const own = readable.getReader();
  reader = own;
  gate.connected(source);
  watch.connected(patienceMs);
  ticking = setInterval(() => {
    const isStalled = watch.tick(gate.isTaking);
    if (watch.isQuiet) gate.forgetPreRoll();
    if (!isStalled) return;
    gate.stalled();
    toPage({ type: "stalled", source });
  }, stallTickMs);
  let resampler: Resampler | null = null;
  let resampledHz = 0;
  for (;;) {
    const { value, done } = await own.read();
    if (done || reader !== own) {
      value?.close();
      return;
    }
    // The rate may change when the system moves a default microphone to another device.
    if (value.sampleRate !== resampledHz) {
      resampledHz = value.sampleRate;
      resampler = resampledHz === sampleRateHz ? null : new Resampler(resampledHz, sampleRateHz);
    }
    if (watch.heard()) toPage({ type: "heard", source });
    const block = mixer.mix(value);
    const capturedMs = (value.timestamp + value.duration) / 1000;
    value.close();
    gate.push(resampler === null ? block : resampler.process(block), capturedMs);
  }
}
