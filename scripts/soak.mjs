/**
 * Owns `npm run soak`: makes the machine ready, builds what has changed, and lets Parley be driven through everything
 * that can go wrong. What happens then is scripts/soak/run.ts; arguments go there.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { SetupError, failWith, projectRoot } from "./setup/console.mjs";
import { ensureBuilt } from "./build.mjs";
import { prepare } from "./setup.mjs";

async function soak(args) {
  if (process.platform !== "linux") {
    throw new SetupError("The soak needs the virtual desktop, which there is on Linux only.");
  }
  const electron = await prepare({ desktop: true });
  await ensureBuilt();
  // In a group of its own: Ctrl+C would end its desktop under it. It is told, and ends in order.
  const child = spawn(
    process.execPath,
    ["--import", "tsx", join(projectRoot, "scripts", "soak", "run.ts"), ...args],
    {
      cwd: projectRoot,
      env: { ...process.env, ...electron.env },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      detached: true,
    },
  );
  const tell = () => child.connected && child.send("end");
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, tell);
  const [code] = await once(child, "exit");
  return code ?? 1;
}

process.exitCode = await soak(process.argv.slice(2)).catch(failWith);
