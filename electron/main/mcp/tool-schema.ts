/**
 * Owns the schema of a server's tool: whether it can be used at all, what the model is shown of it, and whether the
 * arguments of a call fit. A stranger has written it: it is bounded in size, in depth and in the time that it may take.
 */
import type { CfWorkerJsonSchemaValidator } from "@modelcontextprotocol/client/validators/cf-worker";
import { hasUnseen, cleanText, cleanLine } from "./clean-text.ts";
import { checkBoundMs, deepestSchema, longestSchemaChars } from "./mcp-tuning.ts";
import { TookTooLong, withinTime } from "./within-time.ts";
import type { JsonObject } from "../tools/tool.ts";

export type SchemaOutcome =
  | { readonly kind: "ok"; readonly shown: JsonObject; readonly checked: CheckedSchema }
  /** For the person. */
  | { readonly kind: "refused"; readonly reason: string };

export interface CheckedSchema {
  readonly draft: "7" | "2020-12";
  readonly schema: JsonObject;
}

/** What is shown to the model has these only below the top: its API takes none there. */
const notAtTop = ["allOf", "anyOf", "oneOf", "not", "if", "then", "else", "enum", "const", "$ref"];
/** Says where the schema comes from, and nothing about arguments. */
const notShown = ["$schema", "$id", "$comment"];

export function judgeSchema(inputSchema: unknown): SchemaOutcome {
  const refused = (reason: string): SchemaOutcome => ({ kind: "refused", reason });
  if (!isObject(inputSchema)) return refused("It does not say which arguments it takes.");
  const { type = "object" } = inputSchema;
  if (type !== "object") return refused("Its arguments are not an object.");
  if (depthOf(inputSchema) > deepestSchema) return refused("The description of its arguments is too deep.");
  if (JSON.stringify(inputSchema).length > longestSchemaChars)
    return refused("The description of its arguments is too long.");
  const found = flawOf(inputSchema);
  if (found !== null) return refused(found);
  const shown = { ...(cleaned(inputSchema) as JsonObject), type: "object" };
  const { properties } = shown as { readonly properties?: unknown };
  return {
    kind: "ok",
    shown: {
      ...without(shown, [...notAtTop, ...notShown]),
      properties: isObject(properties) ? properties : {},
    },
    checked: {
      draft: /draft-0[467]/.test(String(inputSchema["$schema"])) ? "7" : "2020-12",
      schema: { ...without(checkable(inputSchema) as JsonObject, ["$schema", "$id"]), type: "object" },
    },
  };
}

export type FitCheck = (args: unknown) => string | null;

/**
 * The check of the arguments of a call: `null` when they fit, or what does not, for the model. It interprets the schema
 * and makes no code of it.
 */
export function fitCheck(
  Validator: typeof CfWorkerJsonSchemaValidator,
  { draft, schema }: CheckedSchema,
): FitCheck {
  return (args) => {
    try {
      return withinTime(checkBoundMs, () => {
        // Each time: what a time limit has cut off in the middle is never used again.
        const outcome = new Validator({ draft, shortcircuit: false }).getValidator(schema)(args);
        return outcome.valid ? null : cleanLine(outcome.errorMessage, 500);
      });
    } catch (error) {
      // A stack that overflows is a schema that refers to itself for ever; anything else is one that makes no sense.
      return error instanceof TookTooLong
        ? "checking them against the tool’s own description takes too long"
        : "the tool’s own description of them cannot be used";
    }
  };
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const without = (schema: Json, names: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(schema).filter(([name]) => !names.includes(name)));

/** Counted only as far as it matters: a message can nest deeper than a function can call itself. */
function depthOf(value: unknown, depth = 0): number {
  if (typeof value !== "object" || value === null || depth > deepestSchema) return depth;
  let deepest = depth;
  for (const child of Object.values(value)) deepest = Math.max(deepest, depthOf(child, depth + 1));
  return deepest;
}

/** What would mislead the person or the check. @returns `null` for nothing. */
function flawOf(value: unknown): string | null {
  if (typeof value !== "object" || value === null) return null;
  for (const [name, child] of Object.entries(value)) {
    if (hasUnseen(name)) return "Its arguments have names that cannot be shown.";
    if (name === "$ref" && typeof child === "string" && !child.startsWith("#"))
      return "The description of its arguments refers to something elsewhere.";
    const found = flawOf(child);
    if (found !== null) return found;
  }
  return null;
}

/** Texts for the model without what a person could not see in them. */
function cleaned(value: unknown): unknown {
  if (typeof value === "string") return cleanText(value, longestSchemaChars);
  if (Array.isArray(value)) return value.map(cleaned);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, cleaned(child)]));
}

/** Without regular expressions of other languages, which only the server can read. A copy: checking writes into it. */
function checkable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(checkable);
  if (!isObject(value)) return value;
  const { patternProperties } = value;
  const isForeign =
    isObject(patternProperties) && !Object.keys(patternProperties).every((pattern) => isPattern(pattern));
  const left = isForeign ? without(value, ["patternProperties", "additionalProperties"]) : value;
  return Object.fromEntries(
    Object.entries(left)
      .filter(([name, child]) => name !== "pattern" || typeof child !== "string" || isPattern(child))
      .map(([name, child]) => [name, checkable(child)]),
  );
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, "u").source !== "";
  } catch {
    return false;
  }
}
