/** Owns what the page says to the thread that captures: a worker, or a worklet where there is no track processor. */

export type CaptureThreadCommand =
  /** Main's end of the audio port comes with it, in the message's `ports`. */
  | { readonly type: "port" }
  /** The samples of the microphone that is open from now on. Worker only; a worklet has its node's input. */
  | { readonly type: "track"; readonly readable: ReadableStream<AudioData> }
  /** The microphone is closed: forget what was heard. */
  | { readonly type: "released" };
