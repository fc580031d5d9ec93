/**
 * Owns practice as the app starts it: the voice, the brain and the server put together.
 * Never lets another program in: the key is made anew at each start and is known to the caller alone.
 */
import { randomBytes } from "node:crypto";
import { createPracticeBrain } from "./practice-brain.ts";
import { livelyPacing } from "./pacing.ts";
import type { Pacing } from "./pacing.ts";
import { startRealtimeServer } from "./realtime-server.ts";
import type { ServerObserver } from "./realtime-server.ts";
import { loadVoiceBank } from "./voice-bank.ts";

export interface PracticeOptions {
  /** The directory that holds `voice.json` and `voice.bin`. */
  readonly resourcesDir: string;
  /** Told what practice itself got wrong, without anything the user has said. */
  readonly log?: (message: string) => void;
  readonly pacing?: Pacing;
  readonly observer?: ServerObserver;
}

export interface Practice {
  /** `http://127.0.0.1:PORT/v1` */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly model: "practice";
  readonly voice: "slt";
  /** Ends every connection. Safe to call twice. */
  close(): Promise<void>;
}

/** Rejects when the voice cannot be read or no loopback port can be had. */
export async function startPractice(options: PracticeOptions): Promise<Practice> {
  const voice = await loadVoiceBank(options.resourcesDir);
  const apiKey = `practice-${randomBytes(24).toString("hex")}`;
  const server = await startRealtimeServer({
    brain: createPracticeBrain(voice),
    apiKey,
    models: ["practice"],
    pacing: options.pacing ?? livelyPacing,
    observer: {
      ...options.observer,
      onBrainError: (error) => {
        options.log?.(`practice could not answer: ${error instanceof Error ? error.message : String(error)}`);
        options.observer?.onBrainError?.(error);
      },
    },
  });
  return {
    baseUrl: server.url,
    apiKey,
    model: "practice",
    voice: "slt",
    close: () => server.close(),
  };
}
