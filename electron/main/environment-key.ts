/**
 * Owns taking the API key out of the environment, so that no child ever inherits it. It never stores or sends it.
 *
 * On Linux Chromium's zygote, from which every renderer is forked, is started before any code of ours runs and has the
 * environment of the process in its memory. So `npm start` hands the key over through a pipe instead: the variable
 * `PARLEY_KEY_FD` names an inherited descriptor, and `OPENAI_API_KEY` is not set at all.
 */
import { closeSync, readFileSync } from "node:fs";
import { defaultBaseUrl } from "../../shared/settings.ts";
import { originOf } from "./realtime/endpoint.ts";

export interface EnvironmentKey {
  readonly key: string;
  /** The only origin it may go to. */
  readonly origin: string;
}

const keyVariable = "OPENAI_API_KEY";
const descriptorVariable = "PARLEY_KEY_FD";

/**
 * Call once, before anything else of the app. Removes both variables from `environment`.
 * @returns `null` without a key, or when `OPENAI_BASE_URL` is no address that a key could belong to.
 */
export function takeEnvironmentKey(environment: NodeJS.ProcessEnv): EnvironmentKey | null {
  const handedOver = readDescriptor(environment[descriptorVariable]);
  const key = (handedOver ?? environment[keyVariable] ?? "").trim();
  delete environment[keyVariable];
  delete environment[descriptorVariable];
  if (key === "") return null;
  const origin = originOf(environment["OPENAI_BASE_URL"]?.trim() || defaultBaseUrl);
  return origin === null ? null : { key, origin };
}

function readDescriptor(name: string | undefined): string | null {
  const descriptor = Number(name);
  // 0 to 2 are the standard streams: never ours to close.
  if (name === undefined || !Number.isInteger(descriptor) || descriptor < 3) return null;
  try {
    const text = readFileSync(descriptor, "utf8");
    closeSync(descriptor);
    return text;
  } catch {
    // A stale variable, inherited from somewhere else.
    return null;
  }
}
