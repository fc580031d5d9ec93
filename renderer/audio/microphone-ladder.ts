/**
 * Owns which microphone comes next when one cannot be used: the chosen one by its id, by its name, the system's
 * choice, then any real one. Pure and total: each device is tried once, so that it always comes to an end.
 */
import type { CaptureProblem } from "../../shared/ipc-contract.ts";

/** What `enumerateDevices` tells, as far as it matters here. */
export interface ListedDevice {
  readonly kind: string;
  readonly deviceId: string;
  readonly label: string;
  readonly groupId: string;
}

export interface ChosenMicrophone {
  readonly microphoneId: string;
  readonly microphoneLabel: string;
}

/** A microphone that was tried in vain, or that stopped. */
export interface TriedMicrophone {
  readonly deviceId: string;
  /** Its name; `null` if that was never known. */
  readonly label: string | null;
  readonly problem: CaptureProblem;
}

/** One that was stuck a moment ago, and the one that delivered in its place. */
export interface Detour {
  readonly around: TriedMicrophone;
  readonly viaId: string;
}

export type Rung =
  /** `rivalId`: try this one beside it, since `deviceId` may still be stuck, or be another name of one that is. */
  | { readonly kind: "try"; readonly deviceId: string; readonly rivalId: string | null }
  /** Nothing is left. */
  | { readonly kind: "failed" };

/** The id under which Chromium lists the system's choice. */
export const systemDefault = "default";

/** Chromium lists the system's choices a second time under these ids; without a permission, nothing but this. */
const aliases: ReadonlySet<string> = new Set(["", systemDefault, "communications"]);

/** As PulseAudio and PipeWire call the recording of what a loudspeaker plays. Nobody speaks into one. */
const monitorName = /^monitor of /i;

/** Every microphone of its own among the devices: no aliases, no monitors of loudspeakers. */
export function realMicrophones(devices: readonly ListedDevice[]): readonly ListedDevice[] {
  return devices.filter(
    ({ kind, deviceId, label }) =>
      kind === "audioinput" && !aliases.has(deviceId) && !monitorName.test(label),
  );
}

/**
 * @param devices as they were listed last: only ever needed once a first one has failed.
 * @param tried oldest first.
 * @param detour found at the press before, with the same devices.
 */
export function nextRung(
  chosen: ChosenMicrophone,
  devices: readonly ListedDevice[],
  tried: readonly TriedMicrophone[],
  detour: Detour | null = null,
): Rung {
  // A permission is Parley's, not a device's: the others would refuse as well, each with a prompt of its own.
  const isDenied = tried.some(({ problem }) => problem === "denied");
  const isTried = (id: string): boolean => tried.some(({ deviceId }) => deviceId === id);
  const left = new Set(isDenied ? [] : candidates(chosen, devices, tried).filter((id) => !isTried(id)));
  const [next, afterNext = null] = left;
  if (next === undefined) return { kind: "failed" };
  if (next === detour?.around.deviceId && left.has(detour.viaId))
    return { kind: "try", deviceId: next, rivalId: detour.viaId };
  return { kind: "try", deviceId: next, rivalId: mayBeStuck(next, devices, tried) ? afterNext : null };
}

/** Where the system does not tell which microphone its choice is, a stuck one may come again under its other name. */
function mayBeStuck(
  next: string,
  devices: readonly ListedDevice[],
  tried: readonly TriedMicrophone[],
): boolean {
  const isChoiceKnown = realMicrophones(devices).some((real) => isChoice(real, devices));
  return (
    !isChoiceKnown &&
    tried.some(
      ({ deviceId, problem }) =>
        problem === "stuck" && (deviceId === systemDefault) !== (next === systemDefault),
    )
  );
}

/** Is this one what the system has chosen? Some systems never tell. */
function isChoice({ groupId }: ListedDevice, devices: readonly ListedDevice[]): boolean {
  const choice = devices.find(({ kind, deviceId }) => kind === "audioinput" && deviceId === systemDefault);
  return groupId !== "" && groupId === choice?.groupId;
}

/** The one that was to be used. Missing by its id, it may have been found by its name, and have had another trouble. */
function first(tried: readonly TriedMicrophone[]): TriedMicrophone | null {
  const [oldest] = tried;
  if (oldest?.problem !== "missing" || oldest.label === null) return oldest ?? null;
  return tried.find(({ label, problem }) => label === oldest.label && problem !== "missing") ?? oldest;
}

/** What the person is told when nothing is left: the trouble with the one that was to be used. */
export function verdict(tried: readonly TriedMicrophone[]): Omit<TriedMicrophone, "deviceId"> {
  const denied = tried.find(({ problem }) => problem === "denied");
  return denied ?? first(tried) ?? { label: null, problem: "missing" };
}

/** The microphone that another one stands in for; `null` when `label` is the chosen one, found again by its name. */
export function replacedBy(
  label: string,
  { microphoneLabel }: ChosenMicrophone,
  tried: readonly TriedMicrophone[],
): TriedMicrophone | null {
  const isFoundAgain = label === microphoneLabel && tried.every(({ problem }) => problem === "missing");
  return isFoundAgain ? null : first(tried);
}

function candidates(
  { microphoneId, microphoneLabel }: ChosenMicrophone,
  devices: readonly ListedDevice[],
  tried: readonly TriedMicrophone[],
): readonly string[] {
  const real = realMicrophones(devices);
  const namesakes =
    microphoneId === systemDefault || microphoneLabel === ""
      ? []
      : real.filter(({ label }) => label === microphoneLabel);
  const isTried = (id: string): boolean => tried.some(({ deviceId }) => deviceId === id);
  // The system's choice may be the very one that does not work; opening it again under that name helps nobody.
  const isChoiceTried = real.some((each) => isTried(each.deviceId) && isChoice(each, devices));
  // Nor does it the other way round, as long as another one is left.
  const isAgain = (each: ListedDevice): boolean => isTried(systemDefault) && isChoice(each, devices);
  const others = [...real.filter((each) => !isAgain(each)), ...real.filter(isAgain)];
  return [
    microphoneId,
    ...namesakes.map(({ deviceId }) => deviceId),
    ...(isChoiceTried ? [] : [systemDefault]),
    ...others.map(({ deviceId }) => deviceId),
  ];
}
