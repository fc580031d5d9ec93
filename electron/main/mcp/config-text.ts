/**
 * Owns the text of an `mcp.json`: which servers it names, and what is wrong with it, with the line. One bad entry, or a
 * slip somewhere in the text, takes no other entry down. Pure; comments and trailing commas are welcome.
 */
import { validateHeaderName, validateHeaderValue } from "node:http";
import { isAbsolute } from "node:path";
import { getNodeValue, parseTree, printParseErrorCode, type Node, type ParseError } from "jsonc-parser";
import { z } from "zod";
import { isThisComputer } from "../network/proxy.ts";
import { shownText } from "./clean-text.ts";
import type { ServerDefinition } from "./definition.ts";
import { expandHome, expandVariables, unknownPlaceholder, type Surroundings } from "./expand.ts";
import { findEntries, type EntryPlace } from "./torn-text.ts";

export interface ConfiguredServer {
  readonly name: string;
  /** `null`: the entry cannot be used. */
  readonly definition: ServerDefinition | null;
  /** What is wrong with the entry, in a sentence with its line; `null` when nothing is. One that is kept may have both. */
  readonly problem: string | null;
  /** It asks not to be started, as other programs write it. */
  readonly isDisabled: boolean;
}

export interface McpConfig {
  readonly servers: readonly ConfiguredServer[];
  /** The first thing that is wrong, in a sentence with its line; `null` when nothing is. */
  readonly problem: string | null;
  /** The text is no list of servers: what could be read of it is in `servers`. */
  readonly isBroken: boolean;
}

/** `servers` is what VS Code calls it. */
const listKeys = ["mcpServers", "servers"] as const;
const longestName = 200;

const words = z.string("must be text");
/** Numbers and switches are common there, and are text for a program anyway. */
const value = z.union([z.string(), z.number(), z.boolean()], "must be text").transform(String);

const entrySchema = z.object({
  type: words.optional(),
  transport: words.optional(),
  command: words.min(1, "must not be empty").optional(),
  args: z.array(value, "must be a list of texts").default([]),
  env: z.record(z.string(), value, "must be an object of texts").default({}),
  cwd: words.nullish(),
  url: words.optional(),
  headers: z.record(z.string(), value, "must be an object of texts").default({}),
  disabled: z.boolean("must be true or false").default(false),
});
const entryFields = Object.keys(entrySchema.shape);
type Entry = z.infer<typeof entrySchema>;

export function readConfig(text: string, surroundings: Surroundings): McpConfig {
  // Some editors begin a file with a byte order mark; a blank keeps the places of all that follows.
  const plain = text.replace(/^\uFEFF/, " ");
  const lineOf = (offset: number): number => plain.slice(0, offset).split("\n").length;
  if (plain.trim() === "") return { servers: [], problem: null, isBroken: false };

  const errors: ParseError[] = [];
  const root = parseTree(plain, errors, { allowTrailingComma: true });
  const slip = errors[0];
  const at = (offset: number, problem: string): string => `Line ${lineOf(offset)}: ${problem}.`;
  const named = (offset: number, name: string, problem: string): string =>
    `Line ${lineOf(offset)}, “${shownText(name)}”: ${problem}.`;
  if (slip !== undefined) {
    const places = findEntries(plain, listKeys, entryFields);
    const open = places.find(({ state }) => state === "swallows");
    const problem =
      open === undefined
        ? at(slip.offset, slipWords(slip))
        : named(open.offset, open.name, "a closing brace is missing");
    return { servers: serversAt(places, named, surroundings), problem, isBroken: true };
  }
  const unusable = (offset: number, problem: string): McpConfig => ({
    servers: [],
    problem: at(offset, problem),
    isBroken: true,
  });
  if (root?.type !== "object") return unusable(root?.offset ?? 0, "an object is expected, in braces");
  const list = listOf(root);
  if (list !== null && list.type !== "object")
    return unusable(list.offset, "the list of servers must be an object");
  const places = (list?.children ?? []).flatMap(({ children: [key, node] = [] }): readonly EntryPlace[] =>
    key === undefined || node === undefined
      ? []
      : [{ name: String(key.value), offset: key.offset, node, state: "whole" }],
  );
  const servers = serversAt(places, named, surroundings);
  const misplaced = misplacedIn(root, list);
  return {
    servers,
    problem:
      misplaced === null
        ? (servers.find((server) => server.problem !== null)?.problem ?? null)
        : at(misplaced.offset, misplaced.problem),
    isBroken: false,
  };
}

/** Servers where none are read, which would look as if they had got lost. */
function misplacedIn(
  root: Node,
  list: Node | null,
): { readonly offset: number; readonly problem: string } | null {
  for (const { children: [key, node] = [] } of root.children ?? []) {
    if (key === undefined || node === undefined || node === list) continue;
    const name = String(key.value);
    const isList = listKeys.some((listKey) => listKey === name);
    if (list !== null && isList)
      return {
        offset: key.offset,
        problem: `there is a second list of servers, “${name}”, which is not read: there can be one`,
      };
    if (list === null && entryFields.some((field) => propertyOf(node, field) !== null))
      return { offset: key.offset, problem: `“${shownText(name)}” must be in an object called “mcpServers”` };
  }
  return null;
}

function serversAt(
  places: readonly EntryPlace[],
  named: (offset: number, name: string, problem: string) => string,
  surroundings: Surroundings,
): readonly ConfiguredServer[] {
  const servers = new Map<string, ConfiguredServer>();
  for (const { name, offset, node, state } of places) {
    const outcome =
      state === "swallows"
        ? bad("a closing brace is missing")
        : state === "torn"
          ? bad("the entry is no valid JSON")
          : servers.has(name)
            ? // Neither is more meant than the other one.
              bad("there is another server of this name")
            : readEntry(name, node, surroundings);
    const problem = outcome.problem === null ? null : named(offset, name, outcome.problem);
    servers.set(name, { ...outcome, name, problem });
  }
  return [...servers.values()];
}

/**
 * What goes on while a text is broken: of each server what the text says of it cleanly, and otherwise what was known
 * before. None is taken out, since nobody can tell whether it was meant to be.
 */
export function keptThrough(known: McpConfig, broken: McpConfig): McpConfig {
  const told = new Map(broken.servers.map((server) => [server.name, server]));
  const before = known.servers.filter(({ definition }) => definition !== null);
  const kept = before.map((server): ConfiguredServer => {
    const now = told.get(server.name);
    if (now === undefined) return server;
    return now.definition === null ? { ...server, problem: now.problem } : now;
  });
  const isKept = new Set(before.map(({ name }) => name));
  return { ...broken, servers: [...kept, ...broken.servers.filter(({ name }) => !isKept.has(name))] };
}

/**
 * Adds servers to a text as they stand elsewhere, before those that are there; not a letter of the text is changed.
 * @param text without a slip (`isBroken`).
 */
export function addServers(text: string, servers: Readonly<Record<string, unknown>>): string {
  const root = parseTree(text.replace(/^\uFEFF/, " "), [], { allowTrailingComma: true });
  if (root?.type !== "object") return `${JSON.stringify({ mcpServers: servers }, null, 2)}\n`;
  const list = listOf(root);
  return list?.type === "object"
    ? withFirst(text, list, servers, "    ")
    : withFirst(text, root, { mcpServers: servers }, "  ");
}

/** @param object whose place in the text is known. */
function withFirst(
  text: string,
  object: Node,
  members: Readonly<Record<string, unknown>>,
  indent: string,
): string {
  const written = Object.entries(members).map(
    ([name, member]) =>
      `\n${indent}${JSON.stringify(name)}: ${JSON.stringify(member, null, 2).replaceAll("\n", `\n${indent}`)}`,
  );
  const after = (object.children ?? []).length > 0 ? "," : `\n${indent.slice(2)}`;
  const inside = object.offset + 1;
  return `${text.slice(0, inside)}${written.join(",")}${after}${text.slice(inside)}`;
}

/** The entries of a text as they stand, for somebody else's file; empty when it cannot be read. */
export function rawServers(text: string): Readonly<Record<string, unknown>> {
  const root = parseTree(text.replace(/^\uFEFF/, " "), [], { allowTrailingComma: true });
  const list = root?.type === "object" ? listOf(root) : null;
  if (list?.type !== "object") return {};
  const entries = (list.children ?? []).flatMap(({ children: [key, node] = [] }) =>
    key !== undefined && node?.type === "object"
      ? [[String(key.value), getNodeValue(node) as unknown] as const]
      : [],
  );
  return Object.fromEntries(entries);
}

function listOf(root: Node): Node | null {
  for (const key of listKeys) {
    const list = propertyOf(root, key);
    if (list !== null) return list;
  }
  return null;
}

const propertyOf = (node: Node, name: string): Node | null =>
  node.children?.find(({ children }) => children?.[0]?.value === name)?.children?.[1] ?? null;

type Outcome = Pick<ConfiguredServer, "definition" | "problem" | "isDisabled">;

const bad = (problem: string): Outcome => ({ definition: null, problem, isDisabled: false });

function readEntry(name: string, node: Node, surroundings: Surroundings): Outcome {
  if (name.trim() === "") return bad("a server needs a name");
  if (name.length > longestName) return bad(`a name has ${longestName} characters at most`);
  const parsed = entrySchema.safeParse(getNodeValue(node));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue?.path.join(".") ?? "";
    return bad(place === "" ? "the entry must be an object" : `“${shownText(place)}” ${issue?.message}`);
  }
  const entry = parsed.data;
  try {
    const definition =
      entry.url === undefined ? programOf(entry, surroundings) : addressOf(entry, surroundings);
    return { definition, problem: null, isDisabled: entry.disabled };
  } catch (error) {
    if (error instanceof Unusable) return bad(error.message);
    throw error;
  }
}

/** Its message says why an entry cannot be used. */
class Unusable extends Error {}

function programOf(entry: Entry, surroundings: Surroundings): ServerDefinition {
  const { command } = entry;
  if (command === undefined) throw new Unusable("either “command” or “url” is needed");
  for (const text of [command, ...entry.args, entry.cwd ?? ""]) {
    if (text.includes("\0")) throw new Unusable("no part of a command can hold the character NUL");
    const placeholder = unknownPlaceholder(text);
    if (placeholder !== null)
      throw new Unusable(
        `“${shownText(placeholder)}” is not filled in there, so that what you confirm is what runs: write it out`,
      );
  }
  for (const variable of Object.keys(entry.env))
    if (!/^[^=\0\s]+$/.test(variable))
      throw new Unusable("a variable in “env” has a name that none can have");
  const cwd = entry.cwd == null || entry.cwd === "" ? null : expandHome(entry.cwd, surroundings);
  if (cwd !== null && !isAbsolute(cwd))
    throw new Unusable(
      "“cwd” must be a whole path: another one would depend on where Parley was started, and so would what runs",
    );
  return {
    kind: "stdio",
    command: expandHome(command, surroundings),
    args: entry.args.map((argument) => expandHome(argument, surroundings)),
    env: filledIn(entry.env, "env", surroundings),
    cwd,
  };
}

function addressOf(entry: Entry, surroundings: Surroundings): ServerDefinition {
  if (entry.command !== undefined) throw new Unusable("there is both a “command” and a “url”");
  if ([entry.type, entry.transport].includes("sse"))
    throw new Unusable(
      "the old SSE transport is not spoken here; most servers have a newer address, which often ends in /mcp",
    );
  const text = entry.url ?? "";
  if (unknownPlaceholder(text) !== null)
    throw new Unusable("placeholders are filled in only in “headers”, not in the address");
  if (!URL.canParse(text)) throw new Unusable("“url” is no address");
  const url = new URL(text);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isThisComputer(url)))
    throw new Unusable("“url” must begin with https:// (http:// only for this computer)");
  if (url.username !== "" || url.password !== "")
    throw new Unusable("a name and a password belong into “headers”, not into the address");
  url.hash = "";
  const headers = filledIn(entry.headers, "headers", surroundings);
  for (const [name, header] of Object.entries(headers)) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, header);
    } catch {
      throw new Unusable(`“${shownText(name)}” in “headers” cannot be sent as it is`);
    }
  }
  return { kind: "http", url: url.href, headers };
}

function filledIn(
  values: Readonly<Record<string, string>>,
  where: string,
  surroundings: Surroundings,
): Readonly<Record<string, string>> {
  const filled = Object.entries(values).map(([name, text]): [string, string] => {
    const expanded = expandVariables(text, surroundings);
    if (expanded.kind === "ok") return [name, expanded.text];
    const what = `“${shownText(name)}” in “${where}”`;
    switch (expanded.kind) {
      case "missing":
        throw new Unusable(
          `${what} needs the variable ${shownText(expanded.variable)}, and Parley was started without it`,
        );
      case "unknown":
        throw new Unusable(
          `${what}: “${shownText(expanded.placeholder)}” is not known here; write the value itself`,
        );
    }
  });
  return Object.fromEntries(filled);
}

/** Of the parser's codes, those that people meet. */
const slips: Partial<Record<ReturnType<typeof printParseErrorCode>, string>> = {
  CommaExpected: "a comma is missing",
  ColonExpected: "a colon is missing",
  PropertyNameExpected: "a name in double quotes is expected",
  ValueExpected: "a value is missing",
  CloseBraceExpected: "a closing brace is missing",
  CloseBracketExpected: "a closing bracket is missing",
  UnexpectedEndOfString: "a text has no closing quote",
  UnexpectedEndOfComment: "a comment has no end",
  InvalidEscapeCharacter: "a backslash must be written as two, as in C:\\\\Tools",
  EndOfFileExpected: "there is something after the end",
};

const slipWords = ({ error }: ParseError): string =>
  slips[printParseErrorCode(error)] ?? "this is no valid JSON";
