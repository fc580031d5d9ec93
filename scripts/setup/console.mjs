/**
 * Owns how the scripts speak and how they run other programs: messages (on stderr, so that a command's own
 * output stays clean), progress of a long download, bounded child processes, the temporary folders they use.
 * Never decides what is to be installed.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

/** The project's folder, absolute. */
export const projectRoot = resolve(import.meta.dirname, "../..");

/** A failure that its reader can mend: the message is shown as it is, without a stack. */
export class SetupError extends Error {
  name = "SetupError";
}

/** Prints one line about what the set-up does. */
export function say(message) {
  process.stderr.write(`setup: ${message}\n`);
}

/** Ends the process with the message of a failure: plain for a SetupError, with its stack for a mistake of ours. */
export function failWith(error) {
  process.stderr.write(error instanceof SetupError ? `\n${error.message}\n` : `\n${error?.stack ?? error}\n`);
  process.exit(1);
}

/** Runs a program and returns what it printed, or null when it is missing or failed. */
export function outputOf(command, args, options = {}) {
  const run = spawnSync(command, args, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024, ...options });
  return run.status === 0 ? run.stdout : null;
}

/** Whether a program of that name can be run from PATH. */
export function hasCommand(name) {
  const folders = (process.env.PATH ?? "").split(":").filter(Boolean);
  // A normal user's PATH on Debian leaves out the sbin folders.
  return [...folders, "/usr/sbin", "/sbin"].some((folder) => {
    try {
      const file = statSync(join(folder, name));
      return file.isFile() && (file.mode & 0o111) !== 0;
    } catch {
      return false;
    }
  });
}

/**
 * Runs a program to its end and resolves to `{ code, output, stalled }`. `watch.folder` is a folder that grows
 * while the program downloads: its size is shown as progress, and the program is stopped (`stalled: true`) when
 * nothing has grown for `watch.firstByteMs` at the start or `watch.stallMs` later.
 */
export function runWatched(command, args, { watch, ...options }) {
  return new Promise((done) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    const kill = () => child.kill("SIGKILL");
    // Before the folder that it writes to is removed.
    process.prependOnceListener("exit", kill);
    let output = "";
    let stalled = false;
    const collect = (chunk) => {
      output = (output + chunk).slice(-64 * 1024);
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);

    const progress = startProgress(watch.label, watch.totalBytes);
    let bytes = 0;
    let grownAtMs = Date.now();
    const timer = setInterval(() => {
      const bytesNow = Math.max(bytes, folderBytes(watch.folder));
      if (bytesNow > bytes) {
        bytes = bytesNow;
        grownAtMs = Date.now();
        progress.show(bytes);
      }
      if (Date.now() - grownAtMs > (bytes === 0 ? watch.firstByteMs : watch.stallMs)) {
        stalled = true;
        kill();
      }
    }, 250);

    const end = (code) => {
      clearInterval(timer);
      process.removeListener("exit", kill);
      progress.end();
      done({ code, output, stalled });
    };
    child.once("error", (error) => {
      output += error.message;
      end(-1);
    });
    child.once("close", (code) => end(code ?? -1));
  });
}

/** Shows a growing number of bytes: one rewritten line on a terminal, else a line every five seconds. */
function startProgress(label, totalBytes) {
  const isTerminal = process.stderr.isTTY;
  let shownAtMs = Date.now();
  let isLineOpen = false;
  return {
    show(bytes) {
      if (!isTerminal && Date.now() - shownAtMs < 5000) return;
      shownAtMs = Date.now();
      const mega = (count) => (count / 1e6).toFixed(0);
      const ofTotal = totalBytes === undefined ? "" : ` of ${mega(totalBytes)}`;
      const shownBytes = totalBytes === undefined ? bytes : Math.min(bytes, totalBytes);
      const line = `setup: ${label}: ${mega(shownBytes)}${ofTotal} MB`;
      process.stderr.write(isTerminal ? `\r${line}\u001b[K` : `${line}\n`);
      isLineOpen = isTerminal;
    },
    end() {
      if (isLineOpen) process.stderr.write("\n");
    },
  };
}

/** Total size of the files below a folder; a file that vanishes while we look counts as nothing. */
function folderBytes(folder) {
  let bytes = 0;
  let entries = [];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return 0;
  }
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      bytes += folderBytes(path);
      continue;
    }
    try {
      bytes += statSync(path).size;
    } catch {
      // Renamed or removed since the folder was listed.
    }
  }
  return bytes;
}

/** Runs `work(folder)` with a new folder below `parent` that is removed afterwards, also when the process is stopped. */
export async function withTemporaryFolder(parent, work) {
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, "partial-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  // A signal ends the process without its exit handlers unless somebody listens.
  const stop = (signal) => process.exit(signal === "SIGINT" ? 130 : 143);
  process.on("SIGINT", stop).on("SIGTERM", stop).once("exit", remove);
  try {
    return await work(folder);
  } finally {
    remove();
    process.removeListener("SIGINT", stop).removeListener("SIGTERM", stop).removeListener("exit", remove);
  }
}
