/** Owns plugging and unplugging the desktop's microphone while programs run. */
import type { Desktop } from "../../scripts/desktop.mjs";
import { soundOf } from "../../scripts/driver/sound.ts";

/** The name under which programs see the microphone. */
export const microphoneName = "Microphone";

/** Takes the microphone away from the sound server; what recorded from it is cut off. */
export async function unplug(desktop: Desktop): Promise<void> {
  const sound = soundOf(desktop);
  const modules = await sound.pactl("list", "short", "modules");
  for (const line of modules.split("\n")) {
    const [index, name] = line.split("\t");
    if (name === "module-remap-source" && index !== undefined) await sound.pactl("unload-module", index);
  }
}

/** Plugs it in again; the system takes it as its default. */
export async function plugIn(desktop: Desktop): Promise<void> {
  const sound = soundOf(desktop);
  await sound.pactl(
    "load-module",
    "module-remap-source",
    `master=${sound.micSink}.monitor`,
    `source_name=${sound.micSource}`,
    `source_properties=device.description=${microphoneName}`,
  );
  await sound.pactl("set-default-source", sound.micSource);
}
