/**
 * Owns finding the entries of a text that is no JSON: each is read by itself, so that a slip costs the one that it is in,
 * and not those that the parser took for parts of it. It guesses only what is an entry, never what one means. Pure.
 */
import { parseTree, stripComments, type Node, type ParseError } from "jsonc-parser";

export interface EntryPlace {
  readonly name: string;
  readonly offset: number;
  readonly node: Node;
  /** `swallows`: its end is missing, and others stand within it. */
  readonly state: "whole" | "torn" | "swallows";
}

/** A name in double quotes, and the brace that opens its value. */
const opening = /("(?:[^"\\\n]|\\.)*")\s*:\s*\{/g;

/**
 * @param listKeys what the list of entries is called.
 * @param fields what an entry can have: an object with none of them is something else.
 */
export function findEntries(
  text: string,
  listKeys: readonly string[],
  fields: readonly string[],
): readonly EntryPlace[] {
  const plain = stripComments(text, " ");
  const looksLikeEntry = (node: Node | undefined): boolean =>
    node?.type === "object" && keysOf(node).some((key) => fields.includes(key));
  const isEntry = (name: string, node: Node | undefined): boolean =>
    !listKeys.includes(name) && !fields.includes(name) && looksLikeEntry(node);

  const found: EntryPlace[] = [];
  let isInList = false;
  opening.lastIndex = 0;
  for (let match = opening.exec(plain); match !== null; match = opening.exec(plain)) {
    const name = nameOf(match[1] ?? "");
    const brace = opening.lastIndex - 1;
    if (name === null || listKeys.includes(name)) {
      isInList ||= name !== null;
      continue;
    }
    if (!isInList) continue;
    const errors: ParseError[] = [];
    // It ends where the value does, and takes what comes then for a slip.
    const node = parseTree(plain.slice(brace), errors, { allowTrailingComma: true });
    if (node === undefined || !isEntry(name, node)) continue;
    const swallows = (node.children ?? []).some(({ children: [key, value] = [] }) =>
      isEntry(String(key?.value), value),
    );
    const isTorn = errors.some(({ offset }) => offset < node.length);
    const state = swallows ? "swallows" : isTorn ? "torn" : "whole";
    found.push({ name, offset: match.index, node, state });
    // Whatever a torn one holds may be an entry of its own.
    if (state === "whole") opening.lastIndex = brace + node.length;
  }
  return found;
}

const keysOf = (node: Node): readonly string[] =>
  (node.children ?? []).map(({ children }) => String(children?.[0]?.value));

function nameOf(quoted: string): string | null {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return null;
  }
}
