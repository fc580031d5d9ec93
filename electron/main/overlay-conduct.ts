/**
 * Owns when the overlay comes and goes: with each view of the conversation, with a word in passing, with the text
 * field, and with the greeting. It knows the window by its verbs only.
 */
import type { NoticeView, SessionView } from "../../shared/session-view.ts";
import { failureShownMs, planOverlay } from "./overlay-plan.ts";
import type { OverlayWindow } from "./overlay-window.ts";
import { createPassingNotice, passingNoticeShownMs } from "./passing-notice.ts";
import type { TimerHost } from "./session/ports.ts";
import { createViewPublisher } from "./view-publisher.ts";

/** Long enough to be found and read after a start. */
const greetingShownMs = 15_000;

export interface OverlayConductDeps {
  readonly overlay: Pick<
    OverlayWindow,
    "send" | "show" | "showHere" | "scheduleHide" | "hideNow" | "closeTextField"
  >;
  /** The view of the conversation as it is now. */
  readonly view: () => SessionView;
  /** How long an answer stays when it is finished. */
  readonly answerShownMs: () => number;
  readonly timers: TimerHost;
}

export interface OverlayConduct {
  /** @returns the view that was shown before, `null` at the first one. */
  viewChanged(view: SessionView): SessionView | null;
  /** What a page that has just loaded is to show. */
  viewNow(): SessionView;
  /** A word that has nothing to do with the conversation. */
  tellInPassing(notice: NoticeView): void;
  /** The person has put away what is shown. */
  dismissed(): void;
  textFieldLeft(): void;
  /** There is a way on again from a failure that is still told. */
  wayOnOffered(): void;
  /** Just started: what has to be said first. */
  greet(): void;
}

export function createOverlayConduct({
  overlay,
  view: presentView,
  answerShownMs,
  timers,
}: OverlayConductDeps): OverlayConduct {
  const publisher = createViewPublisher(timers, (view) => overlay.send("session:view", view));
  const passing = createPassingNotice(timers, () => publisher.publish(passing.dress(presentView())));
  let shown: SessionView | null = null;

  const showFor = (durationMs: number): void => {
    overlay.show();
    overlay.scheduleHide(durationMs);
  };

  function follow(before: SessionView | null, view: SessionView): void {
    const plan = planOverlay(before, view, answerShownMs());
    switch (plan.kind) {
      case "show":
        return overlay.show();
      case "show-here":
        return overlay.showHere();
      case "hide-after":
        return showFor(plan.delayMs);
      case "hide-now":
        return overlay.hideNow();
      case "leave":
        return;
    }
  }

  return {
    viewChanged(view) {
      publisher.publish(passing.dress(view));
      const before = shown;
      shown = view;
      follow(before, view);
      return before;
    },
    viewNow: () => passing.dress(presentView()),
    tellInPassing(notice) {
      const view = presentView();
      passing.show(notice, view);
      overlay.show();
      if (view.phase === "idle") overlay.scheduleHide(passingNoticeShownMs);
      if (view.phase === "failed") overlay.scheduleHide(failureShownMs);
    },
    dismissed() {
      // Also the greeting, which is no state of its own and so would stay.
      if (presentView().phase === "idle") overlay.hideNow();
    },
    textFieldLeft() {
      overlay.closeTextField();
      const { phase } = presentView();
      if (phase === "idle") overlay.scheduleHide(0);
      if (phase === "failed") overlay.scheduleHide(failureShownMs);
    },
    wayOnOffered() {
      if (presentView().phase === "failed") showFor(failureShownMs);
    },
    greet() {
      if (presentView().notice !== null) showFor(greetingShownMs);
    },
  };
}
