/**
 * Owns where the transcript is scrolled to: at the newest words, unless the person has scrolled up to read.
 */
import { useCallback, useLayoutEffect, useRef, useState, type RefObject } from "react";

/** Closer to the end than this counts as being at the end. */
const nearEndPx = 24;

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
    const isNearEnd = element.scrollHeight - element.scrollTop - element.clientHeight <= nearEndPx;
    setHeldIn(isNearEnd ? undefined : turnId);
    setHasMoreAbove(element.scrollTop > 0);
  }, [turnId]);

  // After every change of the content, and whatever made the box or its words another size.
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null || isHeld) return undefined;
    const follow = (): void => {
      element.scrollTop = element.scrollHeight;
    };
    follow();
    const observer = new ResizeObserver(follow);
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    return () => observer.disconnect();
  });

  return { box, isHeld, hasMoreAbove, onScroll, toEnd };
}
