/**
 * Owns one thing: that only one process at a time does a piece of work. Never outlives its process: a lock whose
 * owner is gone is taken over.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { say } from "./console.mjs";

/** Runs `work` while holding the lock file; waits for another living process that holds it. */
export async function withLock(path, work) {
  let hasSaid = false;
  while (!tryToTake(path)) {
    if (!hasSaid) say("another set-up is at work: waiting for it …");
    hasSaid = true;
    await pause(300);
  }
  const release = () => rmSync(path, { force: true });
  process.once("exit", release);
  try {
    return await work();
  } finally {
    release();
    process.removeListener("exit", release);
  }
}

/** Takes the lock if nobody living holds it. */
function tryToTake(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  if (!isHeld(path)) rmSync(path, { force: true });
  return false;
}

/** Whether the process that wrote the lock still runs. */
function isHeld(path) {
  try {
    const owner = Number(readFileSync(path, "utf8"));
    // Just made and not written yet: its owner lives.
    if (owner === 0) return true;
    process.kill(owner, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
