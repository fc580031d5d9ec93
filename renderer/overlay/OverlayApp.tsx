/**
 * Owns the overlay's wiring to its bridge: the latest view, whether the text field is open and whether the window
 * shows. It never adds anything up: each view is whole.
 */
import { useEffect, useRef, useState } from "react";
import { assertNever } from "../../shared/assert-never.ts";
import type { OverlayBridge } from "../../shared/ipc-contract.ts";
import type { NoticeAction, SessionView } from "../../shared/session-view.ts";
import type { SubscribeLevel } from "./LevelMeter.tsx";
import { OverlayCard } from "./OverlayCard.tsx";
import { useLayoutReport } from "./use-layout-report.ts";
import { announcement, approvalAnnouncement } from "./words.ts";

/** The part of the bridge that is about what the person sees and does; the rest is audio. */
export type ViewBridge = Pick<
  OverlayBridge,
  | "ready"
  | "layoutChanged"
  | "ask"
  | "textFieldClosed"
  | "stop"
  | "sendAgain"
  | "dismiss"
  | "keepRecording"
  | "openSettings"
  | "approve"
  | "undo"
  | "onView"
  | "onTextField"
  | "onVisible"
>;

export interface OverlayAppProps {
  readonly bridge: ViewBridge;
  readonly subscribeLevel: SubscribeLevel;
}

export function OverlayApp({ bridge, subscribeLevel }: OverlayAppProps) {
  const [view, setView] = useState<SessionView | null>(null);
  const [isTextFieldOpen, setIsTextFieldOpen] = useState(false);
  const [isVisible, setIsVisible] = useState(true);
  const [draft, setDraft] = useState("");
  const page = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const unsubscribes = [
      bridge.onView(setView),
      bridge.onTextField((state) => setIsTextFieldOpen(state.isOpen)),
      bridge.onVisible((state) => setIsVisible(state.isVisible)),
    ];
    // Only now: a view sent before this page listens would be lost.
    bridge.ready();
    return () => {
      for (const unsubscribe of unsubscribes) unsubscribe();
    };
  }, [bridge]);

  useLayoutReport(page, bridge);

  const act = (action: NoticeAction): void => {
    switch (action) {
      case "keep-recording":
        return bridge.keepRecording();
      case "send-again":
        return bridge.sendAgain();
      case "open-settings":
        return bridge.openSettings();
      case "dismiss":
        return bridge.dismiss();
      default:
        return assertNever(action);
    }
  };

  return (
    <div ref={page} className="overlay" data-visible={isVisible}>
      <p className="visually-hidden" role="status" aria-live="polite">
        {view === null ? "" : announcement(view)}
      </p>
      <p className="visually-hidden" role="alert" aria-live="assertive">
        {view === null || view.approval === null
          ? ""
          : approvalAnnouncement(view.approval, view.talkKeyLabel)}
      </p>
      {view !== null && (
        <OverlayCard
          view={view}
          isTextFieldOpen={isTextFieldOpen}
          draft={draft}
          isVisible={isVisible}
          subscribeLevel={subscribeLevel}
          onDraft={setDraft}
          onSend={(text) => {
            bridge.ask(text);
            setDraft("");
          }}
          onCloseTextField={() => {
            setIsTextFieldOpen(false);
            bridge.textFieldClosed();
          }}
          onStop={() => bridge.stop()}
          onAction={act}
          onApprove={(id, answer) => bridge.approve({ id, answer })}
          onUndo={(callId) => bridge.undo(callId)}
        />
      )}
    </div>
  );
}
