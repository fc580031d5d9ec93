/**
 * Owns the overlay page's composition: bridge, audio and view. It decides nothing.
 */
import { createRoot } from "react-dom/client";
import type { OverlayBridge } from "../../shared/ipc-contract.ts";
import { createChime } from "../audio/chime.ts";
import { answerDeviceLists } from "../audio/device-list.ts";
import { wireAudio } from "./audio-wiring.ts";
import type { SubscribeLevel } from "./LevelMeter.tsx";
import { OverlayApp } from "./OverlayApp.tsx";

const { parley } = window as unknown as { readonly parley: OverlayBridge };
const root = document.getElementById("root");
if (root === null) throw new Error("overlay.html must hold an element with the id “root”.");

answerDeviceLists(parley, navigator.mediaDevices);
parley.onChime(createChime());
const subscribeLevel = await wireAudio(parley).catch((error: unknown): SubscribeLevel => {
  // The overlay still shows what happens, and typed questions are still answered, in writing.
  parley.playbackFailed({ detail: String(error).slice(0, 300), sinceMs: 0 });
  return () => () => undefined;
});
createRoot(root).render(<OverlayApp bridge={parley} subscribeLevel={subscribeLevel} />);
