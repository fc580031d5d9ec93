/**
 * Owns which settings the diagnostics tell, and how. What is personal (instructions, ids, paths) is told only as
 * changed or not; a new setting does not compile until this is decided for it.
 */
import { defaultSettings, type Settings } from "../../../shared/settings.ts";

type Telling = "value" | "changed-or-not";

const tellings: Readonly<Record<keyof Settings, Telling>> = {
  // Its host is told by itself: an address may hold more than that.
  endpoint: "changed-or-not",
  model: "value",
  voice: "value",
  instructions: "changed-or-not",
  transcriptionModel: "value",
  transcriptionLanguage: "value",
  talkKey: "value",
  typeShortcut: "value",
  talkShortcut: "value",
  microphoneId: "changed-or-not",
  microphoneLabel: "value",
  microphoneMode: "value",
  keepReadySeconds: "value",
  recordingLimitMinutes: "value",
  echoCancellation: "value",
  noiseSuppression: "value",
  autoGainControl: "value",
  idleDisconnectSeconds: "value",
  overlayHideSeconds: "value",
  useSystemProxy: "value",
  extraCaFile: "changed-or-not",
  allowShortcut: "value",
  // Names of tools of servers that the person has chosen.
  switchedOffTools: "changed-or-not",
  notesFolder: "changed-or-not",
  weatherUrl: "changed-or-not",
  geocodingUrl: "changed-or-not",
  readableFolders: "changed-or-not",
  commandsAllowed: "value",
  commandFolder: "changed-or-not",
};

/** @returns name and words of each setting, in their order. */
export function toldSettings(settings: Settings, platform: string): readonly (readonly [string, string])[] {
  const defaults = defaultSettings(platform);
  return (Object.keys(tellings) as (keyof Settings)[]).map((name) => {
    const isDefault = JSON.stringify(settings[name]) === JSON.stringify(defaults[name]);
    if (tellings[name] === "changed-or-not") return [name, isDefault ? "(default)" : "(changed)"];
    const value = settings[name] === "" ? "(empty)" : String(settings[name]);
    return [name, isDefault ? `${value} (default)` : value];
  });
}
