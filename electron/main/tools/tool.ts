/** Owns what a tool is, whoever offers it. It never runs one and never asks the person. */
import type { CardLine, Risk } from "../../../shared/tools.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

export type ToolOrigin =
  | { readonly kind: "built-in" }
  /** `identity`: what the server is (command, version); a grant for its tools falls when that changes. */
  | { readonly kind: "mcp"; readonly server: string; readonly identity: string };

export interface Tool {
  /** Unique, of letters, digits, `_` and `-`, 64 at most: that is what the model may call. */
  readonly name: string;
  /** For the person: what it does in plain words, such as “Look up the time”. */
  readonly title: string;
  /** For the model: what it does and when to use it. */
  readonly description: string;
  readonly origin: ToolOrigin;
  readonly risk: Risk;
  /** JSON schema of the arguments, which are an object. */
  readonly schema: JsonObject;
  readonly timeBoundMs: number;
  /** Why it cannot be used as things are, in a sentence for the person; `null` if it can. */
  obstacle(): string | null;
  /**
   * One call, ready to be shown and run. It may look, but changes nothing and sends nothing.
   * @param args parsed JSON as the model wrote it; not trusted. Throws a ToolFailure when they do not fit.
   */
  prepare(args: unknown, signal: AbortSignal): Promise<ToolUse> | ToolUse;
}

/** One call of a tool, with its arguments in it. */
export interface ToolUse {
  /** The arguments in short, one line for the action card. */
  readonly summary: string;
  /** All of what it is about to do, for the question whether it may: nothing is left out. */
  readonly lines: readonly CardLine[];
  /** A `data:` URL of a picture that is about to be sent; `null` for anything else. */
  readonly thumbnail: string | null;
  /** The tool's own, or a higher one for these arguments. */
  readonly risk: Risk;
  /** What “always” would allow: calls of this tool with the same `text`. `null`: it is asked for each time. */
  readonly pattern: GrantPattern | null;
  /** Throws a ToolFailure for what the model should hear about; anything else is a mistake of ours. */
  run(context: ToolContext): Promise<ToolResult> | ToolResult;
}

export interface GrantPattern {
  readonly text: string;
  /** For the person, such as “pages of example.com”. */
  readonly words: string;
}

export interface ToolContext {
  /** Aborted when the person stops everything or the time is up: end at once, leave nothing running. */
  readonly signal: AbortSignal;
  /** How far it is, in one short line for the card. */
  progress(line: string): void;
  readonly commit: Commit;
}

/**
 * Takes the short step that makes the effect. It is not taken when the call has been stopped or its time is up; once it
 * has begun the call is not ended before it, so that “stopped” is never said of what happens all the same.
 */
export type Commit = <Result>(step: () => Promise<Result>) => Promise<Result>;

export interface ToolImage {
  readonly mimeType: "image/png" | "image/jpeg";
  readonly base64: string;
}

/** What goes beside the output of a call. */
export interface Aside {
  readonly images: readonly ToolImage[];
  /** Text or pictures from elsewhere are in what it gave. */
  readonly isForeign: boolean;
}

/** What a tool found or did: JSON for the model, one line for the person. */
export interface ToolResult {
  readonly output: JsonObject;
  readonly summary: string;
  /**
   * Where text in `output` or a picture comes from, when it is neither ours nor the person's own saying: “web page
   * https://…”, “clipboard”, “screen”, “file notes.txt”, “MCP server memory”. The model is given it as data of that
   * origin, and it taints the conversation.
   */
  readonly source?: string;
  /** Shown to the model for this one answer. */
  readonly images?: readonly ToolImage[];
  readonly undo?: Undo;
}

/** Takes an effect back. Throws a ToolFailure when that cannot be done any more. */
export type Undo = () => Promise<void> | void;

/** A failure that is worth telling the model in these words. */
export class ToolFailure extends Error {}

/** One that somebody else has worded: the model is given `output` as data of that origin, as with a result. */
export class ForeignFailure extends ToolFailure {
  readonly source: string;
  readonly output: JsonObject;

  /** @param message ours, for the card. */
  constructor(message: string, source: string, output: JsonObject) {
    super(message);
    this.source = source;
    this.output = output;
  }
}

/** A tool as `session.tools` declares it (protocol: `type: "function"`). */
export interface ToolDeclaration {
  readonly type: "function";
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonObject;
}

export const declare = ({ name, description, schema }: Tool): ToolDeclaration => ({
  type: "function",
  name,
  description,
  parameters: schema,
});
