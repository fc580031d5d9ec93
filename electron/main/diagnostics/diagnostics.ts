/** Owns where each fact of the diagnostics comes from in the running app, and what the person was told lately. */
import { homedir } from "node:os";
import { clipboard } from "electron";
import type { Failure } from "../../../shared/failure.ts";
import type { NoticeView } from "../../../shared/session-view.ts";
import type { Settings } from "../../../shared/settings.ts";
import type { HookState } from "../hotkey-hook.ts";
import { systemLog } from "../log.ts";
import { systemLines } from "../log-lines.ts";
import type { Server } from "../server.ts";
import type { Shell } from "../session/shell.ts";
import type { SettingsService } from "../settings-service.ts";
import type { ShortcutState } from "../shortcut.ts";
import { computerFacts } from "./computer-facts.ts";
import { copyDiagnostics } from "./copy-diagnostics.ts";
import type { DiagnosticFacts } from "./facts.ts";
import type { PageDevices } from "./page-devices.ts";
import { createToldFailures } from "./told-failures.ts";

export interface DiagnosticsDeps {
  readonly shell: Shell;
  readonly settings: () => Settings;
  readonly settingsNotice: () => string | null;
  readonly service: Pick<SettingsService, "snapshot">;
  readonly choice: Server["choice"];
  readonly hook: () => HookState;
  readonly shortcut: () => ShortcutState;
  readonly devices: PageDevices;
  readonly platform: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly now: () => Date;
}

export interface Diagnostics {
  /** Remembers what the person is told at the moment, if anything. */
  noteFailure(): void;
  /** @returns whether they are on the clipboard; `tell` is told either way. Never rejects. */
  copy(tell: (notice: NoticeView) => void): Promise<boolean>;
}

export function createDiagnostics(deps: DiagnosticsDeps): Diagnostics {
  const { shell, platform, now } = deps;
  const told = createToldFailures(now);

  /** Also while it mends itself. */
  function present(): Failure | null {
    const state = shell.state();
    if (state.tag === "failed") return state.failure;
    return state.tag === "idle" ? null : shell.link().trouble;
  }

  function secretsInUse(): readonly string[] {
    const choice = deps.choice();
    return choice.kind === "server" && choice.apiKey !== null ? [choice.apiKey] : [];
  }

  function facts(): Omit<DiagnosticFacts, "audioDevices"> {
    const { key, proxy } = deps.service.snapshot();
    const link = shell.link();
    return {
      takenAt: now(),
      ...computerFacts(deps.environment),
      hook: { name: "uiohook-napi", ...deps.hook() },
      shortcut: deps.shortcut(),
      settings: deps.settings(),
      destination: deps.choice().kind,
      host: key.host,
      key,
      proxy: proxy?.label ?? null,
      link: { status: link.status, trouble: link.trouble?.kind ?? null },
      settingsNotice: deps.settingsNotice(),
      failures: told.recent(),
      logLines: systemLines.recent(),
    };
  }

  return {
    noteFailure: () => told.note(present()),
    copy: (tell) =>
      copyDiagnostics({
        facts,
        devices: deps.devices,
        scrubbing: () => ({ home: homedir(), secrets: secretsInUse() }),
        platform,
        writeClipboard: (text) => clipboard.writeText(text),
        tell,
        log: systemLog("diagnostics"),
      }),
  };
}
