/**
 * Owns the desktop's screen: an X server without a monitor, its window manager and compositor. Never uses a display
 * that is already there.
 */
import { readyWhen } from "./services.mjs";
import { outputWhenDone } from "./programs.mjs";

/** Starts an X server without any device; resolves to the display's name. */
export function startDisplay(services, env, { width, height }) {
  return startServer(services, env, "Xvfb", ["-screen", "0", `${width}x${height}x24`]);
}

/** Starts an X server on a number that it finds free itself; resolves to the display's name. */
export async function startServer(services, env, program, args) {
  const server = services.start(program, ["-displayfd", "3", ...args, "-nolisten", "tcp", "-noreset"], {
    env,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  let written = "";
  server.stdio[3].on("data", (chunk) => {
    written += chunk;
  });
  // The number is whole when its line is.
  const number = await readyWhen(server, () => (written.endsWith("\n") ? written.trim() : null));
  return `:${number}`;
}

/** Starts the window manager and resolves when it has announced itself. */
export async function startWindowManager(services, env) {
  const manager = services.start("openbox", [], { env });
  await readyWhen(manager, async () => {
    const answer = await outputWhenDone("xprop", ["-root", "_NET_SUPPORTING_WM_CHECK"], env).catch(() => "");
    return answer.includes("window id") ? true : null;
  });
}

/** Starts the compositor, without which a transparent window is black, and resolves when it has announced itself. */
export async function startCompositor(services, env) {
  const compositor = services.start("xcompmgr", [], { env });
  await readyWhen(compositor, async () => {
    const windows = await outputWhenDone("xwininfo", ["-root", "-tree"], env).catch(() => "");
    return windows.includes('"xcompmgr"') ? true : null;
  });
}
