/**
 * Owns asking the browser for devices, within bounds: the list of them, and one of them with exactly the processing
 * that was asked for, or why it could not be opened. It chooses no device and keeps none open by itself.
 */
import type { CaptureProblem, CaptureRequest } from "../../shared/ipc-contract.ts";
import { systemDefault } from "./microphone-ladder.ts";

export type OpenedMicrophone =
  | { readonly kind: "opened"; readonly stream: MediaStream; readonly track: MediaStreamTrack }
  | { readonly kind: "failed"; readonly problem: CaptureProblem; readonly detail: string };

/** A sound server that hangs does not answer; then what was listed last has to do. */
const lookBoundMs = 300;

export type Devices = Pick<MediaDevices, "getUserMedia" | "enumerateDevices">;

/** Opens the device; one that comes after `boundMs` is closed again. Never throws. */
export async function openMicrophone(
  deviceId: string,
  request: CaptureRequest,
  devices: Devices,
  boundMs: number,
): Promise<OpenedMicrophone> {
  const opening = devices.getUserMedia(constraintsFor(request, deviceId)).then(opened, failed);
  const result = await within(boundMs, opening);
  if (result !== null) return result;
  void opening.then(stopTracks);
  return { kind: "failed", problem: "stuck", detail: `not open after ${boundMs} ms` };
}

/**
 * The system's microphones as they are now; `null` when nobody answers.
 * @param devices their names are known only once one has been opened.
 */
export async function listInputs(devices: Devices): Promise<readonly MediaDeviceInfo[] | null> {
  const listed = await within(lookBoundMs, devices.enumerateDevices());
  return listed?.filter(({ kind }) => kind === "audioinput") ?? null;
}

/** @returns `null` after `boundMs`. */
async function within<Value>(boundMs: number, value: Promise<Value>): Promise<Value | null> {
  let bound: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => {
    bound = setTimeout(() => resolve(null), boundMs);
  });
  const first = await Promise.race([value, late]);
  clearTimeout(bound);
  return first;
}

export function stopTracks(of: OpenedMicrophone): void {
  if (of.kind === "opened") for (const track of of.stream.getTracks()) track.stop();
}

function constraintsFor(request: CaptureRequest, deviceId: string): MediaStreamConstraints {
  const { echoCancellation, noiseSuppression, autoGainControl } = request;
  return {
    audio: {
      ...(deviceId === systemDefault ? {} : { deviceId: { exact: deviceId } }),
      echoCancellation,
      noiseSuppression,
      autoGainControl,
      channelCount: 1,
    },
  };
}

function opened(stream: MediaStream): OpenedMicrophone {
  const track = stream.getAudioTracks()[0];
  if (track === undefined) throw new Error("getUserMedia resolved without an audio track");
  return { kind: "opened", stream, track };
}

function failed(error: unknown): OpenedMicrophone {
  return { kind: "failed", problem: problemOf(error), detail: String(error).slice(0, 300) };
}

function problemOf(error: unknown): CaptureProblem {
  switch (error instanceof Error ? error.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    case "NotReadableError":
      return "busy";
    default:
      return "failed";
  }
}
