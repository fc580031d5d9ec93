/**
 * Owns how the scripts run the programs of node_modules and other scripts in the foreground: their output goes
 * straight to the user, signals go through. Never decides which.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { projectRoot } from "./console.mjs";

const forwardedSignals = ["SIGINT", "SIGTERM", "SIGHUP"];

/** The path of a program that a dependency brings. */
function toolPath(name) {
  return join(projectRoot, "node_modules", ".bin", process.platform === "win32" ? `${name}.cmd` : name);
}

/** Runs a program of node_modules in the project's folder; resolves to its exit code. */
export function runTool(name, args, options = {}) {
  return runInForeground(toolPath(name), args, { shell: process.platform === "win32", ...options });
}

/**
 * Runs a program with our own input and output; resolves to its exit code (128 + n when signal n ended it).
 * `handOver` is a text that the program can read from its file descriptor 3.
 */
export function runInForeground(command, args, { handOver, ...options } = {}) {
  return new Promise((done) => {
    const stdio = handOver === undefined ? "inherit" : ["inherit", "inherit", "inherit", "pipe"];
    const child = spawn(command, args, { cwd: projectRoot, stdio, ...options });
    // A program that ends without reading it is no mistake of ours.
    child.stdio[3]?.on("error", () => undefined).end(handOver);
    const forward = (signal) => child.kill(signal);
    for (const signal of forwardedSignals) process.on(signal, forward);
    const end = (code) => {
      for (const signal of forwardedSignals) process.removeListener(signal, forward);
      done(code);
    };
    child.once("error", (error) => {
      process.stderr.write(`${command}: ${error.message}\n`);
      end(127);
    });
    child.once("close", (code, signal) => end(code ?? 128 + (signalNumbers[signal] ?? 0)));
  });
}

const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 };
