/**
 * Owns the overlay page's loudspeaker in a simulated world: the app's own player, on a device that sleeps, hangs and
 * fails. It knows the answers by their sound, and holds the engine to it that nothing foreign is ever handed in.
 */
import type { PlaybackAudioPort } from "../../electron/main/audio/audio-port.ts";
import { AnswerPlayer } from "../../renderer/audio/answer-player.ts";
import { samplesOfMs, samplesPerMs } from "../../shared/audio-format.ts";
import type { PlaybackCommand, PlaybackMessage } from "../../shared/audio-port.ts";
import { continues, signatureOf } from "./engine-ramp.ts";
import { Wire } from "./engine-wire.ts";
import type { Random } from "./session-random.ts";
import { promise, trouble, type Step } from "./session-step.ts";

export interface WorldLoudspeaker {
  /** Words of main to the page. */
  readonly wake: () => void;
  readonly sleep: () => void;
  /** The page builds its loudspeaker anew. @returns main's end of its port. */
  readonly build: () => PlaybackAudioPort;
  readonly crash: () => void;
  readonly steps: () => readonly Step[];
  /** What is on its way arrives. @returns whether there was anything. */
  readonly deliver: () => boolean;
  /** The device plays for this long. */
  readonly play: (durationMs: number) => void;
  readonly isPlaying: () => boolean;
  readonly mend: () => void;
  /** Samples of this answer that went to the device, and that were handed in. */
  readonly heardOf: (id: number) => { readonly played: number; readonly given: number };
  /** Whole milliseconds of this answer that main may have learned to be heard. */
  readonly cutsOf: (id: number) => ReadonlySet<number>;
}

/** One answer in one stream, and where its first sample is there. */
interface Span {
  readonly id: number;
  readonly stream: number;
  readonly from: number;
  samples: number;
  played: number;
  readonly toldMs: Set<number>;
  readonly toldSamples: Set<number>;
}

/** Longer than any barge-in takes. */
const rememberedSpans = 40;
const blockSamples = samplesOfMs(20);

export function createWorldLoudspeaker(deps: {
  readonly random: Random;
  /** Throws where nothing of this answer may be heard (any more). */
  readonly checkWanted: (id: number) => void;
  readonly onFailed: (detail: string) => void;
  /** A broken promise; nothing may throw through the engine. */
  readonly onBroken: (error: unknown) => void;
}): WorldLoudspeaker {
  const { random } = deps;
  let spans: Span[] = [];
  let flushedStream = 0;
  /** Where in its stream the present player began. */
  let base = 0;
  let baseStream = 0;
  /** Nothing was handed to the present player yet. */
  let isFresh = true;
  let player: AnswerPlayer | null = null;
  let commands = new Wire();
  let messages = new Wire();
  let isAwake = false;
  let isStuck = false;
  let owedSamples = 0;
  const block = new Float32Array(blockSamples);

  /** Another player goes on where main has heard that the one before it stopped. */
  const resume = (stream: number, pcm: Int16Array): void => {
    isFresh = false;
    const heard = spans.findIndex(
      (span) =>
        span.stream === stream &&
        [...span.toldSamples].some((at) => at < span.samples && continues(span.id, at, pcm)),
    );
    const span = spans[heard];
    if (span === undefined) {
      base = spans.reduce((sum, other) => sum + (other.stream === stream ? other.samples : 0), 0);
      return;
    }
    span.samples = [...span.toldSamples].find((at) => continues(span.id, at, pcm)) ?? 0;
    span.played = Math.min(span.played, span.samples);
    base = span.from + span.samples;
    spans = spans.slice(0, heard + 1);
  };

  const take = (stream: number, pcm: Int16Array): void => {
    promise(stream > flushedStream, `nothing is handed in for stream ${stream}, which was flushed`);
    if (stream !== baseStream) base = 0;
    baseStream = stream;
    if (isFresh) resume(stream, pcm);
    const last = spans.at(-1);
    if (last?.stream === stream && continues(last.id, last.samples, pcm)) {
      last.samples += pcm.length;
    } else {
      const id = signatureOf(pcm);
      promise(
        id !== null && continues(id, 0, pcm),
        "an answer is handed in from its first sample on, in order",
      );
      const from = spans.reduce((sum, span) => sum + (span.stream === stream ? span.samples : 0), 0);
      spans = [...spans.slice(-rememberedSpans), newSpan(id, stream, from, pcm.length)];
    }
    deps.checkWanted(spans.at(-1)?.id ?? -1);
  };

  const tell = (message: PlaybackMessage): void => {
    if (message.type === "started") return;
    for (const span of spans) {
      if (span.stream !== message.stream) continue;
      span.played = Math.max(span.played, clamp(base + message.playedSamples - span.from, span.samples));
      span.toldMs.add(Math.floor(span.played / samplesPerMs));
      span.toldSamples.add(span.played);
    }
  };

  const note = (command: PlaybackCommand): void => {
    if (command.type === "audio") take(command.stream, command.pcm);
    if (command.type === "flush") flushedStream = Math.max(flushedStream, command.stream);
  };

  const crash = (): void => {
    commands.cut();
    messages.cut();
    player = null;
  };

  return {
    wake: () => {
      isAwake = true;
    },
    sleep: () => {
      isAwake = false;
    },
    build() {
      crash();
      const ownCommands = new Wire();
      const ownMessages = new Wire();
      commands = ownCommands;
      messages = ownMessages;
      let hear: (message: PlaybackMessage) => void = () => undefined;
      const own = new AnswerPlayer((message) => {
        tell(message);
        ownMessages.send(() => hear(message));
      });
      player = own;
      isFresh = true;
      return {
        post: (command) => {
          try {
            note(command);
          } catch (error) {
            deps.onBroken(error);
          }
          ownCommands.send(() => own.command(command));
        },
        onMessage: (next) => {
          hear = next;
        },
        close: () => undefined,
      };
    },
    crash,
    steps: () => [
      trouble("loudspeaker hangs or not", isStuck ? 0.5 : 0.03, () => {
        isStuck = !isStuck;
      }),
      trouble("loudspeaker fails", 0.02, () => deps.onFailed("the output device failed")),
    ],
    deliver() {
      const wasBusy = commands.isBusy || messages.isBusy;
      if (random.chance(0.8)) commands.deliver();
      if (random.chance(0.8)) messages.deliver();
      return wasBusy;
    },
    play(durationMs) {
      if (!isAwake || isStuck) return;
      owedSamples += durationMs * samplesPerMs;
      for (; owedSamples >= blockSamples; owedSamples -= blockSamples) {
        player?.render(block);
      }
    },
    isPlaying: () => isAwake && !isStuck && player !== null,
    mend() {
      isStuck = false;
    },
    heardOf: (id) => {
      const own = spans.filter((span) => span.id === id);
      return {
        played: own.reduce((sum, { played }) => sum + played, 0),
        given: own.reduce((sum, { samples }) => sum + samples, 0),
      };
    },
    cutsOf: (id) => new Set(spans.filter((span) => span.id === id).flatMap(({ toldMs }) => [...toldMs])),
  };
}

const newSpan = (id: number, stream: number, from: number, samples: number): Span => ({
  id,
  stream,
  from,
  samples,
  played: 0,
  toldMs: new Set([0]),
  toldSamples: new Set([0]),
});

const clamp = (samples: number, most: number): number => Math.max(0, Math.min(most, samples));
