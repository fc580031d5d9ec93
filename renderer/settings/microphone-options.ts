/**
 * Owns which microphones are offered, pure. It never opens one.
 */
import { words } from "./words.ts";

/** What `enumerateDevices` tells, as far as it matters here. */
export interface AudioDevice {
  readonly kind: string;
  readonly deviceId: string;
  readonly label: string;
}

export interface MicrophoneOption {
  readonly id: string;
  /** What is shown. */
  readonly text: string;
  /** The device's own name, kept beside its id to find it again; empty for the system's choice. */
  readonly label: string;
}

/** Chromium lists the system's choices a second time under these ids. */
const aliases: ReadonlySet<string> = new Set(["", "default", "communications"]);

/**
 * The system's choice first, then every real microphone, then the saved one if it is not connected.
 * A saved microphone whose id has changed is found again by its name.
 *
 * @returns `selected` is the id of an option in the list.
 */
export function microphoneOptions(
  devices: readonly AudioDevice[],
  saved: { readonly id: string; readonly label: string },
): { readonly options: readonly MicrophoneOption[]; readonly selected: string } {
  const real = devices.filter((device) => device.kind === "audioinput" && !aliases.has(device.deviceId));
  const options: MicrophoneOption[] = [
    { id: "default", text: words.microphone.systemDefault, label: "" },
    ...real.map((device, index) => ({
      id: device.deviceId,
      text: device.label === "" ? words.microphone.unnamed(index + 1) : device.label,
      label: device.label,
    })),
  ];
  if (saved.id === "default" || options.some((option) => option.id === saved.id)) {
    return { options, selected: saved.id };
  }
  const namesake = saved.label === "" ? undefined : options.find((option) => option.label === saved.label);
  if (namesake !== undefined) return { options, selected: namesake.id };
  const name = saved.label === "" ? words.microphone.label : saved.label;
  const missing = { id: saved.id, text: `${name} – ${words.microphone.notConnected}`, label: saved.label };
  return { options: [...options, missing], selected: saved.id };
}
