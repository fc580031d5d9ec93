/**
 * Owns the quiet line at the bottom: where the voice goes and, while it listens, by which microphone.
 */
import type { SessionView } from "../../shared/session-view.ts";
import { HomeIcon, MicrophoneIcon, ServerIcon } from "./icons.tsx";
import { destinationWords, words } from "./words.ts";

export function Footer({ view }: { readonly view: SessionView }) {
  const { label, text } = destinationWords(view.destination);
  return (
    <footer className="footer">
      <span className="destination" data-kind={view.destination.kind}>
        {view.destination.kind === "practice" ? <HomeIcon /> : <ServerIcon />}
        {label !== "" && <span className="visually-hidden">{label} </span>}
        <span className="footer-text">{text}</span>
      </span>
      {view.phase === "listening" && view.deviceLabel !== null && (
        <span className="device" title={view.deviceLabel}>
          <MicrophoneIcon />
          <span className="visually-hidden">{words.microphone} </span>
          <span className="footer-text">{view.deviceLabel}</span>
        </span>
      )}
    </footer>
  );
}
