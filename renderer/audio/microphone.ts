/**
 * Owns opening one microphone with exactly the processing that was asked for, and the words for why it could not be.
 * It never takes another device than the chosen one, and keeps none open by itself.
 */
import type { CaptureProblem, CaptureRequest } from "../../shared/ipc-contract.ts";

export type OpenedMicrophone =
  | { readonly kind: "opened"; readonly stream: MediaStream; readonly label: string }
  | {
      readonly kind: "failed";
      readonly problem: CaptureProblem;
      readonly deviceLabel: string | null;
      readonly detail: string;
    };

export type Devices = Pick<MediaDevices, "getUserMedia" | "enumerateDevices">;

/** The id under which Chromium lists the system's choice. */
export const systemDefault = "default";

/** Opens the microphone of the request: by id, else the one of the same name, since ids change. Never throws. */
export async function openMicrophone(request: CaptureRequest, devices: Devices): Promise<OpenedMicrophone> {
  try {
    return opened(await devices.getUserMedia(constraintsFor(request, request.microphoneId)));
  } catch (error) {
    const problem = problemOf(error);
    if (problem !== "missing" || request.microphoneId === systemDefault)
      return failed(problem, request, error);
    return openByName(request, devices, error);
  }
}

async function openByName(
  request: CaptureRequest,
  devices: Devices,
  cause: unknown,
): Promise<OpenedMicrophone> {
  try {
    const namesake = (await devices.enumerateDevices()).find(
      ({ kind, label }) => kind === "audioinput" && label !== "" && label === request.microphoneLabel,
    );
    if (namesake === undefined) return failed("missing", request, cause);
    return opened(await devices.getUserMedia(constraintsFor(request, namesake.deviceId)));
  } catch (error) {
    return failed(problemOf(error), request, error);
  }
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
  return { kind: "opened", stream, label: stream.getAudioTracks()[0]?.label ?? "" };
}

function failed(problem: CaptureProblem, request: CaptureRequest, error: unknown): OpenedMicrophone {
  const deviceLabel = request.microphoneLabel === "" ? null : request.microphoneLabel;
  return { kind: "failed", problem, deviceLabel, detail: String(error).slice(0, 300) };
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
