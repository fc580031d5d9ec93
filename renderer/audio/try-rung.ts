/**
 * Owns how one rung of the ladder is tried: alone, beside another one, or with the one in use still heard; and how long
 * each may take. It connects nothing, and leaves at most one microphone open once those that have lost are closed.
 */
import type { CaptureRequest } from "../../shared/ipc-contract.ts";
import type { Ear } from "./ear.ts";
import type { Attempt, Bound, Devices, Opened } from "./microphone.ts";
import { openMicrophone } from "./microphone.ts";
import type { Detour, ListedDevice, Rung, TriedMicrophone } from "./microphone-ladder.ts";
import { nextRung, systemDefault } from "./microphone-ladder.ts";
import { openDelivering, raceMicrophones } from "./microphone-race.ts";
import { labelOf } from "./open-microphone.ts";
import type { PageClock } from "./page-clock.ts";

/** A wireless headset takes this long to become a microphone. */
export const firstPatienceMs = 1_000;
/** Another one after that has to be quick: somebody is talking. */
const laterPatienceMs = 450;
/** Quicker yet where more are left to try: one on a cable delivers within 100 ms. */
const passingPatienceMs = 150;
/** The system's choice comes before any other one: that it delivers half a buffer later must not turn that round. */
const headStartMs = 30;
/** The chosen one that was stuck at the last press and works again must win even if it takes longer to begin. */
const headStartOfChosenMs = 100;
const firstOpeningMs = 2_000;
const laterOpeningMs = 700;

export interface Situation {
  readonly request: CaptureRequest;
  readonly inputs: readonly ListedDevice[];
  readonly tried: readonly TriedMicrophone[];
  /** Of the time that is left for all rungs. */
  readonly leftMs: number;
  /** Another one has been tried in vain, or this one: it has to open quickly. */
  readonly isHurried: boolean;
  /** Meanwhile: there is time, and this one is used only if it delivers. */
  readonly isAnotherHeard: boolean;
  readonly detour: Detour | null;
  /** Nobody wants any microphone for this request any more. */
  readonly signal: AbortSignal;
  /** The one that the detour goes around delivers, though too late for this time. */
  readonly onDetourNeedless: () => void;
}

/** What the page has to try them with. */
export interface RungPorts {
  readonly devices: Devices;
  readonly delivers: Ear["delivers"];
  readonly clock: PageClock;
}

export interface RungOutcome {
  readonly open: (Opened & { readonly deviceId: string }) | null;
  /** What was tried in vain, by this rung. */
  readonly failed: readonly TriedMicrophone[];
  /** For the log: why the last of them failed. */
  readonly detail: string | null;
}

/** How long one that comes after the first one may take to deliver: less, if anything is left to try after these. */
export function laterPatience(
  request: CaptureRequest,
  inputs: readonly ListedDevice[],
  tried: readonly TriedMicrophone[],
  deviceIds: readonly string[],
): number {
  const now = deviceIds.map((deviceId) => ({ deviceId, label: null, problem: "stuck" }) as const);
  const isLast = nextRung(request, inputs, [...tried, ...now]).kind === "failed";
  return isLast ? laterPatienceMs : passingPatienceMs;
}

/** Never throws. */
export async function tryRung(
  rung: Rung & { readonly kind: "try" },
  situation: Situation,
  ports: RungPorts,
): Promise<RungOutcome> {
  const { request, inputs, detour } = situation;
  const attempts = await attempt(rung, situation, ports);
  let open: RungOutcome["open"] = null;
  let detail: string | null = null;
  const failed: TriedMicrophone[] = [];
  for (const { deviceId, result } of attempts) {
    if (result.kind === "failed") {
      detail = result.detail;
      failed.push({ deviceId, label: labelOf(deviceId, request, inputs), problem: result.problem });
    } else if (result.track.readyState === "ended") {
      // Pulled out just now: its end was told before anybody listened.
      failed.push({ deviceId, label: result.track.label, problem: "lost" });
    } else {
      open = { ...result, deviceId };
    }
  }
  const isAround = rung.deviceId === detour?.around.deviceId && open?.deviceId === detour.viaId;
  if (isAround && failed.length === 0) failed.push(detour.around);
  return { open, failed, detail };
}

async function attempt(
  { deviceId, rivalId }: Rung & { readonly kind: "try" },
  { request, inputs, tried, leftMs, isHurried, isAnotherHeard, detour, signal, onDetourNeedless }: Situation,
  { devices, delivers, clock }: RungPorts,
): Promise<readonly Attempt[]> {
  const openingMs = isHurried ? laterOpeningMs : firstOpeningMs;
  const bound: Bound = { boundMs: Math.min(openingMs, leftMs), clock };
  if (delivers === null || (rivalId === null && !isAnotherHeard))
    return [{ deviceId, result: await openMicrophone(deviceId, request, devices, bound) }];
  const isAround = deviceId === detour?.around.deviceId;
  const patienceMs =
    isAnotherHeard || isAround || rivalId === null
      ? firstPatienceMs
      : laterPatience(request, inputs, tried, [deviceId, rivalId]);
  const rules = { ...bound, delivers, signal, patienceMs: Math.min(patienceMs, leftMs) };
  if (isAnotherHeard || rivalId === null) return [await openDelivering(deviceId, request, devices, rules)];
  const headStartOfChoice = deviceId === systemDefault ? headStartMs : 0;
  return raceMicrophones([deviceId, rivalId], request, devices, {
    ...rules,
    ...(isAround
      ? { headStartMs: headStartOfChosenMs, onPreferredLate: onDetourNeedless }
      : { headStartMs: headStartOfChoice }),
  });
}
