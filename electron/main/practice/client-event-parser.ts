/**
 * Owns the way from a text frame to a client event, or to the error that the real service would send.
 * Never changes anything: a refused event leaves no trace.
 */
import type { z } from "zod";
import { clientEventSchemas } from "./client-events.ts";
import type { ClientEvent, ClientEventType } from "./client-events.ts";
import { invalidRequest } from "./wire-error.ts";
import type { WireError } from "./wire-error.ts";

export type ParsedClientEvent =
  | { readonly ok: true; readonly event: ClientEvent; readonly eventId: string | null }
  | { readonly ok: false; readonly error: WireError; readonly eventId: string | null };

/** `text` is one WebSocket text frame. The client's `event_id` comes back whenever it could be read. */
export function parseClientEvent(text: string): ParsedClientEvent {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    const message = "We could not parse the JSON body of your request. The event must be a JSON object.";
    return { ok: false, error: invalidRequest("invalid_json", message), eventId: null };
  }
  if (!isRecord(raw)) {
    const message = "The event must be a JSON object with a string 'type'.";
    return { ok: false, error: invalidRequest("invalid_event", message), eventId: null };
  }
  const eventId = typeof raw["event_id"] === "string" ? raw["event_id"] : null;
  const error = checkHead(raw);
  if (error !== null) {
    return { ok: false, error, eventId };
  }
  const parsed = clientEventSchemas[raw["type"] as ClientEventType].safeParse(raw);
  return parsed.success
    ? { ok: true, event: parsed.data, eventId }
    : { ok: false, error: errorOfIssues(parsed.error.issues, raw), eventId };
}

/** What the service looks at before the fields: the type, and which kind of session an update is for. */
function checkHead(raw: Record<string, unknown>): WireError | null {
  const type = raw["type"];
  if (type === undefined) {
    return missing("type");
  }
  if (typeof type !== "string") {
    return wrongType("type", "a string", type);
  }
  if (!Object.hasOwn(clientEventSchemas, type)) {
    const supported = Object.keys(clientEventSchemas)
      .map((name) => `'${name}'`)
      .join(", ");
    return invalidRequest(
      "invalid_value",
      `Invalid value: '${type}'. Supported values are: ${supported}.`,
      "type",
    );
  }
  if (type !== "session.update" || !isRecord(raw["session"])) {
    return null;
  }
  const kind = raw["session"]["type"];
  if (kind === undefined) {
    return missing("session.type");
  }
  if (kind === "transcription") {
    const message = "Passing a transcription session update event to a realtime session is not allowed.";
    return invalidRequest("invalid_value", message, "session.type");
  }
  return null;
}

type Issue = z.core.$ZodIssue;

/** The first complaint wins, except that an unknown key is named before anything else about its object. */
function errorOfIssues(issues: readonly Issue[], raw: unknown): WireError {
  const flat = issues.map(innermost);
  const issue = flat.find((candidate) => candidate.code === "unrecognized_keys") ?? flat[0];
  if (issue === undefined) {
    return invalidRequest("invalid_event", "The event is not valid.");
  }
  const param = paramOf(issue.path);
  const given = valueAt(raw, issue.path);
  if (issue.code === "unrecognized_keys") {
    const unknown = paramOf([...issue.path, issue.keys[0] ?? ""]);
    return invalidRequest("unknown_parameter", `Unknown parameter: '${unknown}'.`, unknown);
  }
  if (given === undefined) {
    return missing(param);
  }
  if (issue.code === "invalid_type") {
    return wrongType(param, issue.expected, given);
  }
  if (issue.code === "too_big" && issue.origin === "string") {
    const message = `Invalid '${param}': string too long. Expected a string with maximum length ${issue.maximum}.`;
    return invalidRequest("string_above_max_length", message, param);
  }
  return invalidRequest("invalid_value", `Invalid value for '${param}': ${issue.message}.`, param);
}

/** Of a union's failed branches, the one that got furthest into the value says what is really wrong. */
function innermost(issue: Issue): Issue {
  if (issue.code !== "invalid_union" || issue.errors.length === 0) {
    return issue;
  }
  const branches = issue.errors.flatMap((branch) => branch.slice(0, 1).map(innermost));
  const inside = branches.find((branch) => branch.path.length > 0 || branch.code === "unrecognized_keys");
  const everyTypeIsWrong = branches.every((branch) => branch.code === "invalid_type");
  const chosen =
    inside ?? (everyTypeIsWrong ? branches[0] : branches.find((branch) => branch.code !== "invalid_type"));
  return chosen === undefined ? issue : { ...chosen, path: [...issue.path, ...chosen.path] };
}

const missing = (param: string): WireError =>
  invalidRequest("missing_required_parameter", `Missing required parameter: '${param}'.`, param);

const wrongType = (param: string, expected: string, given: unknown): WireError =>
  invalidRequest(
    "invalid_type",
    `Invalid type for '${param}': expected ${expected}, but got ${typeName(given)} instead.`,
    param,
  );

function typeName(value: unknown): string {
  if (value === null) {
    return "null";
  }
  return Array.isArray(value) ? "an array" : typeof value;
}

/** `["item", "content", 0, "text"]` as `item.content[0].text`. */
function paramOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") {
      return `${text}[${key}]`;
    }
    return text === "" ? String(key) : `${text}.${String(key)}`;
  }, "");
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined),
    raw,
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
