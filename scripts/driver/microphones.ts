/** Owns plugging, unplugging and breaking the desktop's microphones while programs run. */
import type { Desktop } from "../desktop.mjs";
import { soundOf } from "./sound.ts";

/** The name under which programs see the microphone. */
export const microphoneName = "Microphone";

/** Another one, into which the same is spoken: what it delivers can be told from silence, and from what came before. */
export const otherName = "Headset";
const otherSource = "headset";

/** Takes a microphone away from the sound server; what recorded from it is cut off, or moved to another one. */
async function unload(desktop: Desktop, source: string): Promise<void> {
  const sound = soundOf(desktop);
  const modules = await sound.pactl("list", "short", "modules");
  for (const line of modules.split("\n")) {
    const [index, name, argument = ""] = line.split("\t");
    if (name !== "module-remap-source" || index === undefined) continue;
    if (argument.split(" ").includes(`source_name=${source}`)) await sound.pactl("unload-module", index);
  }
}

async function load(desktop: Desktop, source: string, description: string): Promise<void> {
  const sound = soundOf(desktop);
  await sound.pactl(
    "load-module",
    "module-remap-source",
    `master=${sound.micSink}.monitor`,
    `source_name=${source}`,
    `source_properties=device.description=${description}`,
  );
}

export const unplug = (desktop: Desktop): Promise<void> => unload(desktop, soundOf(desktop).micSource);

/** Plugs it in again; the system takes it as its default. */
export async function plugIn(desktop: Desktop): Promise<void> {
  const { micSource, pactl } = soundOf(desktop);
  await load(desktop, micSource, microphoneName);
  await pactl("set-default-source", micSource);
}

/** Plugs in the other microphone; the system's default stays what it is. */
export async function plugInOther(desktop: Desktop): Promise<void> {
  const { micSource, pactl } = soundOf(desktop);
  await load(desktop, otherSource, otherName);
  await pactl("set-default-source", micSource);
}

export const unplugOther = (desktop: Desktop): Promise<void> => unload(desktop, otherSource);

/** What the sound server can do to a microphone, by the source's name. */
export interface BrokenMicrophone {
  /** It is there and can be opened, and delivers not a single sample. */
  suspend(isSuspended: boolean): Promise<void>;
  /** It delivers nothing but zeros: its switch is off. */
  mute(isMuted: boolean): Promise<void>;
  makeDefault(): Promise<void>;
}

function broken(desktop: Desktop, source: string): BrokenMicrophone {
  const { pactl } = soundOf(desktop);
  const say = async (...words: string[]): Promise<void> => void (await pactl(...words));
  return {
    suspend: (isSuspended) => say("suspend-source", source, isSuspended ? "1" : "0"),
    mute: (isMuted) => say("set-source-mute", source, isMuted ? "1" : "0"),
    makeDefault: () => say("set-default-source", source),
  };
}

export const theMicrophone = (desktop: Desktop): BrokenMicrophone =>
  broken(desktop, soundOf(desktop).micSource);
export const theOther = (desktop: Desktop): BrokenMicrophone => broken(desktop, otherSource);
