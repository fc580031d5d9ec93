/** Owns what is known of a microphone that is open, and the questions that can be answered from that. Pure. */
import type { CaptureRequest, OverlaySends } from "../../shared/ipc-contract.ts";
import type { ListedDevice, TriedMicrophone } from "./microphone-ladder.ts";
import { realMicrophones, systemDefault } from "./microphone-ladder.ts";

export interface OpenMicrophone {
  readonly request: CaptureRequest;
  readonly deviceId: string;
  readonly stream: MediaStream;
  readonly track: MediaStreamTrack;
  readonly source: number;
  readonly label: string;
  /** The one that was to be used, when this one is not it. */
  insteadOf: TriedMicrophone | null;
  /** What was tried in vain on the way to this one; forgotten as soon as this one delivers. */
  tried: readonly TriedMicrophone[];
  /** The take of which main knows that it has this microphone. */
  toldTake: number;
  isDelivering: boolean;
  hasDelivered: boolean;
  /** The system's choice has changed since it was opened as such, or the one that was to be used may work again. */
  isOutdated: boolean;
  /** That is to be tried as soon as nobody talks: once after each change of the devices, and after each press. */
  isReplaceable: boolean;
}

/** As long as a name may be on its way to main. */
export const clip = (label: string): string => label.slice(0, 300);

/** Chromium's name on Linux for the system's choice. It says which one only where there is no choice. */
const nameless = "Default";

/** @returns the name of a track's device, as good as it can be known. */
export function nameOf(label: string, inputs: readonly ListedDevice[]): string {
  const names = realMicrophones(inputs)
    .map((input) => input.label)
    .filter((name) => name !== "");
  const [only] = names;
  return label === nameless && names.length === 1 && only !== undefined ? only : label;
}

/** @returns what a device is called that could not be opened; `null` if nobody knows. */
export function labelOf(
  deviceId: string,
  request: CaptureRequest,
  inputs: readonly ListedDevice[],
): string | null {
  const chosen = deviceId === request.microphoneId ? request.microphoneLabel : "";
  if (chosen !== "") return chosen;
  const listed = inputs.find((input) => input.deviceId === deviceId)?.label ?? "";
  return deviceId === systemDefault || listed === "" ? null : listed;
}

/** As main is told of it. */
export const wordsOf = ({
  source,
  label,
  insteadOf,
}: OpenMicrophone): Omit<OverlaySends["capture:opened"], "take"> => ({
  source,
  deviceLabel: clip(label),
  insteadOf:
    insteadOf === null
      ? null
      : { deviceLabel: insteadOf.label === null ? null : clip(insteadOf.label), problem: insteadOf.problem },
});

/** It is the very one that was to be used, whatever came before it. */
export const isChosen = ({ deviceId, track, request }: OpenMicrophone): boolean =>
  deviceId === request.microphoneId ||
  (request.microphoneLabel !== "" && track.label === request.microphoneLabel);

/** Might another one than this be used by now? */
export function isOutdated(microphone: OpenMicrophone, inputs: readonly ListedDevice[]): boolean {
  const { insteadOf, request } = microphone;
  const isBack =
    request.microphoneId === systemDefault ||
    realMicrophones(inputs).some(
      (input) => input.deviceId === request.microphoneId || input.label === request.microphoneLabel,
    );
  return (insteadOf !== null && isBack) || hasChoiceMoved(microphone, inputs);
}

/** It was opened as the system's choice, which is another one by now. */
export function hasChoiceMoved(
  { deviceId, track }: OpenMicrophone,
  inputs: readonly ListedDevice[],
): boolean {
  if (deviceId !== systemDefault) return false;
  const choice = inputs.find((input) => input.deviceId === systemDefault);
  // The groups of some systems' choice never tell; there the sound server follows by itself.
  return choice !== undefined && choice.groupId !== track.getSettings().groupId;
}

/** The same devices, with the same one as the system's choice? */
export const isSameList = (a: readonly ListedDevice[], b: readonly ListedDevice[]): boolean =>
  a.length === b.length &&
  a.every(({ deviceId, groupId }, index) => {
    const other = b[index];
    return other?.deviceId === deviceId && other.groupId === groupId;
  });

/** Would both requests open the same device in the same way? */
export function isSame(a: CaptureRequest, b: CaptureRequest): boolean {
  return (
    a.microphoneId === b.microphoneId &&
    a.microphoneLabel === b.microphoneLabel &&
    a.echoCancellation === b.echoCancellation &&
    a.noiseSuppression === b.noiseSuppression &&
    a.autoGainControl === b.autoGainControl
  );
}
