/**
 * Owns the tool that runs a program: an array of arguments that reach the program as they are, in one folder, with an
 * environment without secrets, bounded in time and output. It is off until the person allows it, each call shows the
 * program's whole path and every argument, and no shell ever reads any of it. How a program is started and ended is
 * child-process.ts.
 */
import { statSync } from "node:fs";
import { isAbsolute } from "node:path";
import { z } from "zod";
import type { Settings } from "../../../../shared/settings.ts";
import { createBoundedOutput } from "../../bounded-output.ts";
import { harmlessEnvironment } from "../../child-environment.ts";
import type { ChildEnd, Children } from "../../child-process.ts";
import type { TimerHost } from "../../session/ports.ts";
import { parseArguments, schemaOf } from "../built-in-tool.ts";
import { canonicalJson } from "../canonical-json.ts";
import { ToolFailure, type Tool, type ToolContext, type ToolResult, type ToolUse } from "../tool.ts";
import { commandOutput } from "./command-output.ts";
import { findProgram } from "./find-program.ts";

export interface RunCommandPorts {
  readonly settings: () => Pick<Settings, "commandsAllowed" | "commandFolder">;
  readonly children: Children;
  /** Of the app; the program sees what is harmless of it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly timers: TimerHost;
}

/** Whoever talks does not wait longer. */
export const commandBoundMs = 60_000;
/** More than the bound, so that what the program said until then is told. */
const toolBoundMs = commandBoundMs + 5_000;
const keptBytes = 64 * 1024;

/** A system hands over no NUL, and half a character only as another one. */
const argument = z
  .string()
  .max(16_384)
  .refine((text) => !/\0|\p{Cs}/u.test(text), { error: "holds a character that no program can be given" });

const parameters = z.object({
  program: argument.min(1).max(4_096).describe("Bare name of a program such as git, or its absolute path."),
  args: z
    .array(argument)
    .max(100)
    .default([])
    .describe(
      "The arguments, one each, exactly as the program shall get them. There is no shell: no quoting, no |, no *.",
    ),
});

type Command = z.infer<typeof parameters>;

export function runCommand(ports: RunCommandPorts): Tool {
  return {
    name: "run_command",
    title: "Run a command",
    description:
      "Runs one program with an array of arguments in the user's chosen folder and tells its output and exit code. No shell, no input, 60 seconds at most. Use it only when the user asks for something that a program on this computer must do.",
    origin: { kind: "built-in" },
    risk: "execute",
    schema: schemaOf(parameters),
    timeBoundMs: toolBoundMs,
    obstacle: () => obstacleOf(ports.settings()),
    prepare: (raw) => prepare(parseArguments(parameters, raw), ports),
  };
}

function obstacleOf({
  commandsAllowed,
  commandFolder,
}: ReturnType<RunCommandPorts["settings"]>): string | null {
  if (!commandsAllowed) return "Commands are switched off. Allow them in the settings, under Tools.";
  if (commandFolder === "")
    return "No folder is chosen for commands. Choose one in the settings, under Tools.";
  return isFolder(commandFolder)
    ? null
    : "The folder for commands is not there. Choose another in the settings, under Tools.";
}

const isFolder = (path: string): boolean =>
  isAbsolute(path) && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** The program is looked for once: what was shown is what runs. */
function prepare({ program, args }: Command, ports: RunCommandPorts): ToolUse {
  const { commandFolder: folder } = ports.settings();
  const environment = harmlessEnvironment(ports.environment, process.platform);
  const found = findProgram(program, environment["PATH"] ?? "", folder);
  if (found.kind === "refused") throw new ToolFailure(found.reason);
  const { path } = found;
  return {
    summary: [program, ...args].join(" ").slice(0, 120),
    lines: [
      { label: "Program", text: path },
      ...args.map((text, index) => ({ label: `Argument ${index + 1}`, text: onOneLine(text) })),
      { label: "Folder", text: folder },
    ],
    thumbnail: null,
    risk: "execute",
    pattern: { text: canonicalJson({ path, args, folder }), words: "exactly this command, in this folder" },
    run: (context) => run({ path, args, folder, environment }, ports, context),
  };
}

/** Elsewhere a line break is layout; here it could make one argument look like two. */
const onOneLine = (text: string): string => text.replaceAll("\n", "‹U+000A›").replaceAll("\t", "‹U+0009›");

interface Start {
  readonly path: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

async function run(
  { path, args, folder, environment }: Start,
  { children, timers }: RunCommandPorts,
  { signal, progress }: ToolContext,
): Promise<ToolResult> {
  // Between the question and the answer somebody may have stopped everything.
  if (signal.aborted) throw new ToolFailure("It was stopped by the user.");
  progress("Running");
  const child = children.start({ program: path, args, folder, environment, stdin: "closed" });
  const output = createBoundedOutput(keptBytes);
  output.follow(child.stdout);
  output.follow(child.stderr);
  let isTooLong = false;
  const cancel = timers.start(commandBoundMs, () => {
    isTooLong = true;
    void child.end();
  });
  const stop = (): void => void child.end();
  signal.addEventListener("abort", stop);
  const end = await child.ended;
  cancel();
  signal.removeEventListener("abort", stop);
  if (end.kind === "not-started") throw new ToolFailure(notStarted(end.code));
  const { text, note } = commandOutput(output.kept());
  const outcome = isTooLong ? `stopped after ${commandBoundMs / 1_000} s` : wordsOf(end);
  return {
    output: {
      outcome,
      exit_code: end.kind === "exited" ? end.exitCode : null,
      output: text,
      ...(note === null ? {} : { note }),
    },
    summary: outcome,
    source: `output of ${path}`,
  };
}

const wordsOf = (end: Exclude<ChildEnd, { kind: "not-started" }>): string =>
  end.kind === "killed"
    ? `ended by ${end.signal}`
    : end.exitCode === 0
      ? "done"
      : `ended with exit code ${end.exitCode}`;

function notStarted(code: string): string {
  if (code === "E2BIG") return "The arguments are too long for this system.";
  if (code === "EACCES") return "The program may not be run.";
  return `The program could not be started (${code}).`;
}
