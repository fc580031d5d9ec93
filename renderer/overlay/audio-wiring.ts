/**
 * Owns the plugging together of the page's audio: main's ports, microphone, loudspeaker, level. It never touches
 * samples: they go straight between the audio threads and main.
 */
import type { OverlayBridge } from "../../shared/ipc-contract.ts";
import { receiveAudioPorts } from "../audio/audio-ports.ts";
import { createPageCapture, type PageCapture } from "../audio/capture.ts";
import { createEar } from "../audio/ear.ts";
import { createPagePlayback } from "../audio/playback.ts";
import type { SubscribeLevel } from "./LevelMeter.tsx";

/** To be awaited before main is told that the page is ready: main answers with the ports. */
export async function wireAudio(bridge: OverlayBridge): Promise<SubscribeLevel> {
  let capture: PageCapture | null = null;
  const ear = await createEar((message) => capture?.hear(message));
  const microphone = createPageCapture(
    ear,
    { opened: bridge.captureOpened, failed: bridge.captureFailed, released: bridge.captureReleased },
    navigator.mediaDevices,
  );
  capture = microphone;
  const playback = createPagePlayback(
    {
      failed: (detail, sinceMs) => bridge.playbackFailed({ detail, sinceMs }),
      latency: (latencyMs) => bridge.playbackLatency({ latencyMs }),
    },
    navigator.mediaDevices,
  );
  receiveAudioPorts({ capture: ear.attach, playback: playback.attach });
  bridge.onCaptureOpen(microphone.open);
  bridge.onCaptureRelease(microphone.release);
  bridge.onPlaybackWake(playback.wake);
  bridge.onPlaybackSleep(playback.sleep);
  return (listener) => microphone.onLevel(({ rmsDb }) => listener(rmsDb));
}
