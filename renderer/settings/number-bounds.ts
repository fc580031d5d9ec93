/**
 * Owns the bounds that the number fields show. The schema of the settings decides; a test holds these against it.
 */
import type { Settings } from "../../shared/settings.ts";

export type NumberName = keyof Pick<
  Settings,
  "recordingLimitMinutes" | "keepReadySeconds" | "idleDisconnectSeconds" | "overlayHideSeconds"
>;

export const numberBounds: Readonly<Record<NumberName, { readonly min: number; readonly max: number }>> = {
  recordingLimitMinutes: { min: 1, max: 120 },
  keepReadySeconds: { min: 5, max: 3600 },
  idleDisconnectSeconds: { min: 5, max: 3000 },
  overlayHideSeconds: { min: 1, max: 120 },
};
