/**
 * Owns the way of one utterance into the server's input buffer: clear, append while it grows, commit. Every chunk goes
 * out once and in order, nothing before the session is ready, and nothing too short is ever committed.
 */
import { msOfSamples, samplesOfMs } from "../../../shared/audio-format.ts";
import type { TurnId } from "../../../shared/ids.ts";
import type { Utterance } from "../session/ports.ts";
import { shortestUtteranceMs } from "../session/tuning.ts";
import { encode, encodeAppend } from "./client-events.ts";
import { backlogAppendMs } from "./realtime-tuning.ts";

export interface InputPumpDeps {
  readonly utterance: Utterance;
  readonly isReady: () => boolean;
  /** The utterance is part of the conversation already: another turn has said it. */
  readonly isSaid: () => boolean;
  readonly send: (text: string, onWritten?: () => void) => void;
  /** Id of the pump's requests: an append has it with a number behind a dot, a commit and a clear have it alone. */
  readonly eventId: string;
  readonly onFirstFrame: () => void;
  readonly onCommit: () => void;
  readonly onCommitWritten: () => void;
}

export interface InputPump {
  /** `streaming` until everything is committed; `skipped`: too short, the server was not bothered. */
  readonly state: "streaming" | "committed" | "skipped" | "dropped";
  /** `commit` was called: what is still on its way is a whole question. */
  readonly isComplete: boolean;
  readonly utteranceId: TurnId;
  /** Where the utterance ends, once it is complete. */
  readonly endSamples: number | null;
  /** Sends what can be sent now: after every change, and when the session gets ready. */
  advance(): void;
  /** The utterance is complete as it is now, or as it was at `samples`; later chunks are not part of it. */
  commit(samples?: number): void;
  /** Forgets the utterance, here and in the server's buffer. */
  drop(): void;
}

const backlogSamples = samplesOfMs(backlogAppendMs);

export function createInputPump(deps: InputPumpDeps): InputPump {
  const { utterance } = deps;
  let state: InputPump["state"] = "streaming";
  let hasCleared = false;
  let nextChunk = 0;
  let sentSamples = 0;
  let appends = 0;
  /** Set by `commit`: where the utterance ends. */
  let endSamples: number | null = null;

  const clear = (): void => {
    deps.send(encode({ type: "input_audio_buffer.clear", event_id: deps.eventId }));
  };

  const append = (pcm: Int16Array): void => {
    appends += 1;
    sentSamples += pcm.length;
    deps.send(
      encodeAppend(`${deps.eventId}.${appends}`, pcm),
      appends === 1 ? () => deps.onFirstFrame() : undefined,
    );
  };

  /** Live, this finds one chunk at a time; after a late connect it sends what has piled up in larger pieces. */
  const drain = (): void => {
    let piled: Int16Array[] = [];
    let piledSamples = 0;
    const flush = (): void => {
      if (piledSamples > 0) append(joined(piled, piledSamples));
      piled = [];
      piledSamples = 0;
    };
    const mostSamples = endSamples ?? Number.POSITIVE_INFINITY;
    while (sentSamples + piledSamples < mostSamples) {
      const chunk = utterance.chunk(nextChunk);
      if (chunk === undefined) break;
      nextChunk += 1;
      if (piledSamples + chunk.length > backlogSamples) flush();
      piled.push(chunk);
      piledSamples += chunk.length;
    }
    flush();
  };

  const advance = (): void => {
    if (state !== "streaming" || !deps.isReady()) return;
    if (!hasCleared && deps.isSaid()) {
      state = "committed";
      return;
    }
    if (!hasCleared) {
      hasCleared = true;
      clear();
    }
    drain();
    if (endSamples === null) return;
    if (msOfSamples(sentSamples) < shortestUtteranceMs) {
      state = "skipped";
      if (appends > 0) clear();
      return;
    }
    state = "committed";
    deps.onCommit();
    deps.send(encode({ type: "input_audio_buffer.commit", event_id: deps.eventId }), deps.onCommitWritten);
  };

  const stopListening = utterance.onGrow(advance);

  return {
    get state() {
      return state;
    },
    utteranceId: utterance.turnId,
    get endSamples() {
      return endSamples;
    },
    get isComplete() {
      return endSamples !== null;
    },
    advance,
    commit: (samples = utterance.samples) => {
      if (endSamples !== null || state !== "streaming") return;
      endSamples = samples;
      stopListening();
      advance();
    },
    drop: () => {
      stopListening();
      if (state !== "streaming") return;
      state = "dropped";
      if (appends > 0) clear();
    },
  };
}

function joined(chunks: readonly Int16Array[], samples: number): Int16Array {
  const [only] = chunks;
  if (chunks.length === 1 && only !== undefined) return only;
  const whole = new Int16Array(samples);
  let position = 0;
  for (const chunk of chunks) {
    whole.set(chunk, position);
    position += chunk.length;
  }
  return whole;
}
