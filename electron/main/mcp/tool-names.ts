/**
 * Owns what a server's tool is called for the model: of letters, digits, `_` and `-`, 64 at most, the same each time,
 * and never the name of another tool, whatever the servers call theirs. Pure.
 *
 * A name that needs no change stays as it is: `server__tool`. Any other gets a digest of the two names at its end, and
 * a plain name that only looks as if it had one gets a real one, so that nobody can pose as somebody else's tool.
 */
import { createHash } from "node:crypto";

const longestName = 64;
const separator = "__";
const digestChars = 16;
const digestEnd = new RegExp(`_[0-9a-f]{${digestChars}}$`);
/** The separator must be found in one way only: no server ends where a tool could begin. */
const plainServer = /^(?!.*__)[A-Za-z0-9_-]*[A-Za-z0-9-]$/;
const plainTool = /^[A-Za-z0-9-][A-Za-z0-9_-]*$/;

/** @param server as `mcp.json` has it. @param tool as the server has it. */
export function modelName(server: string, tool: string): string {
  const plain = `${server}${separator}${tool}`;
  const isPlain =
    plainServer.test(server) && plainTool.test(tool) && plain.length <= longestName && !digestEnd.test(plain);
  if (isPlain) return plain;
  const digest = createHash("sha256")
    .update(JSON.stringify([server, tool]))
    .digest("hex")
    .slice(0, digestChars);
  const room = longestName - separator.length - 1 - digestChars;
  const serverPart = slug(server, "server", Math.floor(room / 3));
  return `${serverPart}${separator}${slug(tool, "tool", room - serverPart.length)}_${digest}`;
}

/** What can be read of a name, in letters that are allowed everywhere; also for a folder. */
export function slug(name: string, fallback: string, longest: number): string {
  const legal = name
    .replaceAll(/[^A-Za-z0-9]+/g, "-")
    .slice(0, longest)
    .replaceAll(/^-+|-+$/g, "");
  return legal === "" ? fallback : legal;
}
