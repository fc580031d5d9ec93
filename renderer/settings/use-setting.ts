/**
 * Owns the life of one field: the value in force, a save, and what came of it. It never keeps an unconfirmed value.
 */
import { useEffect, useState } from "react";
import type { Settings } from "../../shared/settings.ts";
import { useSettings, type SettingsChange } from "./settings-context.ts";

export type SaveStatus =
  | { readonly kind: "none" }
  | { readonly kind: "saved" }
  | { readonly kind: "refused"; readonly reason: string };

/** Long enough to be noticed, short enough not to stay as clutter. */
const savedShownMs = 2500;

export interface SettingField<Value> {
  readonly value: Value;
  readonly status: SaveStatus;
  /** @returns whether the value is in force now. */
  readonly save: (value: Value, alongside?: SettingsChange) => Promise<boolean>;
}

export function useSetting<Name extends keyof Settings>(name: Name): SettingField<Settings[Name]> {
  const { snapshot, change } = useSettings();
  const [status, setStatus] = useState<SaveStatus>({ kind: "none" });
  const value = snapshot.settings[name];

  useEffect(() => {
    if (status.kind !== "saved") return undefined;
    const timer = setTimeout(() => setStatus({ kind: "none" }), savedShownMs);
    return () => clearTimeout(timer);
  }, [status]);

  const save = async (next: Settings[Name], alongside: SettingsChange = {}): Promise<boolean> => {
    if (Object.is(next, value)) {
      setStatus({ kind: "none" });
      return true;
    }
    const result = await change({ ...alongside, [name]: next });
    setStatus(result.kind === "saved" ? { kind: "saved" } : { kind: "refused", reason: result.reason });
    return result.kind === "saved";
  };

  return { value, status, save };
}
