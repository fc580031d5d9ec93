/**
 * Owns what is filled in where an `mcp.json` has a placeholder. Variables of the environment go into the values of
 * `env` and `headers` alone, where secrets belong: in a command or an address, what is read and confirmed would not be
 * what runs. Never a key of ours. Pure.
 */

export interface Surroundings {
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export type Expanded =
  | { readonly kind: "ok"; readonly text: string }
  | { readonly kind: "missing"; readonly variable: string }
  | { readonly kind: "unknown"; readonly placeholder: string };

/** `${env:NAME}` (VS Code, Cursor, Windsurf) and `${NAME}` (Claude Code), there with `:-` before what else to use. */
const placeholder = /\$\{([^}]*)\}/g;
const variable = /^(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

/** Ours alone, whatever an entry asks for (environment-key.ts). */
const ours = /^(?:OPENAI_API_KEY$|PARLEY_)/i;

export function expandVariables(text: string, { environment, home }: Surroundings): Expanded {
  let missing: string | null = null;
  let unknown: string | null = null;
  const expanded = text.replaceAll(placeholder, (whole, inner: string) => {
    if (inner === "userHome") return home;
    const [, name, other] = variable.exec(inner) ?? [];
    if (name === undefined || ours.test(name)) {
      unknown ??= whole;
      return "";
    }
    const found = environment[name] || other;
    if (found === undefined) missing ??= name;
    return found ?? "";
  });
  if (unknown !== null) return { kind: "unknown", placeholder: unknown };
  return missing === null ? { kind: "ok", text: expanded } : { kind: "missing", variable: missing };
}

/** No shell does it for us: `~/` and `${userHome}` at the beginning. */
export const expandHome = (text: string, { home }: Surroundings): string =>
  text === "~" ? home : text.replace(/^(?:~|\$\{userHome\})(?=[/\\])/, () => home);

/** One that another program would fill in, and that we leave alone. */
export function unknownPlaceholder(text: string): string | null {
  const rest = text.replace(/^\$\{userHome\}/, "");
  return /\$\{(?:env:|input:|workspaceFolder|userHome|file:|command:)[^}]*\}?/.exec(rest)?.[0] ?? null;
}
