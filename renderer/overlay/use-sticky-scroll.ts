/**
 * Owns where the transcript is scrolled to: at the newest words, unless the person has scrolled up to read.
 */
import { useCallback, useLayoutEffect, useRef, useState, type RefObject } from "react";

/** Closer to the end than this counts as being at the end. */
const nearEndPx = 24;

/** Where the pixels of the screen and of the page differ, a place is read back a little off. */
const roundingPx = 1;

const isNearEnd = (element: Element): boolean =>
  element.scrollHeight - element.scrollTop - element.clientHeight <= nearEndPx;

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
    setHeldIn(isNearEnd(element) ? undefined : turnId);
    setHasMoreAbove(element.scrollTop > 0);
  }, [turnId]);

  // After every change of the content, and whatever made the box or its words another size.
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null || isHeld) return undefined;
    const follow = (): void => {
      const last = placed.current;
      const lastTop = last !== null && last.turnId === turnId ? last.top : 0;
      // Scrolled up already, and the event that says so comes with the next frame: words that come between do not take it
      // back. What grows leaves the place as it was, and what shrinks leaves it at the end.
      if (element.scrollTop < lastTop - roundingPx && !isNearEnd(element)) return;
      element.scrollTop = element.scrollHeight;
      placed.current = { turnId, top: element.scrollTop };
    };
    follow();
    const observer = new ResizeObserver(follow);
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    return () => observer.disconnect();
  });

  return { box, isHeld, hasMoreAbove, onScroll, toEnd };
}
