/**
 * Owns opening microphones that have to deliver before they are used: two at once, where one of them may be the very
 * one that has just stopped, under another name, and the first that delivers a sample is used; or one alone.
 */
import type { CaptureRequest } from "../../shared/ipc-contract.ts";
import { openMicrophone, stopTracks, within } from "./microphone.ts";
import type { Attempt, Bound, Devices } from "./microphone.ts";

export interface DeliveryRules extends Bound {
  /** How long the first sample of one that is open may take. */
  readonly patienceMs: number;
  /** @returns whether a first sample has come; `false` once the track has ended without one. */
  readonly delivers: (track: MediaStreamTrack) => Promise<boolean>;
}

export interface RaceRules extends DeliveryRules {
  /** The first one is preferred: it wins also when its first sample comes so much later than the other one's. */
  readonly headStartMs: number;
}

/** @returns it, open and delivering; or how it failed, closed again. Never throws. */
export const openDelivering = (
  deviceId: string,
  request: CaptureRequest,
  devices: Devices,
  rules: DeliveryRules,
): Promise<Attempt> => enter(deviceId, request, devices, rules).attempt;

/** @returns the winner alone, open; or how both of them failed, closed again. Never throws. */
export async function raceMicrophones(
  [preferredId, otherId]: readonly [string, string],
  request: CaptureRequest,
  devices: Devices,
  rules: RaceRules,
): Promise<readonly Attempt[]> {
  const preferred = enter(preferredId, request, devices, rules);
  const other = enter(otherId, request, devices, rules);
  const ahead = succeeded(preferred).catch(() => null);
  const behind = async (): Promise<Attempt> => {
    const late = await succeeded(other);
    return (await within({ boundMs: rules.headStartMs, clock: rules.clock }, ahead)) ?? late;
  };
  const winner = await Promise.any([succeeded(preferred), behind()]).catch(() => null);
  if (winner === null) return Promise.all([preferred.attempt, other.attempt]);
  (winner.deviceId === preferredId ? other : preferred).leave();
  return [winner];
}

interface Entry {
  readonly attempt: Promise<Attempt>;
  /** Closes it, now or as soon as it is open. */
  leave(): void;
}

function enter(
  deviceId: string,
  request: CaptureRequest,
  devices: Devices,
  { patienceMs, delivers, ...bound }: DeliveryRules,
): Entry {
  const opening = openMicrophone(deviceId, request, devices, bound);
  const firstSample = async (): Promise<Attempt> => {
    const result = await opening;
    if (result.kind === "failed") return { deviceId, result };
    const hasDelivered = await within({ boundMs: patienceMs, clock: bound.clock }, delivers(result.track));
    if (hasDelivered === true) return { deviceId, result };
    stopTracks(result);
    const problem = hasDelivered === null ? "stuck" : "lost";
    return { deviceId, result: { kind: "failed", problem, detail: "open, but without a sample" } };
  };
  return { attempt: firstSample(), leave: () => void opening.then(stopTracks) };
}

async function succeeded({ attempt }: Entry): Promise<Attempt> {
  const { deviceId, result } = await attempt;
  if (result.kind === "failed") throw new Error(result.detail);
  return { deviceId, result };
}
