/**
 * Owns the built app in out/: that it was made from the sources as they are now. Never starts it.
 *
 *   node scripts/build.mjs            builds, whatever is there
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { SetupError, failWith, projectRoot, say } from "./setup/console.mjs";
import { runTool } from "./setup/tools.mjs";
import { prepareDependencies } from "./setup.mjs";

/** What the build reads. */
const sources = [
  "electron",
  "renderer",
  "shared",
  "resources",
  "electron.vite.config.ts",
  "package.json",
  "package-lock.json",
];
const builtMain = join(projectRoot, "out", "main", "index.js");
/** Holds the fingerprint of the sources that out/ was made from. */
const stamp = join(projectRoot, "out", ".sources");

/** Builds the app if out/ was not made from the present sources. Throws a SetupError when the build fails. */
export async function ensureBuilt() {
  if (!isBuiltFrom(fingerprint())) await build();
}

/** Builds the app. Throws a SetupError when that fails; the builder has told the user why. */
export async function build() {
  const made = fingerprint();
  say("building the app …");
  const code = await runTool("electron-vite", ["build", "--logLevel", "warn"], { stdio: ["ignore", 2, 2] });
  if (code !== 0) throw new SetupError("The build failed; the reason is above.");
  mkdirSync(join(projectRoot, "out"), { recursive: true });
  writeFileSync(stamp, made);
}

function isBuiltFrom(wanted) {
  if (!existsSync(builtMain) || !existsSync(stamp)) return false;
  // A build that was not ours is newer than our stamp.
  if (statSync(builtMain).mtimeMs > statSync(stamp).mtimeMs) return false;
  return readFileSync(stamp, "utf8") === wanted;
}

/** A hash over the names and contents of all sources. */
function fingerprint() {
  const hash = createHash("sha256");
  const add = (path) => {
    const full = join(projectRoot, path);
    if (!existsSync(full)) return;
    if (statSync(full).isDirectory()) {
      for (const name of readdirSync(full).toSorted()) add(join(path, name));
      return;
    }
    hash.update(path).update("\0").update(readFileSync(full)).update("\0");
  };
  for (const source of sources) add(source);
  return hash.digest("hex");
}

async function runFromCommandLine() {
  prepareDependencies();
  await build();
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await runFromCommandLine().catch(failWith);
}
