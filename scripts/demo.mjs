/**
 * Owns `npm run demo`: makes the machine ready, builds what has changed, and lets Parley do its main job by itself.
 * What happens then is scripts/demo/run.ts; arguments go there.
 */
import { join } from "node:path";
import { SetupError, failWith, projectRoot, say } from "./setup/console.mjs";
import { runInForeground } from "./setup/tools.mjs";
import { ensureBuilt } from "./build.mjs";
import { prepare } from "./setup.mjs";

async function demo(given) {
  const { electron, args } = await prepareStage(given);
  await ensureBuilt();
  return runInForeground(
    process.execPath,
    ["--import", "tsx", join(projectRoot, "scripts", "demo", "run.ts"), ...args],
    { cwd: projectRoot, env: { ...process.env, ...electron.env } },
  );
}

/** A virtual desktop where it can be had; else the person's own, with a microphone made of a sound file. */
async function prepareStage(args) {
  if (process.platform !== "linux" || args.includes("--own-desktop"))
    return { electron: await prepare(), args };
  try {
    return { electron: await prepare({ desktop: true }), args };
  } catch (error) {
    if (!(error instanceof SetupError) || !process.env.DISPLAY) throw error;
    say(
      `${error.message}\nWithout these the demo runs on your own desktop, with a microphone made of a sound file.`,
    );
    return { electron: await prepare(), args: [...args, "--own-desktop"] };
  }
}

process.exitCode = await demo(process.argv.slice(2)).catch(failWith);
