/** Owns the words about tools that both sides need: risks, questions, grants, servers, the log of actions. */

/**
 * What a tool may do to the person, decided by us and never by a server or the model. `read`: nothing private, nothing
 * leaves: runs unasked. `private-read`: what is on the clipboard, the screen, in files. `write`: changes something here.
 * `send`: something leaves this computer. `execute`: runs a program.
 */
export const risks = ["read", "private-read", "write", "send", "execute"] as const;
export type Risk = (typeof risks)[number];

/** One labelled line of what a tool is about to do. Always the whole text: it is scrolled, never cut. */
export interface CardLine {
  readonly label: string;
  readonly text: string;
}

/** What a person may answer to the question whether a tool may run. */
export const approvalAnswers = ["once", "session", "always", "deny"] as const;
export type ApprovalAnswer = (typeof approvalAnswers)[number];

/** The question whether one call may run, as the overlay draws it. Never a word of the model but its arguments. */
export interface ApprovalView {
  /** Of this question; an answer to another one is dropped. */
  readonly id: string;
  readonly callId: string;
  /** The tool in plain words, such as “Read the clipboard”. */
  readonly title: string;
  /** As the model calls it. */
  readonly tool: string;
  /** The MCP server that offers it; `null` for a tool of Parley's own. */
  readonly server: string | null;
  readonly risk: Risk;
  /** Control and bidirectional characters are made visible already. */
  readonly lines: readonly CardLine[];
  /** A `data:` URL of what is about to be sent, if that is a picture. */
  readonly thumbnail: string | null;
  /** Text from elsewhere is in the conversation: what was granted does not count, and others may speak here. */
  readonly isTainted: boolean;
  /** Answers count only then: a click that was meant for something else must not. */
  readonly isArmed: boolean;
  /** In words, what “for this session” and “always” would allow; `null` where that is not offered. */
  readonly session: string | null;
  readonly always: string | null;
  /** The shortcut that allows once, in words; `null` when there is none that works. */
  readonly allowKey: string | null;
  /** Can it be answered by saying yes while holding the talk key? */
  readonly canSay: boolean;
  /** How many more questions wait behind this one. */
  readonly waiting: number;
}

export type GrantScope = "session" | "always";

/** Something a person has allowed beforehand. */
export interface GrantEntry {
  readonly id: string;
  readonly title: string;
  readonly server: string | null;
  readonly scope: GrantScope;
  /** What it allows, in words. */
  readonly words: string;
  readonly grantedAtMs: number;
}

/** Why a call ran, or did not. */
export type Decision =
  /** Its risk is `read`. */
  | "harmless"
  /** No call of the model: the person asked for it, by the key that sends a picture of the screen along. */
  | "asked-for"
  | "granted-session"
  | "granted-always"
  /** Asked, and allowed in this way. */
  | "allowed-click"
  | "allowed-key"
  | "allowed-voice"
  | "denied"
  /** Nobody answered in time, the overlay was closed, or the screen locked. */
  | "unanswered"
  /** Unknown tool, arguments that do not fit, a tool that is switched off, a mistake of ours. */
  | "refused";

/**
 * One line of the log of actions. It holds no arguments and no results, only what tells them apart. A call that does
 * more than look up has two: one before it runs, since it may be what ends Parley, and one when it has ended.
 */
export interface ActionEntry {
  readonly atMs: number;
  readonly turnId: string;
  /** With the turn it tells which two lines are of one call; empty where there is only one. */
  readonly callId: string;
  readonly tool: string;
  readonly title: string;
  readonly server: string | null;
  /** SHA-256 of the canonical arguments, hexadecimal. */
  readonly argumentHash: string;
  readonly decision: Decision;
  /** `started`: it was let run, and how it ended is not written yet, or never will be. */
  readonly outcome: "started" | "done" | "failed" | "stopped" | "not-run";
  readonly resultBytes: number;
  readonly durationMs: number;
}

export interface ToolEntry {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly risk: Risk;
  readonly isOn: boolean;
  /** Why it cannot be used as things are, such as a folder that is not chosen; `null` if it can. */
  readonly obstacle: string | null;
}

export interface McpServerEntry {
  readonly name: string;
  readonly transport: "stdio" | "http";
  /** The whole command with its arguments and the variables that decide what runs, or the address; nothing cut. */
  readonly command: string;
  /** Names of the other variables that it is given beside the usual ones; never their values. */
  readonly variables: readonly string[];
  /** What this very definition is; the confirmation names it, so that it counts for no other. */
  readonly definitionHash: string;
  readonly isOn: boolean;
  readonly status: "off" | "unconfirmed" | "starting" | "ready" | "failed";
  /** Why it failed or was switched off, in a sentence. */
  readonly reason: string | null;
  readonly tools: readonly ToolEntry[];
}

/** An `mcp.json` of another program on this computer. */
export interface McpImport {
  /** Such as “Claude Desktop”. */
  readonly from: string;
  /** Names of the servers in it that are not here yet. */
  readonly servers: readonly string[];
}

/** All that the settings window shows about tools. */
export interface ToolsSnapshot {
  /** Counts up. The answer to a change can arrive after the word of a later one: the older of two is dropped. */
  readonly revision: number;
  readonly builtIn: readonly ToolEntry[];
  readonly servers: readonly McpServerEntry[];
  /** The text of `mcp.json`. */
  readonly mcpText: string;
  /** What is wrong with `mcp.json`, with the line; `null` when nothing is. */
  readonly mcpProblem: string | null;
  readonly imports: readonly McpImport[];
  readonly grants: readonly GrantEntry[];
  /** That what was allowed or revoked is not on the disk, and why, in sentences; `null` when it is. */
  readonly grantsProblem: string | null;
}

export type ToolsResult =
  | { readonly kind: "done"; readonly snapshot: ToolsSnapshot }
  | { readonly kind: "refused"; readonly reason: string };
