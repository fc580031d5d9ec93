/** Owns receiving main's audio ports in the page and handing each to its user. It never reads what they carry. */
import { audioPortChannel } from "../../shared/audio-port.ts";
import type { AudioPortRole } from "../../shared/audio-port.ts";

export type PortUsers = Readonly<Record<AudioPortRole, (port: MessagePort) => void>>;

/** To be called before main is told that the page is ready. @returns its undoing. */
export function receiveAudioPorts(users: PortUsers): () => void {
  const receive = (event: MessageEvent<unknown>): void => {
    // The preload shares this window, so that its messages come from here; nothing else may hand us a port.
    if (event.source !== window || event.origin !== location.origin) return;
    const port = event.ports[0];
    const role = roleOf(event.data);
    if (role !== null && port !== undefined) users[role](port);
  };
  window.addEventListener("message", receive);
  return () => window.removeEventListener("message", receive);
}

function roleOf(data: unknown): AudioPortRole | null {
  if (typeof data !== "object" || data === null || !("channel" in data) || !("role" in data)) return null;
  if (data.channel !== audioPortChannel) return null;
  return data.role === "capture" || data.role === "playback" ? data.role : null;
}
