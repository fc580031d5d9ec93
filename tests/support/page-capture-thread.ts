/**
 * Owns the thread that captures, as capture.worker.ts has it, in simulated time: the real gate and the real watch for
 * stalls, with blocks that come as long as the track delivers. It never opens or closes a track.
 */
import type { CaptureThreadMessage } from "../../renderer/audio/capture-words.ts";
import { CaptureGate } from "../../renderer/audio/capture-gate.ts";
import { StallWatch, stallTickMs } from "../../renderer/audio/stall-watch.ts";
import { samplesPerMs } from "../../shared/audio-format.ts";
import type { CaptureCommand, CaptureMessage } from "../../shared/audio-port.ts";
import type { PassingTimers } from "./passing-timers.ts";

export interface CaptureThread {
  readonly command: (command: CaptureCommand) => void;
  /** From now on this track is heard, and no other. */
  readonly hear: (track: MediaStreamTrack, source: number, patienceMs: number) => void;
  readonly leave: () => void;
  /** The number of the microphone that is heard; `null` if there is none. */
  readonly source: () => number | null;
  readonly isTaking: () => boolean;
}

const blockMs = 20;
/** From the air to the gate. */
const latencyMs = 12;

export function createCaptureThread(deps: {
  readonly timers: PassingTimers;
  readonly isDelivering: (track: MediaStreamTrack) => boolean;
  readonly toMain: (message: CaptureMessage) => void;
  readonly toPage: (message: CaptureThreadMessage) => void;
}): CaptureThread {
  const { timers, isDelivering, toMain, toPage } = deps;
  const watch = new StallWatch();
  const gate = new CaptureGate({ toMain, toPage });
  const block = new Float32Array(blockMs * samplesPerMs).fill(0.1);
  let heard: { readonly source: number } | null = null;

  const leave = (): void => {
    heard = null;
    gate.release();
  };

  return {
    command: (command) => gate.command(command),
    hear(track, source, patienceMs) {
      if (heard !== null) leave();
      const own = { source };
      heard = own;
      gate.connected(source);
      watch.connected(patienceMs);
      const every = (periodMs: number, run: () => void): void => {
        timers.start(periodMs, () => {
          if (heard !== own) return;
          run();
          every(periodMs, run);
        });
      };
      every(stallTickMs, () => {
        const isStalled = watch.tick(gate.isTaking);
        if (watch.isQuiet) gate.forgetPreRoll();
        if (!isStalled) return;
        gate.stalled();
        toPage({ type: "stalled", source });
      });
      every(blockMs, () => {
        if (!isDelivering(track)) return;
        if (watch.heard()) toPage({ type: "heard", source });
        gate.push(block, timers.nowMs() - latencyMs);
      });
    },
    leave,
    source: () => heard?.source ?? null,
    isTaking: () => gate.isTaking,
  };
}
