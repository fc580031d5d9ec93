/**
 * Owns opening microphones that have to deliver before they are used: two at once, where one of them may be the very
 * one that has just stopped, under another name, and the first that delivers a sample is used; or one alone.
 */
import type { CaptureRequest } from "../../shared/ipc-contract.ts";
import { openMicrophone, stopTracks, within } from "./microphone.ts";
import type { Attempt, Bound, Devices, OpenedMicrophone } from "./microphone.ts";

export interface DeliveryRules extends Bound {
  /** How long the first sample of one that is open may take. */
  readonly patienceMs: number;
  /** @returns whether a first sample has come; `false` once the track has ended without one. */
  readonly delivers: (track: MediaStreamTrack) => Promise<boolean>;
  /** Nobody wants any of them any more: what is open is closed at once, and no sample is waited for. */
  readonly signal: AbortSignal;
}

export interface RaceRules extends DeliveryRules {
  /** The first one is preferred: it wins also when its first sample comes so much later than the other one's. */
  readonly headStartMs: number;
  /** The preferred one has lost, and delivers within its patience all the same. Without this nobody waits for that. */
  readonly onPreferredLate?: () => void;
}

/** @returns it, open and delivering; or how it failed, closed again. Never throws. */
export const openDelivering = (
  deviceId: string,
  request: CaptureRequest,
  devices: Devices,
  rules: DeliveryRules,
): Promise<Attempt> => enter(deviceId, request, devices, rules).attempt;

/**
 * @returns the winner, open, and how the preferred one has failed if that is known by then; or how both of them failed,
 * closed again. Never throws.
 */
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
    const unwanted = aborted(rules.signal).then(() => null);
    const headStart = { boundMs: rules.headStartMs, clock: rules.clock };
    return (await within(headStart, Promise.race([ahead, unwanted]))) ?? late;
  };
  const winner = await Promise.any([succeeded(preferred), behind()]).catch(() => null);
  if (winner === null) return Promise.all([preferred.attempt, other.attempt]);
  if (winner.deviceId === preferredId) {
    other.leave();
    return [winner];
  }
  void hearOut(preferred, rules);
  const failure = preferred.failure();
  return failure === null ? [winner] : [failure, winner];
}

/** Closes the one that has lost, at once or when it is known whether it delivers. */
async function hearOut(lost: Entry, { onPreferredLate }: RaceRules): Promise<void> {
  if (onPreferredLate === undefined) {
    lost.leave();
    return;
  }
  const { result } = await lost.attempt;
  if (result.kind === "failed") return;
  stopTracks(result);
  onPreferredLate();
}

interface Entry {
  readonly attempt: Promise<Attempt>;
  /** @returns how it has failed, if it has by now. */
  failure(): Attempt | null;
  /** Closes it, now or as soon as it is open. */
  leave(): void;
}

function enter(
  deviceId: string,
  request: CaptureRequest,
  devices: Devices,
  { patienceMs, delivers, signal, ...bound }: DeliveryRules,
): Entry {
  const opening = openMicrophone(deviceId, request, devices, bound);
  let failure: Attempt | null = null;
  const fail = (result: OpenedMicrophone & { readonly kind: "failed" }): Attempt => {
    failure = { deviceId, result };
    return failure;
  };
  const firstSample = async (): Promise<Attempt> => {
    const result = await opening;
    if (result.kind === "failed") return fail(result);
    const first = within({ boundMs: patienceMs, clock: bound.clock }, delivers(result.track));
    const hasDelivered = await Promise.race([first, aborted(signal)]);
    if (hasDelivered === true) return { deviceId, result };
    stopTracks(result);
    const problem = hasDelivered === null ? "stuck" : "lost";
    return fail({ kind: "failed", problem, detail: "open, but without a sample" });
  };
  return {
    attempt: firstSample(),
    failure: () => failure,
    leave: () => void opening.then(stopTracks),
  };
}

const aborted = (signal: AbortSignal): Promise<false> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(false);
    else signal.addEventListener("abort", () => resolve(false), { once: true });
  });

async function succeeded({ attempt }: Entry): Promise<Attempt> {
  const { deviceId, result } = await attempt;
  if (result.kind === "failed") throw new Error(result.detail);
  return { deviceId, result };
}
