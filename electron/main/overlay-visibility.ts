/**
 * Owns when the overlay hides and what the pointer does to it. Pure: times come in, on a clock that only goes forward.
 */
import type { OverlaySends, Rect } from "../../shared/ipc-contract.ts";
import { contains, type Point } from "./overlay-placement.ts";

export type Layout = OverlaySends["overlay:layout"];

export interface Reading {
  /** When it may hide; `null` while the conversation goes on. */
  readonly hideAtMs: number | null;
  /** When the pointer was last seen on the card; `null` if never since it was shown. */
  readonly hoveredAtMs: number | null;
  readonly isTextFieldOpen: boolean;
}

/** After the pointer has left the card: long enough to come back to it. */
export const hoverGraceMs = 1_500;

export function mayHide({ hideAtMs, hoveredAtMs, isTextFieldOpen }: Reading, nowMs: number): boolean {
  if (hideAtMs === null || isTextFieldOpen) return false;
  const readUntilMs = hoveredAtMs === null ? hideAtMs : hoveredAtMs + hoverGraceMs;
  return nowMs >= Math.max(hideAtMs, readUntilMs);
}

export interface PointerEffect {
  /** On the card: somebody reads. */
  readonly isHovering: boolean;
  /** On a control: the window takes the click instead of letting it through. */
  readonly takesClicks: boolean;
}

/**
 * @param window the window's bounds on the screen; the layout is in CSS pixels of the window, which are the same
 * device-independent pixels. While the text field is open the whole card takes the pointer, to select and scroll.
 */
export function pointerEffect(
  cursor: Point,
  window: Rect,
  layout: Layout,
  isTextFieldOpen: boolean,
): PointerEffect {
  const inside = { x: cursor.x - window.x, y: cursor.y - window.y };
  const isHovering = layout.card !== null && contains(layout.card, inside);
  const onControl = layout.controls.some((control) => contains(control, inside));
  return { isHovering, takesClicks: onControl || (isTextFieldOpen && isHovering) };
}
