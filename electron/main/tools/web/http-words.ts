/** Owns what went wrong with a request, in a sentence for the model and the person. Pure. */
import { assertNever } from "../../../../shared/assert-never.ts";
import type { HttpProblem } from "../../network/http-get.ts";

/** @param host of the address, such as `example.com`. */
export function describeHttpProblem(problem: HttpProblem, host: string): string {
  switch (problem.kind) {
    case "unknown-name":
      return `There is no site named ${host}, or this computer is offline.`;
    case "no-resolver":
      return `${host} could not be looked up: this computer seems to be offline.`;
    case "forbidden-address":
      return `${host} leads to ${problem.address}, which is not on the internet: this computer and its network cannot be reached in this way.`;
    case "unreachable":
      return `${host} could not be reached (${problem.code}).`;
    case "bad-certificate":
      return `${host} could not prove that it is ${host} (${problem.code}), so nothing was sent to it.`;
    case "proxy":
      return `The proxy ${problem.proxy} did not lead to ${host}. It must allow tunnels to addresses that were looked up here.`;
    case "no-route":
      return `The network cannot be used as it is set up: ${problem.reason}.`;
    case "garbled":
      return `${host} answered with something that cannot be read (${problem.code}).`;
    case "too-slow":
      return `${host} took too long to answer.`;
    case "stopped":
      return "It was stopped.";
    default:
      return assertNever(problem);
  }
}

/** @param status of HTTP, anything but 2xx. */
export function describeStatus(status: number, host: string): string {
  if (status === 401 || status === 403) return `${host} does not let this page be read (${status}).`;
  if (status === 404 || status === 410) return `${host} has no such page (${status}).`;
  if (status === 429) return `${host} has been asked too often (429). Try again later.`;
  if (status >= 500) return `${host} has trouble of its own (${status}). Try again later.`;
  return `${host} answered with status ${status}.`;
}
