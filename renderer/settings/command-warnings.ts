/**
 * Owns what in a command is worth a second look before it runs. Pure. It only points at words: what it does not know is
 * no safer, and nothing is ever allowed or refused by it.
 */
import { decidesWhatRuns } from "../../shared/deciding-variables.ts";

export interface CommandWarning {
  readonly kind: "administrator" | "deletes" | "shell" | "everything" | "home" | "variable";
  /** What was found, as it stands in the command. */
  readonly word: string;
}

const programs: Readonly<Record<string, CommandWarning["kind"]>> = {
  ...kindOf("administrator", "sudo doas su pkexec run0 gsudo runas"),
  ...kindOf("deletes", "rm rmdir shred unlink del erase rd dd mkfs"),
  ...kindOf("shell", "sh bash zsh dash fish ksh cmd powershell pwsh"),
};

function kindOf(kind: CommandWarning["kind"], names: string): Record<string, CommandWarning["kind"]> {
  return Object.fromEntries(names.split(" ").map((name) => [name, kind]));
}

/** Somebody's home, as a path or by the variable that stands for it, and anything in it. */
const home =
  /^(?:~|\$HOME|\$\{HOME\}|%USERPROFILE%|\/home\/[^/]+|\/Users\/[^/]+|\/root|[A-Z]:[\\/]+Users[\\/]+[^\\/]+)(?:[\\/]|$)/i;
const root = /^(?:\/|[A-Z]:[\\/]*)$/i;

/**
 * @param command the whole of it, as main shows it: words apart, those in double quotes that need it.
 * @returns each word once, in order.
 */
export function commandWarnings(command: string): readonly CommandWarning[] {
  const found = (command.match(/"(?:\\.|[^"\\])*"|\S+/g) ?? []).flatMap((word) => warningsIn(unquoted(word)));
  return found.filter(({ word }, index) => found.findIndex((other) => other.word === word) === index);
}

const unquoted = (word: string): string =>
  word.startsWith('"') ? word.slice(1, -1).replaceAll(/\\(["\\])/g, "$1") : word;

function warningsIn(argument: string): readonly CommandWarning[] {
  const variable = /^(\w+)=/.exec(argument)?.[1];
  return variable !== undefined && decidesWhatRuns(variable)
    ? [{ kind: "variable", word: variable }, ...othersIn(argument)]
    : othersIn(argument);
}

function othersIn(argument: string): readonly CommandWarning[] {
  const value = argument.slice(argument.indexOf("=") + 1);
  // A path may have blanks in it.
  if (home.test(value)) return [{ kind: "home", word: value }];
  // A script is as good as a command of its own.
  return argument.split(/[\s"'`;|&()<>=,]+/).flatMap((word): readonly CommandWarning[] => {
    const kind = kindOfWord(word);
    return kind === null ? [] : [{ kind, word }];
  });
}

function kindOfWord(word: string): CommandWarning["kind"] | null {
  const name = word
    .replace(/^.*[\\/]/, "")
    .replace(/\.exe$/i, "")
    .replace(/^mkfs\..*$/, "mkfs")
    .toLowerCase();
  if (Object.hasOwn(programs, name)) return programs[name] ?? null;
  if (root.test(word)) return "everything";
  return home.test(word) ? "home" : null;
}
