/**
 * Owns the desktop's message bus and, when asked for, its unlocked keyring. Never uses the user's own bus, and lets
 * nothing be started through it, so that no program is left behind and a desktop without a keyring has none.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readyWhen } from "./services.mjs";
import { outputWhenDone } from "./programs.mjs";

/** Starts a session bus in `services.folder` and resolves to its address. */
export async function startSessionBus(services, env) {
  const address = `unix:path=${join(services.folder, "bus")}`;
  const config = join(services.folder, "bus.conf");
  writeFileSync(
    config,
    `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>${address}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`,
  );
  const bus = services.start("dbus-daemon", [`--config-file=${config}`, "--nofork", "--nopidfile"], { env });
  await readyWhen(bus, () => ownsName({ ...env, DBUS_SESSION_BUS_ADDRESS: address }, "org.freedesktop.DBus"));
  return address;
}

/** Starts a keyring on the bus of `env`, unlocked by a password that nobody needs again. */
export async function startKeyring(services, env) {
  mkdirSync(join(services.folder, "data", "keyrings"), { recursive: true, mode: 0o700 });
  const keyring = services.start(
    "gnome-keyring-daemon",
    ["--unlock", "--components=secrets", "--foreground"],
    {
      env,
      stdio: ["pipe", "pipe", "pipe"],
    },
  );
  keyring.stdin.end("desktop");
  await readyWhen(keyring, () => ownsName(env, "org.freedesktop.secrets"));
}

/** True when a name on the bus has an owner, else null. */
async function ownsName(env, name) {
  const answer = await outputWhenDone(
    "dbus-send",
    [
      "--session",
      "--print-reply",
      "--dest=org.freedesktop.DBus",
      "/org/freedesktop/DBus",
      "org.freedesktop.DBus.NameHasOwner",
      `string:${name}`,
    ],
    env,
  ).catch(() => "");
  return answer.includes("boolean true") ? true : null;
}
