/** Owns the other end of typing-thread.ts: it only hands requests on to typing.ts and answers back. */
import { parentPort, workerData } from "node:worker_threads";
import { systemTimers } from "../timer-host.ts";
import type { TypingReply, TypingRequest, TypingThreadData } from "./typing-thread.ts";
import { createX11Typing } from "./typing.ts";

const port = parentPort;
if (port === null) throw new Error("This is the program of a thread: start it as one.");

const typing = createX11Typing({ ...(workerData as TypingThreadData), timers: systemTimers });
const running = new Map<number, AbortController>();

async function run(request: Exclude<TypingRequest, { what: "stop" }>): Promise<unknown> {
  switch (request.what) {
    case "target":
      return typing.target();
    case "keep":
      return typing.keep();
    case "leave":
      for (const stop of running.values()) stop.abort();
      return typing.leave();
    case "putBack":
      return typing.putBack(request.kept);
    case "type": {
      const stop = new AbortController();
      running.set(request.id, stop);
      try {
        return await typing.type(request.text, request.targetId, request.talkKeycode, stop.signal);
      } finally {
        running.delete(request.id);
      }
    }
  }
}

port.on("message", (request: TypingRequest) => {
  if (request.what === "stop") return running.get(request.id)?.abort();
  void run(request).then((result) => port.postMessage({ id: request.id, result } satisfies TypingReply));
});
