/** Owns facts for the diagnostics that tests begin with: a usual computer, a usual run. */
import type { DiagnosticFacts } from "../../electron/main/diagnostics/facts.ts";
import { defaultSettings } from "../../shared/settings.ts";

const usual: DiagnosticFacts = {
  takenAt: new Date("2026-03-04T05:06:07.890Z"),
  versions: { Parley: "0.1.0", Electron: "45.4.1", Chromium: "150.0.7871.114", Node: "24.11.1" },
  system: { name: "Linux 6.12.48+deb13-amd64", arch: "x64" },
  session: {
    XDG_SESSION_TYPE: "x11",
    XDG_CURRENT_DESKTOP: "ubuntu:GNOME",
    DISPLAY: ":0",
    WAYLAND_DISPLAY: null,
  },
  hook: { name: "uiohook-napi", isWorking: true, explanation: "Right Ctrl works in every program." },
  shortcut: { isWorking: true, explanation: "CommandOrControl+Alt+Space opens the text field." },
  displays: [{ bounds: { x: 0, y: 0, width: 2560, height: 1440 }, scaleFactor: 1.5, isPrimary: true }],
  audioDevices: [
    { kind: "audioinput", label: "Sennheiser SC 60 for Lync (047f:c022)" },
    { kind: "audiooutput", label: "Built-in Audio Analog Stereo" },
  ],
  settings: { ...defaultSettings("linux"), model: "gpt-4o-realtime-preview-2025-06-03", voice: "cedar" },
  destination: "server",
  host: "my-resource.openai.azure.com",
  key: { source: "stored", storage: "encrypted" },
  proxy: "proxy.example.com:3128",
  link: { status: "ready", trouble: null },
  settingsNotice: null,
  failures: [{ kind: "session-refused", code: "invalid_value", at: new Date("2026-03-04T05:05:00.000Z") }],
  logLines: [
    "2026-03-04T05:05:00.000Z warn  realtime connection-lost host=#1a2b3c4d code=1006",
    "2026-03-04T05:05:01.000Z info  app ready",
  ],
};

export const factsOf = (changes: Partial<DiagnosticFacts> = {}): DiagnosticFacts => ({
  ...usual,
  ...changes,
});
