/** Owns what a tool is to a grant: one hash over all that the person relied on. A change of any of it asks again. Pure. */
import { createHash } from "node:crypto";
import { canonicalJson } from "../tools/canonical-json.ts";
import type { Tool } from "../tools/tool.ts";

/** @returns SHA-256, hexadecimal; of a server's tool also over what the server is (its command, its version). */
export function fingerprintOf({ name, description, schema, risk, origin }: Tool): string {
  const identity = canonicalJson({ name, description, schema, risk, origin });
  return createHash("sha256").update(identity).digest("hex");
}
