/**
 * Owns the Realtime server that the app is driven against: the strict practice server, told what to answer and what
 * goes wrong, with everything that arrived written down by the clock. It never answers on its own.
 */
import { EventEmitter } from "node:events";
import type { Brain, BrainRequest, Step, Transcription } from "../../electron/main/practice/brain.ts";
import type { ClientEvent } from "../../electron/main/practice/client-events.ts";
import type { Connection } from "../../electron/main/practice/connection.ts";
import type { ConnectionFaults, FaultPlan } from "../../electron/main/practice/faults.ts";
import { instantPacing, type Pacing } from "../../electron/main/practice/pacing.ts";
import { startRealtimeServer } from "../../electron/main/practice/realtime-server.ts";
import { monotonicMs } from "./clock.ts";

/** An event with the moment at which it was on this side of the wire. */
export interface Heard<Event> {
  readonly event: Event;
  readonly monotonicMs: number;
  readonly connection: number;
}

export type ClientEventOf<Type extends ClientEvent["type"]> = Extract<ClientEvent, { readonly type: Type }>;

export interface Committed {
  readonly itemId: string;
  /** Mono PCM16 at 24 kHz. */
  readonly pcm: Int16Array;
  readonly monotonicMs: number;
}

export interface Refused {
  readonly code: string | null;
  readonly message: string;
  /**
   * A cancel that met the end of its response on the way: the server said `response.done` just before. No client can
   * know that yet, and the real service refuses it just so.
   */
  readonly isCrossing: boolean;
}

/** What to answer with, asked for once a response. */
export type Answer = (request: BrainRequest) => readonly Step[];

export interface DrivenServer {
  /** Environment of an app that shall use it. */
  readonly env: { readonly OPENAI_BASE_URL: string; readonly OPENAI_API_KEY: string };
  readonly baseUrl: string;
  readonly host: string;
  readonly apiKey: string;
  readonly client: readonly Heard<ClientEvent>[];
  readonly sent: readonly Heard<{ readonly type: string }>[];
  readonly committed: readonly Committed[];
  /** What the app did that the real service would refuse. */
  readonly refused: readonly Refused[];
  /** Upgrade requests so far, refused ones too. */
  attempts(): number;
  connections(): readonly Connection[];
  answerWith(answer: Answer): void;
  transcribeAs(transcription: Transcription): void;
  /** For connections from now on. */
  setFaults(faults: ConnectionFaults): void;
  /** The first event of this type at index `from` of `client` or later. */
  waitForClient<Type extends ClientEvent["type"]>(
    type: Type,
    options?: { readonly from?: number; readonly timeoutMs?: number },
  ): Promise<Heard<ClientEventOf<Type>> & { readonly index: number }>;
  /** The utterance with this number, counted from 0. */
  waitForCommitted(index: number, timeoutMs?: number): Promise<Committed>;
  /** Lets go of all that was written down so far, and counts from 0 again: for runs of hours. */
  forget(): void;
  close(): Promise<void>;
}

export interface DrivenServerOptions {
  readonly pacing?: Partial<Pacing>;
  readonly apiKey?: string;
  readonly models?: readonly string[];
  readonly faults?: ConnectionFaults;
  readonly transcription?: Transcription;
}

/** Both ways over the loopback and through a busy event loop. */
const crossingMs = 25;

export async function startDrivenServer(
  answer: Answer,
  options: DrivenServerOptions = {},
): Promise<DrivenServer> {
  const apiKey = options.apiKey ?? "sk-test-0123456789abcdef";
  const client: Heard<ClientEvent>[] = [];
  const sent: Heard<{ readonly type: string }>[] = [];
  const committed: Committed[] = [];
  const refused: Refused[] = [];
  const news = new EventEmitter();
  news.setMaxListeners(0);
  let answerNow = answer;
  let transcription: Transcription = options.transcription ?? { kind: "text", text: "what was said" };
  let faults = options.faults ?? {};
  let attempts = 0;

  const brain: Brain = {
    async *respond(request) {
      yield* answerNow(request);
    },
    transcribe: () => Promise.resolve(transcription),
  };
  const plan: FaultPlan = () => {
    attempts += 1;
    return faults;
  };
  const server = await startRealtimeServer({
    brain,
    apiKey,
    ...(options.models === undefined ? {} : { models: options.models }),
    pacing: { ...instantPacing, ...options.pacing },
    faults: plan,
    observer: {
      onClientEvent(event, connection) {
        client.push({ event, monotonicMs: monotonicMs(), connection: connection.index });
        news.emit("client");
      },
      onServerEvent(event, connection) {
        sent.push({ event, monotonicMs: monotonicMs(), connection: connection.index });
      },
      onRefused(error) {
        const done = sent.findLast(({ event }) => event.type === "response.done");
        const sinceDoneMs = monotonicMs() - (done?.monotonicMs ?? Number.NEGATIVE_INFINITY);
        const isCrossing = error.code === "response_cancel_not_active" && sinceDoneMs < crossingMs;
        refused.push({ code: error.code, message: error.message, isCrossing });
      },
      onCommitted(itemId, pcm) {
        committed.push({ itemId, pcm, monotonicMs: monotonicMs() });
        news.emit("committed");
      },
      onBrainError(error) {
        refused.push({ code: "test_answer_threw", message: String(error), isCrossing: false });
      },
    },
  });

  /** Looks at once and after every `topic`, until `look` finds something. */
  function until<Found>(
    topic: string,
    look: () => Found | undefined,
    what: string,
    timeoutMs: number,
  ): Promise<Found> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        clearTimeout(timer);
        news.off(topic, check);
        settle();
      };
      const check = (): void => {
        const found = look();
        if (found !== undefined) end(() => resolve(found));
      };
      const timer = setTimeout(() => {
        const seen = client.map(({ event }) => event.type).filter((type, at, all) => type !== all[at - 1]);
        end(() =>
          reject(new Error(`${what} did not come within ${timeoutMs} ms. Came: ${seen.join(", ")}.`)),
        );
      }, timeoutMs);
      news.on(topic, check);
      check();
    });
  }

  return {
    env: { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: apiKey },
    baseUrl: server.url,
    host: `127.0.0.1:${server.port}`,
    apiKey,
    client,
    sent,
    committed,
    refused,
    attempts: () => attempts,
    connections: () => server.connections(),
    answerWith(next) {
      answerNow = next;
    },
    transcribeAs(next) {
      transcription = next;
    },
    setFaults(next) {
      faults = next;
    },
    waitForClient<Type extends ClientEvent["type"]>(
      type: Type,
      { from = 0, timeoutMs = 15_100 }: { readonly from?: number; readonly timeoutMs?: number } = {},
    ) {
      const look = (): (Heard<ClientEventOf<Type>> & { readonly index: number }) | undefined => {
        const index = client.findIndex(({ event }, at) => at >= from && event.type === type);
        const found = client[index];
        return found === undefined ? undefined : { ...(found as Heard<ClientEventOf<Type>>), index };
      };
      return until("client", look, `“${type}”`, timeoutMs);
    },
    waitForCommitted: (index, timeoutMs = 15_200) =>
      until("committed", () => committed[index], `utterance ${index}`, timeoutMs),
    forget() {
      for (const notes of [client, sent, committed, refused]) notes.length = 0;
    },
    close: () => server.close(),
  };
}
