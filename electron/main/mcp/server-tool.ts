/**
 * Owns one tool of a server as a tool of Parley: what the model and the person are told of it, its risk, and a call. The
 * server's own words about it are bounded and cleaned; what it says of its harmlessness lowers nothing.
 */
import { createHash } from "node:crypto";
import type { Risk } from "../../../shared/tools.ts";
import { exactly, linesOf } from "../tools/built-in-tool.ts";
import { canonicalJson } from "../tools/canonical-json.ts";
import { ToolFailure, type Tool, type ToolContext, type ToolResult } from "../tools/tool.ts";
import { cleanLine, cleanText } from "./clean-text.ts";
import { longestDescription, longestTitle, type McpTuning } from "./mcp-tuning.ts";
import { modelName } from "./tool-names.ts";
import { judgeSchema, type CheckedSchema, type FitCheck } from "./tool-schema.ts";

export interface OfferedTool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly risk: Risk;
  /** Why it cannot be used, in a sentence; `null` if it can. */
  readonly refusal: string | null;
  /** `null` when it is refused. */
  readonly tool: Tool | null;
}

export interface ToolOffer {
  readonly server: string;
  readonly transport: "stdio" | "http";
  readonly definitionHash: string;
  /** As the server says it. */
  readonly serverVersion: string;
  readonly fitCheck: (checked: CheckedSchema) => FitCheck;
  readonly call: (tool: string, args: object, context: ToolContext) => Promise<ToolResult>;
  readonly tuning: McpTuning;
}

type Json = Readonly<Record<string, unknown>>;

/** @param declared one entry of the server's list, as it came. @returns `null` for one without a name. */
export function offeredTool(declared: unknown, offer: ToolOffer): OfferedTool | null {
  const entry = objectOf(declared);
  const ownName = entry["name"];
  if (typeof ownName !== "string" || ownName === "") return null;
  const { server, transport } = offer;
  const annotations = objectOf(entry["annotations"]);
  const description = cleanText(stringOf(entry["description"]), longestDescription);
  const about = {
    name: modelName(server, ownName),
    title:
      [entry["title"], annotations["title"], ownName.replaceAll("_", " ")]
        .map((title) => cleanLine(stringOf(title), longestTitle))
        .find((title) => title !== "") ?? "Tool without a name",
    description: description === "" ? `A tool of the MCP server ${cleanLine(server, 80)}.` : description,
    risk: riskOf(transport, annotations),
  };
  const schema = judgeSchema(entry["inputSchema"]);
  if (schema.kind === "refused") return { ...about, refusal: schema.reason, tool: null };
  const fits = offer.fitCheck(schema.checked);
  const tool: Tool = {
    ...about,
    origin: { kind: "mcp", server, identity: identityOf(entry, offer) },
    schema: schema.shown,
    // The bound of one that keeps telling its progress; a silent one is given up by the connection, earlier.
    timeBoundMs: offer.tuning.longestCallMs + 1_000,
    obstacle: () => null,
    prepare(raw) {
      const args = raw as Json;
      if (typeof raw !== "object" || raw === null || Array.isArray(raw))
        throw new ToolFailure("The arguments do not fit: they are no object.");
      const misfit = fits(args);
      if (misfit !== null) throw new ToolFailure(`The arguments do not fit: ${misfit}.`);
      return {
        summary: summaryOf(args),
        lines: linesOf(args),
        thumbnail: null,
        risk: about.risk,
        pattern: exactly(args),
        run: (context) => offer.call(ownName, args, context),
      };
    },
  };
  return { ...about, refusal: null, tool };
}

/**
 * A program of a server may do anything here, whatever the tool is called; one elsewhere is sent the arguments. What it
 * says of itself counts only against it.
 */
function riskOf(transport: "stdio" | "http", annotations: Json): Risk {
  if (transport === "stdio") return "execute";
  return annotations["destructiveHint"] === true ? "execute" : "send";
}

/** What a grant is bound to: a server that changes a tool after it was allowed has to ask again. */
const identityOf = (entry: Json, { definitionHash, serverVersion }: ToolOffer): string =>
  createHash("sha256")
    .update(canonicalJson([definitionHash, serverVersion, entry]))
    .digest("hex");

const summaryOf = (args: Json): string =>
  cleanLine(
    Object.entries(args)
      .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
      .join(", "),
    200,
  );

const objectOf = (value: unknown): Json =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};

const stringOf = (value: unknown): string => (typeof value === "string" ? value : "");
