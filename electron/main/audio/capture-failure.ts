/** Owns which failure a microphone's problem is for the person. Pure. */
import { assertNever } from "../../../shared/assert-never.ts";
import type { Failure } from "../../../shared/failure.ts";
import type { CaptureProblem } from "../../../shared/ipc-contract.ts";

/** @param device its name, `null` if that is not known. */
export function failureOf(problem: CaptureProblem, device: string | null): Failure {
  switch (problem) {
    case "denied":
      return { kind: "microphone-denied", device };
    case "missing":
      return { kind: "microphone-missing", device };
    case "busy":
      return { kind: "microphone-busy", device };
    case "lost":
      return { kind: "microphone-lost", device };
    case "stuck":
      return { kind: "microphone-stuck", device };
    case "failed":
      return { kind: "microphone-failed", device };
    default:
      return assertNever(problem);
  }
}
