/**
 * Owns the thread that types on X, and the words between it and main. Chromium blocks the main thread while it asks for
 * what is on the clipboard; if that is offered by this very process, another thread has to answer.
 */
import { Worker } from "node:worker_threads";
import type { TypingOutcome, TypingTarget } from "../tools/typing/typist.ts";
import { errorCode, type Log } from "../log.ts";
import type { X11Typing } from "./typing.ts";

/** Main → thread. */
export type TypingRequest =
  | { readonly id: number; readonly what: "target" | "keep" | "leave" }
  | {
      readonly id: number;
      readonly what: "type";
      readonly text: string;
      readonly targetId: string;
      readonly talkKeycode: number;
    }
  | { readonly id: number; readonly what: "putBack"; readonly kept: number }
  /** Ends the typing of this id, if it goes on. */
  | { readonly id: number; readonly what: "stop" };

/** Thread → main. */
export interface TypingReply {
  readonly id: number;
  readonly result: unknown;
}

export interface TypingThreadData {
  readonly environment: NodeJS.ProcessEnv;
  readonly processId: number;
}

export interface TypingThread extends Omit<X11Typing, "close"> {
  /** Safe to call twice. What the thread offered is gone then. */
  close(): Promise<void>;
}

/** Without the id, which is given when it is sent. */
type Wish = TypingRequest extends infer Each ? (Each extends unknown ? Omit<Each, "id"> : never) : never;

/** @param path of the thread's program. It is started when it is first needed. */
export function createTypingThread(path: string, data: TypingThreadData, log: Log): TypingThread {
  const waiting = new Map<number, (result: unknown) => void>();
  let worker: Worker | null = null;
  let requests = 0;
  let isClosed = false;

  function start(): Worker {
    const started = new Worker(path, { workerData: data });
    started.unref();
    started.on("message", ({ id, result }: TypingReply) => {
      waiting.get(id)?.(result);
      waiting.delete(id);
    });
    started.on("error", (error) => log.error("typing-thread-failed", { code: errorCode(error) }));
    started.on("exit", () => {
      if (worker === started) worker = null;
      for (const answer of waiting.values()) answer(undefined);
      waiting.clear();
    });
    return started;
  }

  /** @returns `undefined` when the thread has ended before it answered, or is not to be started any more. */
  async function ask<Result>(wish: Wish, signal?: AbortSignal): Promise<Result | undefined> {
    if (isClosed) return undefined;
    worker ??= start();
    const present = worker;
    requests += 1;
    const id = requests;
    const stop = (): void => present.postMessage({ id, what: "stop" } satisfies TypingRequest, []);
    signal?.addEventListener("abort", stop);
    try {
      return await new Promise((resolve) => {
        waiting.set(id, resolve as (result: unknown) => void);
        present.postMessage({ ...wish, id }, []);
      });
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  return {
    target: async () => (await ask<TypingTarget>({ what: "target" })) ?? { kind: "none" },
    async type(text, targetId, talkKeycode, signal) {
      if (signal.aborted) return { kind: "stopped" };
      const outcome = await ask<TypingOutcome>({ what: "type", text, targetId, talkKeycode }, signal);
      return outcome ?? { kind: "unavailable" };
    },
    keep: async () => (await ask<number | null>({ what: "keep" })) ?? null,
    putBack: async (kept) => (await ask<boolean>({ what: "putBack", kept })) ?? false,
    async leave() {
      if (worker !== null) await ask({ what: "leave" });
    },
    async close() {
      isClosed = true;
      const present = worker;
      worker = null;
      await present?.terminate();
    },
  };
}
