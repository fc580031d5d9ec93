/** Owns what a turn's record means at the devices: found in the sound itself, by the clock of the sound. */
import type { DrivenServer } from "../driver/server.ts";
import { locate } from "../driver/signal.ts";
import type { SoundRecording } from "../driver/sound.ts";
import type { TurnRecord } from "./turns.ts";

export interface DeviceFigures {
  /** Speech between key-down and the first sample that arrived; below zero it begins before the key. */
  readonly lostAtStartMs: readonly number[];
  /** Speech before key-up that did not arrive; below zero the utterance goes on after it. */
  readonly lostAtEndMs: readonly number[];
  /** First delta on the wire → its first sample at the loudspeaker. */
  readonly deltaToHeardMs: readonly number[];
  readonly keyUpToHeardMs: readonly number[];
  /** Key-down → the last sample of the interrupted answer at the loudspeaker. */
  readonly bargeInToSilenceMs: readonly number[];
}

export interface Devices {
  readonly microphone: SoundRecording;
  readonly loudspeaker: SoundRecording;
}

/** Quieter than this is no sound. */
const silence = 12;
/** Twenty milliseconds of an answer are enough to know it by. */
const knownSamples = 480;
const leastScore = 0.7;

/** @param answerOf the samples of the answer with this number. */
export function measureDevices(
  records: readonly TurnRecord[],
  server: DrivenServer,
  { microphone, loudspeaker }: Devices,
  answerOf: (answer: number) => Int16Array,
): DeviceFigures {
  const spoken = microphone.samples();
  const heard = loudspeaker.samples();
  const firstDeltas = firstDeltaTimes(server);

  const speech = records.map(({ downMs, upMs, utterance }) => {
    const pcm = server.committed[utterance]?.pcm ?? new Int16Array(0);
    const from = Math.max(0, microphone.indexAt(downMs - 500));
    const { lag, score } = locate(pcm, spoken.subarray(from, microphone.indexAt(upMs + 300)));
    const start = microphone.momentOf(from + lag);
    return score < leastScore
      ? { lostAtStart: Number.NaN, lostAtEnd: Number.NaN }
      : { lostAtStart: start - downMs, lostAtEnd: upMs - (start + pcm.length / 24) };
  });

  const answers = records.map(({ upMs, answer }, index) => {
    const from = Math.max(0, loudspeaker.indexAt(upMs - 20));
    const part = heard.subarray(from, loudspeaker.indexAt(upMs + 1_000));
    const { lag, score } = locate(answerOf(answer).subarray(0, knownSamples), part);
    const next = records[index + 1];
    const startMs = score < leastScore ? Number.NaN : loudspeaker.momentOf(from + lag);
    return {
      deltaToHeard: startMs - (firstDeltas[answer - 1] ?? Number.NaN),
      keyUpToHeard: startMs - upMs,
      silence: next === undefined ? Number.NaN : lastSoundMs(heard, loudspeaker, next.downMs) - next.downMs,
    };
  });

  return {
    lostAtStartMs: speech.map(({ lostAtStart }) => lostAtStart),
    lostAtEndMs: speech.map(({ lostAtEnd }) => lostAtEnd),
    deltaToHeardMs: answers.map(({ deltaToHeard }) => deltaToHeard),
    keyUpToHeardMs: answers.map(({ keyUpToHeard }) => keyUpToHeard),
    bargeInToSilenceMs: answers.map(({ silence: silentAfter }) => silentAfter),
  };
}

/** When the last sample sounded within half a second of the key-down; the next answer comes later than that. */
function lastSoundMs(heard: Int16Array, loudspeaker: SoundRecording, downMs: number): number {
  const from = loudspeaker.indexAt(downMs - 40);
  const last = heard
    .subarray(from, loudspeaker.indexAt(downMs + 500))
    .findLastIndex((sample) => Math.abs(sample) > silence);
  return last === -1 ? Number.NaN : loudspeaker.momentOf(from + last);
}

/** When the first delta of each answer went out, in the order of the answers. */
function firstDeltaTimes(server: DrivenServer): readonly number[] {
  const times: number[] = [];
  let isWaiting = false;
  for (const { event, monotonicMs } of server.sent) {
    if (event.type === "response.created") isWaiting = true;
    if (!isWaiting || event.type !== "response.output_audio.delta") continue;
    isWaiting = false;
    times.push(monotonicMs);
  }
  return times;
}
