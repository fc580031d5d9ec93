/**
 * Owns the words spoken on the two audio ports, straight between worklet and main: microphone up, answer down.
 * The page's own thread never touches them, so that a busy page puts no gap into either direction.
 * PCM is always an Int16Array, mono, 24 kHz. Small views are copied by structured clone; nothing is transferred,
 * since Electron drops a message to main that carries a transferred buffer (electron/electron#34905).
 */

/** Main → capture worklet: the gate. `take` numbers takes from 1 upwards; each opening has a new one. */
export type CaptureCommand =
  /**
   * From now on samples belong to `take`, led by what the worklet kept from the last `preRollMs`, if it runs. Where the
   * tail of the one before is on its way, it begins after that.
   */
  | { readonly type: "open"; readonly take: number; readonly preRollMs: number }
  /**
   * The key is up: keep on until the samples of `releasedAtMs` are in, then answer `closed`. The time is of the
   * monotonic clock (`process.hrtime`) that the device's buffers are stamped with; where that cannot be, `tailMs`
   * is how long samples are on their way through the system at most.
   */
  | { readonly type: "close"; readonly take: number; readonly releasedAtMs: number; readonly tailMs: number }
  /** Throw away what is open; nothing more of this take is sent. */
  | { readonly type: "drop"; readonly take: number }
  /**
   * Nothing more is wanted of this microphone, by the page's count, nor of any before it. The page closes it in its own
   * time; what has piled up of it must not begin the next take.
   */
  | { readonly type: "release"; readonly source: number };

/** Capture worklet → main. */
export type CaptureMessage =
  /** `sequence` counts frames of this take from 0; only the last frame may be shorter than 480 samples. */
  | { readonly type: "frame"; readonly take: number; readonly sequence: number; readonly pcm: Int16Array }
  /**
   * The next frame comes after a gap: the microphone had stopped, or (`isOtherSource`) it is another one from here on.
   * `source` says which one, by the page's count; `lostMs` is what is missing in between by the stamps of the device's buffers; `null` where they bear none.
   */
  | {
      readonly type: "gap";
      readonly take: number;
      readonly source: number;
      readonly isOtherSource: boolean;
      readonly lostMs: number | null;
    }
  /** The last frame of the take went before; those of the next one come after. */
  | { readonly type: "closed"; readonly take: number; readonly totalSamples: number };

/** Main → playback worklet. `stream` numbers streams from 1 upwards; a flush begins a new one. */
export type PlaybackCommand =
  | { readonly type: "audio"; readonly stream: number; readonly pcm: Int16Array }
  /** Nothing more of this answer comes for now: play out without waiting for a cushion, then say `drained`. */
  | { readonly type: "end"; readonly stream: number }
  /** Silence at once (short fade), drop the rest, answer `flushed`; `stream` is the one that is thrown away. */
  | { readonly type: "flush"; readonly stream: number };

/** Playback worklet → main. `playedSamples` counts samples of this stream that went to the device. */
export type PlaybackMessage =
  | { readonly type: "started"; readonly stream: number }
  /** About every 20 ms while something plays. */
  | {
      readonly type: "cursor";
      readonly stream: number;
      readonly playedSamples: number;
      readonly underruns: number;
    }
  | { readonly type: "drained"; readonly stream: number; readonly playedSamples: number }
  | { readonly type: "flushed"; readonly stream: number; readonly playedSamples: number };

/** The name under which main posts each port to the page, and the page hands it on to the worklet. */
export const audioPortChannel = "audio:port";
export type AudioPortRole = "capture" | "playback";
