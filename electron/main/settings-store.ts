/**
 * Owns `settings.json` in the profile: only what a person has chosen is in it, everything else has its default.
 * A file or a value that cannot be used is set aside and told, never lost. What the disk does not take holds all the
 * same until the app quits, and is written with the next change. It holds no secret.
 */
import {
  defaultSettings,
  settingsChangeSchema,
  settingsSchema,
  type Settings,
} from "../../shared/settings.ts";
import { tellTrouble, type Trouble } from "../../shared/trouble.ts";
import type { Log } from "./log.ts";
import type { ProfileFile } from "./profile-file.ts";

export type ChangeResult =
  | { readonly kind: "changed"; readonly settings: Settings }
  /** `field` is empty when no single one is at fault; `reason` is a sentence for the person. */
  | { readonly kind: "refused"; readonly field: string; readonly reason: string };

export interface SettingsStore {
  read(): Settings;
  /** What is wrong with the file, in words; `null` when nothing is. */
  notice(): string | null;
  /** The same as a value. */
  trouble(): Trouble | null;
  /** Tries once more to write what the disk has not taken so far. Never throws. */
  flush(): void;
  /** All of it or nothing. What was written into the file by hand meanwhile is kept. */
  change(changes: Partial<Settings>): ChangeResult;
  /** Told after each change that changed something. @returns its unsubscribe. */
  onChange(listener: (settings: Settings) => void): () => void;
}

export interface SettingsStoreOptions {
  readonly file: ProfileFile;
  /** As `process.platform` has it. */
  readonly platform: string;
  readonly now: () => Date;
  readonly log: Log;
  /** Rules beyond the schema, such as an endpoint that can be dialled. */
  readonly check?: (settings: Settings) => { readonly field: keyof Settings; readonly reason: string } | null;
}

type Raw = Readonly<Record<string, unknown>>;

interface Judged {
  readonly settings: Settings;
  /** The file's content without what cannot be used; unknown names stay, a newer version may know them. */
  readonly kept: Raw;
  readonly invalid: readonly string[];
}

/** Each field for itself: one bad value does not cost the others. */
export function judge(raw: Raw, platform: string): Judged {
  const chosen: Record<string, unknown> = {};
  const kept: Record<string, unknown> = { ...raw };
  const invalid: string[] = [];
  for (const [name, field] of Object.entries(settingsSchema.shape)) {
    if (!Object.hasOwn(raw, name)) continue;
    const result = field.safeParse(raw[name]);
    if (result.success && raw[name] !== undefined) chosen[name] = result.data;
    else {
      invalid.push(name);
      delete kept[name];
    }
  }
  return { settings: { ...defaultSettings(platform), ...(chosen as Partial<Settings>) }, kept, invalid };
}

export function openSettings({ file, platform, now, log, check }: SettingsStoreOptions): SettingsStore {
  const listeners = new Set<(settings: Settings) => void>();
  let trouble: Trouble | null = null;
  /** Chosen, and not on the disk. */
  let unsaved: Raw = {};
  /** What is in the file, as far as is known; `null` until it has been read once. */
  let known: Raw | null = null;
  let { settings } = load();

  /** `mayWrite` is false while the file holds something that would be lost. */
  function load(): Judged & { readonly mayWrite: boolean } {
    const found = file.read();
    if (found.kind === "unreadable") {
      log.error("settings-unreadable", { code: found.code });
      const isKnown = known !== null;
      trouble = { kind: "settings-unreadable", file: file.name, code: found.code, isKnown };
      // A program that has it open for a moment must not put the defaults in force, least of all their endpoint.
      return { ...judge(known ?? {}, platform), mayWrite: false };
    }
    const isWhole = found.kind === "object";
    const judged = judge((isWhole ? found.value : found.lastGood) ?? {}, platform);
    known = judged.kept;
    if (isWhole && judged.invalid.length === 0) {
      file.remember(found.value);
      return { ...judged, mayWrite: true };
    }
    const copy = file.setAside(now());
    if (copy !== null) file.write(judged.kept);
    trouble = isWhole
      ? { kind: "settings-invalid", file: file.name, names: judged.invalid, copy }
      : { kind: "settings-damaged", file: file.name, isRestored: found.lastGood !== null, copy };
    log.warn("settings-set-aside", { invalid: judged.invalid.length, isCopied: copy !== null });
    return { ...judged, mayWrite: copy !== null };
  }

  /** What cannot be written holds from memory. A file that could not even be copied is not written over. */
  function save(mayWrite: boolean, whole: Raw, chosen: Raw): void {
    const failure = mayWrite ? file.write(whole) : "";
    if (failure === null) {
      if (Object.keys(unsaved).length > 0) trouble = null;
      unsaved = {};
      known = whole;
      return;
    }
    unsaved = chosen;
    if (failure === "") return;
    log.error("settings-not-saved", { code: failure });
    trouble = { kind: "settings-unsaved", code: failure };
  }

  return {
    read: () => settings,
    notice: () => (trouble === null ? null : tellTrouble(trouble)),
    trouble: () => trouble,
    flush() {
      if (Object.keys(unsaved).length === 0) return;
      const present = load();
      save(present.mayWrite, { ...present.kept, ...unsaved }, unsaved);
    },
    change(changes) {
      const parsed = settingsChangeSchema.safeParse(changes);
      if (!parsed.success) {
        const issue = parsed.error.issues[0];
        return {
          kind: "refused",
          field: String(issue?.path[0] ?? ""),
          reason: issue?.message ?? "Not valid.",
        };
      }
      const before = settings;
      const present = load();
      const asked = Object.entries(parsed.data).filter(([, value]) => value !== undefined);
      const chosen: Raw = { ...unsaved, ...Object.fromEntries(asked) };
      const next = judge({ ...present.kept, ...chosen }, platform);
      const objection = check?.(next.settings) ?? null;
      if (objection !== null) return { kind: "refused", ...objection };
      save(present.mayWrite, next.kept, chosen);
      settings = next.settings;
      if (JSON.stringify(before) !== JSON.stringify(settings)) {
        for (const listener of listeners) listener(settings);
      }
      return { kind: "changed", settings };
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
