/** Owns how the program of a server is started: which file that is, where, and with what around it. */
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { createHash } from "node:crypto";
import { harmlessEnvironment } from "../child-environment.ts";
import type { ChildStart } from "../child-process.ts";
import { errorCode } from "../log.ts";
import { shownText } from "./clean-text.ts";
import type { ServerDefinition } from "./definition.ts";
import { findProgram, pathFor } from "./find-program.ts";
import { slug } from "./tool-names.ts";

export interface Premises {
  /** Under which each server has a folder of its own. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** As `process.platform` has it. */
  readonly platform: string;
}

export type Launch =
  | { readonly kind: "ready"; readonly start: ChildStart }
  /** In a sentence for the person. */
  | { readonly kind: "impossible"; readonly reason: string };

type Program = Extract<ServerDefinition, { kind: "stdio" }>;

export function planLaunch(server: string, definition: Program, premises: Premises): Launch {
  const impossible = (reason: string): Launch => ({ kind: "impossible", reason });
  const { platform } = premises;
  const harmless = merged([harmlessEnvironment(premises.environment, platform)], platform);
  const ours = { ...harmless, PATH: pathFor(harmless["PATH"] ?? "", platform) };
  const environment = merged([ours, definition.env], platform);

  const folder = definition.cwd ?? ownFolder(server, premises.folder);
  try {
    if (definition.cwd === null) mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (!statSync(folder).isDirectory()) return impossible(`“${shownText(folder)}” is no folder.`);
  } catch (error) {
    return impossible(
      definition.cwd === null
        ? `Its folder in Parley’s profile cannot be made (${errorCode(error)}).`
        : `The folder “${shownText(folder)}” is not there.`,
    );
  }

  const { command } = definition;
  const found = findProgram(command, folder, environment["PATH"] ?? "", platform);
  switch (found.kind) {
    case "found":
      return {
        kind: "ready",
        start: {
          program: found.path,
          args: definition.args,
          folder,
          environment,
          stdin: "piped",
          isMarked: true,
        },
      };
    case "missing":
      return impossible(`There is no program “${shownText(command)}”.${missingAdvice(command, platform)}`);
    case "not-executable":
      return impossible(`“${shownText(found.path)}” is not a program that may be run.`);
  }
}

type Environment = Readonly<Record<string, string>>;

/** The last word on each name. Windows takes `Path` and `PATH` for one, and a program would get either of them. */
function merged(parts: readonly Environment[], platform: string): Environment {
  if (platform !== "win32") return Object.assign({}, ...parts) as Environment;
  const entries = parts.flatMap((part) => Object.entries(part));
  return Object.fromEntries(entries.map(([name, value]) => [name.toUpperCase(), value]));
}

/** A folder of its own: what a program writes beside itself lands there and nowhere else. */
const ownFolder = (server: string, folder: string): string =>
  join(
    folder,
    `${slug(server, "server", 40)}-${createHash("sha256").update(server).digest("hex").slice(0, 8)}`,
  );

function missingAdvice(command: string, platform: string): string {
  if (/[\\/]/.test(command)) return "";
  return platform === "win32"
    ? " A script such as npx needs “cmd” as its command, with “/c” and “npx” as its first arguments."
    : " Install it, or give its whole path.";
}

/** Those that fetch the server before they run it, from elsewhere and at its pace. */
export const fetchesFirst = ({ command, args }: Program): boolean =>
  [command, ...args.slice(0, 2)].some((word) =>
    /(?:^|[\\/])(?:npx|pnpx|bunx|uvx|uv|pipx|yarn|pnpm|bun|docker|podman)(?:\.\w+)?$/.test(word),
  );
