/** Owns the type of Chromium's track processor, which TypeScript's DOM library lacks. It holds no code. */

interface MediaStreamTrackProcessor {
  readonly readable: ReadableStream<AudioData>;
}

/** Chromium only, and on a window only; not every version needs to have it. */
declare const MediaStreamTrackProcessor:
  | (new (init: {
      readonly track: MediaStreamTrack;
      readonly maxBufferSize?: number;
    }) => MediaStreamTrackProcessor)
  | undefined;
