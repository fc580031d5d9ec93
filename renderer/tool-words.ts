/** Owns the words about tools that both windows use, so that the same thing is never called by two names. */
import { assertNever } from "../shared/assert-never.ts";
import type { Risk } from "../shared/tools.ts";

/** @returns what could happen, as the rest of a sentence that begins with the tool. */
export function riskWords(risk: Risk): string {
  switch (risk) {
    case "read":
      return "Looks something up: nothing private, nothing changes";
    case "private-read":
      return "Reads something private";
    case "write":
      return "Changes something on this computer";
    case "send":
      return "Sends something out of this computer";
    case "execute":
      return "Runs a program on this computer";
    default:
      return assertNever(risk);
  }
}
