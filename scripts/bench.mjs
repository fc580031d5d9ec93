/**
 * Owns `npm run bench`: makes the machine ready, builds what has changed, and measures Parley in a real desktop.
 * What is measured is scripts/bench/run.ts; arguments go there.
 */
import { join } from "node:path";
import { SetupError, failWith, projectRoot } from "./setup/console.mjs";
import { runInForeground } from "./setup/tools.mjs";
import { ensureBuilt } from "./build.mjs";
import { prepare } from "./setup.mjs";

async function bench(args) {
  if (process.platform !== "linux") {
    throw new SetupError("The bench needs the virtual desktop, which there is on Linux only.");
  }
  const electron = await prepare({ desktop: true });
  await ensureBuilt();
  return runInForeground(
    process.execPath,
    ["--import", "tsx", join(projectRoot, "scripts", "bench", "run.ts"), ...args],
    { cwd: projectRoot, env: { ...process.env, ...electron.env } },
  );
}

process.exitCode = await bench(process.argv.slice(2)).catch(failWith);
