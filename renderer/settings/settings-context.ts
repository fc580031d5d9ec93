/**
 * Owns how the fields reach the settings in force and change them. It never holds a value that main has not confirmed.
 */
import { createContext, useContext } from "react";
import type { SaveResult, SettingsInvokes, SettingsSnapshot } from "../../shared/ipc-contract.ts";

export type SettingsChange = SettingsInvokes["settings:change"];
export type PathKind = SettingsInvokes["path:choose"]["kind"];

export interface SettingsAccess {
  readonly snapshot: SettingsSnapshot;
  /** Never rejects: a message that main did not take is a refusal too. */
  readonly change: (changes: SettingsChange) => Promise<SaveResult>;
  /** Opens the system's dialog, beginning at `from`. @returns `null` when nothing was chosen. Never rejects. */
  readonly choosePath: (kind: PathKind, from: string) => Promise<string | null>;
}

export const SettingsContext = createContext<SettingsAccess | null>(null);

export function useSettings(): SettingsAccess {
  const access = useContext(SettingsContext);
  if (access === null) throw new Error("A field of the settings must stand inside SettingsContext.");
  return access;
}
