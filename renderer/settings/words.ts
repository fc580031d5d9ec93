/**
 * Owns every word of the settings window, so that a translation replaces this one file.
 * It never holds the reason of a refusal: main knows it.
 */
import { assertNever } from "../../shared/assert-never.ts";
import type { KeyState, ProxyState } from "../../shared/ipc-contract.ts";
import type { ActionEntry, Decision, GrantScope, McpServerEntry, ToolEntry } from "../../shared/tools.ts";
import type { CommandWarning } from "./command-warnings.ts";

export const words = {
  title: "Settings",
  saved: "Saved",
  unreadable: "The settings could not be read. Close this window and open it again.",
  notSaved: "This could not be saved. Try again.",
  notDone: "This could not be done. Try again.",
  sections: {
    key: "API key",
    model: "Model",
    microphone: "Microphone",
    talk: "Talk key",
    timing: "Timing",
    network: "Network",
    tools: "Tools",
    servers: "MCP servers",
    grants: "Allowed",
    actions: "Actions",
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
  allowShortcut: {
    label: "Shortcut that allows once",
    placeholder: "none",
    hint: "It answers the question whether a tool may run, and exists only while one is shown.",
  },
  notesFolder: {
    label: "Folder for notes",
    placeholder: "Parley Notes in your documents",
    hint: "The whole path of the folder that notes are written to and searched in.",
  },
  readableFolders: {
    label: "Folders that may be read",
    hint: "Only in these are files found and read, when you allow it. Parley’s own files, keys and passwords never are.",
  },
  commandsAllowed: {
    label: "Allow commands",
    hint: "Programs may be run. Each is still asked about, with all its arguments.",
  },
  commandFolder: {
    label: "Folder for commands",
    placeholder: "none",
    hint: "The whole path of the folder in which commands work. Empty: no command is run.",
  },
  weatherUrl: {
    label: "Address of the weather service",
    hint: "Open-Meteo’s, or of one that speaks as it does.",
  },
  geocodingUrl: {
    label: "Address of the service that knows places",
    hint: "The weather of a place begins with where it is.",
  },
  choose: {
    label: "Choose…",
    forField: (field: string): string => `Choose… (${field})`,
  },
  folders: {
    add: "Add",
    remove: "Remove",
    removeOf: (folder: string): string => `Remove ${folder}`,
    placeholder: "The whole path of a folder",
  },
  tools: {
    reading: "…",
    unreadable: "What is known of tools could not be read. Close this window and open it again.",
    none: "There are no tools.",
    described: "The model is told:",
  },
  servers: {
    about:
      "MCP servers bring tools that others made. Each runs with your rights: let only those start that you trust.",
    none: "MCP servers bring tools that others made. There is none yet: write one into mcp.json, or import those of another program.",
    server: "MCP server",
    restart: "Restart",
    restartOf: (server: string): string => `Restart ${server}`,
    confirmation: {
      stdio:
        "Read this before it runs for the first time. It is started on this computer with your rights, now and whenever Parley starts.",
      http: "Read this before it is used for the first time. What its tools are asked, with everything they are given, is sent there.",
    },
    confirm: { stdio: "Let it start", http: "Let it connect" },
    confirmOf: {
      stdio: (server: string): string => `Let ${server} start`,
      http: (server: string): string => `Let ${server} connect`,
    },
    importFrom: (program: string): string => `Servers that ${program} has`,
    import: "Import",
    importOf: (program: string): string => `Import the servers of ${program}`,
    file: "mcp.json",
    filePlaceholder: '{ "mcpServers": { "name": { "command": "program", "args": [] } } }',
    fileHint:
      "In the shape that other assistants use, so that an existing file can be pasted in. A server that is new or changed is started only after you have confirmed it above.",
    overtaken: "The file has been changed meanwhile, and not here. Saving replaces those changes.",
    save: "Save mcp.json",
    discard: "Discard",
  },
  grants: {
    heading: "What you have allowed",
    none: "Nothing. What you answer with “for this session” or “always” is listed here, and can be revoked.",
    revoke: "Revoke",
    revokeOf: (covered: string): string => `Revoke: ${covered}`,
    revokeAll: "Revoke all",
  },
  actions: {
    none: "Nothing yet. Every use of a tool is listed here, whether or not it was allowed.",
    unreadable: "The log of actions could not be read. Close this window and open it again.",
    columns: { time: "When", action: "What", decision: "Why", outcome: "Outcome" },
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

/** @returns whether a server runs, in a word or two. */
export function serverStatusWords({ status, tools }: McpServerEntry): string {
  switch (status) {
    case "off":
      return "Off";
    case "unconfirmed":
      return "Waits for your confirmation";
    case "starting":
      return "Starting…";
    case "ready":
      return tools.length === 1 ? "Ready, 1 tool" : `Ready, ${tools.length} tools`;
    case "failed":
      return "Failed";
    default:
      return assertNever(status);
  }
}

export function toolCountWords(tools: readonly ToolEntry[]): string {
  const off = tools.filter(({ isOn }) => !isOn).length;
  return off === 0 ? "Its tools" : `Its tools, ${off} switched off`;
}

/** @returns the names of what a server is given, whose values are nobody's to see. */
export function givenWords({ transport, variables }: McpServerEntry): string {
  const names = variables.join(", ");
  return transport === "stdio" ? `It is given the variables ${names}.` : `It is sent the headers ${names}.`;
}

export function commandWarningWords({ kind, word }: CommandWarning): string {
  switch (kind) {
    case "administrator":
      return `“${word}” runs what follows with the rights of an administrator.`;
    case "deletes":
      return `“${word}” can delete files.`;
    case "shell":
      return `“${word}” runs whatever script it is given.`;
    case "everything":
      return `“${word}” stands for everything on this computer.`;
    case "home":
      return `“${word}” is your home folder or something in it.`;
    case "variable":
      return `The variable “${word}” decides what really runs, whatever the command is called.`;
    default:
      return assertNever(kind);
  }
}

export const grantWords = (scope: GrantScope): string => (scope === "session" ? "This session" : "Always");

/** @returns why a call ran, or did not. */
export function decisionWords(decision: Decision): string {
  switch (decision) {
    case "harmless":
      return "Harmless, not asked";
    case "asked-for":
      return "You asked for it by key";
    case "granted-session":
      return "Allowed for the session";
    case "granted-always":
      return "Always allowed";
    case "allowed-click":
      return "You allowed it by a click";
    case "allowed-key":
      return "You allowed it by key";
    case "allowed-voice":
      return "You allowed it by voice";
    case "denied":
      return "You said no";
    case "unanswered":
      return "Nobody answered";
    case "refused":
      return "Could not be run";
    default:
      return assertNever(decision);
  }
}

export function outcomeWords(outcome: ActionEntry["outcome"]): string {
  switch (outcome) {
    case "started":
      return "Started; its end was not seen";
    case "done":
      return "Done";
    case "failed":
      return "Failed";
    case "stopped":
      return "Stopped";
    case "not-run":
      return "Did not run";
    default:
      return assertNever(outcome);
  }
}

const timeFormat = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** @returns date and time to the second, as it is written where the person lives. */
export const timeWords = (atMs: number): string => timeFormat.format(atMs);

/** @returns such as `412 B`, `1.2 kB` or `34 kB`. */
export function sizeWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [size, unit] = bytes < 999_500 ? [bytes / 1000, "kB"] : [bytes / 1_000_000, "MB"];
  return `${size < 9.95 ? size.toFixed(1) : Math.round(size)} ${unit}`;
}
