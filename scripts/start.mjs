/**
 * Owns `npm start`: makes the machine ready, builds what has changed, and runs Parley for a person until it ends.
 * Arguments go to the app. On a Linux machine without a display it says so and runs the demo, which brings its own.
 */
import { join } from "node:path";
import { failWith, projectRoot, say } from "./setup/console.mjs";
import { runInForeground } from "./setup/tools.mjs";
import { ensureBuilt } from "./build.mjs";
import { prepare } from "./setup.mjs";

async function start(args) {
  const apiKey = takeApiKey();
  const hasDisplay =
    process.platform !== "linux" || Boolean(process.env.DISPLAY) || Boolean(process.env.WAYLAND_DISPLAY);
  if (!hasDisplay) {
    say("there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set): running the demo instead.");
    return runInForeground(process.execPath, [join(projectRoot, "scripts", "demo.mjs")]);
  }
  const electron = await prepare();
  await ensureBuilt();
  const env = { ...process.env, ...electron.env };
  const command = [...electron.electronArgs, ...displayArgs(), projectRoot, ...args];
  if (apiKey === undefined) return runInForeground(electron.executable, command, { env });
  // On Linux Chromium forks its helpers from a process that is started before any code of ours runs, with the whole
  // environment in its memory. The key goes to the main process through a pipe instead.
  return process.platform === "linux"
    ? runInForeground(electron.executable, command, { env: { ...env, PARLEY_KEY_FD: "3" }, handOver: apiKey })
    : runInForeground(electron.executable, command, { env: { ...env, OPENAI_API_KEY: apiKey } });
}

/** Takes it out of the environment: what is started on the way (npm, apt, the build, the demo) has no use for it. */
function takeApiKey() {
  const { OPENAI_API_KEY: apiKey } = process.env;
  delete process.env.OPENAI_API_KEY;
  return apiKey;
}

/**
 * On a Wayland desktop newer Electrons would draw by Wayland itself, where a window may neither stay on top nor choose
 * its place: the overlay needs both, so it goes through XWayland where there is one.
 */
function displayArgs() {
  const hasBoth = Boolean(process.env.WAYLAND_DISPLAY) && Boolean(process.env.DISPLAY);
  return process.platform === "linux" && hasBoth ? ["--ozone-platform=x11"] : [];
}

process.exitCode = await start(process.argv.slice(2)).catch(failWith);
