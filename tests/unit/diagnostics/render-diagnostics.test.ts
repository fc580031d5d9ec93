import { describe, expect, it } from "vitest";
import { renderDiagnostics } from "../../../electron/main/diagnostics/render-diagnostics.ts";
import type { Scrubbing } from "../../../electron/main/diagnostics/scrub.ts";
import { createLog } from "../../../electron/main/log.ts";
import { createLogLines } from "../../../electron/main/log-lines.ts";
import { factsOf } from "../../support/diagnostics-sample.ts";
import { secrets } from "../../support/secret-shapes.ts";

const nobody: Scrubbing = { home: "/home/anna", secrets: [] };
const render = (changes: Parameters<typeof factsOf>[0] = {}, scrubbing = nobody): string =>
  renderDiagnostics(factsOf(changes), "linux", scrubbing);

describe("the diagnostics", () => {
  it("read as a report, with nothing of a usual computer taken out", () => {
    expect(render()).toMatchInlineSnapshot(`
      "Parley diagnostics, 2026-03-04T05:06:07.890Z
      No key, no words, no sound. Read it before you pass it on.

      ## Versions
      Parley: 0.1.0
      Electron: 45.4.1
      Chromium: 150.0.7871.114
      Node: 24.11.1

      ## System
      Linux 6.12.48+deb13-amd64, x64
      XDG_SESSION_TYPE: x11
      XDG_CURRENT_DESKTOP: ubuntu:GNOME
      DISPLAY: :0
      WAYLAND_DISPLAY: (not set)

      ## Talk key
      uiohook-napi: working
      Right Ctrl works in every program.
      Shortcut: CommandOrControl+Alt+Space opens the text field.

      ## Displays
      2560 × 1440 at 0, 0, scale 1.5, primary

      ## Sound devices
      audioinput: Sennheiser SC 60 for Lync (047f:c022)
      audiooutput: Built-in Audio Analog Stereo

      ## Connection
      destination: server
      host: my-resource.openai.azure.com
      key: stored, encrypted
      proxy: proxy.example.com:3128
      link: ready
      trouble: none

      ## Settings
      endpoint: (default)
      model: gpt-4o-realtime-preview-2025-06-03
      voice: cedar
      instructions: (default)
      transcriptionModel: gpt-transcribe (default)
      transcriptionLanguage: (empty) (default)
      talkKey: RightCtrl (default)
      typeShortcut: CommandOrControl+Alt+Space (default)
      talkShortcut: CommandOrControl+Alt+Enter (default)
      microphoneId: (default)
      microphoneLabel: (empty) (default)
      microphoneMode: open-on-press (default)
      keepReadySeconds: 60 (default)
      recordingLimitMinutes: 15 (default)
      echoCancellation: true (default)
      noiseSuppression: true (default)
      autoGainControl: true (default)
      idleDisconnectSeconds: 120 (default)
      overlayHideSeconds: 6 (default)
      useSystemProxy: true (default)
      extraCaFile: (default)
      allowShortcut: CommandOrControl+Alt+Y (default)
      switchedOffTools: (default)
      notesFolder: (default)
      weatherUrl: (default)
      geocodingUrl: (default)
      readableFolders: (default)
      commandsAllowed: false (default)
      commandFolder: (default)

      ## Failures told
      2026-03-04T05:05:00.000Z session-refused invalid_value

      ## Log
      2026-03-04T05:05:00.000Z warn  realtime connection-lost host=#1a2b3c4d code=1006
      2026-03-04T05:05:01.000Z info  app ready"
    `);
  });

  it("tell of instructions, paths and addresses only whether they were changed", () => {
    const text = render({
      settings: {
        ...factsOf().settings,
        instructions: "You know about my divorce.",
        endpoint: "https://anna:hunter22@example.com/team-blue?token=abc",
        extraCaFile: "/home/anna/company.pem",
        microphoneId: "5f1b0c",
      },
    });
    for (const line of ["instructions", "endpoint", "extraCaFile", "microphoneId"]) {
      expect(text).toContain(`${line}: (changed)`);
    }
    for (const word of ["divorce", "hunter22", "team-blue", "company.pem", "5f1b0c"]) {
      expect(text).not.toContain(word);
    }
  });

  it("write ~ for the home folder, wherever it stands", () => {
    const text = render({
      settingsNotice: "In /home/anna/.config/Parley/settings.json, voice is not valid.",
    });
    expect(text).toContain("In ~/.config/Parley/settings.json");
    expect(text).not.toContain("anna");
  });

  it("never show the key in use, even one that looks like a word", () => {
    const text = render(
      { settings: { ...factsOf().settings, model: "open-sesame" }, host: "open-sesame.example.com" },
      { home: "", secrets: ["open-sesame"] },
    );
    expect(text).not.toContain("open-sesame");
  });

  it("keep one line for each fact, whatever a device is called", () => {
    const text = render({ audioDevices: [{ kind: "audioinput", label: "Mic\n## Log\nfaked" }] });
    expect(text).toContain("audioinput: Mic ## Log faked\n");
  });

  it("say that the page did not answer", () => {
    expect(render({ audioDevices: null })).toContain("(the page did not answer)");
  });

  it("never show 10,000 secrets of twelve shapes, wherever text of others comes in", () => {
    const leaks: string[] = [];
    for (const { whole, body } of secrets(10_000, 23)) {
      const lines = createLogLines(() => undefined);
      const log = createLog("test", { write: lines.write, nowMs: () => 0, isVerbose: true });
      log.error(whole, { code: whole, itemId: whole });
      const text = render({
        settings: {
          ...factsOf().settings,
          endpoint: `https://${body}@example.com/${body}?key=${body}`,
          model: whole,
          voice: `voice-${whole}`,
          instructions: `Say ${whole}`,
          transcriptionModel: `model/${whole}`,
          transcriptionLanguage: `(${whole})`,
          typeShortcut: `Alt+${whole}`,
          microphoneLabel: `Mic of “${whole}”`,
          microphoneId: whole,
          extraCaFile: `/tmp/${whole}`,
        },
        audioDevices: [{ kind: "audioinput", label: `USB ${whole} (1234:5678)` }],
        host: `${whole}.example.com`,
        proxy: `${whole}:3128`,
        session: { XDG_CURRENT_DESKTOP: whole },
        hook: { name: whole, isWorking: false, explanation: `It failed (${whole}).` },
        shortcut: { isWorking: false, explanation: `${whole} is taken.` },
        settingsNotice: `In settings.json, ${whole} is not valid.`,
        versions: { Parley: whole },
        logLines: lines.recent(),
      });
      const leak = text.indexOf(body.slice(0, 8));
      if (leak >= 0) leaks.push(`${whole} shows in: ${text.slice(Math.max(0, leak - 60), leak + 80)}`);
    }
    expect(leaks).toEqual([]);
  });
});
