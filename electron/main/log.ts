/**
 * Owns the log: one line an event. What it may say is limited by construction: numbers, booleans and short codes; an id
 * is shown as a digest, anything else is not shown. It never writes audio, words, arguments or a key.
 */
import { createHash } from "node:crypto";
import { systemLines } from "./log-lines.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

export interface LogOptions {
  readonly write: (line: string) => void;
  readonly nowMs: () => number;
  /** Debug lines are dropped without it. */
  readonly isVerbose: boolean;
}

const redacted = "[redacted]";
const longestCode = 64;
/**
 * Words of letters or short numbers, joined by punctuation: `ECONNREFUSED`, `input_audio_buffer_commit_empty`, `1006`,
 * `turn-12`. A key, token or hash mixes letters and digits in one run or has a run too long for a word.
 */
const codePattern = /^(?:[A-Z]{1,16}|[A-Z]?[a-z]{1,20}(?:[A-Z][a-z]{1,20}){0,4}|\d{1,6})$/;
/** How keys and tokens of well-known makers begin. */
export const secretPrefix = /^(?:AKIA|eyJ|(?:sk|pk|rk|ek|ghp|gho|hf|xox[a-z]?)[-_])/;

/** Is this a code of ours, a system's or the protocol's, and nothing that could be a secret? */
export function isCode(text: string): boolean {
  if (text.length === 0 || text.length > longestCode || secretPrefix.test(text)) return false;
  return text.split(/[-_.:/]/).every((part) => codePattern.test(part));
}

const digestOf = (text: string): string => `#${createHash("sha256").update(text).digest("hex").slice(0, 8)}`;

function shown(name: string, value: string | number | boolean | null): string {
  if (typeof value !== "string") return String(value);
  if (isCode(value)) return value;
  return name.endsWith("Id") ? digestOf(value) : redacted;
}

/** @param component who speaks, such as `overlay`. */
export function createLog(component: string, { write, nowMs, isVerbose }: LogOptions): Log {
  const say = (level: LogLevel, event: string, fields: LogFields = {}): void => {
    const words = Object.entries(fields).map(([name, value]) => `${name}=${shown(name, value)}`);
    const time = new Date(nowMs()).toISOString();
    write(`${[time, level.padEnd(5), component, isCode(event) ? event : redacted, ...words].join(" ")}\n`);
  };
  return {
    debug: (event, fields) => isVerbose && say("debug", event, fields),
    info: (event, fields) => say("info", event, fields),
    warn: (event, fields) => say("warn", event, fields),
    error: (event, fields) => say("error", event, fields),
  };
}

/** The code of a system error or the name of any other; never its message, which may quote what was sent. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" && isCode(code) ? code : error.name;
}

/** The log of the running app. */
export const systemLog = (component: string): Log =>
  createLog(component, {
    write: systemLines.write,
    nowMs: Date.now,
    isVerbose: process.env["PARLEY_LOG"] === "debug",
  });
