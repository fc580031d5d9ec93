/** Owns plugging, unplugging and recording the desktop's loudspeakers while programs run. */
import type { Desktop } from "../desktop.mjs";
import { record, soundOf, type SoundRecording } from "./sound.ts";

/** Another loudspeaker, beside the desktop's own. */
export const otherSpeaker = "headphones";

/** Plugs in a loudspeaker; the sound server itself may choose it as its default. */
export async function plugInSpeaker(desktop: Desktop, sink: string): Promise<void> {
  await soundOf(desktop).pactl(
    "load-module",
    "module-null-sink",
    `sink_name=${sink}`,
    "rate=48000",
    "channels=2",
    "norewinds=1",
    // Something on a cable: the system prefers it to the sink behind the microphone.
    `sink_properties="device.description=${sink} device.bus=usb"`,
  );
}

/** Takes every device with this name away, and what is made of it. */
export async function unplugSpeaker(desktop: Desktop, sink: string): Promise<void> {
  const { pactl } = soundOf(desktop);
  const modules = await pactl("list", "short", "modules");
  for (const line of modules.split("\n")) {
    const [index, , argument = ""] = line.split("\t");
    if (index === undefined) continue;
    if (argument.split(" ").includes(`sink_name=${sink}`)) await pactl("unload-module", index);
  }
}

export const useSpeaker = async (desktop: Desktop, sink: string): Promise<void> =>
  void (await soundOf(desktop).pactl("set-default-sink", sink));

export const recordSpeaker = (desktop: Desktop, sink: string): Promise<SoundRecording> =>
  record(desktop, `${sink}.monitor`);

/** It is there and takes not a single sample. */
export const suspendSpeaker = async (desktop: Desktop, sink: string, isSuspended: boolean): Promise<void> =>
  void (await soundOf(desktop).pactl("suspend-sink", sink, isSuspended ? "1" : "0"));
