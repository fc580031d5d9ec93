/**
 * Owns what the overlay's page can ask of main: named methods, no channel, no Electron object.
 * It also hands on the two audio ports, which cannot cross the bridge. It holds no state.
 */
import { contextBridge, ipcRenderer } from "electron";
import type { AudioPortRole, audioPortChannel } from "../../shared/audio-port.ts";
import type { OverlayBridge, OverlayReceives, OverlaySends } from "../../shared/ipc-contract.ts";

/** Types only come from shared/: a value would pull its schemas into the sandbox. */
const audioPort: typeof audioPortChannel = "audio:port";

function send<C extends keyof OverlaySends>(channel: C, payload: OverlaySends[C]): void {
  ipcRenderer.send(channel, payload);
}

function on<C extends keyof OverlayReceives>(channel: C, listener: (payload: OverlayReceives[C]) => void) {
  const forward = (_event: unknown, payload: OverlayReceives[C]): void => listener(payload);
  ipcRenderer.on(channel, forward);
  return (): void => {
    ipcRenderer.removeListener(channel, forward);
  };
}

const bridge: OverlayBridge = {
  ready: () => send("overlay:ready", null),
  captureOpened: (fact) => send("capture:opened", fact),
  captureFailed: (fact) => send("capture:failed", fact),
  captureReleased: () => send("capture:released", null),
  playbackFailed: (fact) => send("playback:failed", fact),
  playbackLatency: (fact) => send("playback:latency", fact),
  devicesListed: (fact) => send("devices:listed", fact),
  layoutChanged: (layout) => send("overlay:layout", layout),
  ask: (text) => send("overlay:ask", { text }),
  textFieldClosed: () => send("overlay:text-field-closed", null),
  stop: () => send("overlay:stop", null),
  sendAgain: () => send("overlay:send-again", null),
  dismiss: () => send("overlay:dismiss", null),
  keepRecording: () => send("overlay:keep-recording", null),
  openSettings: () => send("overlay:open-settings", null),
  approve: (answer) => send("overlay:approve", answer),
  undo: (callId) => send("overlay:undo", { callId }),
  onView: (listener) => on("session:view", listener),
  onCaptureOpen: (listener) => on("capture:open", listener),
  onCaptureRelease: (listener) => on("capture:release", () => listener()),
  onPlaybackWake: (listener) => on("playback:wake", () => listener()),
  onPlaybackSleep: (listener) => on("playback:sleep", () => listener()),
  onChime: (listener) => on("chime:ring", () => listener()),
  onDeviceList: (listener) => on("devices:list", listener),
  onTextField: (listener) => on("overlay:text-field", listener),
  onVisible: (listener) => on("overlay:visible", listener),
};

contextBridge.exposeInMainWorld("parley", bridge);

on("page:ask", ({ ask }) => send("page:answer", { ask }));

ipcRenderer.on(audioPort, (event, { role }: { readonly role: AudioPortRole }) => {
  window.postMessage({ channel: audioPort, role }, location.origin, event.ports);
});
