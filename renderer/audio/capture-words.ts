/** Owns what the page and the thread that captures say to each other: a worker, or a worklet where there is no track processor. */
import type { CapturePageMessage } from "./capture-gate.ts";

/** The page → either of them. */
type CommonCommand =
  /** Main's end of the audio port comes with it, in the message's `ports`. */
  | { readonly type: "port" }
  /** The microphone is closed: forget what was heard. */
  | { readonly type: "released" };

/** `source` is which microphone it is, by the page's count. */
export type WorkerCommand =
  | CommonCommand
  /** The samples of the microphone that is open from now on. */
  | {
      readonly type: "track";
      readonly readable: ReadableStream<AudioData>;
      readonly source: number;
      /** How long its first sample may take. */
      readonly patienceMs: number;
    };

export type WorkletCommand =
  | CommonCommand
  /** What the node is given from now on is of the microphone that is open now. */
  | { readonly type: "connected"; readonly source: number };

/** The thread → its page. Of stalls only a worker tells: a worklet is given zeros where there is nothing. */
export type CaptureThreadMessage =
  | CapturePageMessage
  /** A take is open, and the microphone delivers nothing. */
  | { readonly type: "stalled"; readonly source: number }
  /** The first samples of the microphone, or the first ones after it had stalled. */
  | { readonly type: "heard"; readonly source: number };
