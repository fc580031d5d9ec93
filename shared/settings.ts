/**
 * Owns every setting: name, type, default, bounds and meaning. `docs/settings.md` is generated from it.
 * It never holds a secret: the API key is kept apart, encrypted by the system.
 */
import { z } from "zod";
import { talkKeys } from "./talk-key.ts";

// Kept apart so that a window can use them without loading zod, whose probe for `eval` the page's policy reports.
export { talkKeyLabel, talkKeys, type TalkKey } from "./talk-key.ts";

export const defaultBaseUrl = "https://api.openai.com/v1";

/** In UTF-16 units: what Linux takes. */
export const longestPath = 4_096;

export const settingsSchema = z.object({
  endpoint: z
    .string()
    .default("")
    .describe(
      "Base address of the Realtime service, such as `https://api.openai.com/v1`. Empty: `OPENAI_BASE_URL` from the environment if set, else OpenAI. `http://` and `ws://` are accepted for this computer only.",
    ),
  model: z
    .string()
    .min(1)
    .default("gpt-realtime-2.1-mini")
    .describe("Name of the voice model (with Azure: of your deployment)."),
  voice: z.string().min(1).default("marin").describe("Name of the voice that answers."),
  instructions: z
    .string()
    .max(20_000)
    .default(
      "You are Parley, a helpful voice assistant on the user's computer. Answer briefly and plainly, in the language the user speaks.",
    )
    .describe("What the model is told before every conversation."),
  transcriptionModel: z
    .string()
    .default("gpt-transcribe")
    .describe(
      "Model that writes down what you said, beside the conversation. Empty: your words are not shown.",
    ),
  transcriptionLanguage: z
    .string()
    .max(16)
    .default("")
    .describe("Language hint for the transcription, such as `de`. Empty: detected."),
  talkKey: z
    .enum(talkKeys)
    .default("RightCtrl")
    .describe("The key that is held or tapped to talk. The default on macOS is `RightAlt` (Right Option)."),
  typeShortcut: z
    .string()
    .default("CommandOrControl+Alt+Space")
    .describe("Shortcut that opens the text field, in Electron's accelerator notation. Empty: none."),
  talkShortcut: z
    .string()
    .default("CommandOrControl+Alt+Enter")
    .describe(
      "Shortcut that talks in place of the talk key where that cannot be heard: once to start, once more to send. In Electron's accelerator notation. Empty: none.",
    ),
  microphoneId: z
    .string()
    .default("default")
    .describe("Device id of the microphone; `default` follows the system's choice."),
  microphoneLabel: z
    .string()
    .default("")
    .describe(
      "Name of the chosen microphone, to find it again when its id has changed and to name it in messages.",
    ),
  microphoneMode: z
    .enum(["open-on-press", "keep-ready"])
    .default("open-on-press")
    .describe(
      "`open-on-press`: no microphone is open while you do not talk. `keep-ready`: it stays open for a while after use, and 300 ms from before the press are sent too.",
    ),
  keepReadySeconds: z
    .int()
    .min(5)
    .max(3600)
    .default(60)
    .describe("With `keep-ready`: how long after use the microphone stays open, in seconds."),
  recordingLimitMinutes: z
    .int()
    .min(1)
    .max(120)
    .default(15)
    .describe(
      "After this many minutes of one recording you are asked whether to go on; without an answer it is sent.",
    ),
  echoCancellation: z.boolean().default(true).describe("Remove the loudspeaker's sound from the microphone."),
  noiseSuppression: z.boolean().default(true).describe("Remove steady noise from the microphone."),
  autoGainControl: z.boolean().default(true).describe("Even out the microphone's level."),
  idleDisconnectSeconds: z
    .int()
    .min(5)
    .max(3000)
    .default(120)
    .describe("The connection is closed after this many seconds without a turn."),
  overlayHideSeconds: z
    .int()
    .min(1)
    .max(120)
    .default(6)
    .describe(
      "The overlay hides this many seconds after the end of an answer, unless the pointer rests on it.",
    ),
  useSystemProxy: z
    .boolean()
    .default(true)
    .describe(
      "Go through the proxy that the system (or `HTTPS_PROXY`, `NO_PROXY`) names for the endpoint. This computer is always reached directly.",
    ),
  extraCaFile: z
    .string()
    .max(longestPath)
    .default("")
    .describe(
      "Path of a PEM file with certificates of issuers that are trusted besides the usual ones, such as a company's. Empty: none.",
    ),
  allowShortcut: z
    .string()
    .default("CommandOrControl+Alt+Y")
    .describe(
      "Shortcut that allows once what a tool asks for; it exists only while a question is shown. In Electron's accelerator notation. Empty: none.",
    ),
  switchedOffTools: z
    .array(z.string().max(200))
    .max(2_000)
    .default([])
    .describe("Names of the tools that the model is not offered."),
  notesFolder: z
    .string()
    .max(longestPath)
    .default("")
    .describe(
      "Folder that notes are written to and searched in, as a whole path. Empty: `Parley Notes` in your documents.",
    ),
  weatherUrl: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .default("https://api.open-meteo.com/v1")
    .describe(
      "Base address of the weather service, which is Open-Meteo's or speaks as it does. `http://` is accepted for this computer only.",
    ),
  geocodingUrl: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .default("https://geocoding-api.open-meteo.com/v1")
    .describe("Base address of the service that knows where places are, as for `weatherUrl`."),
  readableFolders: z
    .array(z.string().min(1).max(longestPath))
    .max(50)
    .default([])
    .describe(
      "Absolute paths of the folders in which files may be found and read when you allow it. Parley's own files, keys and passwords are never read.",
    ),
  commandsAllowed: z
    .boolean()
    .default(false)
    .describe("May programs be run when you allow it? Each is asked about, with all its arguments."),
  commandFolder: z
    .string()
    .max(longestPath)
    .default("")
    .describe("Absolute path of the folder in which commands work. Empty: none, and no command is run."),
});

export type Settings = z.infer<typeof settingsSchema>;

/** A change of some settings: the same rules without the defaults, so that what is absent stays as it is. */
export const settingsChangeSchema = z.strictObject(
  Object.fromEntries(
    Object.entries(settingsSchema.shape).map(([name, field]) => [name, field.unwrap().optional()]),
  ),
) as unknown as z.ZodType<Partial<Settings>, Partial<Settings>>;

/** @param platform as `process.platform` has it; only the default of the talk key depends on it. */
export const defaultSettings = (platform: string): Settings => ({
  ...settingsSchema.parse({}),
  ...(platform === "darwin" ? { talkKey: "RightAlt" as const } : {}),
});
