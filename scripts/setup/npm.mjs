/**
 * Owns how npm is called: the one that runs us if there is one, else the one on PATH, always with the user's
 * own registry, proxy and certificates. Never knows where a registry is.
 */
import { SetupError } from "./console.mjs";

/** The program and first arguments that run npm here, and the spawn options that they need. */
export function npmCommand() {
  const cli = process.env.npm_execpath;
  if (cli?.endsWith("npm-cli.js")) return { command: process.execPath, args: [cli], shell: false };
  // Windows has npm as a batch file, which only a shell can start.
  const isWindows = process.platform === "win32";
  return { command: isWindows ? "npm.cmd" : "npm", args: [], shell: isWindows };
}

/** Throws the reader's message when npm could not be started or ended badly. */
export function npmFailure(what, output) {
  const isNoise = (line) => /^npm error\s*(at .*|A complete log of this run.*)?$/.test(line);
  const tail = output
    .trim()
    .split("\n")
    .filter((line) => !isNoise(line))
    .slice(-12)
    .join("\n");
  return new SetupError(`${what} failed. What npm said:\n${tail || "(nothing: is npm installed?)"}`);
}
