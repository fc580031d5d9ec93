/**
 * Owns the way from an `error` event back to the request that it is about. An error that names an earlier request never
 * touches a newer one. Pure but for the log line; what becomes of the turn is decided elsewhere.
 */
import type { Log } from "../log.ts";
import type { ServerError } from "./protocol.ts";
import { isOwnMistake, safeCode } from "./server-errors.ts";
import type { ErrorReport } from "./server-errors.ts";
import type { SentRequest, SessionMemory } from "./session-memory.ts";

/** The request that an error is about, where that can be told. */
export function requestOf(error: ServerError["error"], memory: SessionMemory): SentRequest | undefined {
  // The id of an append is that of its utterance, with a number behind a dot.
  if (error.event_id !== null) return memory.requests.get(error.event_id.replace(/\.\d+$/, ""));
  // Servers leave the id out at times; a refused commit is known by its code, and commits are answered in order.
  const [oldest] = memory.pendingCommits;
  return error.code === "input_audio_buffer_commit_empty" && oldest !== undefined
    ? { kind: "input", turnId: oldest.turnId }
    : undefined;
}

/** What was refused is not in the conversation: sent again, it goes out again. */
export function forgetRefused(request: SentRequest, memory: SessionMemory): void {
  if (request.kind === "text") memory.unansweredText = null;
  if (request.kind !== "input") return;
  const index = memory.pendingCommits.findIndex((commit) => commit.turnId === request.turnId);
  const [refused] = index < 0 ? [] : memory.pendingCommits.splice(index, 1);
  if (refused !== undefined) memory.utterances.delete(refused.utterance);
}

export function logRefusal(log: Log, report: ErrorReport, request: string): void {
  const detail = { code: safeCode(report.code), request };
  if (isOwnMistake(report)) log.error("request-wrong", detail);
  else log.warn("request-refused", detail);
}
