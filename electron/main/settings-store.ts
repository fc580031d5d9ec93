/**
 * Owns `settings.json` in the profile: only what a person has chosen is in it, everything else has its default.
 * A file or a value that cannot be used is set aside and told, never lost. It holds no secret.
 */
import {
  defaultSettings,
  settingsChangeSchema,
  settingsSchema,
  type Settings,
} from "../../shared/settings.ts";
import type { Log } from "./log.ts";
import type { ProfileFile } from "./profile-file.ts";

export type ChangeResult =
  | { readonly kind: "changed"; readonly settings: Settings }
  /** `field` is empty when no single one is at fault; `reason` is a sentence for the person. */
  | { readonly kind: "refused"; readonly field: string; readonly reason: string };

export interface SettingsStore {
  read(): Settings;
  /** What was found wrong with the file, in words; `null` when nothing was. */
  notice(): string | null;
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
  let notice: string | null = null;
  let { settings } = load();

  /** `mayWrite` is false while the file holds something that would be lost. */
  function load(): Judged & { readonly mayWrite: boolean } {
    const found = file.read();
    if (found.kind === "unreadable") {
      log.error("settings-unreadable", { code: found.code });
      notice = `${file.name} cannot be read (${found.code}), so the defaults are used.`;
      return { ...judge({}, platform), mayWrite: false };
    }
    const raw = found.kind === "object" ? found.value : null;
    const judged = judge(raw ?? {}, platform);
    if (raw !== null && judged.invalid.length === 0) return { ...judged, mayWrite: true };
    const copy = file.setAside(now());
    if (copy !== null) file.write(judged.kept);
    notice = complaint(raw === null ? null : judged.invalid, copy);
    log.warn("settings-set-aside", { invalid: judged.invalid.length, isCopied: copy !== null });
    return { ...judged, mayWrite: copy !== null };
  }

  function complaint(invalid: readonly string[] | null, copy: string | null): string {
    const kept = copy === null ? "" : ` The file as it was is kept as ${copy}.`;
    if (invalid === null) {
      return `${file.name} is not a JSON object, so the defaults are used.${kept}`;
    }
    const are =
      invalid.length === 1 ? "is not valid, so its default is" : "are not valid, so their defaults are";
    return `In ${file.name}, ${invalid.join(", ")} ${are} used.${kept}`;
  }

  return {
    read: () => settings,
    notice: () => notice,
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
      if (!present.mayWrite) {
        return {
          kind: "refused",
          field: "",
          reason: `${notice} Nothing was saved, so that nothing is lost.`,
        };
      }
      const asked = Object.entries(parsed.data).filter(([, value]) => value !== undefined);
      const next = judge({ ...present.kept, ...Object.fromEntries(asked) }, platform);
      const objection = check?.(next.settings) ?? null;
      if (objection !== null) return { kind: "refused", ...objection };
      const failure = file.write(next.kept);
      if (failure !== null) {
        log.error("settings-not-saved", { code: failure });
        return { kind: "refused", field: "", reason: `The settings could not be saved (${failure}).` };
      }
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
