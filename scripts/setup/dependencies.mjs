/**
 * Owns node_modules: that it is what package-lock.json says. Never changes the lockfile, never runs a package's
 * install script (none is needed: native parts come as prebuilt files).
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot, say } from "./console.mjs";
import { npmCommand, npmFailure } from "./npm.mjs";

/**
 * Whether node_modules holds what the lockfile asks for. npm leaves its own account of an installation in
 * node_modules/.package-lock.json as its last step, so an interrupted one is noticed too.
 */
function dependenciesAreInstalled() {
  const wanted = readPackages("package-lock.json");
  const installed = readPackages("node_modules/.package-lock.json");
  if (wanted === null || installed === null) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "") return true;
    const found = installed[path];
    // An optional package is absent where it was made for another platform.
    return found === undefined ? entry.optional === true : found.version === entry.version;
  });
}

/** Brings node_modules in line with the lockfile, if it is not. */
export function installDependencies() {
  if (dependenciesAreInstalled()) return;
  say("installing the dependencies of package-lock.json …");
  let run = runNpm("ci");
  if (run.status !== 0 && run.said.includes("EUSAGE")) {
    // A lockfile made where the registry lacked some platform's optional package fails `npm ci` on every platform.
    // `npm install` takes the same locked versions and only looks up what the lockfile does not name.
    say("package-lock.json does not name every platform's optional packages: npm install goes on with it …");
    run = runNpm("install", "--no-save");
  }
  if (run.status !== 0) throw npmFailure("Installing the dependencies", run.said);
  say(run.said.trim().split("\n").at(-1) ?? "dependencies installed");
}

/** Runs an npm command on the project: `{ status, said }`. */
function runNpm(...command) {
  const npm = npmCommand();
  // Electron and the openai package ask for a newer Node than the checks need; that warning is not the user's.
  const manners = [
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--engine-strict=false",
    "--loglevel=error",
  ];
  const run = spawnSync(npm.command, [...npm.args, ...command, ...manners], {
    cwd: projectRoot,
    shell: npm.shell,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  return { status: run.status, said: `${run.stderr ?? ""}${run.stdout ?? ""}` };
}

/** The `packages` map of a lockfile below the project, or null when there is no readable one. */
function readPackages(path) {
  try {
    return JSON.parse(readFileSync(join(projectRoot, path), "utf8")).packages ?? null;
  } catch {
    return null;
  }
}
