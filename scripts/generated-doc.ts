/** Owns how a page of docs/ that is made from the code gets there. It knows nothing of what stands in it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Writes docs/`name` if the module of `moduleUrl` is the program that runs, and not only imported, as by its test. */
export function writeDocWhenRun(moduleUrl: string, name: string, render: () => string): void {
  const program = process.argv[1];
  if (program === undefined || moduleUrl !== pathToFileURL(program).href) return;
  writeFileSync(join(import.meta.dirname, "..", "docs", name), render());
}
