/**
 * Owns the two message channels between main and the worklets of the overlay's page: made anew at each page load,
 * the far ends posted to the page. The only file of the audio path that knows Electron.
 */
import { MessageChannelMain } from "electron";
import type { MessagePortMain, WebContents } from "electron";
import { audioPortChannel } from "../../../shared/audio-port.ts";
import type { AudioPortRole } from "../../../shared/audio-port.ts";
import { parseCaptureMessage, parsePlaybackMessage } from "./audio-port.ts";
import type { AudioPort, CaptureAudioPort, PlaybackAudioPort } from "./audio-port.ts";

export interface AudioPortUsers {
  readonly capture: { attach(port: CaptureAudioPort): void };
  readonly playback: { attach(port: PlaybackAudioPort): void };
}

/** Gives a freshly loaded page its ports. To be called once for each load, when the page says that it is ready. */
export function connectAudioPorts(page: WebContents, { capture, playback }: AudioPortUsers): void {
  capture.attach(openPort(page, "capture", parseCaptureMessage));
  playback.attach(openPort(page, "playback", parsePlaybackMessage));
}

/** Gives the page one more playback port: it builds its loudspeaker anew with it. */
export function renewPlaybackPort(page: WebContents, playback: AudioPortUsers["playback"]): void {
  playback.attach(openPort(page, "playback", parsePlaybackMessage));
}

function openPort<Out, In>(
  page: WebContents,
  role: AudioPortRole,
  parse: (data: unknown) => In | null,
): AudioPort<Out, In> {
  const { port1, port2 } = new MessageChannelMain();
  page.postMessage(audioPortChannel, { role }, [port2]);
  return adapt(port1, parse);
}

function adapt<Out, In>(port: MessagePortMain, parse: (data: unknown) => In | null): AudioPort<Out, In> {
  return {
    post: (message) => port.postMessage(message),
    onMessage(listener) {
      port.on("message", ({ data }) => {
        const message = parse(data);
        if (message !== null) listener(message);
      });
      port.start();
    },
    close: () => port.close(),
  };
}
