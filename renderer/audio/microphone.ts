/**
 * Owns opening one device with exactly the processing that was asked for, within a bound, and the words for why it
 * could not be. It chooses no device and keeps none open by itself.
 */
import type { CaptureProblem, CaptureRequest } from "../../shared/ipc-contract.ts";
import { systemDefault } from "./microphone-ladder.ts";

export type OpenedMicrophone =
  | { readonly kind: "opened"; readonly stream: MediaStream; readonly track: MediaStreamTrack }
  | { readonly kind: "failed"; readonly problem: CaptureProblem; readonly detail: string };

export type Devices = Pick<MediaDevices, "getUserMedia" | "enumerateDevices">;

/** Opens the device; one that comes after `boundMs` is closed again. Never throws. */
export async function openMicrophone(
  deviceId: string,
  request: CaptureRequest,
  devices: Devices,
  boundMs: number,
): Promise<OpenedMicrophone> {
  const opening = devices.getUserMedia(constraintsFor(request, deviceId)).then(opened, failed);
  let bound: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => {
    bound = setTimeout(() => resolve(null), boundMs);
  });
  const result = await Promise.race([opening, late]);
  clearTimeout(bound);
  if (result !== null) return result;
  void opening.then(stopTracks);
  return { kind: "failed", problem: "stuck", detail: `not open after ${boundMs} ms` };
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
