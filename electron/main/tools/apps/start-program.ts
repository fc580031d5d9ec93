/**
 * Owns starting a program that is to run on by itself: without a shell, in its own process group, with an environment
 * from which what is Parley's own and what looks like a secret is gone.
 */
import { spawn } from "node:child_process";

/** What an Electron app sets for itself and its children, and what would change how another one runs. */
const ownVariables =
  /^(?:ELECTRON_|PARLEY_|NODE_|npm_|CHROME_|GOOGLE_|VITE_|OPENAI_|APPDIR$|APPIMAGE$|ARGV0$|OWD$|NO_AT_BRIDGE$|INIT_CWD$)/i;
const secretVariables =
  /(?:^|_)(?:API_?KEY|ACCESS_?KEY(?:_ID)?|SECRET(?:_?KEY)?|TOKEN|PASSWORD|PASSWD|CREDENTIALS?|PRIVATE_?KEY)(?:_|$)/i;

/** What a program would be given by the desktop's own menu, as near as we know. */
export function cleanEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const clean: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(environment)) {
    if (!ownVariables.test(name) && !secretVariables.test(name)) clean[name] = value;
  }
  // Chromium puts a desktop that it knows in the place of the real one.
  const desktop = environment["ORIGINAL_XDG_CURRENT_DESKTOP"];
  if (desktop !== undefined) {
    clean["XDG_CURRENT_DESKTOP"] = desktop;
    delete clean["ORIGINAL_XDG_CURRENT_DESKTOP"];
  }
  return clean;
}

/** @param command program and arguments, as they reach it. Rejects when it cannot be started. */
export function startProgram(
  command: readonly string[],
  options: { readonly folder: string; readonly environment: NodeJS.ProcessEnv },
): Promise<void> {
  const [program, ...args] = command;
  if (program === undefined) throw new Error("A command has a program: parse it first.");
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.folder,
      env: cleanEnvironment(options.environment),
      detached: true,
      stdio: "ignore",
    });
    child.once("spawn", () => {
      child.unref();
      resolve();
    });
    child.once("error", reject);
  });
}
