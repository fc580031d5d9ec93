/** Owns what the diagnostics tell of this computer and this run: words only, none of them a secret or a transcript. */
import type { Failure } from "../../../shared/failure.ts";
import type { KeyState, ListedDevice } from "../../../shared/ipc-contract.ts";
import type { Settings } from "../../../shared/settings.ts";
import type { HookState } from "../hotkey-hook.ts";
import type { ServerChoice } from "../server-choice.ts";
import type { Link } from "../session/ports.ts";
import type { ShortcutState } from "../shortcut.ts";
import type { ToldFailure } from "./told-failures.ts";

export interface DisplayFact {
  readonly bounds: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  };
  readonly scaleFactor: number;
  readonly isPrimary: boolean;
}

export interface DiagnosticFacts {
  readonly takenAt: Date;
  /** Program → version. */
  readonly versions: Readonly<Record<string, string>>;
  readonly system: { readonly name: string; readonly arch: string };
  /** Environment variables that name the display server and the desktop; `null` where one is not set. */
  readonly session: Readonly<Record<string, string | null>>;
  readonly hook: Pick<HookState, "isWorking" | "explanation"> & { readonly name: string };
  readonly shortcut: ShortcutState;
  readonly displays: readonly DisplayFact[];
  /** `null`: the page did not answer in time. */
  readonly audioDevices: readonly ListedDevice[] | null;
  readonly settings: Settings;
  readonly destination: ServerChoice["kind"];
  /** Host of the endpoint in force; empty when it cannot be used. */
  readonly host: string;
  readonly key: Pick<KeyState, "source" | "storage">;
  readonly proxy: string | null;
  readonly link: { readonly status: Link["status"]; readonly trouble: Failure["kind"] | null };
  readonly settingsNotice: string | null;
  readonly failures: readonly ToldFailure[];
  readonly logLines: readonly string[];
}
