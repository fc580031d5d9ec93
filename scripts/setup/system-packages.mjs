/**
 * Owns what Electron and the virtual desktop need from a Linux system: finds what is missing, and installs it with
 * apt where that is allowed. Never asks for a password; never touches a system where nothing is missing.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { SetupError, hasCommand, outputOf, projectRoot, say } from "./console.mjs";

/**
 * Packages that bring Electron's libraries and those of the key hook, each with its names in the order to try:
 * Debian 13 and Ubuntu 24.04 renamed some ("t64") when their time became 64 bits wide.
 */
const libraryPackages = [
  ["libgtk-3-0t64", "libgtk-3-0"],
  ["libnss3"],
  ["libasound2t64", "libasound2"],
  ["libgbm1"],
  ["libxss1"],
  ["libatspi2.0-0t64", "libatspi2.0-0"],
  ["libdrm2"],
  ["libcups2t64", "libcups2"],
  ["libx11-xcb1"],
  ["libxtst6"],
  ["libxt6t64", "libxt6"],
  ["libxrandr2"],
];

/** What the virtual desktop runs, and the packages that bring it. */
const desktopTools = [
  { command: "Xvfb", packages: ["xvfb"] },
  { command: "xdotool", packages: ["xdotool"] },
  { command: "openbox", packages: ["openbox"] },
  { command: "xcompmgr", packages: ["xcompmgr"] },
  { command: "xev", packages: ["x11-utils"] },
  { command: "setxkbmap", packages: ["x11-xkb-utils"] },
  { command: "xterm", packages: ["xterm"] },
  { command: "xclip", packages: ["xclip"] },
  { command: "import", packages: ["imagemagick"] },
  { command: "pulseaudio", packages: ["pulseaudio"] },
  { command: "pactl", packages: ["pulseaudio-utils"] },
  { command: "espeak-ng", packages: ["espeak-ng"] },
  { command: "sox", packages: ["sox"] },
  { command: "dbus-daemon", packages: ["dbus"] },
  { command: "gnome-keyring-daemon", packages: ["gnome-keyring", "libsecret-1-0"] },
];

/** What it runs when it has several monitors, which only tests ask for. */
const monitorTools = [
  {
    command: "the dummy driver of Xorg",
    paths: ["/usr/lib/xorg/modules/drivers/dummy_drv.so", "/usr/lib64/xorg/modules/drivers/dummy_drv.so"],
    packages: ["xserver-xorg-core", "xserver-xorg-video-dummy"],
  },
  { command: "xrandr", packages: ["x11-xserver-utils"] },
  { command: "xsettingsd", packages: ["xsettingsd"] },
];

/** Where a tool is no command, it is there when one of its paths is. */
const isMissing = ({ command, paths = null }) =>
  paths === null ? !hasCommand(command) : !paths.some((path) => existsSync(path));

/**
 * Makes sure of the libraries that `electron` (its program's path) loads, with `desktop` of the desktop's tools, and
 * with `monitors` of those for several monitors.
 */
export function ensureSystemPackages({ electron, desktop, monitors }) {
  if (process.platform !== "linux") return;
  const libraries = missingLibraries(electron);
  const tools = [...(desktop ? desktopTools : []), ...(monitors ? monitorTools : [])].filter(isMissing);
  if (libraries.length === 0 && tools.length === 0) return;

  const missing = [...libraries, ...tools.map((tool) => tool.command)].join(", ");
  const wanted = [
    ...(libraries.length === 0 ? [] : libraryPackages),
    ...tools.flatMap((tool) => tool.packages.map((name) => [name])),
  ];
  if (!hasCommand("apt-get")) {
    throw new SetupError(
      `This system lacks ${missing}.\nInstall what brings them; on Debian and Ubuntu that is: ${wanted.map((names) => names.at(-1)).join(" ")}`,
    );
  }
  say(`this system lacks ${missing}`);
  installWithApt(wanted);
  const stillMissing = [
    ...missingLibraries(electron),
    ...tools.filter(isMissing).map((tool) => tool.command),
  ];
  if (stillMissing.length > 0)
    throw new SetupError(`Still missing after the installation: ${stillMissing.join(", ")}`);
}

/** The shared libraries that the system cannot find for Electron and for the prebuilt key hook. */
function missingLibraries(electron) {
  const hook = join(
    projectRoot,
    "node_modules/uiohook-napi/prebuilds",
    `linux-${process.arch}`,
    "uiohook-napi.node",
  );
  const names = [electron, hook]
    .filter((path) => existsSync(path))
    .flatMap((path) => (outputOf("ldd", [path]) ?? "").split("\n"))
    .filter((line) => line.includes("=> not found"))
    .map((line) => line.trim().split(" ")[0])
    // Electron brings its own libffmpeg beside the program.
    .filter((name) => !existsSync(join(electron, "..", name)));
  return [...new Set(names)];
}

/** Installs packages as root or through a sudo that asks for nothing; else throws the command to type. */
function installWithApt(wanted) {
  const isRoot = process.getuid() === 0;
  const canSudo = !isRoot && outputOf("sudo", ["-n", "true"]) !== null;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" };
  const runAsRoot = (args) => {
    const [command, ...rest] = isRoot ? args : ["sudo", "-n", "DEBIAN_FRONTEND=noninteractive", ...args];
    return spawnSync(command, rest, { env, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  };

  const chosenFirst = choosePackages(wanted);
  if (!isRoot && !canSudo) {
    const names = chosenFirst ?? wanted.map((names) => names.at(-1));
    throw new SetupError(
      `They have to be installed once, with a password:\n\n  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${names.join(" ")}\n`,
    );
  }
  const install = (names) => {
    say(`installing with apt: ${names.join(" ")} …`);
    return runAsRoot([
      "apt-get",
      "install",
      "-y",
      "-q",
      "--no-install-recommends",
      "-o",
      "DPkg::Lock::Timeout=180",
      ...names,
    ]);
  };
  let run = chosenFirst === null ? null : install(chosenFirst);
  if (run?.status !== 0) {
    // The lists are missing (as in a fresh container) or too old for what the mirror has now.
    say("refreshing apt's lists …");
    const update = runAsRoot(["apt-get", "update", "-q"]);
    const chosen = choosePackages(wanted);
    if (chosen === null) throw aptFailure("apt-get update", update);
    run = install(chosen);
  }
  if (run.status !== 0) throw aptFailure("apt-get install", run);
}

/** The names that this system knows, one of each row; null when one row has none. */
function choosePackages(wanted) {
  const names = wanted.flat();
  const policy = outputOf("apt-cache", ["policy", ...names], { env: { ...process.env, LC_ALL: "C" } }) ?? "";
  const known = new Set(
    policy
      .split(/^(?=\S)/m)
      .filter((part) => /Candidate: (?!\(none\))/.test(part))
      .map((part) => part.slice(0, part.indexOf(":"))),
  );
  const chosen = wanted.map((row) => row.find((name) => known.has(name)));
  return chosen.includes(undefined) ? null : [...new Set(chosen)];
}

function aptFailure(what, run) {
  const tail = `${run.stdout ?? ""}${run.stderr ?? ""}`.trim().split("\n").slice(-10).join("\n");
  return new SetupError(`${what} failed:\n${tail}`);
}
