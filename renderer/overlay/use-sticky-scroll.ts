/**
 * Owns where the transcript is scrolled to: at the newest words, unless the person has scrolled up to read.
 */
import { useCallback, useLayoutEffect, useRef, useState, type RefObject } from "react";

/** Who scrolls down to here wants to be at the end. */
const nearEndPx = 24;

/** Where the pixels of the screen and of the page differ, a place is read back a little off. */
const roundingPx = 1;

const isWithin = (distancePx: number, element: Element): boolean =>
  element.scrollHeight - element.scrollTop - element.clientHeight <= distancePx;

/** By the person: what grows leaves the place as it was, and what shrinks leaves it at the end. */
const isScrolledUp = (element: Element, fromPx: number): boolean =>
  element.scrollTop < fromPx - roundingPx && !isWithin(roundingPx, element);

export interface StickyScroll {
  readonly box: RefObject<HTMLDivElement | null>;
  /** True while the person reads older words: new ones then do not move the page. */
  readonly isHeld: boolean;
  /** Is something hidden above? */
  readonly hasMoreAbove: boolean;
  readonly onScroll: () => void;
  readonly toEnd: () => void;
}

/** @param turnId of the newest turn shown: a new turn always starts at the newest words. */
export function useStickyScroll(turnId: string | undefined): StickyScroll {
  const box = useRef<HTMLDivElement>(null);
  const placed = useRef<{ readonly turnId: string | undefined; readonly top: number } | null>(null);
  const seenTopPx = useRef(0);
  const [heldIn, setHeldIn] = useState<string | undefined>(undefined);
  const [hasMoreAbove, setHasMoreAbove] = useState(false);
  const isHeld = heldIn !== undefined && heldIn === turnId;

  const toEnd = useCallback(() => {
    const element = box.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
    setHeldIn(undefined);
  }, []);

  const onScroll = useCallback(() => {
    const element = box.current;
    if (element === null) return;
    const top = element.scrollTop;
    setHasMoreAbove(top > 0);
    if (Math.abs(top - seenTopPx.current) <= roundingPx) return;
    // However little: between two words a slow hand moves by a few pixels only.
    const isReading = isScrolledUp(element, seenTopPx.current) || !isWithin(nearEndPx, element);
    seenTopPx.current = top;
    if (!isReading) placed.current = { turnId, top };
    setHeldIn(isReading ? turnId : undefined);
  }, [turnId]);

  // After every change of the content, and whatever made the box or its words another size.
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null || isHeld) return undefined;
    const follow = (): void => {
      const last = placed.current;
      const lastTop = last !== null && last.turnId === turnId ? last.top : 0;
      // The event that says so comes with the next frame: words that come between do not take it back.
      if (isScrolledUp(element, lastTop)) return;
      element.scrollTop = element.scrollHeight;
      placed.current = { turnId, top: element.scrollTop };
      seenTopPx.current = element.scrollTop;
    };
    follow();
    const observer = new ResizeObserver(follow);
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    return () => observer.disconnect();
  });

  return { box, isHeld, hasMoreAbove, onScroll, toEnd };
}
