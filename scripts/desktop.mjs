/**
 * Owns a desktop for programs on a machine without one, or beside the real one: a screen, a window manager, a
 * microphone and a loudspeaker, a message bus, a keyring. For the tests, the demo and the bench, on Linux; its tools
 * are installed by `prepare({ desktop: true })`, for several monitors with `monitors: true`. Never touches the user's
 * display, sound, bus, keyring or profile, and leaves nothing behind. The types are in desktop.d.mts.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { audioVariables, recordSpeaker, speakInto, startAudio } from "./desktop/audio.mjs";
import { startCompositor, startDisplay, startWindowManager } from "./desktop/display.mjs";
import { openMonitors, startMonitorServer } from "./desktop/monitors.mjs";
import { outputWhenDone, run } from "./desktop/programs.mjs";
import { createServices } from "./desktop/services.mjs";
import { startKeyring, startSessionBus } from "./desktop/session-bus.mjs";

/** Variables of the real desktop that would lead a program past this one. */
const foreignVariables = [
  "WAYLAND_DISPLAY",
  "XAUTHORITY",
  "XDG_SESSION_TYPE",
  "PULSE_SINK",
  "PULSE_SOURCE",
  "PULSE_COOKIE",
];

/** Starts a desktop; resolves when each part has shown that it is ready, rejects when one cannot start. */
export async function startDesktop({
  audio: withAudio = true,
  keyring: withKeyring = false,
  compositor: withCompositor = true,
  width = 1280,
  height = 800,
  monitors: monitorCount = null,
  endsOnSignals = true,
} = {}) {
  const services = createServices({ endsOnSignals });
  try {
    const env = ownEnvironment(services.folder);
    // What the services keep goes into their folder; programs keep the user's home and caches.
    const serviceEnv = { ...env, HOME: services.folder, XDG_CACHE_HOME: join(services.folder, "cache") };
    env.DISPLAY = serviceEnv.DISPLAY =
      monitorCount === null
        ? await startDisplay(services, serviceEnv, { width, height })
        : await startMonitorServer(services, serviceEnv);
    const monitors = monitorCount === null ? null : await openMonitors(env, monitorCount, { width, height });
    const busAddress = await startSessionBus(services, serviceEnv);
    // One bus for both: a program finds no real system service, and none to complain about missing.
    for (const name of ["DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS"]) {
      env[name] = serviceEnv[name] = busAddress;
    }
    const [audio] = await Promise.all([
      withAudio ? startAudio(services, env, serviceEnv) : null,
      startWindowManager(services, serviceEnv),
      withCompositor ? startCompositor(services, serviceEnv) : null,
      withKeyring ? startKeyring(services, serviceEnv) : null,
    ]);
    const xdotool = (...args) => outputWhenDone("xdotool", args, env);
    return {
      env,
      display: env.DISPLAY,
      audio,
      monitors,
      xdotool,
      speak: (wavPath) => speakInto(env, wavPath),
      recordSpeaker: (pcmPath) => recordSpeaker(env, pcmPath),
      keyDown: (name) => run("xdotool", ["keydown", name], env),
      keyUp: (name) => run("xdotool", ["keyup", name], env),
      screenshot: (path) => run("import", ["-window", "root", path], env),
      stop: () => services.stop(),
    };
  } catch (error) {
    await services.stop();
    throw error;
  }
}

/** The environment of a program on this desktop, before its display is known. */
function ownEnvironment(folder) {
  const env = { ...process.env };
  for (const name of foreignVariables) delete env[name];
  for (const name of ["config", "data", "state", "cache"]) mkdirSync(join(folder, name), { mode: 0o700 });
  return Object.assign(env, {
    XDG_RUNTIME_DIR: folder,
    XDG_CONFIG_HOME: join(folder, "config"),
    XDG_DATA_HOME: join(folder, "data"),
    XDG_STATE_HOME: join(folder, "state"),
    XDG_SESSION_TYPE: "x11",
    // No accessibility bus: GTK would look for it and complain.
    NO_AT_BRIDGE: "1",
    ...audioVariables(folder),
  });
}
