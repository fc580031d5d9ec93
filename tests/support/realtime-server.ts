/**
 * Owns the stand-in for the Realtime service in tests: the practice server itself with a script instead of its
 * brain, everything that passed recorded, and a hand on the connections. Never reimplements the protocol.
 */
import type { Brain, BrainRequest, Step, Transcription } from "../../electron/main/practice/brain.ts";
import type { ClientEvent, ClientEventType } from "../../electron/main/practice/client-events.ts";
import type { Connection } from "../../electron/main/practice/connection.ts";
import type { FaultPlan } from "../../electron/main/practice/faults.ts";
import type { UserMessage } from "../../electron/main/practice/items.ts";
import { instantPacing } from "../../electron/main/practice/pacing.ts";
import type { Pacing } from "../../electron/main/practice/pacing.ts";
import { base64FromSamples, msToSamples, sampleRateHz } from "../../electron/main/practice/pcm.ts";
import { startRealtimeServer } from "../../electron/main/practice/realtime-server.ts";
import type { RealtimeServerOptions } from "../../electron/main/practice/realtime-server.ts";
import type { ServerEvent } from "../../electron/main/practice/server-event.ts";
import type { WireError } from "../../electron/main/practice/wire-error.ts";

export const testApiKey = "sk-test-key";

/** A tone of 440 Hz at -12 dBFS unless told otherwise: mono, 24 kHz, soft ends. */
export function toneOf(ms: number, hz = 440): Int16Array {
  const samples = msToSamples(ms);
  const fadeSamples = Math.min(120, Math.floor(samples / 2));
  return Int16Array.from({ length: samples }, (_, index) => {
    const fade = Math.min(1, Math.min(index, samples - 1 - index) / Math.max(1, fadeSamples));
    return Math.round(8192 * fade * Math.sin((2 * Math.PI * hz * index) / sampleRateHz));
  });
}

/** A spoken step: a tone in place of a voice. */
export const speechOf = (ms: number, transcript = "A tone in place of a voice.", hz = 440): Step => ({
  kind: "speech",
  transcript,
  pcm: toneOf(ms, hz),
});

/** An answer that begins and then never ends by itself. */
export const endlessAnswer: readonly Step[] = [speechOf(400), { kind: "wait", ms: 3_600_000 }];

export type ScriptedAnswer = readonly Step[] | ((request: BrainRequest) => AsyncIterable<Step>);

export interface Script extends Brain {
  /** The answer to the next response that has none yet; first in, first out. */
  answer(answer: ScriptedAnswer): void;
  /** What transcription makes of the utterances from now on. */
  transcribeAs(transcription: Transcription | ((item: UserMessage) => Promise<Transcription>)): void;
  /** What the responses so far were asked with, oldest first. */
  readonly requests: readonly BrainRequest[];
}

/** When the script has run out, half a second of tone is the answer. */
export function createScript(...answers: readonly ScriptedAnswer[]): Script {
  const queue = [...answers];
  const requests: BrainRequest[] = [];
  let transcription: Transcription | ((item: UserMessage) => Promise<Transcription>) = {
    kind: "text",
    text: "what was said",
  };
  return {
    requests,
    answer: (answer) => {
      queue.push(answer);
    },
    transcribeAs: (next) => {
      transcription = next;
    },
    transcribe: (item) =>
      typeof transcription === "function" ? transcription(item) : Promise.resolve(transcription),
    async *respond(request) {
      requests.push(request);
      const answer = queue.shift() ?? [speechOf(500)];
      yield* typeof answer === "function" ? answer(request) : answer;
    },
  };
}

interface Utterance {
  readonly itemId: string;
  readonly pcm: Int16Array;
}

interface ProtocolError extends WireError {
  /** The client's id of the event that was refused. */
  readonly eventId: string | null;
}

export interface TestServer {
  /** `http://127.0.0.1:PORT/v1` */
  readonly url: string;
  readonly port: number;
  readonly apiKey: string;
  readonly script: Script;
  /** Every client event that was well formed, in order, over all connections. */
  readonly events: readonly ClientEvent[];
  readonly sent: readonly ServerEvent[];
  /** Every connection that ever stood. */
  readonly connections: readonly Connection[];
  /** Every commit that went through. */
  readonly utterances: readonly Utterance[];
  /** The first event of this type that no earlier call has returned; waits for it, rejects after `timeoutMs`. */
  expectEvent<T extends ClientEventType>(
    type: T,
    timeoutMs?: number,
  ): Promise<Extract<ClientEvent, { type: T }>>;
  /** Resolves with the connection number `index` (0 is the first) once it stands. */
  expectConnection(index?: number, timeoutMs?: number): Promise<Connection>;
  /** All sound since the last clear or commit: PCM16 LE, mono, 24 kHz. */
  appendedPcm(): Buffer;
  /** The errors that the client has earned; empty for a client that keeps to the protocol. */
  errorsSent(): readonly ProtocolError[];
  /** Mistakes of the script or the brain; a test that uses the practice brain expects none. */
  readonly brainErrors: readonly unknown[];
  /** Any frame as it is, over the newest connection. */
  inject(frame: string | object | Buffer): void;
  /** Sound of a response that may be over: what a cancelled one still trails behind it. */
  injectLateAudio(responseId: string, itemId: string, ms?: number): void;
  /** Faults of the connections from now on. */
  plan(faults: FaultPlan): void;
  close(): Promise<void>;
}

export interface TestServerOptions extends Partial<
  Omit<RealtimeServerOptions, "faults" | "observer" | "brain">
> {
  /** Instead of the script. */
  readonly brain?: Brain;
  readonly script?: Script;
  readonly faults?: FaultPlan;
  readonly pacing?: Pacing;
}

/** Answers at once unless a pacing is given. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const apiKey = options.apiKey ?? testApiKey;
  const script = options.script ?? createScript();
  const events: ClientEvent[] = [];
  const taken = new Set<ClientEvent>();
  const sent: ServerEvent[] = [];
  const connections: Connection[] = [];
  const utterances: Utterance[] = [];
  const errors: ProtocolError[] = [];
  const brainErrors: unknown[] = [];
  const waiting = new Set<() => void>();
  let appended: Buffer[] = [];
  let faults: FaultPlan = options.faults ?? (() => ({}));
  const wake = (): void => {
    for (const retry of waiting) {
      retry();
    }
  };

  const server = await startRealtimeServer({
    pacing: instantPacing,
    ...options,
    apiKey,
    brain: options.brain ?? script,
    faults: (facts) => faults(facts),
    observer: {
      onConnection: (connection) => {
        connections.push(connection);
        wake();
      },
      onClientEvent: (event) => {
        if (event.type === "input_audio_buffer.clear") {
          appended = [];
        }
        events.push(event);
        wake();
      },
      onServerEvent: (event) => {
        sent.push(event);
      },
      onAppended: (bytes) => {
        appended.push(bytes);
      },
      onCommitted: (itemId, pcm) => {
        appended = [];
        utterances.push({ itemId, pcm });
      },
      onRefused: (error, eventId) => {
        errors.push({ ...error, eventId });
      },
      onBrainError: (error) => {
        brainErrors.push(error);
      },
    },
  });

  /** The first value that `find` comes up with, asked again after everything that happens. */
  const eventually = <T>(what: string, timeoutMs: number, find: () => T | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(retry);
        reject(new Error(`${what} did not come within ${timeoutMs} ms`));
      }, timeoutMs);
      const retry = (): void => {
        const value = find();
        if (value !== undefined) {
          waiting.delete(retry);
          clearTimeout(timer);
          resolve(value);
        }
      };
      waiting.add(retry);
      retry();
    });

  const newest = (): Connection => {
    const connection = connections.at(-1);
    if (connection === undefined) {
      throw new Error("No client has connected yet: wait for expectConnection() first.");
    }
    return connection;
  };

  return {
    url: server.url,
    port: server.port,
    apiKey,
    script,
    events,
    sent,
    connections,
    utterances,
    brainErrors,
    expectEvent: <T extends ClientEventType>(type: T, timeoutMs = 5000) =>
      eventually(type, timeoutMs, () => {
        const event = events.find(
          (candidate): candidate is Extract<ClientEvent, { type: T }> =>
            candidate.type === type && !taken.has(candidate),
        );
        if (event !== undefined) {
          taken.add(event);
        }
        return event;
      }),
    expectConnection: (index = 0, timeoutMs = 5000) =>
      eventually(`connection ${index}`, timeoutMs, () => connections[index]),
    appendedPcm: () => Buffer.concat(appended),
    errorsSent: () => errors,
    inject: (frame) => {
      newest().inject(frame);
    },
    injectLateAudio: (responseId, itemId, ms = 200) => {
      newest().inject({
        type: "response.output_audio.delta",
        event_id: `event_late_${sent.length}`,
        response_id: responseId,
        item_id: itemId,
        output_index: 0,
        content_index: 0,
        delta: base64FromSamples(toneOf(ms)),
      });
    },
    plan: (next) => {
      faults = next;
    },
    close: () => server.close(),
  };
}
