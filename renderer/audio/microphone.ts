/**
 * Owns asking the browser for devices, within bounds: the list of them, and one of them with exactly the processing
 * that was asked for, or why it could not be opened. It chooses no device and keeps none open by itself.
 */
import type { CaptureProblem, CaptureRequest } from "../../shared/ipc-contract.ts";
import { systemDefault } from "./microphone-ladder.ts";
import type { PageClock } from "./page-clock.ts";

export type OpenedMicrophone =
  | { readonly kind: "opened"; readonly stream: MediaStream; readonly track: MediaStreamTrack }
  | { readonly kind: "failed"; readonly problem: CaptureProblem; readonly detail: string };

export type Opened = Extract<OpenedMicrophone, { readonly kind: "opened" }>;

/** How one device that was tried came out. */
export interface Attempt {
  readonly deviceId: string;
  readonly result: OpenedMicrophone;
}

/** A sound server that hangs does not answer; then what was listed last has to do. */
const lookBoundMs = 300;

export interface Bound {
  readonly boundMs: number;
  readonly clock: PageClock;
}

export type Devices = Pick<MediaDevices, "getUserMedia" | "enumerateDevices">;

/** Opens the device; one that comes after the bound is closed again. Never throws. */
export async function openMicrophone(
  deviceId: string,
  request: CaptureRequest,
  devices: Devices,
  bound: Bound,
): Promise<OpenedMicrophone> {
  const opening = devices.getUserMedia(constraintsFor(request, deviceId)).then(opened, failed);
  const result = await within(bound, opening);
  if (result !== null) return result;
  void opening.then(stopTracks);
  return { kind: "failed", problem: "stuck", detail: `not open after ${bound.boundMs} ms` };
}

/**
 * The system's microphones as they are now; `null` when nobody answers, or cannot. Never throws.
 * @param devices their names are known only once one has been opened.
 */
export async function listInputs(
  devices: Devices,
  clock: PageClock,
): Promise<readonly MediaDeviceInfo[] | null> {
  // Rejects with an AbortError where the part of Chromium fails that lists them.
  const listing = devices.enumerateDevices().catch(() => null);
  const listed = await within({ boundMs: lookBoundMs, clock }, listing);
  return listed?.filter(({ kind }) => kind === "audioinput") ?? null;
}

/** @returns `null` after `boundMs`. */
export async function within<Value>({ boundMs, clock }: Bound, value: Promise<Value>): Promise<Value | null> {
  let cancel = (): void => undefined;
  const late = new Promise<null>((resolve) => {
    cancel = clock.after(boundMs, () => resolve(null));
  });
  const first = await Promise.race([value, late]);
  cancel();
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
