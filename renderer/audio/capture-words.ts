/** Owns what the page and the thread that captures say to each other: a worker, or a worklet where there is no track processor. */
import type { CapturePageMessage } from "./capture-gate.ts";

export type CaptureThreadCommand =
  /** Main's end of the audio port comes with it, in the message's `ports`. */
  | { readonly type: "port" }
  /** What a worklet's node is given from now on is of the microphone with this number. */
  | { readonly type: "connected"; readonly source: number }
  /** The samples of the microphone that is open from now on. Worker only; a worklet has its node's input. */
  | {
      readonly type: "track";
      readonly readable: ReadableStream<AudioData>;
      /** Which one it is, by the page's count. */
      readonly source: number;
      /** How long its first sample may take. */
      readonly patienceMs: number;
    }
  /** The microphone is closed: forget what was heard. */
  | { readonly type: "released" };

/** The thread → its page. Of stalls only a worker tells: a worklet is given zeros where there is nothing. */
export type CaptureThreadMessage =
  | CapturePageMessage
  /** A take is open, and the microphone delivers nothing. */
  | { readonly type: "stalled"; readonly source: number }
  /** The first samples of the microphone, or the first ones after it had stalled. */
  | { readonly type: "heard"; readonly source: number };
