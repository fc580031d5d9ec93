/**
 * Owns a screen of several monitors that are plugged, moved and unplugged while programs run: a real X server with the
 * driver for graphics that are not there. That driver opens neither a console nor a device of the machine.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./programs.mjs";
import { startServer } from "./display.mjs";

/** The server itself: in front of it Debian may put a guard that lets in nobody but who sits at the console. */
const serverPaths = ["/usr/lib/xorg/Xorg", "/usr/libexec/Xorg", "/usr/lib/Xorg"];
/** As many outputs as the driver has. */
const mostMonitors = 16;

/** Starts the server with one small monitor; resolves to the display's name. */
export function startMonitorServer(services, env) {
  const config = join(services.folder, "xorg.conf");
  const noFurtherConfig = join(services.folder, "xorg.conf.d");
  mkdirSync(noFurtherConfig);
  writeFileSync(
    config,
    `Section "ServerFlags"
  Option "AutoAddDevices" "false"
  Option "AutoAddGPU" "false"
EndSection
Section "Device"
  Identifier "nothing"
  Driver "dummy"
  VideoRam 256000
EndSection
Section "Screen"
  Identifier "screen"
  Device "nothing"
  DefaultDepth 24
EndSection
`,
  );
  const server = serverPaths.find((path) => existsSync(path)) ?? "Xorg";
  const files = [
    "-config",
    config,
    "-configdir",
    noFurtherConfig,
    "-logfile",
    join(services.folder, "xorg.log"),
  ];
  return startServer(services, env, server, [...files, "-novtswitch", "-sharevts"]);
}

/** The monitors of a server that was started so, of which the first `count` are there, side by side. */
export async function openMonitors(env, count, { width, height }) {
  const knownModes = new Set();
  let shown = 1;

  /** Adds a mode of this size to an output; its timings matter to a real tube only. */
  async function allowMode(output, width, height) {
    const mode = `parley-${width}x${height}`;
    const onOutput = `${output} ${mode}`;
    if (!knownModes.has(mode)) {
      const columns = [width, width + 48, width + 80, width + 160];
      const lines = [height, height + 3, height + 8, height + 30];
      const clockMhz = (columns[3] * lines[3] * 60) / 1_000_000;
      await xrandr("--newmode", mode, clockMhz.toFixed(2), ...columns.map(String), ...lines.map(String));
    }
    if (!knownModes.has(onOutput)) await xrandr("--addmode", output, mode);
    knownModes.add(mode).add(onOutput);
    return mode;
  }
  const xrandr = (...args) => run("xrandr", args, env);

  const monitors = {
    async arrange(...wanted) {
      if (wanted.length > mostMonitors) throw new Error(`There are at most ${mostMonitors} monitors.`);
      const args = [];
      for (let index = 0; index < Math.max(wanted.length, shown); index += 1) {
        const output = `DUMMY${index}`;
        const place = wanted[index] ?? null;
        if (place === null) args.push("--output", output, "--off");
        else {
          const mode = await allowMode(output, place.width, place.height);
          args.push("--output", output, "--mode", mode, "--pos", `${place.x}x${place.y}`);
        }
      }
      shown = wanted.length;
      await xrandr(...args);
      // An output that is new counts as connected, to whoever asks, only after it has been looked for.
      await xrandr("--query");
    },
  };
  await monitors.arrange(
    ...Array.from({ length: count }, (_, index) => ({ x: index * width, y: 0, width, height })),
  );
  return monitors;
}
