/**
 * Owns the desktop's screen: an X server without a monitor, its window manager and compositor. Never uses a display
 * that is already there.
 */
import { readyWhen } from "./services.mjs";
import { outputWhenDone } from "./programs.mjs";

/** Starts the X server on a number that it finds free itself; resolves to the display's name. */
export async function startDisplay(services, env, { width, height }) {
  const server = services.start(
    "Xvfb",
    ["-displayfd", "3", "-screen", "0", `${width}x${height}x24`, "-nolisten", "tcp", "-noreset"],
    { env, stdio: ["ignore", "pipe", "pipe", "pipe"] },
  );
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
