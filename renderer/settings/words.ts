/**
 * Owns every word of the settings window, so that a translation replaces this one file.
 * It never holds the reason of a refusal: main knows it.
 */
import { assertNever } from "../../shared/assert-never.ts";
import type { KeyState, ProxyState } from "../../shared/ipc-contract.ts";

export const words = {
  title: "Settings",
  saved: "Saved",
  unreadable: "The settings could not be read. Close this window and open it again.",
  notSaved: "This could not be saved. Try again.",
  sections: {
    key: "API key",
    model: "Model",
    microphone: "Microphone",
    talk: "Talk key",
    timing: "Timing",
    network: "Network",
  },
  key: {
    label: "New API key",
    placeholder: "Paste a key",
    save: "Save",
    saving: "Saving…",
    check: "Check",
    checking: "Checking…",
    remove: "Remove",
    noKeyring:
      "This system has no keyring, so a key is kept for this run only. After a restart it must be entered again.",
    practice: "Until then Parley practises with you: nothing leaves this computer.",
  },
  endpoint: {
    label: "Endpoint",
    hint: "Base address of the Realtime service. Leave it empty for OpenAI.",
  },
  model: { label: "Model", hint: "Pick a suggestion or enter any name; with Azure, your deployment’s." },
  voice: { label: "Voice", hint: "Pick a suggestion or enter any name." },
  instructions: { label: "Instructions", hint: "What the model is told before every conversation." },
  transcriptionModel: {
    label: "Transcription model",
    hint: "Writes down what you said, beside the conversation. Empty: your words are not shown.",
  },
  transcriptionLanguage: {
    label: "Language you speak",
    placeholder: "detected",
    hint: "A hint for the transcription, such as “de”.",
  },
  microphone: {
    label: "Microphone",
    systemDefault: "System default",
    notConnected: "not connected",
    unnamed: (index: number): string => `Microphone ${index}`,
    test: "Test",
    stopTest: "Stop",
    testHint: "Speak: the bar follows your voice. The microphone is open only while you test.",
    level: "Level",
    opening: "Opening…",
    problems: {
      denied: "Parley may not use the microphone. Allow it in the system’s privacy settings.",
      missing: "This microphone is not connected. Plug it in, or choose another one.",
      busy: "Another program uses this microphone. Close it, or choose another microphone.",
      failed: "This microphone could not be opened. Choose another one.",
    },
    echoCancellation: "Remove the loudspeaker’s sound",
    noiseSuppression: "Remove steady noise",
    autoGainControl: "Even out the volume",
  },
  mode: {
    label: "When the microphone is open",
    openOnPress: "Only while you talk",
    openOnPressHint: "It opens as you press the key and closes after; no indicator is lit in between.",
    keepReady: "Keep it ready",
    keepReadyHint: "It stays open for a while after use, and 300 ms from before the press are sent too.",
    keepReadySeconds: "Keep it ready for",
    recordingLimitMinutes: "Ask during a recording after",
    minutes: "minutes",
  },
  talkKey: {
    label: "Talk key",
    hint: "Hold it while you talk, or tap it once to start and once more to send.",
    working: "Ready",
    notWorking: "Not working",
  },
  talkShortcut: {
    label: "Shortcut in its place",
    placeholder: "none",
    hint: "Used only where the talk key cannot be heard: press it to talk, and again to send.",
  },
  typeShortcut: {
    label: "Shortcut for the text field",
    placeholder: "none",
    hint: "Such as CommandOrControl+Alt+Space. Leave it empty for none.",
  },
  overlayHideSeconds: {
    label: "Hide the overlay after an answer",
    hint: "Not while the pointer rests on it.",
  },
  idleDisconnectSeconds: { label: "Disconnect when unused for" },
  useSystemProxy: { label: "Use the system’s proxy" },
  proxy: {
    user: "Name for the proxy",
    password: "Password for the proxy",
    signIn: "Sign in",
    forget: "Forget",
    noKeyring: "This system has no keyring, so the password is kept for this run only.",
  },
  extraCaFile: {
    label: "Extra CA file",
    placeholder: "none",
    hint: "Path of a PEM file with certificates to trust besides the usual ones, such as your company’s.",
  },
  diagnostics: { copy: "Copy diagnostics", copied: "Copied", notCopied: "This could not be copied." },
  seconds: "seconds",
  version: (version: string): string => `Parley ${version}`,
} as const;

/** @returns whether a key is in use and where it is kept, in one sentence. */
export function keyWords(key: KeyState): string {
  switch (key.source) {
    case "none":
      return key.host === ""
        ? "The endpoint cannot be used: correct it first."
        : `No key for ${key.host} yet.`;
    case "stored":
      return `A key for ${key.host} is stored, encrypted by your system.`;
    case "this-run":
      return `A key for ${key.host} is in use, for this run only.`;
    case "environment":
      return `The key for ${key.host} comes from the environment (OPENAI_API_KEY).`;
    default:
      return assertNever(key.source);
  }
}

/** @returns which proxy is used, and as whom, in one sentence. */
export function proxyWords({ label, user, source }: ProxyState): string {
  switch (source) {
    case "none":
      return `The proxy ${label} is used, without signing in.`;
    case "stored":
      return `The proxy ${label} is used as “${user ?? ""}”; the password is stored, encrypted by your system.`;
    case "this-run":
      return `The proxy ${label} is used as “${user ?? ""}”, for this run only.`;
    case "environment":
      return `The proxy ${label} is used as “${user ?? ""}”, as the environment (HTTPS_PROXY) says.`;
    default:
      return assertNever(source);
  }
}
