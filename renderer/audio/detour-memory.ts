/**
 * Owns what is remembered from press to press of a microphone that was stuck: where the devices and the request are the
 * same, nobody has to wait for it a second time. It lasts until that one delivers again.
 */
import type { CaptureRequest } from "../../shared/ipc-contract.ts";
import type { Detour } from "./microphone-ladder.ts";
import { isChosen, isSame, type OpenMicrophone } from "./open-microphone.ts";

export interface DetourMemory {
  /** @returns the way that a press with this request takes; `null`: the usual one. */
  of(request: CaptureRequest): Detour | null;
  /** This one has just taken the place of another one, which may have been stuck. */
  remember(current: OpenMicrophone): void;
  /** This one delivers: no detour leads around it any more. */
  delivers(deviceId: string): void;
  /** The devices are others by now. */
  clear(): void;
}

export function createDetourMemory(): DetourMemory {
  let detour: (Detour & { readonly request: CaptureRequest }) | null = null;
  return {
    of: (request) => (detour !== null && isSame(detour.request, request) ? detour : null),
    remember(current) {
      const { insteadOf, deviceId, request } = current;
      if (insteadOf?.problem !== "stuck" || isChosen(current)) return;
      detour = { around: insteadOf, viaId: deviceId, request };
    },
    delivers(deviceId) {
      if (detour?.around.deviceId === deviceId) detour = null;
    },
    clear() {
      detour = null;
    },
  };
}
