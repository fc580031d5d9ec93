/** Owns the reading of `response.done` as the outcome of a turn's response. Pure; no message of the server gets through. */
import type { Failure } from "../../../shared/failure.ts";
import { callId } from "../../../shared/ids.ts";
import type { ResponseOutcome, ToolCall } from "../session/types.ts";
import type { ResponseDone } from "./protocol.ts";
import { failureOfReport, safeCode } from "./server-errors.ts";
import type { ErrorReport } from "./server-errors.ts";

type Response = ResponseDone["response"];

export function outcomeOf(response: Response, model: string): ResponseOutcome {
  // Without a status it has ended as it should: the status is there to tell what went wrong.
  switch (response.status ?? "completed") {
    case "cancelled":
      return { kind: "cancelled" };
    case "incomplete":
      return response.status_details?.reason === "content_filter"
        ? { kind: "failed", failure: { kind: "answer-filtered" } }
        : { kind: "incomplete" };
    case "failed":
      return { kind: "failed", failure: failureOfAnswer(response.status_details?.error ?? null, model) };
    default:
      return { kind: "completed", calls: callsOf(response) };
  }
}

/** What a refused or failed answer is called before the person. */
export function failureOfAnswer(report: ErrorReport | null, model: string): Failure {
  if (report === null) return { kind: "answer-failed", code: "unknown" };
  return (
    failureOfReport(report, model) ?? { kind: "answer-failed", code: safeCode(report.code ?? report.type) }
  );
}

const cutOffStatuses: ReadonlySet<string> = new Set(["cancelled", "incomplete", "failed"]);

/**
 * Each call that is whole, once. A response that was cut off may hold both: calls that were made before, and one with
 * status `incomplete` and broken arguments. Where a call has no status, it is that of the response.
 */
export function callsOf(response: Response): readonly ToolCall[] {
  const isCutOff = cutOffStatuses.has(response.status ?? "completed");
  const calls = new Map<string, ToolCall>();
  for (const item of response.output) {
    if (item.type !== "function_call" || item.call_id === null || item.name === null) continue;
    if (item.status === null ? isCutOff : item.status !== "completed") continue;
    if (calls.has(item.call_id)) continue;
    calls.set(item.call_id, {
      callId: callId(item.call_id),
      name: item.name,
      argumentsJson: item.arguments ?? "",
    });
  }
  return [...calls.values()];
}
