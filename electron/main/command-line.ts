/**
 * Owns what can be asked of Parley on its command line, and by that of the instance that runs. Pure: words in, a
 * command or a complaint out. Switches that are not its own (Chromium has hundreds) are none of its business.
 */
import { z } from "zod";

const talkVerbs = ["start", "look", "stop", "toggle"] as const;

export type TalkVerb = (typeof talkVerbs)[number];

/** Also what a second start hands over to the first one: foreign input there. */
export const commandSchema = z.discriminatedUnion("kind", [
  /** Nothing in particular. */
  z.object({ kind: z.literal("open") }),
  z.object({ kind: z.literal("settings") }),
  z.object({ kind: z.literal("talk"), verb: z.enum(talkVerbs) }),
  /** As Esc does. */
  z.object({ kind: z.literal("cancel") }),
]);

export type Command = z.infer<typeof commandSchema>;

export type CommandLine =
  | { readonly kind: "command"; readonly command: Command }
  | { readonly kind: "help" }
  /** One sentence for whoever wrote it. */
  | { readonly kind: "mistake"; readonly words: string };

export const usage = `Usage: parley [--talk start|look|stop|toggle] [--cancel] [--settings] [--help]

  --talk start    begin to record, as a tap of the talk key does; starts Parley if need be
  --talk look     the same, and what is on the screen goes with the question
  --talk stop     end the recording and send it
  --talk toggle   the one or the other
  --cancel        throw the recording away, or stop the answer, as Esc does
  --settings      open the settings

With Parley running, the command is handed over to it.
`;

/** @param argv what was given after the program, as `process.argv` has it or longer. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  if (argv.includes("--help")) return { kind: "help" };
  const commands: Command[] = [];
  for (const [index, argument] of argv.entries()) {
    if (argument === "--settings") commands.push({ kind: "settings" });
    if (argument === "--cancel") commands.push({ kind: "cancel" });
    if (argument === "--talk" || argument.startsWith("--talk=")) {
      const value = argument === "--talk" ? argv[index + 1] : argument.slice("--talk=".length);
      const verb = talkVerbs.find((known) => known === value);
      if (verb === undefined) return mistake(`“--talk” needs one of ${talkVerbs.join(", ")}`);
      commands.push({ kind: "talk", verb });
    }
  }
  const [command, another] = commands;
  if (another !== undefined) return mistake("Only one thing can be asked for at a time");
  return { kind: "command", command: command ?? { kind: "open" } };
}

/** Without a Parley that runs there is nothing that it could mean. */
export const needsRunning = (command: Command): boolean =>
  command.kind === "cancel" || (command.kind === "talk" && command.verb === "stop");

const mistake = (what: string): CommandLine => ({
  kind: "mistake",
  words: `${what}. “--help” tells what there is.`,
});
