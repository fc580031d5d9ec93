/**
 * Owns short runs of the desktop's command-line tools. Never keeps one running.
 */
import { execFile } from "node:child_process";

/** Runs a program and resolves to what it printed; rejects with what it complained about. */
export function outputWhenDone(command, args, env) {
  return new Promise((done, fail) => {
    execFile(
      command,
      args,
      { env, encoding: "utf8", maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error === null) done(stdout);
        else fail(new Error(`${command} ${args.join(" ")} failed: ${stderr.trim() || error.message}`));
      },
    );
  });
}

/** Runs a program to its end. */
export async function run(command, args, env) {
  await outputWhenDone(command, args, env);
}
