/** Owns the choice of how the page hears: by a track processor where Chromium has one, else by Web Audio. */
import type { CaptureThreadMessage } from "./capture-words.ts";
import { createWorkerEar } from "./worker-ear.ts";

/** The page's side of hearing. It is handed a microphone's track; the samples go to main past the page. */
export interface Ear {
  /** Main's port, for the thread that captures. */
  attach(port: MessagePort): void;
  /** Gets ready to hear; the earlier before `connect`, the better. */
  wake(): void;
  /** From now on this track is heard, and no other. It is told under the number `source` how it delivers. */
  connect(track: MediaStreamTrack, source: number, patienceMs: number): void;
  /**
   * @returns whether the track has delivered a first sample; `false` once it has ended without one. Connects nothing.
   * `null` where nobody can tell: Web Audio makes silence of what is missing.
   */
  readonly delivers: ((track: MediaStreamTrack) => Promise<boolean>) | null;
  /** Silence; what was kept of the track is gone. */
  disconnect(): void;
}

/**
 * The track processor comes first since a Web Audio source is read by the clock of the output device: whenever that
 * one asks before the microphone has delivered, it gets zeros, and the recording has a hole (seen at most starts).
 * @throws if the app's own files cannot be loaded.
 */
export async function createEar(onMessage: (message: CaptureThreadMessage) => void): Promise<Ear> {
  if (typeof MediaStreamTrackProcessor !== "undefined")
    return createWorkerEar(MediaStreamTrackProcessor, onMessage);
  const { createWorkletEar } = await import("./worklet-ear.ts");
  return createWorkletEar(onMessage);
}
