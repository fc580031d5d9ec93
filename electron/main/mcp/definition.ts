/** Owns what an MCP server is: what is run, or whom it is asked of. Pure; it starts nothing. */
import { createHash } from "node:crypto";
import { decidesWhatRuns } from "../../../shared/deciding-variables.ts";
import { canonicalJson } from "../tools/canonical-json.ts";

export type ServerDefinition =
  | {
      readonly kind: "stdio";
      readonly command: string;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      /** `null`: the folder of its own. */
      readonly cwd: string | null;
    }
  | { readonly kind: "http"; readonly url: string; readonly headers: Readonly<Record<string, string>> };

/** Of all that a server is and is given: whatever changes, it is another one that nobody has confirmed. */
export const definitionHash = (definition: ServerDefinition): string =>
  createHash("sha256").update(canonicalJson(definition)).digest("hex");

/**
 * For a person: all of it, nothing cut, and nothing in it that could not be seen. Variables that decide what runs stand
 * before the command, as a shell has them.
 */
export function shownCommand(definition: ServerDefinition): string {
  if (definition.kind === "http") return definition.url;
  const deciding = Object.entries(definition.env).filter(([name]) => decidesWhatRuns(name));
  const assignments = deciding.map(([name, value]) => `${name}=${value}`);
  const words = [...assignments, definition.command, ...definition.args].map(shownWord).join(" ");
  return definition.cwd === null ? words : `${words} (in ${shownWord(definition.cwd)})`;
}

/** Names of the other variables, or of the headers, that it is given; their values are nobody's to see. */
export const givenNames = (definition: ServerDefinition): readonly string[] =>
  definition.kind === "stdio"
    ? Object.keys(definition.env).filter((name) => !decidesWhatRuns(name))
    : Object.keys(definition.headers);

/** As it is when nothing in it can be mistaken for the end of a word; quoted, with escapes, otherwise. */
function shownWord(word: string): string {
  if (/^[\w@%+=:,./~\\-]+$/.test(word)) return word;
  return JSON.stringify(word).replaceAll(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|[^\P{Zs} ]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
