/**
 * Owns the life of the desktop's background programs and of the folder that they share: started in order, ended in
 * the opposite one, also when our process is stopped or killed. Never knows what the programs are for.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { hasCommand } from "../setup/console.mjs";

const folderPrefix = "parley-desktop-";
/** How long a program may take to end by itself, before it is killed. */
const stopPatienceMs = 3000;
/** How long others who listen for the signal that ends us may take for their own cleaning up. */
const signalPatienceMs = 2000;

/**
 * Makes a group of programs with a folder of its own: `{ folder, start, stop }`. Without `endsOnSignals` a signal that
 * would end us is left to whoever else listens for it.
 */
export function createServices({ endsOnSignals = true } = {}) {
  removeAbandonedFolders();
  const folder = mkdtempSync(join(tmpdir(), `${folderPrefix}${process.pid}-`));
  const children = [];
  let stopped = null;

  const stopNow = () => {
    for (const child of children.toReversed()) child.kill("SIGTERM");
    waitUntilEnded(children);
    for (const child of children) child.kill("SIGKILL");
    removeFolder(folder);
  };
  const onSignal = (signal) => {
    // Listening takes the signal's effect away, so we owe it; but others (a test runner) may be cleaning up too.
    const isAlone = process.listenerCount(signal) === 1;
    setTimeout(() => process.exit(signal === "SIGINT" ? 130 : 143), isAlone ? 0 : signalPatienceMs);
  };
  const signals = endsOnSignals ? ["SIGINT", "SIGTERM", "SIGHUP"] : [];
  process.on("exit", stopNow);
  for (const signal of signals) process.on(signal, onSignal);

  return {
    folder,
    /**
     * Starts a program; its output is kept for `failure(child)`. `stdio` as for spawn. A program whose parent was
     * killed gets SIGTERM from the kernel where `setpriv` can arrange it.
     */
    start(command, args, { env, stdio = ["ignore", "pipe", "pipe"] }) {
      const withParent = hasCommand("setpriv");
      const child = withParent
        ? spawn("setpriv", ["--pdeathsig", "TERM", "--", command, ...args], { env, stdio })
        : spawn(command, args, { env, stdio });
      child.said = "";
      const collect = (chunk) => {
        child.said = (child.said + chunk).slice(-8192);
      };
      child.stdout?.on("data", collect);
      child.stderr?.on("data", collect);
      child.once("error", collect);
      child.title = command;
      children.push(child);
      return child;
    },
    /** Ends all programs, last started first, and removes the folder. */
    stop() {
      stopped ??= (async () => {
        for (const child of children.toReversed()) await endChild(child);
        removeFolder(folder);
        process.removeListener("exit", stopNow);
        for (const signal of signals) process.removeListener(signal, onSignal);
      })();
      return stopped;
    },
  };
}

/** Waits until `look()` gives something other than null; rejects when the program ends first or time is up. */
export async function readyWhen(child, look, patienceMs = 15_000) {
  const deadlineMs = Date.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (hasEnded(child)) throw new Error(`${child.title} ended at its start:\n${child.said.trim()}`);
    if (Date.now() > deadlineMs) {
      throw new Error(`${child.title} was not ready after ${patienceMs} ms:\n${child.said.trim()}`);
    }
    await pause(20);
  }
}

function hasEnded(child) {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

async function endChild(child) {
  if (hasEnded(child)) return;
  const ended = new Promise((done) => child.once("exit", done));
  child.kill("SIGTERM");
  const killer = setTimeout(() => child.kill("SIGKILL"), stopPatienceMs);
  await ended;
  clearTimeout(killer);
}

/** Waits without the event loop, which no longer turns while a process exits. */
function waitUntilEnded(children) {
  const clock = new Int32Array(new SharedArrayBuffer(4));
  const deadlineMs = Date.now() + stopPatienceMs;
  while (Date.now() < deadlineMs && children.some((child) => !hasEnded(child) && isRunning(child.pid))) {
    Atomics.wait(clock, 0, 0, 10);
  }
}

/** Whether a process exists and is more than an ended one that its parent has not collected. */
function isRunning(pid) {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

function removeFolder(folder) {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
}

/** Removes the folders of processes that were killed before they could. */
function removeAbandonedFolders() {
  for (const name of readdirSync(tmpdir())) {
    const owner = name.startsWith(folderPrefix)
      ? Number.parseInt(name.slice(folderPrefix.length), 10)
      : Number.NaN;
    if (Number.isNaN(owner) || isRunning(owner)) continue;
    try {
      removeFolder(join(tmpdir(), name));
    } catch {
      // Another user's: theirs to remove.
    }
  }
}
