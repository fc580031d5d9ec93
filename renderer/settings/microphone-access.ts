/**
 * Owns what the settings window asks of the browser's microphones: the list, its changes, and a level while testing.
 * It never records: samples are measured and forgotten.
 */
import type { AudioDevice } from "./microphone-options.ts";

export interface MeterRequest {
  readonly microphoneId: string;
  readonly echoCancellation: boolean;
  readonly noiseSuppression: boolean;
  readonly autoGainControl: boolean;
}

export type MeterProblem = "denied" | "missing" | "busy" | "failed";

type MeterOpening =
  | { readonly kind: "open"; readonly close: () => void }
  | { readonly kind: "refused"; readonly problem: MeterProblem };

export interface MicrophoneAccess {
  list(): Promise<readonly AudioDevice[]>;
  onChange(listener: () => void): () => void;
  /** Opens the microphone and tells its level in dBFS about thirty times a second until it is closed. */
  openMeter(request: MeterRequest, onLevel: (levelDb: number) => void): Promise<MeterOpening>;
}

const levelPeriodMs = 33;

const problems: Readonly<Record<string, MeterProblem>> = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
};

export const browserMicrophones: MicrophoneAccess = {
  list: () => navigator.mediaDevices.enumerateDevices(),
  onChange: (listener) => {
    navigator.mediaDevices.addEventListener("devicechange", listener);
    return () => navigator.mediaDevices.removeEventListener("devicechange", listener);
  },
  openMeter: async (request, onLevel) => {
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: constraintsOf(request) });
    } catch (error) {
      const name = error instanceof DOMException ? error.name : "";
      return { kind: "refused", problem: problems[name] ?? "failed" };
    }
    return { kind: "open", close: measure(stream, onLevel) };
  },
};

function constraintsOf(request: MeterRequest): MediaTrackConstraints {
  const { microphoneId, ...processing } = request;
  return microphoneId === "default" ? processing : { ...processing, deviceId: { exact: microphoneId } };
}

/** @returns what stops measuring and closes the microphone; safe to call twice. */
function measure(stream: MediaStream, onLevel: (levelDb: number) => void): () => void {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 2048;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    onLevel(10 * Math.log10(power));
  }, levelPeriodMs);
  let isClosed = false;
  return () => {
    if (isClosed) return;
    isClosed = true;
    clearInterval(timer);
    for (const track of stream.getTracks()) track.stop();
    void context.close();
  };
}
