/** Owns whether a view asks for the overlay: show it, hide it at once, or hide it after a while. Pure. */
import type { SessionView } from "../../shared/session-view.ts";

export type OverlayPlan =
  | { readonly kind: "show" }
  /** On the display with the cursor, also when it is visible on another. */
  | { readonly kind: "show-here" }
  | { readonly kind: "hide-after"; readonly delayMs: number }
  | { readonly kind: "hide-now" }
  | { readonly kind: "leave" };

/** A failure offers a way on; it stays long enough to be found after looking away. */
export const failureShownMs = 60_000;
/** One short line, read at a glance. */
const hintShownMs = 2_500;

/** @param before `null` at the start. */
export function planOverlay(before: SessionView | null, view: SessionView, hideAfterMs: number): OverlayPlan {
  const isSame =
    before !== null &&
    before.phase === view.phase &&
    before.outcome === view.outcome &&
    before.turnId === view.turnId &&
    before.approval?.id === view.approval?.id;
  if (isSame || before === null) return { kind: "leave" };
  // A question has to be seen to be answered, whatever became of the turn that it belongs to.
  if (view.approval !== null) return { kind: "show" };
  if (view.phase === "failed") return { kind: "hide-after", delayMs: failureShownMs };
  // Somebody has pressed the key and looks for it; with a typed question they look at the text field already.
  const isSpeaker = view.phase === "arming" || view.phase === "listening";
  if (isSpeaker && view.turnId !== before.turnId) return { kind: "show-here" };
  if (view.phase !== "idle") return { kind: "show" };
  switch (view.outcome) {
    // The person was typing a shortcut, or pressed Esc: nothing to read.
    case "cancelled":
    // A failure was dismissed.
    case "none":
      return { kind: "hide-now" };
    case "too-short":
      return { kind: "hide-after", delayMs: hintShownMs };
    case "answered":
    case "interrupted":
      // With a notice it was not heard, and has to be read.
      return { kind: "hide-after", delayMs: view.notice === null ? hideAfterMs : failureShownMs };
  }
}
