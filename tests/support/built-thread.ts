/** Owns a thread's file as the app has it: built from its source into a temporary folder. Never used outside tests. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "vite";

export interface BuiltThread {
  readonly url: URL;
  remove(): void;
}

/** @param source from the root of the repository. */
export async function buildThread(source: string): Promise<BuiltThread> {
  const folder = mkdtempSync(join(tmpdir(), "thread-"));
  await build({
    root: join(import.meta.dirname, "../.."),
    configFile: false,
    logLevel: "error",
    build: {
      ssr: source,
      outDir: folder,
      rollupOptions: { output: { entryFileNames: "thread.mjs", format: "es" } },
    },
    ssr: { noExternal: true },
  });
  return {
    url: pathToFileURL(join(folder, "thread.mjs")),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
