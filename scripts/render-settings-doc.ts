/**
 * Owns docs/settings.md: made from the schema, so that it names every setting as it is.
 *
 *   npm run docs:settings           writes the file
 */
import { z } from "zod";
import { settingsSchema } from "../shared/settings.ts";
import { writeDocWhenRun } from "./generated-doc.ts";

interface Field {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly default?: unknown;
  readonly description?: string;
}

const code = (value: unknown): string => `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;

const opening = `# Settings

<!-- Made by \`npm run docs:settings\` from shared/settings.ts. Do not edit. -->

Parley keeps its settings in one JSON file, \`settings.json\`, in the folder of its profile:

| System | Folder |
| --- | --- |
| Linux | \`~/.config/Parley\` (or \`$XDG_CONFIG_HOME/Parley\`) |
| macOS | \`~/Library/Application Support/Parley\` |
| Windows | \`%APPDATA%\\Parley\` |

With \`--user-data-dir=DIR\` the profile is \`DIR\`, so the file is \`DIR/settings.json\`. You may write it before the first
start. Only what differs from the defaults needs to be in it:

\`\`\`json
{
  "talkKey": "F9",
  "voice": "cedar"
}
\`\`\`

A value that is not valid is replaced by its default, and Parley says which; the file as it was is kept beside it as
\`settings.json.corrupt-TIME\`. Names that Parley does not know are kept. Changes made in the settings window are in
force at once; changes made in the file, from the next start.

The API key is not in this file. It is kept apart, encrypted by the system's keyring, or for one run only where there
is no keyring; \`OPENAI_API_KEY\` in the environment is used for the address in \`OPENAI_BASE_URL\`, or for OpenAI.

| Name | Values | Default | Meaning |
| --- | --- | --- | --- |
`;

function valuesOf(field: Field): string {
  if (field.enum !== undefined) return field.enum.map(code).join(", ");
  if (field.type === "integer") return `whole number, ${field.minimum} to ${field.maximum}`;
  if (field.type === "boolean") return "`true`, `false`";
  if (field.type === "array") return "list of texts";
  const most = field.maxLength === undefined ? "" : `, at most ${field.maxLength} characters`;
  return `text${field.minLength === undefined ? "" : ", not empty"}${most}`;
}

const isEmpty = (value: unknown): boolean => value === "" || (Array.isArray(value) && value.length === 0);
const defaultOf = (field: Field): string => (isEmpty(field.default) ? "empty" : code(field.default));

/** @returns the whole file. */
export function renderSettingsDoc(): string {
  const fields = z.toJSONSchema(settingsSchema, { io: "input" }).properties as Readonly<
    Record<string, Field>
  >;
  const rows = Object.entries(fields).map(([name, field]) =>
    [`| \`${name}\``, valuesOf(field), defaultOf(field), `${field.description ?? ""} |`].join(" | "),
  );
  return `${opening}${rows.join("\n")}\n`;
}

writeDocWhenRun(import.meta.url, "settings.md", renderSettingsDoc);
