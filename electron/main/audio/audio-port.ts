/**
 * Owns main's end of an audio port as an interface, and the check of what a worklet says. A page is not trusted:
 * anything that is no message of ours is dropped before a listener sees it.
 */
import { frameSamples } from "../../../shared/audio-format.ts";
import type {
  CaptureCommand,
  CaptureMessage,
  PlaybackCommand,
  PlaybackMessage,
} from "../../../shared/audio-port.ts";

/** One end of a message port that speaks `Out` and hears `In`. */
export interface AudioPort<Out, In> {
  post(message: Out): void;
  onMessage(listener: (message: In) => void): void;
  /** Nothing is sent or heard any more; what the port holds on to at either end can be let go of. */
  close(): void;
}

export type CaptureAudioPort = AudioPort<CaptureCommand, CaptureMessage>;
export type PlaybackAudioPort = AudioPort<PlaybackCommand, PlaybackMessage>;

type Fields = Readonly<Record<string, unknown>>;

const isFields = (data: unknown): data is Fields => typeof data === "object" && data !== null;
const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0;

/** @returns the message as the capture worklet sends it, or `null` for anything else. */
export function parseCaptureMessage(data: unknown): CaptureMessage | null {
  if (!isFields(data) || !isCount(data.take)) return null;
  const { type, take, sequence, pcm, totalSamples, source, isOtherSource, lostMs } = data;
  if (type === "frame" && isCount(sequence) && pcm instanceof Int16Array && pcm.length <= frameSamples) {
    return { type, take, sequence, pcm };
  }
  const isLoss = lostMs === null || isCount(lostMs);
  if (type === "gap" && isCount(source) && typeof isOtherSource === "boolean" && isLoss) {
    return { type, take, source, isOtherSource, lostMs };
  }
  if (type === "closed" && isCount(totalSamples)) return { type, take, totalSamples };
  return null;
}

/** @returns the message as the playback worklet sends it, or `null` for anything else. */
export function parsePlaybackMessage(data: unknown): PlaybackMessage | null {
  if (!isFields(data) || !isCount(data.stream)) return null;
  const { type, stream, playedSamples, underruns } = data;
  if (type === "started") return { type, stream };
  if (!isCount(playedSamples)) return null;
  if (type === "cursor" && isCount(underruns)) return { type, stream, playedSamples, underruns };
  if (type === "drained" || type === "flushed") return { type, stream, playedSamples };
  return null;
}
