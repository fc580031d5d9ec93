/**
 * Owns turning what a server's tool gave into what the model gets: text, structured content, pictures, what is linked
 * or enclosed, within bounds. Nothing in it is believed: whatever is of no known shape is left out and said. Pure.
 */
import { cleanLine, wholeStart } from "./clean-text.ts";
import { largestImageBytes, longestResultChars, mostImages } from "./mcp-tuning.ts";
import type { ToolImage } from "../tools/tool.ts";

export interface ReadResult {
  readonly isError: boolean;
  /** All that can be told in words, `longestResultChars` at most. */
  readonly text: string;
  /** Characters beyond that, which are gone. */
  readonly droppedChars: number;
  readonly images: readonly ToolImage[];
}

type Json = Readonly<Record<string, unknown>>;

export function readResult(raw: unknown): ReadResult {
  const result = objectOf(raw);
  const blocks = Array.isArray(result["content"]) ? result["content"].map(objectOf) : [];
  const texts: string[] = [];
  const images: ToolImage[] = [];
  const notes: string[] = [];
  for (const block of blocks) {
    if (block["type"] === "image") {
      const image = images.length < mostImages ? imageOf(block) : "there are too many pictures";
      if (typeof image === "string") notes.push(`(A picture is left out: ${image}.)`);
      else images.push(image);
    } else texts.push(textOf(block));
  }
  const structured = structuredOf(result["structuredContent"], texts);
  const whole = [...texts, structured, ...new Set(notes)].filter((text) => text !== "").join("\n\n");
  const text = wholeStart(whole, longestResultChars);
  return {
    isError: result["isError"] === true,
    text,
    droppedChars: whole.length - text.length,
    images,
  };
}

/** Servers that speak to older clients too give the same once more as text: once is enough. */
function structuredOf(structured: unknown, texts: readonly string[]): string {
  if (structured === undefined) return "";
  const json = JSON.stringify(structured);
  return texts.some((text) => sameJson(text, json)) ? "" : json;
}

function sameJson(text: string, json: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    return JSON.stringify(JSON.parse(text)) === json;
  } catch {
    return false;
  }
}

function textOf(block: Json): string {
  switch (block["type"]) {
    case "text":
      return stringOf(block["text"]);
    case "resource": {
      const resource = objectOf(block["resource"]);
      const uri = cleanLine(stringOf(resource["uri"]), 500);
      return typeof resource["text"] === "string"
        ? `${uri}:\n${resource["text"]}`
        : `${uri}: (not text: ${cleanLine(stringOf(resource["mimeType"]), 80) || "of no known kind"})`;
    }
    case "resource_link":
      return [block["name"], block["uri"], block["description"]]
        .map((part) => cleanLine(stringOf(part), 500))
        .filter((part) => part !== "")
        .join(" – ");
    case "audio":
      return "(A sound is left out: it cannot be passed on.)";
    default:
      return "(Something is left out: it is of no known kind.)";
  }
}

/** @returns why it cannot be shown to the model, in place of the picture. */
function imageOf(block: Json): ToolImage | string {
  const data = stringOf(block["data"]);
  if (data.length > Math.ceil(largestImageBytes / 3) * 4) return "it is larger than 1 MB";
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(data)) return "it is damaged";
  const mimeType = kindOf(Buffer.from(data.slice(0, 16), "base64"));
  return mimeType === null ? "it is neither PNG nor JPEG" : { mimeType, base64: data };
}

/** By its first bytes: what a server calls it may be wrong. */
function kindOf(bytes: Buffer): ToolImage["mimeType"] | null {
  if (bytes.subarray(0, 8).equals(Buffer.from("89504e470d0a1a0a", "hex"))) return "image/png";
  return bytes.subarray(0, 3).equals(Buffer.from("ffd8ff", "hex")) ? "image/jpeg" : null;
}

const objectOf = (value: unknown): Json =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};

const stringOf = (value: unknown): string => (typeof value === "string" ? value : "");
